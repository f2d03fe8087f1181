import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { InputError } from '../../base/errors.ts';
import { writeNew } from '../../base/write-whole.ts';
import { parseTuning, readTuning, writeTuning } from '../../tuning/tuning-file.ts';
import { type Tuning, tuningVersion } from '../../tuning/tuning-schema.ts';
import { changesBetween, type TuningChange, type TuningPart, updatedTuning } from '../../tuning/tuning-update.ts';

/** Where a calibration is to be kept, as the command line says it. */
export interface TargetOptions {
  /** Path of the tuning file; nothing is kept without. */
  readonly tuning?: string;
  /** Whether that file is there already and is to be changed. */
  readonly update?: boolean;
  /** Name of the camera in a new file. */
  readonly camera?: string;
}

/** A tuning file that a calibration makes or changes. */
export interface TuningTarget {
  readonly path: string;
  /** What it holds so far; undefined for a new one. */
  readonly before: Tuning | undefined;
  readonly camera: string;
}

/**
 * The file that `--tuning` names, before anything is measured; undefined where nothing is to be kept. Throws InputError for a file that
 * is there without `--update`, that is not there with it, or that is no tuning. Writes nothing.
 */
export async function openTarget({ tuning: path, update, camera }: TargetOptions): Promise<TuningTarget | undefined> {
  if (path === undefined) {
    if (update) throw refused('Expected --tuning with the file to change beside --update but received none');
    return undefined;
  }
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  if (isThere && !update) {
    throw refused(
      `Expected a new file for --tuning but ${path} exists already`,
      'Add --update to change it, or give another name.',
    );
  }
  const before = update ? await readTuning(path) : undefined;
  if (before && camera !== undefined && camera !== before.camera) {
    throw refused(`Expected the tuning of ${camera} for --tuning but ${path} is that of ${before.camera}`, 'Leave --camera out.');
  }
  return { path, before, camera: camera ?? before?.camera ?? basename(path).replace(/\.json$/i, '') };
}

/** Throws InputError for frames of other bits than the DN of the file that is to be changed. */
export function expectBits({ path, before }: TuningTarget, bits: number): void {
  if (before?.bits === undefined || before.bits === bits) return;
  const message = `Expected frames of ${before.bits} bits, as ${path} is for, but received ${bits}`;
  throw refused(message, 'Make another tuning file for them.');
}

/**
 * Writes the file with what was measured, whole: what else it holds stays. Resolves with what has changed. Rejects with an InputError
 * for measurements that no tuning can hold; the file is as it was then.
 */
export async function saveTarget({ path, before, camera }: TuningTarget, part: TuningPart): Promise<TuningChange[]> {
  // Another program may have changed the file since it was opened: what it wrote stays as well.
  const latest = before && (await readTuning(path));
  const start: Tuning = latest ?? { format: 'camera-lab-tuning', version: tuningVersion, camera };
  const after = parseTuning(JSON.stringify(updatedTuning(start, part)), 'the measured tuning');
  await (before ? writeTuning(path, after) : writeNew(path, `${JSON.stringify(after, null, 2)}\n`));
  return changesBetween(latest, after);
}

function refused(message: string, action?: string): InputError {
  return new InputError('cli.tuning', message, action);
}
