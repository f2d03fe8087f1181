import { describe, expect, it } from 'vitest';
import { apply3, inverse3, type Matrix3, type Triple } from '../../../main/base/matrix3.ts';
import { calibrateFromChart, lightAt, type PlacedColour } from '../../../main/calibration/chart-shading.ts';
import { colourCheckerLab, linearSrgbFromLabD50 } from '../../../main/calibration/colour-checker.ts';

const references = colourCheckerLab('before-november-2014');
const truth: Matrix3 = [1.7, -0.55, -0.15, -0.3, 1.55, -0.25, 0.04, -0.6, 1.56];
const gains: Triple = [2.1, 1, 1.6];

/** A chart under light that falls off from a lamp at the upper left, as a camera sees it before white balance. */
function chartUnder(light: (x: number, y: number) => number): PlacedColour[] {
  const cameraFromSrgb = inverse3(truth) as Matrix3;
  return references.map((lab, index) => {
    const centre = { x: 300 + 80 * (index % 6), y: 200 + 80 * Math.floor(index / 6) };
    const seen = apply3(cameraFromSrgb, linearSrgbFromLabD50(lab));
    const mean = seen.map((value, channel) => (900 * value * light(centre.x, centre.y)) / (gains[channel] as number));
    return { centre, mean: mean as unknown as Triple };
  });
}

/** Falls by a quarter over the chart, with the curvature of an inverse square. */
const lamp = (x: number, y: number): number => 1 / (1 + ((x - 260) ** 2 + (y - 180) ** 2) / 900000);

describe('a chart under uneven light', () => {
  it('is refused without all its patches, apart from each other and good', () => {
    const patches = chartUnder(lamp);
    expect(() => calibrateFromChart(patches.slice(1), references)).toThrow(
      'Expected 24 patches of a ColorChecker but received 23',
    );
    const heap = patches.map((patch) => ({ ...patch, centre: { x: 1, y: 1 } }));
    expect(() => calibrateFromChart(heap, references)).toThrow('Expected patches at different places');
    const bad = patches.map((patch, index) => (index % 24 < 14 ? { ...patch, problem: 'shadow' } : patch));
    expect(() => calibrateFromChart(bad, references)).toThrow(
      'Expected at least 12 good patches for light over the chart but received 10',
    );
  });

  it('shows its light, its white balance and its matrix', () => {
    const { shading, whiteBalance, colour } = calibrateFromChart(chartUnder(lamp), references);
    const middle = lamp(shading.origin.x, shading.origin.y);
    for (const { centre } of chartUnder(lamp)) {
      expect(Math.abs((lightAt(shading, centre) * middle) / lamp(centre.x, centre.y) - 1)).toBeLessThan(0.02);
    }
    expect(whiteBalance.gains).toEqual(gains.map((gain) => expect.closeTo(gain, 1)));
    expect(colour.meanDeltaE00).toBeLessThan(0.6);
    expect(colour.srgbFromCamera).toEqual(truth.map((value) => expect.closeTo(value, 1)));
  });

  it('comes out worse where light is taken to be even', () => {
    const even = calibrateFromChart(chartUnder(lamp), references, 'even');
    expect(even.shading.coefficients).toEqual([0, 0, 0, 0, 0]);
    expect(even.colour.meanDeltaE00).toBeGreaterThan(1);
    const plane = calibrateFromChart(chartUnder(lamp), references, 'plane');
    expect(plane.shading.coefficients.slice(2)).toEqual([0, 0, 0]);
    expect(plane.colour.meanDeltaE00).toBeLessThan(even.colour.meanDeltaE00 * 0.7);
  });

  it('that is even shows even light', () => {
    const { shading, colour } = calibrateFromChart(
      chartUnder(() => 1),
      references,
    );
    expect(Math.max(...shading.coefficients.map((value) => Math.abs(value)))).toBeLessThan(0.01);
    // Greys are made neutral, and the chart's own are tinted a little.
    expect(colour.meanDeltaE00).toBeLessThan(0.5);
  });
});
