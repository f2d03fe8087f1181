import { describe, expect, it } from 'vitest';
import { groundTruth } from '../../../../main/camera/simulator/ground-truth.ts';
import { signalOf } from './truth-bench.ts';

const [width, height] = [64, 480];
const flat = { scene: 'flat-field', width, height } as const;

/** Mean of every row against the mean of the same row without flicker. */
function rowLightOf(settings: object, sequence = 0, framesPerSecond = 30): number[] {
  const frame = { ...flat, sequence, framesPerSecond };
  const flickering = signalOf({ ...frame, settings });
  const steady = signalOf({ ...frame, settings: { ...settings, flickerMainsHertz: 0 } });
  return Array.from({ length: height }, (_, row) => {
    const sum = (signal: Float64Array): number =>
      signal.subarray(row * width, (row + 1) * width).reduce((total, value) => total + value, 0);
    return sum(flickering) / sum(steady);
  });
}

/** The light of a row by summing the lamp's light over its exposure in small steps. */
function summed(startSeconds: number, exposureSeconds: number, mainsHertz: number, depth: number): number {
  const steps = 2000;
  let sum = 0;
  for (let step = 0; step < steps; step++) {
    const seconds = startSeconds + ((step + 0.5) / steps) * exposureSeconds;
    sum += 1 + depth * Math.cos(2 * Math.PI * 2 * mainsHertz * seconds);
  }
  return sum / steps;
}

describe('flicker', () => {
  it.each([
    [50, 0.3, 3000, 25_000, 3, 30],
    [60, 0.8, 1000, 12_000, 11, 30],
    [50, 0.5, 16_000, 16_000, 2, 60],
  ] as const)(
    'of %d Hz mains, depth %d, is the lamp summed over the exposure of each row (%d of %d µs)',
    (flickerMainsHertz, flickerDepth, exposureMicros, readoutMicros, sequence, framesPerSecond) => {
      // Well below the white level, and far enough above black for rounding not to matter.
      const illuminanceLux = Math.round(4e6 / exposureMicros);
      const settings = { flickerMainsHertz, flickerDepth, exposureMicros, readoutMicros, illuminanceLux };
      const rows = rowLightOf(settings, sequence, framesPerSecond);
      for (const [row, found] of rows.entries()) {
        const start = sequence / framesPerSecond + (row / height) * readoutMicros * 1e-6;
        expect(Math.abs(found - summed(start, exposureMicros * 1e-6, flickerMainsHertz, flickerDepth))).toBeLessThan(0.006);
      }
    },
  );

  it('has bands of the period of twice the mains', () => {
    const rows = rowLightOf({ flickerMainsHertz: 50, flickerDepth: 0.5, exposureMicros: 1000, readoutMicros: 32_000 });
    const upward: number[] = [];
    for (let row = 1; row < height; row++) if ((rows[row - 1] as number) < 1 && (rows[row] as number) >= 1) upward.push(row);
    // 100 Hz is 10 ms, of 32 ms for 480 rows.
    expect(upward.slice(1).map((row, index) => row - (upward[index] as number))).toEqual([150, 150]);
  });

  it.each([
    [50, 10_000],
    [60, 8333],
  ] as const)('of %d Hz is not seen by an exposure of a whole period (%d µs)', (flickerMainsHertz, exposureMicros) => {
    for (const found of rowLightOf({ flickerMainsHertz, flickerDepth: 1, exposureMicros, readoutMicros: 30_000 })) {
      expect(Math.abs(found - 1)).toBeLessThan(0.003);
    }
  });

  it('is the same in all rows of a global shutter, and another in the next frame', () => {
    const settings = { flickerMainsHertz: 50, flickerDepth: 0.5, exposureMicros: 2000 } as const;
    const [first, second] = [0, 1].map((sequence) => groundTruth({ ...flat, sequence, settings }).rowLight());
    expect(new Set(first).size).toBe(1);
    expect(first?.[0]).not.toBeCloseTo(second?.[0] as number, 2);
  });

  it('is absent from the truth of what the sensor sees', () => {
    const settings = { flickerMainsHertz: 50, flickerDepth: 1, exposureMicros: 1000, readoutMicros: 20_000 } as const;
    const { 1: first, [3 * 64 * 300 + 1]: later } = groundTruth({ ...flat, settings }).cameraRgb();
    expect(first).toBe(later);
  });
});
