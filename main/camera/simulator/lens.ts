import { length, type Region } from './coverage.ts';
import type { FrameSettings } from './frame-settings.ts';
import type { LightCanvas } from './light-canvas.ts';

/** What a lens does to the picture's geometry and sharpness. */
export type LensSettings = Pick<FrameSettings, 'blurSigmaPixels' | 'lateralPixels'>;

/** True for a lens that changes nothing. */
export function isPerfect({ blurSigmaPixels, lateralPixels }: LensSettings): boolean {
  return blurSigmaPixels === 0 && lateralPixels === 0;
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
    this.#kernel = discreteGaussian(settings.blurSigmaPixels);
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
    const stride = from.right - from.left;
    const [centreX, centreY] = [scene.width / 2, scene.height / 2];
    const corner = length(centreX, centreY);
    // Where a channel's light comes from, seen from the middle: a magnified channel's from nearer.
    const shrinkOf = [0, 1, 2].map((channel) => 1 / (1 + ((1 - channel) * this.#settings.lateralPixels) / corner));
    for (let row = into.top; row < into.bottom; row++) {
      for (let column = into.left; column < into.right; column++) {
        let at = (row * target.width + column) * target.samplesPerPixel;
        for (let index = 0; index < target.samplesPerPixel; index++, at++) {
          const channel = target.channelAt(column, row, index);
          const shrink = shrinkOf[channel] as number;
          if (shrink === 1) {
            target.light[at] = blurred[((row - from.top) * stride + column - from.left) * 3 + channel] as number;
          } else {
            const x = centreX + (column + 0.5 - centreX) * shrink - 0.5 - from.left;
            const y = centreY + (row + 0.5 - centreY) * shrink - 0.5 - from.top;
            target.light[at] = interpolated(blurred, stride, from.bottom - from.top, x, y, channel);
          }
        }
      }
    }
  }

  /** The region of the scene after the blur, three channels; beyond the picture its edge goes on. */
  #blurred(scene: LightCanvas, region: Region): Float32Array {
    const columns = region.right - region.left;
    const rows = region.bottom - region.top;
    const kernel = this.#kernel;
    const radius = kernel.length - 1;
    const firstRow = Math.max(0, region.top - radius);
    const lastRow = Math.min(scene.height, region.bottom + radius) - 1;
    const across = new Float32Array((lastRow - firstRow + 1) * columns * 3);
    for (let row = firstRow, at = 0; row <= lastRow; row++) {
      const start = row * scene.width;
      for (let column = region.left; column < region.right; column++) {
        for (let channel = 0; channel < 3; channel++, at++) {
          let sum = (kernel[0] as number) * (scene.light[(start + column) * 3 + channel] as number);
          for (let tap = 1; tap <= radius; tap++) {
            const before = (start + Math.max(0, column - tap)) * 3 + channel;
            const after = (start + Math.min(scene.width - 1, column + tap)) * 3 + channel;
            sum += (kernel[tap] as number) * ((scene.light[before] as number) + (scene.light[after] as number));
          }
          across[at] = sum;
        }
      }
    }
    const down = new Float32Array(rows * columns * 3);
    for (let row = 0; row < rows; row++) {
      const middle = row + region.top - firstRow;
      for (let place = 0; place < columns * 3; place++) {
        let sum = (kernel[0] as number) * (across[middle * columns * 3 + place] as number);
        for (let tap = 1; tap <= radius; tap++) {
          const above = Math.max(0, middle - tap) * columns * 3 + place;
          const below = Math.min(lastRow - firstRow, middle + tap) * columns * 3 + place;
          sum += (kernel[tap] as number) * ((across[above] as number) + (across[below] as number));
        }
        down[row * columns * 3 + place] = sum;
      }
    }
    return down;
  }
}

/**
 * The discrete Gaussian, middle first: weights exp(-t) I_n(t) for t = sigma², whose variance is sigma² exactly, however narrow
 * (T. Lindeberg, "Scale-space for discrete signals", 1990). The modified Bessel functions are summed from their series.
 */
function discreteGaussian(sigma: number): Float64Array {
  if (sigma === 0) return Float64Array.of(1);
  const variance = sigma * sigma;
  const radius = Math.ceil(4.5 * sigma) + 2;
  const weights = Float64Array.from({ length: radius + 1 }, (_, order) => {
    let term = Math.exp(-variance);
    for (let factor = 1; factor <= order; factor++) term *= variance / (2 * factor);
    let sum = 0;
    for (let step = 1; term > 1e-18 || step < variance; step++) {
      sum += term;
      term *= variance ** 2 / (4 * step * (step + order));
    }
    return sum;
  });
  const total = weights.reduce((sum, weight) => sum + 2 * weight, -(weights[0] as number));
  return weights.map((weight) => weight / total);
}

/** Catmull-Rom interpolation of one channel at a point, in samples; never below 0. */
function interpolated(pixels: Float32Array, columns: number, rows: number, x: number, y: number, channel: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const across = cubicWeights(x - left);
  const down = cubicWeights(y - top);
  let sum = 0;
  for (let j = 0; j < 4; j++) {
    const row = Math.max(0, Math.min(rows - 1, top - 1 + j));
    let line = 0;
    for (let i = 0; i < 4; i++) {
      const column = Math.max(0, Math.min(columns - 1, left - 1 + i));
      line += (across[i] as number) * (pixels[(row * columns + column) * 3 + channel] as number);
    }
    sum += (down[j] as number) * line;
  }
  return Math.max(0, sum);
}

function cubicWeights(t: number): readonly [number, number, number, number] {
  const square = t * t;
  const cube = square * t;
  return [(-cube + 2 * square - t) / 2, (3 * cube - 5 * square + 2) / 2, (-3 * cube + 4 * square + t) / 2, (cube - square) / 2];
}
