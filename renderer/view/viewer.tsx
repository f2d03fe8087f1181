import { memo, useEffect, useRef } from 'react';
import type { PageStore } from '../store/page-store.ts';
import { listenToPointer } from './pointer-input.ts';
import type { ReadoutText } from './readout-text.ts';
import { readoutText } from './readout-text.ts';
import type { ViewerController } from './viewer-controller.ts';
import type { Size } from './viewport.ts';

/**
 * The canvas and its readout. React renders it once; from then on the controller paints the canvas and writes the
 * readout's text, at frame rate and without React.
 */
export const Viewer = memo(function Viewer({ viewer, page }: { viewer: ViewerController; page: PageStore }) {
  const canvasRef = useRef<HTMLCanvasElement>(null);
  const readoutRef = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const canvas = canvasRef.current;
    const readout = readoutRef.current;
    if (!canvas || !readout) return undefined;
    const stops = [
      viewer.attach(canvas),
      followSize(canvas, viewer),
      listenToPointer(canvas, viewer, () => page.getState().view.fitted),
      viewer.onReadout((next) => writeReadout(readout, readoutText(next))),
      page.subscribe((next, before) => {
        if (next.theme !== before.theme) viewer.repaint();
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [viewer, page]);

  return (
    <>
      <div className="viewer-stage">
        <canvas ref={canvasRef} className="viewer-canvas" data-testid="viewer-canvas" aria-label="Live picture" />
      </div>
      <div ref={readoutRef} className="viewer-readout" data-testid="viewer-readout">
        <span className="readout-swatch" data-part="swatch" />
        <span data-part="position" />
        <span className="readout-red">
          R <b data-part="red" />
        </span>
        <span className="readout-green">
          G <b data-part="green" />
        </span>
        <span className="readout-blue">
          B <b data-part="blue" />
        </span>
        <span className="readout-frame" data-part="frame" />
      </div>
    </>
  );
});

function writeReadout(readout: HTMLElement, text: ReadoutText): void {
  for (const element of readout.querySelectorAll<HTMLElement>('[data-part]')) {
    const part = element.dataset.part as keyof ReadoutText;
    if (part === 'swatch') element.style.backgroundColor = text.swatch;
    else if (element.textContent !== text[part]) element.textContent = text[part];
  }
}

/** Keeps the canvas at exactly as many device pixels as it covers, at every zoom and pixel ratio. */
function followSize(canvas: HTMLCanvasElement, viewer: ViewerController): () => void {
  const observer = new ResizeObserver(([entry]) => {
    if (entry) viewer.resize(devicePixels(entry));
  });
  observer.observe(canvas, { box: 'device-pixel-content-box' });
  return () => observer.disconnect();
}

/** The browser's own count, which knows how the box snaps to the raster, unless it leaves out an emulated pixel ratio. */
function devicePixels({ devicePixelContentBoxSize: [box], contentRect }: ResizeObserverEntry): Size {
  const width = Math.round(contentRect.width * devicePixelRatio);
  const height = Math.round(contentRect.height * devicePixelRatio);
  const counted = box && { width: box.inlineSize, height: box.blockSize };
  return counted && Math.abs(counted.width - width) <= 1 && Math.abs(counted.height - height) <= 1 ? counted : { width, height };
}
