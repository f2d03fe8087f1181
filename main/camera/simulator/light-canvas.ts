import type { Triple } from '../../base/matrix3.ts';
import type { CfaOrder } from '../../frame/pixel-format.ts';
import type { Coverage, Region } from './coverage.ts';

/** Which samples of light a canvas holds for a pixel: the one that its filter of the array passes, or all three. */
export type CanvasLayout = CfaOrder | 'rgb';

/** The channel (0 red, 1 green, 2 blue) at each position of the 2x2 cell, row by row. */
export function channelsOfCell(cfa: CfaOrder): readonly [number, number, number, number] {
  return [...cfa].map((letter) => 'RGB'.indexOf(letter)) as [number, number, number, number];
}

/**
 * Where scenes are painted in linear light, 1 being a perfect white in full light. Scenes paint the same way on a mosaic, which
 * is what a live stream needs, and on three channels a pixel (red, green, blue interleaved), which lenses and ground truth need.
 */
export class LightCanvas {
  readonly width: number;
  readonly height: number;
  readonly layout: CanvasLayout;
  /** Samples of one pixel: 1 behind a colour filter array, else 3. */
  readonly samplesPerPixel: 1 | 3;
  /** The light of all samples, row by row. */
  readonly light: Float32Array;
  readonly #channels: readonly [number, number, number, number];

  constructor(width: number, height: number, layout: CanvasLayout) {
    this.width = width;
    this.height = height;
    this.layout = layout;
    this.samplesPerPixel = layout === 'rgb' ? 3 : 1;
    this.light = new Float32Array(width * height * this.samplesPerPixel);
    this.#channels = channelsOfCell(layout === 'rgb' ? 'RGGB' : layout);
  }

  /** The channel of a sample: of the `index`-th of its pixel. */
  channelAt(column: number, row: number, index: number): 0 | 1 | 2 {
    return (this.samplesPerPixel === 3 ? index : this.#channels[(row & 1) * 2 + (column & 1)]) as 0 | 1 | 2;
  }

  /** Lays a colour over one pixel, as much as the share says. The pixel must be on the canvas. */
  blend(column: number, row: number, colour: Triple, share: number): void {
    let at = (row * this.width + column) * this.samplesPerPixel;
    for (let index = 0; index < this.samplesPerPixel; index++, at++) {
      const below = this.light[at] as number;
      this.light[at] = below + (colour[this.channelAt(column, row, index)] - below) * share;
    }
  }

  /** Adds to the light of one pixel. The pixel must be on the canvas. */
  add(column: number, row: number, colour: Triple, share: number): void {
    let at = (row * this.width + column) * this.samplesPerPixel;
    for (let index = 0; index < this.samplesPerPixel; index++, at++) {
      this.light[at] = (this.light[at] as number) + colour[this.channelAt(column, row, index)] * share;
    }
  }

  /** Multiplies the light of one pixel. The pixel must be on the canvas. */
  dim(column: number, row: number, factor: number): void {
    const at = (row * this.width + column) * this.samplesPerPixel;
    for (let index = at; index < at + this.samplesPerPixel; index++) this.light[index] = (this.light[index] as number) * factor;
  }

  /** Lays a colour over what is there, within the region, as much as the coverage says. */
  paint(region: Region, colour: Triple, coverage: Coverage): void {
    const { left, top, right, bottom } = this.clipped(region);
    for (let row = top; row < bottom; row++) {
      for (let column = left; column < right; column++) {
        const share = coverage(column + 0.5, row + 0.5);
        if (share > 0) this.blend(column, row, colour, share);
      }
    }
  }

  /** Replaces what is there by light that changes from point to point. */
  paintField(region: Region, lightAt: (x: number, y: number, channel: 0 | 1 | 2) => number): void {
    const { left, top, right, bottom } = this.clipped(region);
    for (let row = top; row < bottom; row++) {
      let at = (row * this.width + left) * this.samplesPerPixel;
      for (let column = left; column < right; column++) {
        for (let index = 0; index < this.samplesPerPixel; index++, at++) {
          this.light[at] = lightAt(column + 0.5, row + 0.5, this.channelAt(column, row, index));
        }
      }
    }
  }

  /** Lays one colour over all of the canvas. */
  fill(colour: Triple): void {
    this.paintField(this.bounds, (_x, _y, channel) => colour[channel]);
  }

  /** The whole canvas. */
  get bounds(): Region {
    return { left: 0, top: 0, right: this.width, bottom: this.height };
  }

  /** Darkens what is there: a shadow of the given strength, 0 to 1. */
  shade(region: Region, strength: Coverage): void {
    const { left, top, right, bottom } = this.clipped(region);
    for (let row = top; row < bottom; row++) {
      for (let column = left; column < right; column++) this.dim(column, row, 1 - strength(column + 0.5, row + 0.5));
    }
  }

  /** Takes over what another canvas of the same size and layout has in a region of whole pixels, which may reach beyond the canvas. */
  copyFrom(other: LightCanvas, region: Region): void {
    const { left, top, right, bottom } = this.clipped(region);
    for (let row = top; row < bottom; row++) {
      const start = (row * this.width + left) * this.samplesPerPixel;
      const end = (row * this.width + right) * this.samplesPerPixel;
      this.light.set(other.light.subarray(start, end), start);
    }
  }

  /** The whole pixels of a region that are on the canvas; of equal edges where there are none. */
  clipped(region: Region): Region {
    const left = Math.min(this.width, Math.max(0, Math.floor(region.left)));
    const top = Math.min(this.height, Math.max(0, Math.floor(region.top)));
    return {
      left,
      top,
      right: Math.max(left, Math.min(this.width, Math.ceil(region.right))),
      bottom: Math.max(top, Math.min(this.height, Math.ceil(region.bottom))),
    };
  }
}
