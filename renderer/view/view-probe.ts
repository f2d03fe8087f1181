import type { PixelValue } from './frame-slot.ts';
import { pixelAt } from './frame-slot.ts';
import type { ViewerController } from './viewer-controller.ts';

/** What `window.cameraLabView` offers to end-to-end tests: reading what is on the screen, and nothing else. */
export interface ViewProbe {
  /** The frame on the screen. */
  lastFrame(): { frameId: number; sequence: number; parameterVersion: number; width: number; height: number } | undefined;
  /** RGBA at whole image coordinates of the frame on the screen. */
  samplePixels(x: number, y: number): PixelValue | undefined;
}

declare global {
  interface Window {
    readonly cameraLabView?: ViewProbe;
  }
}

/** A probe that reads one viewer. */
export function createViewProbe(viewer: ViewerController): ViewProbe {
  return Object.freeze({
    lastFrame() {
      if (!viewer.shown) return undefined;
      const { frameId, sequence, parameterVersion, width, height } = viewer.shown.header;
      return { frameId, sequence, parameterVersion, width, height };
    },
    samplePixels: (x: number, y: number) => viewer.shown && pixelAt(viewer.shown, x, y),
  });
}
