import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { InputError, messageOf, ResourceError } from '../../base/errors.ts';
import { makeFolder } from '../../base/folder.ts';
import { writeWhole } from '../../base/write-whole.ts';

const stored = z.strictObject({
  schemaVersion: z.literal(1),
  /** Folders of packages beside the user's own. */
  folders: z.array(z.string()),
  /** Packages that are switched off, by their folder. */
  disabled: z.array(z.string()),
  /** Content hashes of code that the user trusts, with when that was said and the hash of every file, by which a later content is compared. */
  trusted: z.record(
    z.string().regex(/^[0-9a-f]{64}$/),
    z.object({ id: z.string(), trustedAt: z.iso.datetime(), files: z.record(z.string(), z.string()).optional() }),
  ),
});

type Stored = z.infer<typeof stored>;

/** What was known of a content when the user trusted it. */
export interface TrustedContent {
  readonly trustedAt: string;
  /** SHA-256 of every file by path; absent where only the whole was kept. */
  readonly files?: Readonly<Record<string, string>> | undefined;
}

/** What the user has decided about packages, in one JSON file. Every change is on disk before it is in effect. */
export class PackageSettings {
  readonly #path: string;
  #stored: Stored;

  private constructor(path: string, content: Stored) {
    this.#path = path;
    this.#stored = content;
  }

  /** Reads the file; where there is none, nothing is decided. Rejects with an InputError where it cannot be understood: trust is never guessed; with a ResourceError where its folder is none. */
  static async open(path: string): Promise<PackageSettings> {
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (thrown) {
      const { code } = thrown as NodeJS.ErrnoException;
      if (code === 'ENOTDIR') throw withoutFolder(path, thrown);
      if (code !== 'ENOENT') throw unreadable(path, thrown);
      return PackageSettings.blank(path);
    }
    try {
      return new PackageSettings(path, stored.parse(JSON.parse(text)));
    } catch (thrown) {
      throw unreadable(path, thrown);
    }
  }

  /** Nothing is decided, whatever the file says; the first change replaces it. */
  static blank(path: string): PackageSettings {
    return new PackageSettings(path, { schemaVersion: 1, folders: [], disabled: [], trusted: {} });
  }

  get folders(): readonly string[] {
    return this.#stored.folders;
  }

  isTrusted(hash: string): boolean {
    return Object.hasOwn(this.#stored.trusted, hash);
  }

  isDisabled(folder: string): boolean {
    return this.#stored.disabled.includes(folder);
  }

  /** Trusts code of exactly this content. `files` are the hashes of its files by path. */
  async trust(hash: string, id: string, trustedAt: Date, files?: Readonly<Record<string, string>>): Promise<void> {
    const said = { id, trustedAt: trustedAt.toISOString(), ...(files ? { files: { ...files } } : {}) };
    await this.#change({ trusted: { ...this.#stored.trusted, [hash]: said } });
  }

  /** What was trusted last under an id. */
  lastTrusted(id: string): TrustedContent | undefined {
    const ofId = Object.values(this.#stored.trusted).filter((said) => said.id === id);
    return ofId.sort((a, b) => a.trustedAt.localeCompare(b.trustedAt)).at(-1);
  }

  /** Switches a package on or off. */
  async setDisabled(folder: string, disabled: boolean): Promise<void> {
    const others = this.#stored.disabled.filter((other) => other !== folder);
    await this.#change({ disabled: disabled ? [...others, folder] : others });
  }

  /** Looks for packages in one more folder, or no longer in it. */
  async setFolder(folder: string, included: boolean): Promise<void> {
    const others = this.#stored.folders.filter((other) => other !== folder);
    await this.#change({ folders: included ? [...others, folder] : others });
  }

  async #change(changes: Partial<Stored>): Promise<void> {
    const next = { ...this.#stored, ...changes };
    makeFolder(dirname(this.#path));
    await writeWhole(this.#path, `${JSON.stringify(next, null, 2)}\n`);
    this.#stored = next;
  }
}

/** As of the telemetry beside it: the place of the data folder is a matter of the machine. */
function withoutFolder(path: string, cause: unknown): ResourceError {
  const message = `Expected a folder for the settings of packages at ${path} but received a path through a file`;
  return new ResourceError('package.settings', message, 'Move that file away, or choose another folder.', cause);
}

function unreadable(path: string, cause: unknown): InputError {
  const message = `Expected the settings of packages in ${path} but received: ${messageOf(cause).split('\n')[0]}`;
  return new InputError('package.settings', message, 'Mend or delete the file; trust is then asked for again.', cause);
}
