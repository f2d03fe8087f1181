import type { Triple } from '../../base/matrix3.ts';
import type { CfaOrder } from '../../frame/pixel-format.ts';

/**
 * Radiance travels as square-root companded levels: the step between two levels then stays below the shot noise at every
 * brightness, exposure and gain, and a sensor's whole response fits one small table.
 */
export const radianceLevels = 4096;

/** Radiance of the highest level; the chart's white is 0.9 and highlights go above 1. */
export const maximumRadiance = 1.6;

/** The level of a linear radiance, clamped to the representable range. */
export function levelOfRadiance(radiance: number): number {
  if (radiance <= 0) return 0;
  if (radiance >= maximumRadiance) return radianceLevels - 1;
  return (Math.sqrt(radiance / maximumRadiance) * (radianceLevels - 1) + 0.5) | 0;
}

/** The linear radiance of a level. */
export function radianceOfLevel(level: number): number {
  return maximumRadiance * (level / (radianceLevels - 1)) ** 2;
}

/** The channel (0 red, 1 green, 2 blue) at each position of the 2x2 cell, row by row. */
export function channelsOfCell(cfa: CfaOrder): readonly [number, number, number, number] {
  return [...cfa].map((letter) => 'RGB'.indexOf(letter)) as [number, number, number, number];
}

/** A region in pixels; the far edges are outside. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** How much of the pixel at (x, y) a shape covers, 0 to 1. Called with pixel centres. */
export type Coverage = (x: number, y: number) => number;

/** Where the still part of a scene is painted: linear radiance, of every pixel only the channel that its filter passes. */
export class RadianceCanvas {
  readonly width: number;
  readonly height: number;
  readonly #channels: readonly [number, number, number, number];
  readonly #radiance: Float32Array;

  constructor(width: number, height: number, cfa: CfaOrder) {
    this.width = width;
    this.height = height;
    this.#channels = channelsOfCell(cfa);
    this.#radiance = new Float32Array(width * height);
  }

  /** Lays a colour over what is there, within the region, as much as the coverage says. */
  paint(region: Region, colour: Triple, coverage: Coverage): void {
    this.#visit(region, (index, channel, x, y) => {
      const share = coverage(x, y);
      if (share <= 0) return;
      const below = this.#radiance[index] as number;
      this.#radiance[index] = below + (colour[channel] - below) * share;
    });
  }

  /** Replaces what is there by a radiance that changes from point to point. */
  paintField(region: Region, radianceAt: (x: number, y: number, channel: 0 | 1 | 2) => number): void {
    this.#visit(region, (index, channel, x, y) => {
      this.#radiance[index] = radianceAt(x, y, channel);
    });
  }

  /** Darkens what is there: a shadow of the given strength, 0 to 1. */
  shade(region: Region, strength: Coverage): void {
    this.#visit(region, (index, _channel, x, y) => {
      this.#radiance[index] = (this.#radiance[index] as number) * (1 - strength(x, y));
    });
  }

  /** The picture so far as companded levels. */
  levels(): Uint16Array {
    const levels = new Uint16Array(this.#radiance.length);
    for (let index = 0; index < levels.length; index++) levels[index] = levelOfRadiance(this.#radiance[index] as number);
    return levels;
  }

  #visit(region: Region, visit: (index: number, channel: 0 | 1 | 2, x: number, y: number) => void): void {
    const left = Math.max(0, Math.floor(region.left));
    const right = Math.min(this.width, Math.ceil(region.right));
    const bottom = Math.min(this.height, Math.ceil(region.bottom));
    for (let row = Math.max(0, Math.floor(region.top)); row < bottom; row++) {
      for (let column = left; column < right; column++) {
        const channel = this.#channels[(row & 1) * 2 + (column & 1)] as 0 | 1 | 2;
        visit(row * this.width + column, channel, column + 0.5, row + 0.5);
      }
    }
  }
}

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

/** The value limited to 0…1. */
export function clamp01(value: number): number {
  return Math.max(0, Math.min(value, 1));
}

/** The length of a vector. `Math.hypot` guards against overflow, which costs twenty times as much. */
export function length(x: number, y: number): number {
  return Math.sqrt(x * x + y * y);
}
