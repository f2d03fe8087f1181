import type { PixelRectangle } from '../../../../main/camera/simulator/coverage.ts';
import type { SimulatedFrame } from '../../../../main/camera/simulator/ground-truth.ts';
import { groundTruth, renderFrame } from '../../../../main/camera/simulator/ground-truth.ts';

/** Size of the tests' frames, unless a test says otherwise. */
export const size = { width: 320, height: 180 } as const;

/** The channel (0 red, 1 green, 2 blue) of a pixel behind RGGB. */
export function channelOf(column: number, row: number): 0 | 1 | 2 {
  return ((row % 2) + (column % 2)) as 0 | 1 | 2;
}

/** Mean and variance of numbers. */
export function statistics(values: readonly number[]): { readonly mean: number; readonly variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1) };
}

/** A frame without noise, DN above black. */
export function signalOf(frame: Omit<SimulatedFrame, 'width' | 'height'> & Partial<SimulatedFrame>): Float64Array {
  const samples = renderFrame({ ...size, ...frame, settings: { ...frame.settings, noise: false } });
  return Float64Array.from(samples, (sample) => sample - 64);
}

/** The values of one channel of interleaved pixels. */
export function planeOf(pixels: Float32Array, channel: 0 | 1 | 2): Float64Array {
  return Float64Array.from({ length: pixels.length / 3 }, (_, index) => pixels[index * 3 + channel] as number);
}

/** The mean over a pixel by many points in it. */
export function integrated(column: number, row: number, lightAt: (x: number, y: number) => number): number {
  const points = 24;
  let sum = 0;
  for (let i = 0; i < points * points; i++) {
    sum += lightAt(column + ((i % points) + 0.5) / points, row + (Math.floor(i / points) + 0.5) / points);
  }
  return sum / (points * points);
}

/** Linear sRGB under D65, green, of a whole scene: what it is without camera. */
export function lightOf(scene: string, width: number, height: number): Float64Array {
  return planeOf(groundTruth({ scene, width, height }).srgb('reference'), 1);
}

/** Least and most light within a rectangle of a picture of that width. */
export function rangeIn(light: Float64Array, width: number, rectangle: PixelRectangle): readonly [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (let row = rectangle.y; row < rectangle.y + rectangle.height; row++) {
    for (const value of light.subarray(row * width + rectangle.x, row * width + rectangle.x + rectangle.width)) {
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
  }
  return [least, most];
}

/** Whether a rectangle lies in a picture of that size, on the 2x2 cell, and has enough pixels for statistics. */
export function isWhollyInside({ x, y, width, height }: PixelRectangle, pictureWidth: number, pictureHeight: number): boolean {
  const isOnCells = [x, y, width, height].every((value) => value % 2 === 0);
  return isOnCells && x >= 0 && y >= 0 && x + width <= pictureWidth && y + height <= pictureHeight && width * height >= 64;
}
