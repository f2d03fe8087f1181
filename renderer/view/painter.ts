import type { Placement, Size } from './viewport.ts';

/** Puts pictures on one canvas. Made anew when the canvas or its context is. */
export interface Painter {
  /** Takes a new picture: width * height * 4 RGBA bytes, only read during the call. */
  upload(pixels: Uint8Array, image: Size): void;
  /** Draws the newest picture there, crisp at and above 1:1, smoothed below; the rest is the surround. */
  draw(placement: Placement): void;
  /** Leaves nothing but the surround, where there is no picture: a canvas of its own accord is black. */
  clear(): void;
  close(): void;
}

/** The neutral grey around the picture, one sRGB level of 0 to 1 for all three channels. */
export type SurroundLevel = () => number;
