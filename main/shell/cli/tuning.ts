import { defaultDataFolder, tuningsFolder } from '../../base/data-folder.ts';
import { InputError } from '../../base/errors.ts';
import { openControls } from '../../camera/catalogue.ts';
import { TuningDesk } from '../../live/tuning-desk.ts';
import { readTuning } from '../../tuning/tuning-file.ts';
import type { Tuning } from '../../tuning/tuning-schema.ts';
import { type CommandOutput, listingText } from './output.ts';

/** Arguments of `lab tuning`. */
export interface TuningOptions {
  /** Path of the file to keep. */
  readonly set?: string;
  readonly remove?: boolean;
  readonly json?: boolean;
}

/**
 * `lab tuning`: which tuning file a camera has, after it was given another or none. It counts from the camera's next opening on.
 * Rejects with an InputError for a file that is no tuning, before anything kept is touched, and for a kept one that is damaged.
 */
export async function runTuning(camera: string, options: TuningOptions, output: CommandOutput): Promise<void> {
  if (options.set !== undefined && options.remove) {
    throw new InputError('cli.tuning', 'Expected --set or --remove but received both', 'Choose one of them.');
  }
  const given = options.set === undefined ? undefined : await readTuning(options.set);
  await using source = await openControls(camera);
  const { id, name } = source;
  const desk = new TuningDesk(tuningsFolder(defaultDataFolder()));
  if (given) await desk.keep(source, given);
  if (options.remove) await desk.remove(source);
  const tuning = await desk.read(source);
  const path = desk.pathOf(id);
  if (options.json) {
    const kept = tuning ? { path, camera: tuning.camera, fields: fieldsOf(tuning) } : null;
    output.result(JSON.stringify({ device: { id, name }, tuning: kept }, null, 2));
  } else if (tuning) {
    output.result(`${name} has the tuning of ${tuning.camera} in ${path}.`);
    output.result(listingText(fieldsOf(tuning), { emptyText: 'It says nothing.' }));
  } else {
    output.result(`${name} has no tuning file.`);
  }
}

interface Point {
  readonly gain?: number;
  readonly cctKelvin?: number;
}

/** What the tuning holds: each field, and where it is a list of points their number, the first and the last. */
function fieldsOf({ format: _format, version: _version, camera: _camera, ...fields }: Tuning): object[] {
  return Object.entries(fields).map(([field, value]) => {
    const points = pointsOf(value);
    if (points.length === 0) return { field };
    return { field, points: points.length, from: placeOf(points[0]), to: placeOf(points.at(-1)) };
  });
}

/** A linearisation is a list of numbers, and no list of points. */
function pointsOf(value: unknown): readonly Point[] {
  return Array.isArray(value) ? value.filter((point) => typeof point === 'object') : [];
}

function placeOf({ gain, cctKelvin }: Point = {}): string {
  return gain === undefined ? `${cctKelvin} K` : `gain ${gain}`;
}
