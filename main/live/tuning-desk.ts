import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError, messageOf, ResourceError } from '../base/errors.ts';
import { makeFolder } from '../base/folder.ts';
import { describeFolderError } from '../base/write-whole.ts';
import { deviceFileName } from '../camera/device-file.ts';
import { readTuning, writeTuning } from '../tuning/tuning-file.ts';
import type { Tuning } from '../tuning/tuning-schema.ts';

/** Whose tuning it is: the stable identity and, for messages, the name. */
export interface TuningOwner {
  readonly id: string;
  readonly name: string;
}

/** The tuning file of each camera: one JSON file per identity in the folder, written whole, and changed only where it is asked for. */
export class TuningDesk {
  readonly #folder: string;

  /** The folder is made when there is something to keep. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The file of a camera, see {@link deviceFileName}. */
  pathOf(cameraId: string): string {
    return join(this.#folder, deviceFileName(cameraId));
  }

  /** The camera's tuning; undefined where none is kept. Rejects with an InputError for a damaged or newer file, which stays as it is. */
  async read({ id }: TuningOwner): Promise<Tuning | undefined> {
    try {
      return await readTuning(this.pathOf(id));
    } catch (thrown) {
      if (isMissing(thrown)) return undefined;
      throw thrown;
    }
  }

  /** Keeps a tuning for the camera in the place of whatever was kept. Rejects with a ResourceError where the folder takes none. */
  async keep(owner: TuningOwner, tuning: Tuning): Promise<void> {
    try {
      makeFolder(this.#folder);
    } catch (thrown) {
      throw unkept(owner, describeFolderError(thrown, this.#folder));
    }
    await writeTuning(this.pathOf(owner.id), tuning).catch((thrown: unknown) => {
      throw unkept(owner, thrown);
    });
  }

  /** Removes the camera's file, readable or not; harmless where there is none. Rejects with a ResourceError where it cannot be. */
  async remove(owner: TuningOwner): Promise<void> {
    await rm(this.pathOf(owner.id), { force: true }).catch((thrown: unknown) => {
      throw unkept(owner, thrown);
    });
  }
}

/** Below a file there is nothing either; keeping something there is refused when it is asked for. */
function isMissing(thrown: unknown): boolean {
  const cause = thrown instanceof InputError ? (thrown.cause as NodeJS.ErrnoException | undefined) : undefined;
  return ['ENOENT', 'ENOTDIR'].includes(String(cause?.code));
}

/** The data folder is a matter of the machine, and no slip in the tuning. */
function unkept({ name }: TuningOwner, thrown: unknown): ResourceError {
  const message = `Expected to change the tuning file of ${name} but received: ${messageOf(thrown)}`;
  const action = 'Mend the data folder, or name another one in CAMERA_LAB_HOME.';
  return new ResourceError('tuning.not-kept', message, action, thrown);
}
