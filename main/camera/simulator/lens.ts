import { length, type Region } from './coverage.ts';
import type { FrameSettings } from './frame-settings.ts';
import type { LightCanvas } from './light-canvas.ts';

/** Weights below this, against the middle's, are left out: a hundredth of a level of a 14-bit sensor. */
const negligible = 1e-6;

/** What a lens does to the picture's geometry and sharpness. */
export type LensSettings = Pick<FrameSettings, 'blurSigmaPixels' | 'lateralPixels'>;

/** True for a lens that changes nothing. */
export function isPerfect({ blurSigmaPixels, lateralPixels }: LensSettings): boolean {
  return blurSigmaPixels === 0 && lateralPixels === 0;
}

/**
 * What the blur leaves of a sine along a row or a column, cycles per pixel. It works on pixels: from 0.7 px on it is the Gaussian's
 * exp(-2 (pi sigma f)²), and a narrower one lets more pass next to half a cycle.
 */
export function blurTransfer(blurSigmaPixels: number, cyclesPerPixel: number): number {
  return gaussianKernel(blurSigmaPixels).reduce(
    (sum, weight, tap) => sum + 2 * weight * Math.cos(2 * Math.PI * cyclesPerPixel * tap),
    0,
  );
}

/**
 * A lens that blurs by a Gaussian and then magnifies red a little more and blue a little less than green (lateral chromatic
 * aberration), about the middle of the picture. Used on one thread.
 */
export class Lens {
  readonly #settings: LensSettings;
  readonly #kernel: Float64Array;

  constructor(settings: LensSettings) {
    this.#settings = settings;
    this.#kernel = gaussianKernel(settings.blurSigmaPixels);
  }

  /** By how many pixels light of a point may spread. */
  get reach(): number {
    return this.#kernel.length + Math.ceil(Math.abs(this.#settings.lateralPixels)) + 3;
  }

  /** Images a region of a scene of three channels on a canvas of the same size, which may be a mosaic. */
  project(scene: LightCanvas, target: LightCanvas, region: Region): void {
    const into = target.clipped(region);
    const margin = Math.ceil(Math.abs(this.#settings.lateralPixels)) + 3;
    const from = scene.clipped({
      left: into.left - margin,
      top: into.top - margin,
      right: into.right + margin,
      bottom: into.bottom + margin,
    });
    const blurred = this.#blurred(scene, from);
    const columns = from.right - from.left;
    const rows = from.bottom - from.top;
    const magnified = ([0, 1, 2] as const).map((channel) => {
      const excess = ((1 - channel) * this.#settings.lateralPixels) / length(scene.width / 2, scene.height / 2);
      if (excess === 0) return undefined;
      return {
        across: placesOf(into.left, into.right, scene.width / 2, 1 / (1 + excess), from.left, columns),
        down: placesOf(into.top, into.bottom, scene.height / 2, 1 / (1 + excess), from.top, rows),
      };
    });
    for (let row = into.top; row < into.bottom; row++) {
      for (let column = into.left; column < into.right; column++) {
        let at = (row * target.width + column) * target.samplesPerPixel;
        for (let index = 0; index < target.samplesPerPixel; index++, at++) {
          const channel = target.channelAt(column, row, index);
          const places = magnified[channel];
          target.light[at] =
            places === undefined
              ? (blurred[((row - from.top) * columns + column - from.left) * 3 + channel] as number)
              : interpolated(blurred, columns, places.across, column - into.left, places.down, row - into.top, channel);
        }
      }
    }
  }

  /** The region of the scene after the blur, three channels; beyond the picture its edge goes on. */
  #blurred(scene: LightCanvas, region: Region): Float32Array {
    const { left, top, right, bottom } = region;
    const length = (right - left) * 3;
    const radius = this.#kernel.length - 1;
    const padded = new Float32Array(length + radius * 6);
    const [firstColumn, lastColumn] = [Math.max(0, left - radius), Math.min(scene.width, right + radius)];
    const across = Array.from({ length: bottom - top + 2 * radius }, (_, index) => {
      const start = Math.max(0, Math.min(scene.height - 1, top - radius + index)) * scene.width * 3;
      padded.set(scene.light.subarray(start + firstColumn * 3, start + lastColumn * 3), (firstColumn - left + radius) * 3);
      for (let place = (firstColumn - left + radius) * 3 - 1; place >= 0; place--) padded[place] = padded[place + 3] as number;
      for (let place = (lastColumn - left + radius) * 3; place < padded.length; place++)
        padded[place] = padded[place - 3] as number;
      const line = new Float32Array(length);
      for (let tap = 0; tap <= radius; tap++) {
        const middle = radius * 3;
        addTwice(line, padded, middle - tap * 3, padded, middle + tap * 3, this.#kernel[tap] as number);
      }
      return line;
    });
    const down = new Float32Array((bottom - top) * length);
    for (let row = 0; row < bottom - top; row++) {
      const line = down.subarray(row * length, (row + 1) * length);
      for (let tap = 0; tap <= radius; tap++) {
        const [above, below] = [across[row + radius - tap] as Float32Array, across[row + radius + tap] as Float32Array];
        addTwice(line, above, 0, below, 0, this.#kernel[tap] as number);
      }
    }
    return down;
  }
}

/** Adds two runs of samples times a weight to a line. */
function addTwice(
  line: Float32Array,
  first: Float32Array,
  firstAt: number,
  second: Float32Array,
  secondAt: number,
  weight: number,
): void {
  for (let place = 0; place < line.length; place++) {
    const sum = (first[firstAt + place] as number) + (second[secondAt + place] as number);
    line[place] = (line[place] as number) + weight * sum;
  }
}

/**
 * A Gaussian at whole pixels whose variance is sigma² exactly: below one pixel a sampled one is made wider until it is. From the middle
 * outwards, half the middle first since each weight is used on both sides.
 */
function gaussianKernel(sigma: number): Float64Array {
  let [narrow, wide] = [sigma, sigma + 0.5];
  while (wide - narrow > 1e-9) {
    const width = (narrow + wide) / 2;
    if (varianceOf(gaussianOfWidth(width)) < sigma * sigma) narrow = width;
    else wide = width;
  }
  return gaussianOfWidth(sigma === 0 ? 0 : narrow);
}

function gaussianOfWidth(width: number): Float64Array {
  const radius = Math.ceil(Math.sqrt(-2 * Math.log(negligible)) * width);
  const weights = Float64Array.from({ length: radius + 1 }, (_, tap) => (tap === 0 ? 0.5 : Math.exp(-0.5 * (tap / width) ** 2)));
  const total = 2 * weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

function varianceOf(kernel: Float64Array): number {
  return kernel.reduce((sum, weight, tap) => sum + 2 * weight * tap * tap, 0);
}

/** Where samples of a magnified channel come from along one axis: the first of four neighbours and the weight of each. */
interface Places {
  /** Indices within the region that is interpolated, four for each sample; beyond its edge the edge's. */
  readonly indices: Int32Array;
  readonly weights: Float64Array;
}

/** Catmull-Rom places of the samples from `start` to `end` of a picture that is shrunk about its middle. */
function placesOf(start: number, end: number, middle: number, shrink: number, regionStart: number, regionCount: number): Places {
  const indices = new Int32Array((end - start) * 4);
  const weights = new Float64Array((end - start) * 4);
  for (let sample = start; sample < end; sample++) {
    const place = middle + (sample + 0.5 - middle) * shrink - 0.5 - regionStart;
    const first = Math.floor(place) - 1;
    const t = place - first - 1;
    const at = (sample - start) * 4;
    for (let tap = 0; tap < 4; tap++) indices[at + tap] = Math.max(0, Math.min(regionCount - 1, first + tap));
    weights[at] = (-(t ** 3) + 2 * t ** 2 - t) / 2;
    weights[at + 1] = (3 * t ** 3 - 5 * t ** 2 + 2) / 2;
    weights[at + 2] = (-3 * t ** 3 + 4 * t ** 2 + t) / 2;
    weights[at + 3] = (t ** 3 - t ** 2) / 2;
  }
  return { indices, weights };
}

/** One channel at a place; never below 0. */
function interpolated(
  pixels: Float32Array,
  columns: number,
  across: Places,
  column: number,
  down: Places,
  row: number,
  channel: number,
): number {
  let sum = 0;
  for (let j = row * 4; j < row * 4 + 4; j++) {
    const start = (down.indices[j] as number) * columns;
    let line = 0;
    for (let i = column * 4; i < column * 4 + 4; i++) {
      line += (across.weights[i] as number) * (pixels[(start + (across.indices[i] as number)) * 3 + channel] as number);
    }
    sum += (down.weights[j] as number) * line;
  }
  return Math.max(0, sum);
}
