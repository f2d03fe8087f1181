import { InputError } from '../base/errors.ts';
import { quantile } from '../base/statistics.ts';

/** Unpacked samples of a whole sensor, masked rows and columns with it. */
export interface SensorReadout {
  readonly samples: Uint16Array;
  readonly width: number;
  readonly height: number;
}

/** Samples of a readout: its columns from `x`, its rows from `y`. */
export interface ReadoutArea {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Black as masked pixels show it; lists are by position of the 2x2 cell, as in a SensorDescription. All in DN. */
export interface MeasuredBlack {
  readonly levels: readonly [number, number, number, number];
  /** Standard deviation of single samples: dark noise. */
  readonly deviations: readonly [number, number, number, number];
  /** By how much rows differ from each other beyond what single samples explain: row noise, which shows as stripes. */
  readonly rowDeviation: number;
  readonly samples: number;
}

const leastSamplesPerPosition = 16;
const outlierLimit = 4;

/**
 * Black level of each position of the cell from optically black columns or rows, or from any area of a dark frame. Samples beyond
 * four robust deviations, as hot pixels are, are left out. `cellOrigin` is a sample at the top left of a cell, for readouts whose
 * visible part begins elsewhere than the readout. Throws InputError for areas outside, or too few samples.
 */
export function measureBlack(readout: SensorReadout, areas: readonly ReadoutArea[], cellOrigin = { x: 0, y: 0 }): MeasuredBlack {
  const positions: number[][] = [[], [], [], []];
  const rows = new Map<number, number[]>();
  for (const area of areas) {
    requireInside(readout, area);
    for (let row = area.y; row < area.y + area.height; row++) {
      const line = rows.get(row) ?? [];
      rows.set(row, line);
      for (let column = area.x; column < area.x + area.width; column++) {
        const sample = readout.samples[row * readout.width + column] as number;
        const position = ((row - cellOrigin.y) & 1) * 2 + ((column - cellOrigin.x) & 1);
        (positions[position] as number[]).push(sample);
        line.push(sample);
      }
    }
  }
  const fewest = Math.min(...positions.map(({ length }) => length));
  if (fewest < leastSamplesPerPosition) {
    const message = `Expected at least ${leastSamplesPerPosition} masked samples at each position of the cell but received ${fewest}`;
    throw new InputError('calibration.black-area', message, 'Give a larger area, at least two rows high and two columns wide.');
  }
  const kept = positions.map(withoutOutliers);
  const four = (of: (list: readonly number[]) => number): MeasuredBlack['levels'] =>
    kept.map(of) as unknown as MeasuredBlack['levels'];
  return {
    levels: four(meanOf),
    deviations: four(deviationOf),
    rowDeviation: rowDeviationOf(rows, cellOrigin.y),
    samples: kept.reduce((sum, { length }) => sum + length, 0),
  };
}

function requireInside({ samples, width, height }: SensorReadout, area: ReadoutArea): void {
  const isInside = area.x >= 0 && area.y >= 0 && area.x + area.width <= width && area.y + area.height <= height;
  const isWhole = [area.x, area.y, area.width, area.height].every(Number.isInteger);
  if (isInside && isWhole && samples.length === width * height) return;
  const received = `${area.width}x${area.height} at (${area.x}, ${area.y})`;
  throw new InputError(
    'calibration.black-area',
    `Expected an area inside ${width}x${height} for masked pixels but received ${received}`,
  );
}

function withoutOutliers(list: readonly number[]): readonly number[] {
  const median = quantile(list, 0.5);
  const spread = Math.max(
    1.4826 *
      quantile(
        list.map((value) => Math.abs(value - median)),
        0.5,
      ),
    (quantile(list, 0.95) - quantile(list, 0.05)) / 3.29,
    // Samples are whole numbers: two of them apart may be quantisation alone.
    0.5,
  );
  return list.filter((value) => Math.abs(value - median) <= outlierLimit * spread);
}

function meanOf(list: readonly number[]): number {
  return list.reduce((sum, value) => sum + value, 0) / list.length;
}

function deviationOf(list: readonly number[]): number {
  const mean = meanOf(list);
  return Math.sqrt(list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(list.length - 1, 1));
}

/** Even and odd rows are looked at apart, for what they differ by is in their levels already. */
function rowDeviationOf(rows: ReadonlyMap<number, readonly number[]>, originRow: number): number {
  const excesses = [0, 1].flatMap((parity) => {
    const lines = [...rows].filter(([row]) => ((row - originRow) & 1) === parity).map(([, line]) => withoutOutliers(line));
    if (lines.length < 2) return [];
    const explained = meanOf(lines.map((line) => deviationOf(line) ** 2 / line.length));
    return [deviationOf(lines.map(meanOf)) ** 2 - explained];
  });
  return excesses.length === 0 ? 0 : Math.sqrt(Math.max(meanOf(excesses), 0));
}
