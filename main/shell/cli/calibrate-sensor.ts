import { InputError } from '../../base/errors.ts';
import { type MeasuredBlack, measureBlack } from '../../calibration/black-level.ts';
import { hotSamples } from '../../calibration/hot-samples.ts';
import { solveLensShading } from '../../calibration/lens-shading.ts';
import { noiseFromPairs } from '../../calibration/noise-model.ts';
import type { Mosaic } from '../../frame/mosaic.ts';
import { linearFrame } from '../../isp/linear-frame.ts';
import type { Tuning } from '../../tuning/tuning-schema.ts';
import { type CalibrationOptions, expectLight, finishCalibration, readFrames, significant } from './calibration-frames.ts';
import { expectDark } from './dark-frame.ts';
import { type CommandOutput, listingText } from './output.ts';

/** Arguments of `lab calibrate dark`. */
export interface DarkOptions extends CalibrationOptions {
  readonly gain: number;
  /** DN above black from which a sample is a defect; ten deviations of dark noise where left out. */
  readonly threshold?: number;
}

/** Deviations of a sample's dark noise beyond which it is a defect: in ten million normal samples none is. */
const hotDeviations = 10;

/** `lab calibrate dark`: black level of each position of the cell at a gain, and the map of samples that shine in the dark. */
export async function runCalibrateDark(paths: readonly string[], options: DarkOptions, output: CommandOutput): Promise<void> {
  const frames = await readFrames(paths, options, options);
  const [first] = frames.mosaics as [Mosaic];
  const { width, height } = first;
  for (const [index, frame] of frames.mosaics.entries()) expectDark(frame, { path: paths[index] as string });
  const measured = frames.mosaics.map((frame) => measureBlack(frame, [{ x: 0, y: 0, width, height }]));
  const four = (of: (black: MeasuredBlack) => readonly number[]): Levels =>
    [0, 1, 2, 3].map((phase) => meanOf(measured.map((black) => of(black)[phase] as number))) as Levels;
  const [levels, deviations] = [four((black) => black.levels), four((black) => black.deviations)];
  const rowDeviation = meanOf(measured.map((black) => black.rowDeviation));
  // Where most samples are the same number, noise is that of rounding.
  const thresholdDn = options.threshold ?? hotDeviations * Math.max(...deviations, Math.sqrt(1 / 12));
  const hot = hotSamples(frames.mosaics, levels, thresholdDn);
  const kept = levels.map((level) => significant(level)) as Levels;
  const defects = withKnown(frames.target?.before?.defects, { width, height, hot }, paths);
  const rows = ['row 0 column 0', 'row 0 column 1', 'row 1 column 0', 'row 1 column 1'].map((position, phase) => ({
    position,
    'black DN': (levels[phase] as number).toFixed(2),
    'deviation DN': (deviations[phase] as number).toFixed(2),
  }));
  const added = defects.positions.length - (frames.target?.before?.defects?.positions.length ?? 0);
  const inTuning = frames.target?.before?.defects ? `, ${added} of them new` : '';
  await finishCalibration(
    frames,
    {
      part: { blackLevels: [{ gain: options.gain, levels: kept }], defects },
      json: { frames: frames.mosaics.length, gain: options.gain, levels, deviations, rowDeviation, thresholdDn, hot: hot.length },
      text: [
        listingText(rows, { emptyText: '' }),
        `Row noise ${rowDeviation.toFixed(2)} DN. ${hot.length} samples at least ${thresholdDn.toFixed(1)} DN above black${inTuning}.`,
      ],
    },
    options,
    output,
  );
}

type Levels = [number, number, number, number];
type Defects = NonNullable<Tuning['defects']>;

/** Nothing is taken out of a map: a sample that is wrong now and then is wrong. */
function withKnown(
  known: Defects | undefined,
  { width, height, hot }: { readonly width: number; readonly height: number; readonly hot: Uint32Array },
  paths: readonly string[],
): Defects {
  if (known && (known.width !== width || known.height !== height)) {
    const size = `${known.width}x${known.height}`;
    const message = `Expected frames of ${size}, as the defect map of the tuning file, but ${paths[0]} is ${width}x${height}`;
    throw new InputError('cli.frames', message, 'Make another tuning file for this mode of the sensor.');
  }
  const before = (known?.positions ?? []).map(([row, column]) => row * width + column);
  const all = [...new Set([...before, ...hot])].sort((a, b) => a - b);
  return { width, height, positions: all.map((position) => [Math.floor(position / width), position % width]) };
}

/** Arguments of `lab calibrate flat`. */
export interface FlatOptions extends CalibrationOptions {
  readonly gain: number;
  readonly cct?: number;
  /** Columns and rows of the grid, such as 17x13. */
  readonly grid: string;
}

/** `lab calibrate flat`: the grid of gains that evens a flat field out, at the colour temperature of its light. */
export async function runCalibrateFlat(paths: readonly string[], options: FlatOptions, output: CommandOutput): Promise<void> {
  expectLight(options.cct, options);
  const [columns, rows] = gridIn(options.grid);
  const frames = await readFrames(paths, options, options);
  const field = averaged(frames.mosaics.map((mosaic) => linearFrame(mosaic).mosaic));
  const solved = solveLensShading(field, { columns, rows });
  const gains = solved.gains.map((plane) => Array.from(plane, (gain) => significant(gain)));
  const colours = gains.map((plane, phase) => ({
    position: `${field.sensor.cfa[phase]} (row ${phase >> 1} column ${phase & 1})`,
    'top left': cornerOf(plane, 0),
    'top right': cornerOf(plane, columns - 1),
    'bottom left': cornerOf(plane, (rows - 1) * columns),
    'bottom right': cornerOf(plane, rows * columns - 1),
    largest: Math.max(...plane).toFixed(3),
  }));
  const light = options.cct === undefined ? {} : { shading: [{ cctKelvin: options.cct, columns, rows, gains }] };
  await finishCalibration(
    frames,
    {
      part: light,
      json: { frames: frames.mosaics.length, cctKelvin: options.cct ?? null, columns, rows, gains },
      text: [`Gains of a ${columns}x${rows} grid, 1 at the brightest place:`, listingText(colours, { emptyText: '' })],
    },
    options,
    output,
  );
}

function cornerOf(plane: readonly number[], node: number): string {
  return (plane[node] as number).toFixed(3);
}

function gridIn(text: string): [columns: number, rows: number] {
  const [, columns, rows] = /^(\d+)x(\d+)$/.exec(text) ?? [];
  if (columns !== undefined && rows !== undefined) return [Number(columns), Number(rows)];
  throw new InputError('cli.grid', `Expected COLUMNSxROWS for --grid but received ${text}`);
}

/** The mean of frames, in whole DN: rounding is less than noise, and blocks average it. */
function averaged(mosaics: readonly Mosaic[]): Mosaic {
  const [first] = mosaics as [Mosaic];
  const samples = first.samples.map((_, index) => Math.round(meanOf(mosaics.map((mosaic) => mosaic.samples[index] as number))));
  return { ...first, samples };
}

/** Arguments of `lab calibrate noise`. */
export interface NoiseOptions extends CalibrationOptions {
  readonly gain: number;
}

/** `lab calibrate noise`: the photon-transfer line at a gain, from pairs of frames of one still scene each. */
export async function runCalibrateNoise(paths: readonly string[], options: NoiseOptions, output: CommandOutput): Promise<void> {
  if (paths.length === 0 || paths.length % 2 !== 0) {
    throw new InputError(
      'cli.frames',
      `Expected pairs of frames but received ${paths.length}`,
      'Give both frames of each pair, one after the other.',
    );
  }
  const frames = await readFrames(paths, options, options);
  const linear = frames.mosaics.map(linearFrame);
  const dnScale = linear[0]?.dnScale ?? 1;
  const pairs = Array.from({ length: paths.length / 2 }, (_, pair) =>
    linear.slice(2 * pair, 2 * pair + 2).map(({ mosaic }) => mosaic),
  );
  const identical = pairs.findIndex(([one, other]) => one?.samples.every((dn, index) => dn === other?.samples[index]));
  if (identical >= 0) {
    const message = `Expected two exposures in a pair but ${paths[2 * identical]} and ${paths[2 * identical + 1]} hold the same samples`;
    throw new InputError('cli.frames', message, 'Give two frames that were taken one after the other.');
  }
  const line = noiseFromPairs(pairs as unknown as (readonly [Mosaic, Mosaic])[]);
  const [slope, offset] = [line.slope / dnScale, line.offset / dnScale ** 2];
  if (!(slope > 0)) {
    const message = `Expected noise that grows with light but received a slope of ${significant(slope)}`;
    throw new InputError('cli.noise', message, 'Give pairs of different brightness, none clipped.');
  }
  const electronsPerDn = 1 / slope;
  const readNoiseDn = Math.sqrt(Math.max(offset, 0));
  const point = { gain: options.gain, slope: significant(slope), offset: significant(Math.max(offset, 0)) };
  await finishCalibration(
    frames,
    {
      part: { noise: [point] },
      json: {
        pairs: pairs.length,
        gain: options.gain,
        slope,
        offset,
        electronsPerDn,
        readNoiseDn,
        readNoiseElectrons: readNoiseDn * electronsPerDn,
      },
      text: [
        `Variance = ${significant(slope, 4)} · (DN above black) + ${significant(offset, 4)} at gain ${options.gain}.`,
        `${significant(electronsPerDn, 4)} electrons a DN; read noise ${significant(readNoiseDn, 3)} DN, ${significant(readNoiseDn * electronsPerDn, 3)} electrons.`,
      ],
    },
    options,
    output,
  );
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
