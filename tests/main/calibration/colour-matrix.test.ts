import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Lab } from '../../../main/base/colour/lab.ts';
import { apply3, identity3, inverse3, type Matrix3, type Triple } from '../../../main/base/matrix3.ts';
import type { ChartColour } from '../../../main/calibration/chart-colour.ts';
import { colourCheckerLab, linearSrgbFromLabD50 } from '../../../main/calibration/colour-checker.ts';
import {
  judgeColourMatrix,
  leastSquaresMatrix,
  refitForEncoded,
  solveColourMatrix,
} from '../../../main/calibration/colour-matrix.ts';
import { minimise } from '../../../main/calibration/minimise.ts';
import { whiteBalanced, whiteBalanceFromGreys } from '../../../main/calibration/white-balance.ts';
import { normalNumbers } from '../../support/random.ts';
import { srgbCurve } from '../../support/reference-fast-isp.ts';

const references = colourCheckerLab('from-november-2014');
const truth: Matrix3 = [1.7, -0.55, -0.15, -0.3, 1.55, -0.25, 0.04, -0.6, 1.56];

/** What a camera of that matrix sees of the chart at a quarter of the exposure, with Gaussian errors. */
function chartSeen(matrix: Matrix3, relativeNoise = 0): ChartColour[] {
  const normal = normalNumbers(17);
  const cameraFromSrgb = inverse3(matrix) as Matrix3;
  return references.map((lab) => {
    const seen = apply3(cameraFromSrgb, linearSrgbFromLabD50(lab));
    return { mean: seen.map((value) => 250 * value * (1 + relativeNoise * normal())) as unknown as Triple };
  });
}

function rowSums(matrix: Matrix3): number[] {
  return [0, 3, 6].map((at) => (matrix[at] as number) + (matrix[at + 1] as number) + (matrix[at + 2] as number));
}

const one = expect.closeTo(1, 12);

describe('a colour matrix', () => {
  it('is refused for too few, too many or equal patches', () => {
    const seen = chartSeen(truth);
    expect(() => solveColourMatrix(seen.slice(1), references)).toThrow('Expected 24 patches, as references, but received 23');
    const bad = seen.map((patch, index) => (index < 17 ? { ...patch, problem: `patch ${index + 1} is clipped` } : patch));
    expect(() => solveColourMatrix(bad, references)).toThrow(
      /^Expected at least 8 good patches for a colour matrix but received 7: patch 1 is clipped; patch 2 is clipped; /,
    );
    const grey = seen.map((): ChartColour => ({ mean: [5, 5, 5] }));
    expect(() => solveColourMatrix(grey, references)).toThrow('Expected patches of different colours');
    const dark = seen.map((): ChartColour => ({ mean: [-1, -1, -2] }));
    expect(() => solveColourMatrix(dark, references)).toThrow('Expected patches brighter than black');
  });

  it('is found again from what a camera of that matrix sees', () => {
    const { srgbFromCamera, exposure, meanDeltaE00, worstDeltaE00 } = solveColourMatrix(chartSeen(truth), references);
    expect(srgbFromCamera).toEqual(truth.map((value) => expect.closeTo(value, 3)));
    expect(exposure).toBeCloseTo(1 / 250, 6);
    expect(meanDeltaE00).toBeLessThan(0.005);
    expect(worstDeltaE00).toBeLessThan(0.02);
    expect(rowSums(srgbFromCamera)).toEqual([one, one, one]);
  });

  it('keeps white whatever it is given, and never does worse than least squares', () => {
    const channel = fc.double({ min: 0.05, max: 1, noNaN: true });
    const colours = fc.array(fc.tuple(channel, channel, channel), { minLength: 24, maxLength: 24 });
    fc.assert(
      fc.property(colours, (list) => {
        const patches = list.map((mean) => ({ mean }));
        const start = leastSquaresMatrix(patches, references);
        const solution = solveColourMatrix(patches, references);
        expect(rowSums(solution.srgbFromCamera)).toEqual([one, one, one]);
        const judged = judgeColourMatrix(start.srgbFromCamera, start.exposure, patches, references);
        expect(solution.meanDeltaE00).toBeLessThanOrEqual(judged.meanDeltaE00 + 1e-12);
      }),
      { numRuns: 8, seed: 1 },
    );
  });

  it('does not hear patches with a problem, but reports them', () => {
    const seen = chartSeen(truth, 0.02);
    const clipped = seen.map((patch, index) =>
      index === 15 ? { mean: [250, 250, 250] as const, problem: 'patch 16 is clipped' } : patch,
    );
    const without = solveColourMatrix(clipped, references);
    expect(without.patches[15]).toMatchObject({ excluded: 'patch 16 is clipped' });
    expect(without.patches[15]?.deltaE00).toBeGreaterThan(20);
    const counted = without.patches.filter(({ index }) => index !== 15).map(({ deltaE00 }) => deltaE00);
    expect(without.meanDeltaE00).toBeCloseTo(counted.reduce((sum, value) => sum + value, 0) / 23, 12);
    expect(without.worstDeltaE00).toBe(Math.max(...counted));
    expect(without.srgbFromCamera).toEqual(
      solveColourMatrix(seen, references).srgbFromCamera.map((value) => expect.closeTo(value, 0)),
    );
  });

  it('gains on least squares where the camera is not of three numbers', () => {
    const seen = chartSeen(truth, 0.06);
    const start = leastSquaresMatrix(seen, references);
    const judged = judgeColourMatrix(start.srgbFromCamera, start.exposure, seen, references);
    expect(solveColourMatrix(seen, references).meanDeltaE00).toBeLessThan(judged.meanDeltaE00 * 0.98);
  });
});

describe('white balance', () => {
  it('is refused without a grey, or with a black one', () => {
    expect(() => whiteBalanceFromGreys([])).toThrow('Expected at least 1 good patches for white balance but received 0');
    expect(() => whiteBalanceFromGreys([{ mean: [4, 9, 0] }])).toThrow('Expected greys brighter than black but received 4, 9, 0');
  });

  it('makes greys grey, bright ones first', () => {
    const greys: ChartColour[] = [
      { mean: [50, 100, 25] },
      { mean: [5.5, 10, 2.5] },
      { mean: [1, 1, 1], problem: 'patch 3 is uneven' },
    ];
    const { gains, worstCast } = whiteBalanceFromGreys(greys);
    expect(gains).toEqual([110 / 55.5, 1, 4]);
    expect(worstCast).toBeCloseTo((5.5 * 110) / 555 - 1, 12);
    expect(whiteBalanced(greys, [2, 1, 4])[0]).toEqual({ mean: [100, 100, 100] });
    expect(whiteBalanced(greys, [2, 1, 4])[2]?.problem).toBe('patch 3 is uneven');
  });
});

describe('minimising', () => {
  it('finds the end of Rosenbrock’s valley', () => {
    const rosenbrock = ([x, y]: readonly number[]): number =>
      (1 - (x as number)) ** 2 + 100 * ((y as number) - (x as number) ** 2) ** 2;
    const { at, evaluations } = minimise(rosenbrock, [-1.2, 1], [0.5, 0.5], { maximumEvaluations: 5000, tolerance: 1e-14 });
    expect(at).toEqual([expect.closeTo(1, 5), expect.closeTo(1, 5)]);
    expect(evaluations).toBeLessThan(1500);
  });

  it('ends when it has asked often enough', () => {
    let asked = 0;
    const endless = ([x]: readonly number[]): number => {
      asked++;
      return -(x as number);
    };
    expect(minimise(endless, [0, 0], [1, 1], { maximumEvaluations: 50, tolerance: 1e-9 }).evaluations).toBe(asked);
    expect(asked).toBeLessThan(60);
  });

  it('is fitted again for encoded values, at most as far off as itself there, and keeps white', () => {
    const seen = chartSeen(truth);
    const linear = solveColourMatrix(seen, references);
    const encoded = refitForEncoded(linear, seen, references);
    const same = judgeColourMatrix(linear.srgbFromCamera, linear.exposure, seen, references, 'encoded');
    expect(rowSums(encoded.srgbFromCamera)).toEqual([one, one, one]);
    expect(encoded.exposure).toBe(linear.exposure);
    expect(encoded.meanDeltaE00).toBeLessThan(0.9 * same.meanDeltaE00);
    expect(encoded.meanDeltaE00).toBeCloseTo(meanThroughDisplay(encoded.srgbFromCamera, seen, encoded.exposure), 9);
  });
});

/** Mean ΔE00 of patches that are encoded, mixed and shown, written out. */
function meanThroughDisplay(m: Matrix3, patches: readonly ChartColour[], exposure: number): number {
  const clip = (value: number): number => Math.min(1, Math.max(0, value));
  const differences = patches.map(({ mean }, index) => {
    const [r, g, b] = mean.map((value) => srgbCurve(clip(value * exposure))) as [number, number, number];
    const shown = [0, 3, 6].map((row) => {
      const v = clip((m[row] as number) * r + (m[row + 1] as number) * g + (m[row + 2] as number) * b);
      return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    }) as unknown as Triple;
    return judgeColourMatrix(identity3, 1, [{ mean: shown }], [references[index] as Lab]).meanDeltaE00;
  });
  return differences.reduce((sum, difference) => sum + difference, 0) / differences.length;
}
