import type { ReferenceMosaic } from './reference-fast-isp.ts';

/** One zone as one would measure it on paper, from every cell that lies in it. */
export interface ReferenceZone {
  /** Mean light by colour name: R, Gr, Gb, B. */
  readonly light: Readonly<Record<'R' | 'Gr' | 'Gb' | 'B', number>>;
  readonly clippedShare: number;
  readonly focusEnergy: number;
}

/** The name of a sample by its colour and, for green, by the colour in its row. */
function nameAt({ sensor }: ReferenceMosaic, row: number, column: number): 'R' | 'Gr' | 'Gb' | 'B' {
  const at = (r: number, c: number): string => sensor.cfa[(r % 2) * 2 + (c % 2)] as string;
  const own = at(row, column);
  return own === 'G' ? (at(row, column + 1) === 'R' ? 'Gr' : 'Gb') : (own as 'R' | 'B');
}

/** Cells from `first` up to `end` (without it), whose share of the axis begins with zone `zone` of `zones`. */
function span(zone: number, zones: number, cells: number): [first: number, end: number] {
  return [Math.ceil((zone * cells) / zones), Math.ceil(((zone + 1) * cells) / zones)];
}

/** Every cell of one zone in double precision; `clipShare` of the range from black to white counts as clipped. */
export function referenceZone(
  mosaic: ReferenceMosaic,
  zone: { readonly row: number; readonly column: number; readonly rows: number; readonly columns: number },
  clipShare: number,
): ReferenceZone {
  const { width, height, samples, sensor } = mosaic;
  const [top, bottom] = span(zone.row, zone.rows, height / 2);
  const [left, right] = span(zone.column, zone.columns, width / 2);
  const dn = (row: number, column: number): number => samples[row * width + column] as number;
  const sums = { R: 0, Gr: 0, Gb: 0, B: 0 };
  const differences: number[] = [];
  let clipped = 0;
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const cell = [0, 1, 2, 3].map((position) => [2 * y + (position >> 1), 2 * x + (position & 1), position] as const);
      for (const [row, column, position] of cell) {
        const black = sensor.blackLevels[position] as number;
        sums[nameAt(mosaic, row, column)] += (dn(row, column) - black) / (sensor.whiteLevel - black);
      }
      const highestBlack = Math.max(...sensor.blackLevels);
      if (cell.some(([row, column]) => dn(row, column) >= highestBlack + clipShare * (sensor.whiteLevel - highestBlack)))
        clipped++;
      const odd = cell.find(([row, column]) => column % 2 === 1 && nameAt(mosaic, row, column).startsWith('G'));
      if (!odd || 2 * x + 2 >= width) continue;
      const otherRow = odd[0] % 2 === 0 ? odd[0] + 1 : odd[0] - 1;
      differences.push(dn(odd[0], odd[1]) - (dn(otherRow, odd[1] - 1) + dn(otherRow, odd[1] + 1)) / 2);
    }
  }
  const count = (bottom - top) * (right - left);
  const mean = differences.reduce((sum, value) => sum + value, 0) / Math.max(1, differences.length);
  const spread = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, differences.length);
  const greenOfRed = sensor.blackLevels[[0, 1, 2, 3].find((p) => nameAt(mosaic, p >> 1, p & 1) === 'Gr') as number] as number;
  const light = { R: sums.R / count, Gr: sums.Gr / count, Gb: sums.Gb / count, B: sums.B / count };
  return { light, clippedShare: clipped / count, focusEnergy: spread / (sensor.whiteLevel - greenOfRed) ** 2 };
}

/** How many of the values fall into each of 256 bins of `binWidth`, the last one open. */
export function referenceHistogram(values: Iterable<number>, binWidth: number): number[] {
  const counts = new Array<number>(256).fill(0);
  for (const value of values) {
    const bin = Math.min(255, Math.floor(value / binWidth));
    counts[bin] = (counts[bin] as number) + 1;
  }
  return counts;
}
