import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PackageInspection, ParameterValues } from '../../../preload/contract.ts';
import { type ErrorRecord, errorRecordFrom, InputError } from '../../base/errors.ts';
import { Announcer } from '../../base/lifetime.ts';
import { ParameterStore } from '../parameter-store.ts';
import type { Parameters } from '../parameters.ts';
import type { ProcessorHandle } from '../processor-handle.ts';
import type { RuleReport } from '../rules/rule.ts';
import type { HostOptions } from './code-host.ts';
import { parametersFrom } from './declared-parameters.ts';
import { fileHashes, inspectPackage } from './inspect-package.ts';
import { openPackage } from './load-package.ts';
import { type PackageFiles, readPackage } from './package-files.ts';
import type { PackageSettings } from './package-settings.ts';
import { type Schedule, systemSchedule } from './schedule.ts';
import { type Watch, watchFile, watchFolder } from './watch-folder.ts';

/** A processor of a package that may be used now. */
export interface ReadyProcessor {
  readonly handle: ProcessorHandle;
  readonly params: Parameters;
  /** Its values; they live on over reloads as far as they still fit. */
  readonly parameters: ParameterStore;
  /** Content hash of what runs. */
  readonly hash: string;
}

/** A package as listings show it. */
export interface PackageEntry {
  readonly folder: string;
  /** Absent where the manifest cannot be read. */
  readonly id?: string;
  readonly hash?: string;
  /** `failed` and `untrusted` may still have a `ready` processor: that of the content before. */
  readonly state: 'ready' | 'untrusted' | 'failed' | 'disabled';
  readonly error?: ErrorRecord;
  readonly report?: RuleReport;
  readonly ready?: ReadyProcessor;
}

/** What a library is made of. */
export interface LibraryParts {
  /** The user's own folder of packages; need not exist. */
  readonly userFolder: string;
  readonly settings: PackageSettings;
  /** Ids that packages cannot have, in use by the lab itself. */
  readonly takenIds: readonly string[];
  /** Ids of the packages that are wanted, every one where left out. Others are not opened, and not listed but for their faults. */
  readonly wantedIds?: readonly string[];
  readonly host?: HostOptions;
  readonly schedule?: Schedule;
  /** In place of the system's notices, of folders and of the file of the settings. */
  readonly watch?: Watch;
}

/** Resolves once nobody uses a processor any more. */
export type LettingGo = (handle: ProcessorHandle) => Promise<void>;

/** How long after the last change on disk packages are read again, so that a save in several steps is one. */
const settleMillis = 200;

/**
 * Packages of processors on disk, as the user's settings have them. Every folder with a subfolder is looked through; what cannot be used is
 * listed with its reason, and no package's failure touches another. A package is opened again when its content changes, and keeps running as
 * it was where that fails.
 */
export class PackageLibrary {
  /** All entries, after every round that changed some. */
  readonly changed = new Announcer<readonly PackageEntry[]>();
  /** Whoever uses processors says here when they have let go of one: until then, one that was replaced is not shut down. */
  lettingGo: LettingGo = async () => undefined;
  readonly #parts: LibraryParts;
  readonly #entries = new Map<string, PackageEntry>();
  /** The values that the user has set, by processor id: a package that is renamed on disk is still the same processor. */
  readonly #values = new Map<string, ParameterValues>();
  readonly #watches = new Map<string, () => void>();
  #round: Promise<void> = Promise.resolve();
  #cancelSettle: () => void = () => undefined;
  #closed = false;

  constructor(parts: LibraryParts) {
    this.#parts = parts;
  }

  /** Every package found, by folder. */
  get entries(): readonly PackageEntry[] {
    return [...this.#entries.values()].sort((a, b) => (a.folder < b.folder ? -1 : 1));
  }

  /** Reads all folders and watches them from now on. Rounds follow each other; the returned one has seen everything before. */
  refresh(): Promise<void> {
    this.#round = this.#round.then(() => this.#readAll());
    return this.#round;
  }

  /** Trusts the code of a package as it is on disk now, which is `hash`; anything that has changed since is refused. */
  async trust(folder: string, hash: string): Promise<void> {
    const files = await readPackage(folder);
    const { manifest, hash: present } = files;
    if (present !== hash) {
      throw new InputError(
        'package.changed',
        `Expected the content ${hash} in ${folder} but received ${present}`,
        'Look at it again.',
      );
    }
    await this.#parts.settings.trust(hash, manifest.id, new Date(), fileHashes(files));
    await this.refresh();
  }

  /** Reads a package as it is on disk now, beside what was trusted last under its id. Runs none of it. */
  async inspect(folder: string): Promise<PackageInspection> {
    this.#expect(folder);
    const files = await readPackage(folder);
    return inspectPackage(files, this.#parts.settings.lastTrusted(files.manifest.id));
  }

  /** Switches a package on or off. */
  async setDisabled(folder: string, disabled: boolean): Promise<void> {
    this.#expect(folder);
    await this.#parts.settings.setDisabled(folder, disabled);
    await this.refresh();
  }

  /** Deletes a package of the user's own folder from disk. Rejects for packages elsewhere, which are not the lab's to delete. */
  async remove(folder: string): Promise<void> {
    this.#expect(folder);
    if (dirname(folder) !== this.#parts.userFolder) {
      const message = `Expected a package of ${this.#parts.userFolder} to remove but received ${folder}`;
      throw new InputError('package.not-own', message, 'Switch it off, or leave its folder out.');
    }
    await rm(folder, { recursive: true });
    await this.refresh();
  }

  /** Looks for packages in one more folder from now on, or no longer in it. */
  async setFolder(folder: string, included: boolean): Promise<void> {
    if (included && !existsSync(folder)) {
      throw new InputError('package.no-folder', `Expected a folder that can be read but received ${folder}`);
    }
    await this.#parts.settings.setFolder(folder, included);
    await this.refresh();
  }

  /** Stops watching and shuts every processor down. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelSettle();
    for (const stop of this.#watches.values()) stop();
    await this.#round;
    const handles = [...this.#entries.values()].flatMap(({ ready }) => (ready ? [ready.handle] : []));
    await Promise.allSettled(handles.map((handle) => handle.close()));
    this.#entries.clear();
  }

  async #readAll(): Promise<void> {
    if (this.#closed) return;
    const { settings, watch } = this.#parts;
    // A command beside the lab may have trusted something: watched first, so that what is said after the file was read is heard.
    this.#watch(settings.path, watch ?? watchFile);
    await settings.reread();
    const roots = [this.#parts.userFolder, ...this.#parts.settings.folders];
    for (const root of roots) this.#watch(root, watch ?? watchFolder);
    const folders = (await Promise.all(roots.map(packagesIn))).flat().sort();
    const before = [...this.#entries.values()];
    const unused: ProcessorHandle[] = [];
    for (const { folder, ready } of before) {
      if (folders.includes(folder)) continue;
      this.#entries.delete(folder);
      if (ready) unused.push(ready.handle);
    }
    for (const root of this.#parts.settings.folders) if (!existsSync(root)) folders.push(root);
    for (const folder of folders) {
      const previous = this.#entries.get(folder);
      const entry = await this.#read(folder, previous);
      if (!entry) continue;
      this.#entries.set(folder, entry);
      if (previous?.ready && previous.ready !== entry.ready) unused.push(previous.ready.handle);
    }
    const hasChanged = before.length !== this.#entries.size || before.some((entry) => this.#entries.get(entry.folder) !== entry);
    // Announced first, so that whoever uses a handle has let go of it.
    if (hasChanged) this.changed.announce(this.entries);
    await Promise.allSettled(unused.map((handle) => this.lettingGo(handle).then(() => handle.close())));
  }

  /** The entry of a folder now: the same object where nothing has changed, none for a package that is not wanted. Never rejects. */
  async #read(folder: string, previous: PackageEntry | undefined): Promise<PackageEntry | undefined> {
    const kept = previous?.ready ? { ready: previous.ready } : {};
    let files: PackageFiles;
    try {
      files = await readPackage(folder);
    } catch (thrown) {
      return { folder, state: 'failed', error: errorRecordFrom(thrown), ...kept };
    }
    const { hash, manifest } = files;
    if (this.#parts.wantedIds?.includes(manifest.id) === false) return undefined;
    const facts = { folder, id: manifest.id, hash };
    if (this.#parts.settings.isDisabled(folder))
      return previous?.state === 'disabled' && previous.hash === hash ? previous : { ...facts, state: 'disabled' };
    if (manifest.kind === 'code' && !this.#parts.settings.isTrusted(hash)) {
      if (previous?.state === 'untrusted' && previous.hash === hash) return previous;
      return { ...facts, state: 'untrusted', ...kept };
    }
    // Whether an id is taken is decided by others, which may be gone by now.
    const isSettled = previous?.state === 'ready' || (previous?.state === 'failed' && previous.error?.code !== 'rule.id-unique');
    if (previous && isSettled && previous.hash === hash) return previous;
    return { ...facts, ...(await this.#open(files, kept)) };
  }

  async #open(
    files: PackageFiles,
    kept: Pick<PackageEntry, 'ready'>,
  ): Promise<Pick<PackageEntry, 'state' | 'error' | 'report' | 'ready'>> {
    const others = [...this.#entries.values()].filter(({ folder, ready }) => folder !== files.folder && ready);
    const takenIds = [...this.#parts.takenIds, ...others.flatMap(({ id }) => (id === undefined ? [] : [id]))];
    try {
      const { handle, report } = await openPackage(files, takenIds, this.#parts.host);
      const [first] = report.errors;
      if (first) {
        await handle.close();
        const error = { code: `rule.${first.rule}`, message: first.message, action: first.fix };
        return { state: 'failed', error, report, ...kept };
      }
      const params = parametersFrom(handle.facts.params ?? {});
      const parameters = this.#storeOf(files.manifest.id, params);
      return { state: 'ready', report, ready: { handle, params, parameters, hash: files.hash } };
    } catch (thrown) {
      return { state: 'failed', error: errorRecordFrom(thrown), ...kept };
    }
  }

  /** A store with what the user had set before, as far as the new parameters take it. */
  #storeOf(id: string, params: Parameters): ParameterStore {
    const store = new ParameterStore(id, params);
    for (const [name, value] of Object.entries(this.#values.get(id) ?? {})) {
      const kind = params[name]?.kind;
      try {
        if (kind === 'runtime') store.set({ [name]: value });
        else if (kind === 'load-time') store.setLoadTime({ [name]: value });
      } catch {
        // The new version has another range: its default stands.
      }
    }
    store.changed.subscribe(({ values }) => this.#values.set(id, values));
    return store;
  }

  #watch(path: string, watch: Watch): void {
    if (this.#watches.has(path)) return;
    const { schedule = systemSchedule } = this.#parts;
    const stop = watch(path, () => {
      this.#cancelSettle();
      this.#cancelSettle = schedule(() => void this.refresh(), settleMillis);
    });
    if (stop) this.#watches.set(path, stop);
  }

  #expect(folder: string): void {
    if (this.#entries.has(folder)) return;
    const known = this.entries.map((entry) => entry.folder).join(', ') || 'none';
    throw new InputError('package.unknown', `Expected a folder of a package (${known}) but received ${folder}`);
  }
}

/** Subfolders that could be packages: all but hidden ones. A folder that is not there has none. */
async function packagesIn(root: string): Promise<string[]> {
  const found = await readdir(root, { withFileTypes: true }).catch(() => []);
  return found.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => join(root, name));
}
