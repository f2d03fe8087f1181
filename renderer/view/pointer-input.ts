import type { ViewerController } from './viewer-controller.ts';
import type { Point } from './viewport.ts';

/** Zoom factor of one wheel unit (CSS pixel of scroll): a notch of 100 units zooms by about 1.22. */
const zoomPerWheelUnit = 1.002;

/** Wheel zooms at the cursor, drag pans, double click switches between fit and 1:1. Until the returned function is called. */
export function listenToPointer(canvas: HTMLCanvasElement, viewer: ViewerController, isFitted: () => boolean): () => void {
  const listening = new AbortController();
  const { signal } = listening;
  let dragged: Point | undefined;

  canvas.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      viewer.zoomAt(zoomPerWheelUnit ** -event.deltaY, devicePosition(canvas, event));
    },
    { signal, passive: false },
  );
  const press = (event: PointerEvent) => {
    if (event.button > 1) return;
    canvas.setPointerCapture(event.pointerId);
    dragged = devicePosition(canvas, event);
  };
  const move = (event: PointerEvent) => {
    const position = devicePosition(canvas, event);
    viewer.moveCursor(position);
    if (!dragged) return;
    viewer.panBy({ x: position.x - dragged.x, y: position.y - dragged.y });
    dragged = position;
  };
  const release = () => {
    dragged = undefined;
  };
  canvas.addEventListener('pointerdown', press, { signal });
  canvas.addEventListener('pointermove', move, { signal });
  canvas.addEventListener('pointerup', release, { signal });
  canvas.addEventListener('pointercancel', release, { signal });
  canvas.addEventListener('pointerleave', () => viewer.moveCursor(undefined), { signal });
  canvas.addEventListener('dblclick', () => (isFitted() ? viewer.oneToOne() : viewer.fit()), { signal });
  return () => listening.abort();
}

function devicePosition(canvas: HTMLCanvasElement, event: MouseEvent): Point {
  const box = canvas.getBoundingClientRect();
  return {
    x: ((event.clientX - box.left) / box.width) * canvas.width,
    y: ((event.clientY - box.top) / box.height) * canvas.height,
  };
}
