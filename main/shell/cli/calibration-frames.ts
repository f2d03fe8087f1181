import { InputError } from '../../base/errors.ts';
import { readRawFile } from '../../camera/file/raw-file.ts';
import type { SensorDescription } from '../../frame/frame-meta.ts';
import type { Mosaic } from '../../frame/mosaic.ts';
import { daylightKelvin, tunedSensor } from '../../tuning/tuned-sensor.ts';
import type { TuningPart } from '../../tuning/tuning-update.ts';
import { decimalNumber } from './decimal.ts';
import type { CommandOutput } from './output.ts';
import { listingText } from './output.ts';
import { descriptionOf, type RawArguments } from './raw-arguments.ts';
import { expectBits, openTarget, saveTarget, type TargetOptions, type TuningTarget } from './tuning-target.ts';

/** What every calibration takes. */
export interface CalibrationOptions extends RawArguments, TargetOptions {
  /** Black level, or four with commas between, in the place of those of the file. */
  readonly blackLevels?: string;
  readonly json?: boolean;
}

/** Frames to measure, as the tuning that is to be changed knows their sensor, and where the result is to be kept. */
export interface CalibrationFrames {
  readonly mosaics: readonly Mosaic[];
  readonly target: TuningTarget | undefined;
}

/** What the frames were taken with. */
export interface FrameConditions {
  readonly gain?: number;
  readonly cct?: number;
}

/**
 * Reads RAW files of one size, CFA order and depth. Levels are those of `--black-levels`, else of the tuning that is to be changed, else
 * of the files. Rejects with an InputError for the first thing to mend.
 */
export async function readFrames(
  paths: readonly string[],
  options: CalibrationOptions,
  { gain = 1, cct }: FrameConditions,
): Promise<CalibrationFrames> {
  if (!(gain >= 0.01 && gain <= 10_000)) {
    throw new InputError('cli.gain', `Expected 0.01 to 10000 for --gain but received ${gain}`);
  }
  expectLight(cct);
  const blackLevels = options.blackLevels === undefined ? {} : { blackLevels: levelsIn(options.blackLevels) };
  const description = descriptionOf(options, paths);
  const target = await openTarget(options);
  const mosaics: Mosaic[] = [];
  for (const path of paths) {
    const image = await readRawFile(path, description);
    const { width, height } = image;
    const conditions = { gain, cctKelvin: cct ?? daylightKelvin, width, height };
    if (target) expectBits(target, image.sensor.bits);
    const tuned = target?.before ? tunedSensor(target.before, image.sensor, conditions) : image.sensor;
    const mosaic: Mosaic = { ...image, sensor: { ...tuned, ...blackLevels } };
    expectLevels(mosaic.sensor, path);
    expectAlike(mosaics[0], mosaic, path);
    mosaics.push(mosaic);
  }
  return { mosaics, target };
}

/** Throws InputError for a light that a tuning cannot hold, and for none where one is to be kept. */
export function expectLight(cct: number | undefined, target?: TargetOptions): void {
  if (cct === undefined && target?.tuning !== undefined) {
    const message = 'Expected the colour temperature of the light, --cct, to keep this in a tuning file but received none';
    throw new InputError('cli.cct', message, 'Measure it, or give that of the lamp.');
  }
  if (cct === undefined || (cct >= 1000 && cct <= 25_000)) return;
  throw new InputError('cli.cct', `Expected 1000 to 25000 kelvin for --cct but received ${cct}`);
}

/** Keeps what was measured where it is to be kept, then prints it: as JSON with what has changed, or as the lines of `text`. */
export async function finishCalibration(
  { mosaics, target }: CalibrationFrames,
  { part, json, text }: { readonly part: TuningPart; readonly json: object; readonly text: readonly string[] },
  options: CalibrationOptions,
  output: CommandOutput,
): Promise<void> {
  const bits = mosaics[0]?.sensor.bits;
  const changes = target && (await saveTarget(target, { ...(bits === undefined ? {} : { bits }), ...part }));
  if (options.json) {
    output.result(JSON.stringify({ ...json, tuning: target ? { path: target.path, changes } : null }, null, 2));
    return;
  }
  for (const line of text) output.result(line);
  if (!target || !changes) return;
  if (changes.length === 0) {
    output.result(`${target.path} holds exactly this already.`);
    return;
  }
  output.result(`${target.before ? 'Changed' : 'Wrote'} ${target.path}, the tuning of ${target.camera}:`);
  output.result(listingText(changes, { emptyText: '' }));
}

/** A number with so many significant digits: what lies beyond is no measurement. */
export function significant(value: number, digits = 6): number {
  return Number(value.toPrecision(digits));
}

function levelsIn(text: string): SensorDescription['blackLevels'] {
  const levels = text.split(',').map(decimalNumber);
  const isFit = (levels.length === 1 || levels.length === 4) && levels.every((level) => level !== undefined && level >= 0);
  if (!isFit) {
    const message = `Expected one or four levels of at least 0 for --black-levels but received ${text}`;
    throw new InputError('cli.levels', message);
  }
  const four = levels.length === 1 ? [0, 1, 2, 3].map(() => levels[0]) : levels;
  return four as unknown as SensorDescription['blackLevels'];
}

function expectLevels({ blackLevels, whiteLevel }: SensorDescription, path: string): void {
  const black = Math.max(...blackLevels);
  if (black < whiteLevel) return;
  throw new InputError('cli.levels', `Expected black levels below white, ${whiteLevel} DN, for ${path} but received ${black}`);
}

function expectAlike(first: Mosaic | undefined, next: Mosaic, path: string): void {
  if (first === undefined) return;
  const shape = ({ width, height, sensor }: Mosaic): string => `${width}x${height} ${sensor.cfa} of ${sensor.bits} bits`;
  if (shape(first) === shape(next)) return;
  throw new InputError('cli.frames', `Expected frames alike, ${shape(first)}, but ${path} is ${shape(next)}`);
}
