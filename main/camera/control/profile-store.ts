import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type ControlValues, controlValues } from '../../../preload/contract.ts';
import type { ErrorRecord } from '../../base/errors.ts';
import { errorRecordFrom, messageOf, ResourceError } from '../../base/errors.ts';
import { makeFolder } from '../../base/folder.ts';
import { Announcer } from '../../base/lifetime.ts';
import { setAside } from '../../base/set-aside.ts';
import { describeFolderError, writeWhole } from '../../base/write-whole.ts';
import { deviceFileName } from '../device-file.ts';
import { type DeviceNotes, deviceNotesFile, type FormatLevels } from './device-notes.ts';

/** Version of the file's layout. A file of a newer one is left as it is. */
const profileVersion = 1;

const anyVersion = z.object({ version: z.int().min(1) });
const profileFile = z.object({
  version: z.literal(profileVersion),
  device: z.string(),
  name: z.string(),
  controls: controlValues,
  ...deviceNotesFile.shape,
});
type Profile = DeviceNotes & { readonly controls: ControlValues };

/** Whose profile it is: the stable identity and, for the reader of the file, the name. */
export interface ProfileOwner {
  readonly id: string;
  readonly name: string;
}

/**
 * What the user asked of each device's controls and says of the device, kept over restarts: one JSON file per device in the
 * folder, written whole.
 *
 * Nothing here throws for the sake of the disk: what cannot be read or kept is announced, and the lab goes on. A damaged file
 * is set aside under a new name, a newer program's is left alone, and neither is ever overwritten.
 */
export class ProfileStore {
  readonly faults = new Announcer<ErrorRecord>();
  readonly #folder: string;
  readonly #changes = new Map<string, Changes>();
  /** Devices whose file was a newer program's when it was last looked at. */
  readonly #unwritable = new Set<string>();
  #saving: Promise<void> | undefined;

  /** The folder is made when there is something to keep. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The file of a device, see {@link deviceFileName}. */
  pathOf(deviceId: string): string {
    return join(this.#folder, deviceFileName(deviceId));
  }

  /** What the user asked of the device; empty where nothing is kept. */
  async load(owner: ProfileOwner): Promise<ControlValues> {
    return (await this.loadProfile(owner)).controls;
  }

  /** As {@link ProfileStore.load}, with what the user says of the device. */
  async loadProfile(owner: ProfileOwner): Promise<Profile> {
    await this.#saving;
    try {
      return await this.#read(owner);
    } catch (thrown) {
      this.faults.announce(errorRecordFrom(thrown));
      return nothing;
    }
  }

  /** Keeps values, and forgets those that are undefined. Returns at once; {@link ProfileStore.saved} waits for the disk. */
  change(owner: ProfileOwner, changes: Iterable<readonly [id: string, value: Change]>): void {
    const values = new Map(changes);
    if (values.size === 0) return;
    const pending = this.#pendingOf(owner);
    for (const [id, value] of values) pending.values.set(id, value);
  }

  /** Keeps the levels of a format (a four-character code), and forgets those that are undefined; else as {@link ProfileStore.change}. */
  changeLevels(owner: ProfileOwner, fourcc: string, levels: FormatLevels | undefined): void {
    this.#pendingOf(owner).levels.set(fourcc, levels);
  }

  #pendingOf(owner: ProfileOwner): Changes {
    const pending = this.#changes.get(owner.id) ?? { owner, values: new Map(), levels: new Map() };
    this.#changes.set(owner.id, pending);
    // Begins after whoever asks has said what changes.
    this.#saving ??= Promise.resolve().then(() => this.#saveAll());
    return pending;
  }

  /** Resolves when everything changed so far is on disk, or was announced as not. */
  async saved(): Promise<void> {
    await this.#saving;
  }

  async #saveAll(): Promise<void> {
    for (const [id, changes] of this.#changes) {
      this.#changes.delete(id);
      try {
        await this.#save(changes);
      } catch (thrown) {
        this.faults.announce(errorRecordFrom(thrown));
      }
    }
    this.#saving = undefined;
  }

  /** Reads what is there first: another program of the lab may have kept other controls meanwhile. */
  async #save({ owner, values, levels: newLevels }: Changes): Promise<void> {
    const { controls: oldControls, levels: oldLevels = {}, ...kept } = await this.#read(owner);
    // A newer program's file was announced when it was read, and stays as it is.
    if (this.#unwritable.has(owner.id)) return;
    const levels = merged(oldLevels, newLevels);
    const file = {
      version: profileVersion,
      device: owner.id,
      name: owner.name,
      ...(Object.keys(levels).length === 0 ? {} : { levels }),
      ...kept,
      controls: merged(oldControls, values),
    };
    try {
      makeFolder(this.#folder);
    } catch (thrown) {
      throw unkept(owner, describeFolderError(thrown, this.#folder));
    }
    await writeWhole(this.pathOf(owner.id), `${JSON.stringify(file, null, 2)}\n`).catch((thrown: unknown) => {
      throw unkept(owner, thrown);
    });
  }

  async #read(owner: ProfileOwner): Promise<Profile> {
    const path = this.pathOf(owner.id);
    const text = await textOf(path);
    // Another program may have made room since a newer one's file was met: every write looks again.
    const wasUnwritable = this.#unwritable.delete(owner.id);
    if (text === undefined) return nothing;
    const data = parsed(text);
    const version = anyVersion.safeParse(data);
    if (version.success && version.data.version > profileVersion) {
      this.#unwritable.add(owner.id);
      // Said once, and not with every move of a slider.
      if (!wasUnwritable) this.#announceNewer(owner, path, version.data.version);
      return nothing;
    }
    const profile = profileFile.safeParse(data);
    if (profile.success && profile.data.device === owner.id) {
      const { controls, levels, controlDelayFrames } = profile.data;
      return {
        controls,
        ...(levels === undefined ? {} : { levels }),
        ...(controlDelayFrames === undefined ? {} : { controlDelayFrames }),
      };
    }
    await this.#setAside(path);
    return nothing;
  }

  #announceNewer(owner: ProfileOwner, path: string, version: number): void {
    const message = `Expected controls of version ${profileVersion} at ${path} but received version ${version}; nothing is kept for ${owner.name}`;
    this.faults.announce({ code: 'control.newer-profile', message, action: 'Update Camera Lab, or move the file away.' });
  }

  async #setAside(path: string): Promise<void> {
    const aside = await setAside(path);
    const message = `Expected stored controls at ${path} but received a damaged file; it is kept as ${aside}`;
    this.faults.announce({ code: 'control.damaged-profile', message, action: 'Set the controls again, or mend the file.' });
  }
}

/** A value to keep; undefined forgets the control. */
type Change = ControlValues[string] | undefined;

interface Changes {
  readonly owner: ProfileOwner;
  readonly values: Map<string, Change>;
  readonly levels: Map<string, FormatLevels | undefined>;
}

const nothing: Profile = { controls: {} };

/** The data folder is a matter of the machine, and no slip in what was asked of the control. */
function unkept({ name }: ProfileOwner, thrown: unknown): ResourceError {
  const message = `Expected to keep what was set on ${name} but received: ${messageOf(thrown)}`;
  const action = 'Mend the data folder, or name another one in CAMERA_LAB_HOME.';
  return new ResourceError('control.not-kept', message, action, thrown);
}

/** Sorted by name. */
function merged<T>(old: Readonly<Record<string, T>>, changes: ReadonlyMap<string, T | undefined>): Record<string, T> {
  const all = new Map([...Object.entries(old), ...changes]);
  const kept = [...all].filter((entry): entry is [string, T] => entry[1] !== undefined);
  return Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (thrown) {
    // Below a file there is nothing either; keeping something there is refused when it is asked for.
    if (['ENOENT', 'ENOTDIR'].includes(String((thrown as NodeJS.ErrnoException).code))) return undefined;
    const action = 'Check the permissions of the data folder.';
    const message = `Expected stored controls at ${path} but received: ${messageOf(thrown)}`;
    throw new ResourceError('control.profile-unreadable', message, action, thrown);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
