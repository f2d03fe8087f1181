import { createHash } from 'node:crypto';
import { readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type ControlValues, controlValues } from '../../../preload/contract.ts';
import type { ErrorRecord } from '../../base/errors.ts';
import { errorRecordFrom, messageOf, ResourceError } from '../../base/errors.ts';
import { makeFolder } from '../../base/folder.ts';
import { Announcer } from '../../base/lifetime.ts';
import { writeWhole } from '../../base/write-whole.ts';

/** Version of the file's layout. A file of a newer one is left as it is. */
const profileVersion = 1;

const anyVersion = z.object({ version: z.int().min(1) });
const profileFile = z.object({
  version: z.literal(profileVersion),
  device: z.string(),
  name: z.string(),
  controls: controlValues,
});

/** Whose profile it is: the stable identity and, for the reader of the file, the name. */
export interface ProfileOwner {
  readonly id: string;
  readonly name: string;
}

/**
 * What the user asked of each device's controls, kept over restarts: one JSON file per device in the folder, written whole.
 *
 * Nothing here throws for the sake of the disk: what cannot be read or kept is announced, and the lab goes on. A damaged file
 * is set aside under a new name, a newer program's is left alone, and neither is ever overwritten.
 */
export class ProfileStore {
  readonly faults = new Announcer<ErrorRecord>();
  readonly #folder: string;
  readonly #changes = new Map<string, { readonly owner: ProfileOwner; readonly values: Map<string, Change> }>();
  readonly #unwritable = new Set<string>();
  #saving: Promise<void> | undefined;

  /** The folder is made when there is something to keep. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The file of a device: readable, and distinct for distinct identities. */
  pathOf(deviceId: string): string {
    const readable = deviceId
      .replaceAll(/[^\w.-]+/g, '-')
      .replaceAll(/^[.-]+|-+$/g, '')
      .slice(0, 60);
    const digest = createHash('sha256').update(deviceId).digest('hex').slice(0, 12);
    return join(this.#folder, `${readable}-${digest}.json`);
  }

  /** What the user asked of the device; empty where nothing is kept. */
  async load(owner: ProfileOwner): Promise<ControlValues> {
    await this.#saving;
    try {
      return await this.#read(owner);
    } catch (thrown) {
      this.faults.announce(errorRecordFrom(thrown));
      return {};
    }
  }

  /** Keeps values, and forgets those that are undefined. Returns at once; {@link ProfileStore.saved} waits for the disk. */
  change(owner: ProfileOwner, changes: Iterable<readonly [id: string, value: Change]>): void {
    const pending = this.#changes.get(owner.id) ?? { owner, values: new Map<string, Change>() };
    for (const [id, value] of changes) pending.values.set(id, value);
    if (pending.values.size === 0) return;
    this.#changes.set(owner.id, pending);
    this.#saving ??= this.#saveAll();
  }

  /** Resolves when everything changed so far is on disk, or was announced as not. */
  async saved(): Promise<void> {
    await this.#saving;
  }

  async #saveAll(): Promise<void> {
    for (const [id, { owner, values }] of this.#changes) {
      this.#changes.delete(id);
      try {
        await this.#save(owner, values);
      } catch (thrown) {
        this.faults.announce(errorRecordFrom(thrown));
      }
    }
    this.#saving = undefined;
  }

  /** Reads what is there first: another program of the lab may have kept other controls meanwhile. */
  async #save(owner: ProfileOwner, values: ReadonlyMap<string, Change>): Promise<void> {
    const controls = new Map(Object.entries(await this.#read(owner)));
    // A newer program's file was announced when it was read, and stays as it is.
    if (this.#unwritable.has(owner.id)) return;
    for (const [id, value] of values) {
      if (value === undefined) controls.delete(id);
      else controls.set(id, value);
    }
    const sorted = Object.fromEntries([...controls].sort(([a], [b]) => (a < b ? -1 : 1)));
    const file = { version: profileVersion, device: owner.id, name: owner.name, controls: sorted };
    makeFolder(this.#folder);
    await writeWhole(this.pathOf(owner.id), `${JSON.stringify(file, null, 2)}\n`);
  }

  async #read(owner: ProfileOwner): Promise<ControlValues> {
    const path = this.pathOf(owner.id);
    const text = await textOf(path);
    if (text === undefined) return {};
    const data = parsed(text);
    const version = anyVersion.safeParse(data);
    if (version.success && version.data.version > profileVersion) {
      this.#refuseNewer(owner, path, version.data.version);
      return {};
    }
    const profile = profileFile.safeParse(data);
    if (profile.success && profile.data.device === owner.id) return profile.data.controls;
    await this.#setAside(path);
    return {};
  }

  #refuseNewer(owner: ProfileOwner, path: string, version: number): void {
    if (this.#unwritable.has(owner.id)) return;
    this.#unwritable.add(owner.id);
    const message = `Expected controls of version ${profileVersion} at ${path} but received version ${version}; nothing is kept for ${owner.name}`;
    this.faults.announce({ code: 'control.newer-profile', message, action: 'Update Camera Lab, or move the file away.' });
  }

  async #setAside(path: string): Promise<void> {
    const aside = await freeName(`${path}.damaged`);
    await rename(path, aside);
    const message = `Expected stored controls at ${path} but received a damaged file; it is kept as ${aside}`;
    this.faults.announce({ code: 'control.damaged-profile', message, action: 'Set the controls again, or mend the file.' });
  }
}

/** A value to keep; undefined forgets the control. */
type Change = ControlValues[string] | undefined;

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
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

async function freeName(name: string): Promise<string> {
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${name}-${number}`;
    const isTaken = await stat(candidate).then(
      () => true,
      () => false,
    );
    if (!isTaken) return candidate;
  }
}
