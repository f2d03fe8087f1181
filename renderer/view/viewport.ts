/** A width and a height; the space is named where it is used. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A position; the space is named where it is used. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * How the picture lies in the canvas. `fit` follows the canvas; `free` holds `scale` (device pixels per image pixel) and the
 * image point at the canvas centre.
 */
export type Viewport = { readonly mode: 'fit' } | { readonly mode: 'free'; readonly scale: number; readonly centre: Point };

/** The picture's rectangle in device pixels of the canvas, origin at the top left. */
export interface Placement extends Size, Point {
  readonly scale: number;
}

/** The view that shows the whole picture. */
export const fitViewport: Viewport = { mode: 'fit' };

const smallestScale = 1 / 32;
const largestScale = 64;
const zoomSteps = [1 / 32, 1 / 16, 1 / 8, 1 / 6, 1 / 4, 1 / 3, 1 / 2, 2 / 3, 1, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64];

/** Where the picture lies. At whole-number scales its corner sits on whole device pixels, so that every pixel is crisp. */
export function placementOf(viewport: Viewport, image: Size, canvas: Size): Placement {
  const scale = scaleOf(viewport, image, canvas);
  const centre = viewport.mode === 'fit' ? { x: image.width / 2, y: image.height / 2 } : viewport.centre;
  const x = canvas.width / 2 - centre.x * scale;
  const y = canvas.height / 2 - centre.y * scale;
  const aligned = Number.isInteger(scale) || viewport.mode === 'fit';
  return {
    x: aligned ? Math.round(x) : x,
    y: aligned ? Math.round(y) : y,
    width: image.width * scale,
    height: image.height * scale,
    scale,
  };
}

/** Device pixels per image pixel. */
export function scaleOf(viewport: Viewport, image: Size, canvas: Size): number {
  if (viewport.mode === 'free') return viewport.scale;
  return Math.min(canvas.width / image.width, canvas.height / image.height);
}

/** The image position under a device position of the canvas; its floor is the pixel. May lie outside the image. */
export function imagePointAt(placement: Placement, device: Point): Point {
  return { x: (device.x - placement.x) / placement.scale, y: (device.y - placement.y) / placement.scale };
}

/** One image pixel on one device pixel, around the point that is in the middle now. */
export function oneToOne(viewport: Viewport, image: Size, canvas: Size): Viewport {
  const placement = placementOf(viewport, image, canvas);
  return { mode: 'free', scale: 1, centre: clampCentre(imagePointAt(placement, middleOf(canvas)), image) };
}

/** Scaled by `factor` with the image point under `device` held still. */
export function zoomAt(viewport: Viewport, image: Size, canvas: Size, factor: number, device: Point): Viewport {
  const placement = placementOf(viewport, image, canvas);
  const scale = Math.min(Math.max(placement.scale * factor, smallestScale), largestScale);
  const held = imagePointAt(placement, device);
  const centre = {
    x: held.x + (canvas.width / 2 - device.x) / scale,
    y: held.y + (canvas.height / 2 - device.y) / scale,
  };
  return { mode: 'free', scale, centre: clampCentre(centre, image) };
}

/** The next scale of the ladder up (1) or down (-1), around the middle of the canvas. */
export function zoomStep(viewport: Viewport, image: Size, canvas: Size, direction: 1 | -1): Viewport {
  const scale = scaleOf(viewport, image, canvas);
  const beyond =
    direction === 1 ? zoomSteps.find((step) => step > scale * 1.001) : zoomSteps.findLast((step) => step < scale * 0.999);
  return zoomAt(viewport, image, canvas, (beyond ?? scale) / scale, middleOf(canvas));
}

/** Moved by a distance in device pixels. Some of the picture always stays in the middle of the canvas. */
export function panBy(viewport: Viewport, image: Size, canvas: Size, device: Point): Viewport {
  const { scale } = placementOf(viewport, image, canvas);
  const centre = viewport.mode === 'fit' ? { x: image.width / 2, y: image.height / 2 } : viewport.centre;
  return { mode: 'free', scale, centre: clampCentre({ x: centre.x - device.x / scale, y: centre.y - device.y / scale }, image) };
}

function middleOf(canvas: Size): Point {
  return { x: canvas.width / 2, y: canvas.height / 2 };
}

function clampCentre(centre: Point, image: Size): Point {
  return { x: Math.min(Math.max(centre.x, 0), image.width), y: Math.min(Math.max(centre.y, 0), image.height) };
}
