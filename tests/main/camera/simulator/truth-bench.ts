import type { SimulatedFrame } from '../../../../main/camera/simulator/ground-truth.ts';
import { renderFrame } from '../../../../main/camera/simulator/ground-truth.ts';

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
