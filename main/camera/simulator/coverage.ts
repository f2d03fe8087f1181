/** A region in pixels; the far edges are outside. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A rectangle of whole pixels. */
export interface PixelRectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** How much of the pixel at (x, y) a shape covers, 0 to 1. Called with pixel centres. */
export type Coverage = (x: number, y: number) => number;

/** Coverage of an axis-parallel rectangle with rounded corners, by its signed distance. */
export function roundedRectangle(region: Region, radius: number): Coverage {
  const centreX = (region.left + region.right) / 2;
  const centreY = (region.top + region.bottom) / 2;
  const innerX = (region.right - region.left) / 2 - radius;
  const innerY = (region.bottom - region.top) / 2 - radius;
  return (x, y) => {
    const dx = Math.abs(x - centreX) - innerX;
    const dy = Math.abs(y - centreY) - innerY;
    const distance = dx > 0 && dy > 0 ? length(dx, dy) : Math.max(dx, dy);
    return clamp01(0.5 + radius - distance);
  };
}

/**
 * The exact share of a pixel (a unit square) that lies on the negative side of a line at the signed distance `distance` from its
 * middle, whose unit normal is (normalX, normalY).
 */
export function halfPlaneShare(distance: number, normalX: number, normalY: number): number {
  const wide = Math.max(Math.abs(normalX), Math.abs(normalY));
  const narrow = Math.min(Math.abs(normalX), Math.abs(normalY));
  // Seen along the normal a pixel is a trapezoid: a box of one component's width smoothed by one of the other's.
  const away = Math.abs(distance);
  if (away >= (wide + narrow) / 2) return distance > 0 ? 0 : 1;
  const beyond = away <= (wide - narrow) / 2 ? 0.5 - away / wide : ((wide + narrow) / 2 - away) ** 2 / (2 * wide * narrow);
  return distance > 0 ? beyond : 1 - beyond;
}

/** What a pixel's square aperture leaves of a sine of that frequency vector, cycles per pixel. */
export function apertureTransfer(frequencyX: number, frequencyY: number): number {
  return sinc(frequencyX) * sinc(frequencyY);
}

/** sin(pi x) / (pi x). */
function sinc(x: number): number {
  return Math.abs(x) < 1e-9 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** A soft shadow of a rectangle: full inside, fading out over `softness` pixels. */
export function softRectangle(region: Region, softness: number, strength: number): Coverage {
  return (x, y) => {
    const dx = Math.max(region.left - x, x - region.right, 0);
    const dy = Math.max(region.top - y, y - region.bottom, 0);
    const fade = clamp01(1 - length(dx, dy) / softness);
    return strength * fade * fade * (3 - 2 * fade);
  };
}

/** Coverage of a shape that is only known point by point, from a grid of 4 x 4 points in each pixel. */
export function supersampled(isInside: (x: number, y: number) => boolean): Coverage {
  return (x, y) => {
    let hits = 0;
    for (let i = 0; i < 16; i++) if (isInside(x + ((i & 3) - 1.5) / 4, y + ((i >> 2) - 1.5) / 4)) hits++;
    return hits / 16;
  };
}

/** The region grown by `margin` on all sides. */
export function grown(region: Region, margin: number): Region {
  return { left: region.left - margin, top: region.top - margin, right: region.right + margin, bottom: region.bottom + margin };
}

/** The region with its edges on the nearest pixel borders. */
export function wholePixels(region: Region): Region {
  return {
    left: Math.round(region.left),
    top: Math.round(region.top),
    right: Math.round(region.right),
    bottom: Math.round(region.bottom),
  };
}

/** The largest rectangle inside a region that is aligned to the 2x2 cell: what a measurement should average. */
export function cellsInside(region: Region): PixelRectangle {
  const x = Math.ceil(region.left / 2) * 2;
  const y = Math.ceil(region.top / 2) * 2;
  return { x, y, width: Math.floor((region.right - x) / 2) * 2, height: Math.floor((region.bottom - y) / 2) * 2 };
}

/** The value limited to 0…1. */
export function clamp01(value: number): number {
  return Math.max(0, Math.min(value, 1));
}

/** The length of a vector. `Math.hypot` guards against overflow, which costs twenty times as much. */
export function length(x: number, y: number): number {
  return Math.sqrt(x * x + y * y);
}
