import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { type ErrorRecord, errorRecordFrom, InputError, messageOf, ResourceError } from '../../base/errors.ts';
import { makeFolder } from '../../base/folder.ts';
import { leftAsItIs, setAside } from '../../base/set-aside.ts';
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

const nothingDecided: Stored = { schemaVersion: 1, folders: [], disabled: [], trusted: {} };

/** What was known of a content when the user trusted it. */
export interface TrustedContent {
  readonly trustedAt: string;
  /** SHA-256 of every file by path; absent where only the whole was kept. */
  readonly files?: Readonly<Record<string, string>> | undefined;
}

/**
 * What the user has decided about packages, in one JSON file, which a command beside the lab may change too: every change is made to what
 * the file says then, and is on disk before it is in effect. But for a file that had to be left as it is: then changes hold until the end.
 */
export class PackageSettings {
  readonly #path: string;
  /** Whether the name bears something that was not taken over and must not be lost. */
  readonly #isTaken: boolean;
  #stored: Stored;
  #changing: Promise<void> = Promise.resolve();

  private constructor(path: string, content: Stored = nothingDecided, isTaken = false) {
    this.#path = path;
    this.#stored = content;
    this.#isTaken = isTaken;
  }

  /** Reads the file; where there is none, nothing is decided. Rejects with an InputError where it cannot be understood: trust is never guessed; with a ResourceError where its folder is none. */
  static async open(path: string): Promise<PackageSettings> {
    try {
      const text = await textOf(path);
      return new PackageSettings(path, text === undefined ? undefined : contentOf(text));
    } catch (thrown) {
      throw thrown instanceof ResourceError ? thrown : unreadable(path, thrown);
    }
  }

  /**
   * Reads the file for a lab that starts whatever it says; where it says nothing, nothing is decided. One that cannot be understood is set
   * aside under a new name; one that cannot be read or set aside stays as it is, and no change is kept.
   * @param tell hears what the user should know of it.
   */
  static async restore(path: string, tell: (record: ErrorRecord) => void): Promise<PackageSettings> {
    const leave = (thrown: unknown): PackageSettings => {
      tell({ code: 'package.settings', ...leftAsItIs(path, thrown) });
      return new PackageSettings(path, undefined, true);
    };
    let text: string | undefined;
    try {
      text = await textOf(path);
    } catch (thrown) {
      // Where the folder itself cannot be used, the telemetry says so.
      return thrown instanceof ResourceError ? new PackageSettings(path) : leave(thrown);
    }
    try {
      return new PackageSettings(path, text === undefined ? undefined : contentOf(text));
    } catch (fault) {
      try {
        const action = `It lies in ${await setAside(path)} now; trust is asked for again.`;
        tell({ ...errorRecordFrom(unreadable(path, fault)), action });
        return new PackageSettings(path);
      } catch (thrown) {
        return leave(thrown);
      }
    }
  }

  /** Where they are kept. The file need not exist. */
  get path(): string {
    return this.#path;
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
    await this.#change(({ trusted }) => ({ trusted: { ...trusted, [hash]: said } }));
  }

  /** What was trusted last under an id. */
  lastTrusted(id: string): TrustedContent | undefined {
    const ofId = Object.values(this.#stored.trusted).filter((said) => said.id === id);
    return ofId.sort((a, b) => a.trustedAt.localeCompare(b.trustedAt)).at(-1);
  }

  /** Switches a package on or off. */
  async setDisabled(folder: string, disabled: boolean): Promise<void> {
    await this.#change((now) => {
      const others = now.disabled.filter((other) => other !== folder);
      return { disabled: disabled ? [...others, folder] : others };
    });
  }

  /** Looks for packages in one more folder, or no longer in it. */
  async setFolder(folder: string, included: boolean): Promise<void> {
    await this.#change((now) => {
      const others = now.folders.filter((other) => other !== folder);
      return { folders: included ? [...others, folder] : others };
    });
  }

  /** Takes over what the file says by now. One that is gone, or that cannot be understood, changes nothing. */
  async reread(): Promise<void> {
    await this.#inTurn(async () => {
      this.#stored = await this.#latest().catch(() => this.#stored);
    });
  }

  /** Rejects, and changes nothing, where the file cannot be understood any more: it is not ours to replace then. */
  #change(changes: (now: Stored) => Partial<Stored>): Promise<void> {
    return this.#inTurn(async () => {
      const now = await this.#latest();
      const next = { ...now, ...changes(now) };
      if (!this.#isTaken) {
        makeFolder(dirname(this.#path));
        await writeWhole(this.#path, `${JSON.stringify(next, null, 2)}\n`);
      }
      this.#stored = next;
    });
  }

  /** One after the other, whatever became of those before. */
  #inTurn(step: () => Promise<void>): Promise<void> {
    const turn = this.#changing.then(step);
    this.#changing = turn.catch(() => undefined);
    return turn;
  }

  async #latest(): Promise<Stored> {
    if (this.#isTaken) return this.#stored;
    try {
      const text = await textOf(this.#path);
      return text === undefined ? this.#stored : contentOf(text);
    } catch (thrown) {
      throw thrown instanceof ResourceError ? thrown : unreadable(this.#path, thrown);
    }
  }
}

/** The content of the file; undefined where there is none. Rejects with a ResourceError where its folder is none, else with the system's error. */
async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw code === 'ENOTDIR' ? withoutFolder(path, thrown) : thrown;
  }
}

function contentOf(text: string): Stored {
  return stored.parse(JSON.parse(text));
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
