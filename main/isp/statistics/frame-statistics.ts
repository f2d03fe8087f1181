import { assert } from '../../base/errors.ts';
import { histogramBins } from './histograms.ts';

/** Values per zone, row by row from the top left: [rows * columns] each. */
export interface ZoneStatistics {
  readonly columns: number;
  readonly rows: number;
  /** Mean light over all cells of the zone: 0 at the black level, 1 at white without shading; not white-balanced, not clipped below 0. */
  readonly red: Float32Array;
  /** Green in red's rows. */
  readonly greenOfRed: Float32Array;
  /** Green in blue's rows. */
  readonly greenOfBlue: Float32Array;
  readonly blue: Float32Array;
  /** Share of the zone's cells with at least one clipped sample, 0 to 1. */
  readonly clippedShare: Float32Array;
  /** Energy of the finest detail in green, light²; 1.5 times the variance of a green sample where there is nothing but noise. */
  readonly focusEnergy: Float32Array;
}

/** What the statistics stage measured on one frame. Plain memory, owned by whoever read it. */
export interface FrameStatistics {
  readonly zones: ZoneStatistics;
  /** Counts of 256 bins over the DN of the sensor's bits, black level included; green counts both of a cell. */
  readonly rawHistogram: { readonly red: Float32Array; readonly green: Float32Array; readonly blue: Float32Array };
  /** Counts of the developed picture's bytes; luma by BT.709. All 0 where the stage was built without a picture. */
  readonly outputHistogram: {
    readonly red: Float32Array;
    readonly green: Float32Array;
    readonly blue: Float32Array;
    readonly luma: Float32Array;
  };
  /** The middle ninth of the frame: mean green light, and mean focus energy. */
  readonly centre: { readonly green: number; readonly focusEnergy: number };
  /** Detail in the middle relative to its brightness: focus energy over the square of mean green; 0 where there is no light. */
  readonly focus: number;
}

/** Numbers in front of the plane: columns and rows of zones. */
export const headerLength = 2;

/** Values per zone in the plane, in this order, each [rows, columns]. */
const zonePlanes = ['red', 'greenOfRed', 'greenOfBlue', 'blue', 'clippedShare', 'focusEnergy'] as const;

const rawChannels = ['red', 'green', 'blue'] as const;
const outputChannels = ['red', 'green', 'blue', 'luma'] as const;

/** Elements of the plane for a grid of zones: header, zone planes, RAW histograms, output histograms. */
export function statisticsLength(columns: number, rows: number): number {
  const histograms = (rawChannels.length + outputChannels.length) * histogramBins;
  return headerLength + zonePlanes.length * columns * rows + histograms;
}

/**
 * Reads the plane that the statistics stage wrote; it says itself how many zones it has. Copies, so that the slot may be given
 * back. Elements beyond the plane are ignored, since slots end on whole pages.
 */
export function readStatistics(values: Float32Array): FrameStatistics {
  const [columns = 0, rows = 0] = values;
  const isGrid = Number.isInteger(columns) && Number.isInteger(rows) && columns >= 1 && rows >= 1;
  assert(isGrid, `Expected a grid of zones in the statistics plane but received ${columns}x${rows}`);
  const length = statisticsLength(columns, rows);
  assert(values.length >= length, `Expected ${length} statistics of ${columns}x${rows} zones but received ${values.length}`);
  let at = headerLength;
  const take = (count: number): Float32Array => {
    at += count;
    return values.slice(at - count, at);
  };
  const record = <K extends string>(names: readonly K[], count: number): Record<K, Float32Array> =>
    Object.fromEntries(names.map((name) => [name, take(count)])) as Record<K, Float32Array>;
  const zones = { columns, rows, ...record(zonePlanes, columns * rows) };
  const rawHistogram = record(rawChannels, histogramBins);
  const outputHistogram = record(outputChannels, histogramBins);
  const centre = centreOf(zones);
  const focus = centre.green > 0 ? centre.focusEnergy / centre.green ** 2 : 0;
  return { zones, rawHistogram, outputHistogram, centre, focus };
}

function centreOf({ columns, rows, greenOfRed, greenOfBlue, focusEnergy }: ZoneStatistics): FrameStatistics['centre'] {
  const third = (extent: number): [number, number] => [Math.floor(extent / 3), Math.ceil((2 * extent) / 3)];
  const [[left, right], [top, bottom]] = [third(columns), third(rows)];
  let [energy, light, count] = [0, 0, 0];
  for (let row = top; row < bottom; row++) {
    for (let zone = row * columns + left; zone < row * columns + right; zone++) {
      energy += focusEnergy[zone] as number;
      light += ((greenOfRed[zone] as number) + (greenOfBlue[zone] as number)) / 2;
      count += 1;
    }
  }
  return { green: light / count, focusEnergy: energy / count };
}
