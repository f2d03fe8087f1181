import { describe, expect, it } from 'vitest';
import { measureBlack, type SensorReadout } from '../../../main/calibration/black-level.ts';
import { normalNumbers } from '../../support/random.ts';

const [width, height] = [200, 120];
const levels = [64, 66, 68, 70] as const;

/** A readout whose first 24 columns and 20 rows are masked, with noise of 3 DN and stripes between rows. */
function readout(stripes: number): SensorReadout {
  const normal = normalNumbers(31);
  const samples = new Uint16Array(width * height);
  for (let row = 0; row < height; row++) {
    const stripe = stripes * normal();
    for (let column = 0; column < width; column++) {
      const black = levels[(row & 1) * 2 + (column & 1)] as number;
      const light = column < 24 || row < 20 ? 0 : 400;
      samples[row * width + column] = Math.round(black + light + stripe + 3 * normal());
    }
  }
  return { samples, width, height };
}

const columns = { x: 0, y: 20, width: 24, height: 100 };
const rows = { x: 0, y: 0, width: 200, height: 20 };

describe('black level', () => {
  it.each([
    [{ ...columns, x: 190 }, 'Expected an area inside 200x120 for masked pixels but received 24x100 at (190, 20)'],
    [{ ...columns, y: 0.5 }, 'received 24x100 at (0, 0.5)'],
    [{ ...columns, width: 1 }, 'Expected at least 16 masked samples at each position of the cell but received 0'],
    [{ ...rows, height: 1 }, 'but received 0'],
  ])('is refused for the area %j', (area, message) => {
    expect(() => measureBlack(readout(0), [area])).toThrow(message);
  });

  it('is found at each position of the cell, with its noise', () => {
    const { levels: found, deviations, rowDeviation, samples } = measureBlack(readout(0), [columns, rows]);
    // Each of 1600 samples: known to 0.08 DN and 1.8 %, plus quantisation of 1/12 DN².
    expect(found.map((level, position) => Math.abs(level - (levels[position] as number)) < 0.25)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(deviations.every((deviation) => Math.abs(deviation - Math.hypot(3, Math.sqrt(1 / 12))) < 0.15)).toBe(true);
    expect(rowDeviation).toBeLessThan(0.35);
    expect(samples).toBeGreaterThan(6380);
  });

  it('does not hear hot pixels', () => {
    const hot = readout(0);
    for (let index = 0; index < 20; index++) hot.samples[(20 + 2 * index) * width + 2] = 1023;
    const clean = measureBlack(readout(0), [columns]).levels[0];
    expect(Math.abs(measureBlack(hot, [columns]).levels[0] - clean)).toBeLessThan(0.15);
  });

  it('tells row noise from that of samples', () => {
    const { rowDeviation } = measureBlack(readout(2), [columns]);
    // A hundred rows: known to 7 %, of which three are allowed.
    expect(Math.abs(rowDeviation / 2 - 1)).toBeLessThan(0.22);
  });

  it('counts the cell from where the visible part begins', () => {
    const [a, b, c, d] = measureBlack(readout(0), [columns]).levels;
    expect(measureBlack(readout(0), [columns], { x: 25, y: 21 }).levels).toEqual([d, c, b, a]);
  });
});
