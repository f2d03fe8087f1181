import { existsSync } from 'node:fs';
import { readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { type ErrorRecord, errorRecordFrom, messageOf } from '../../base/errors.ts';
import { makeFolder } from '../../base/folder.ts';
import { Announcer } from '../../base/lifetime.ts';
import { systemTimer, type Timer } from '../../base/timer.ts';
import { writeWhole } from '../../base/write-whole.ts';

/** How long a change waits for the next one, so that a slider that moves is not written with every step. */
const settleMillis = 500;

/** What a kept file is made of. */
export interface KeptFileParts<T> {
  readonly path: string;
  readonly schema: z.ZodType<T>;
  /** What holds where there is no file. */
  readonly initial: T;
  readonly timer?: Timer;
}

/**
 * One JSON file of the data folder: read once, then written whole, soon after each change and at the end. Nothing here rejects for the
 * sake of the disk: what cannot be read or kept is announced, and a file that cannot be understood is set aside under another name.
 */
export class KeptFile<T> {
  readonly faults = new Announcer<ErrorRecord>();
  readonly #parts: KeptFileParts<T>;
  #content: T;
  #isChanged = false;
  #cancel: (() => void) | undefined;
  #saving: Promise<void> = Promise.resolve();

  constructor(parts: KeptFileParts<T>) {
    this.#parts = parts;
    this.#content = parts.initial;
  }

  get content(): T {
    return this.#content;
  }

  /** Reads the file; before that the initial content holds. */
  async open(): Promise<T> {
    const { path, schema } = this.#parts;
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (thrown) {
      // Where the folder itself cannot be used, the telemetry says so.
      if (existsSync(path)) this.faults.announce(errorRecordFrom(thrown));
      return this.#content;
    }
    try {
      this.#content = schema.parse(JSON.parse(text));
    } catch (thrown) {
      const aside = `${path}.damaged`;
      const message = `Expected what the lab has written in ${path} but received: ${messageOf(thrown).split('\n')[0]}`;
      this.faults.announce({ code: 'chain.damaged', message, action: `It lies in ${aside} now.` });
      await rename(path, aside).catch((failure: unknown) => this.faults.announce(errorRecordFrom(failure)));
    }
    return this.#content;
  }

  /** Changes the content; it is on disk soon. */
  set(content: T): void {
    this.#content = content;
    this.#isChanged = true;
    this.#cancel ??= (this.#parts.timer ?? systemTimer)(settleMillis, () => {
      this.#cancel = undefined;
      void this.save();
    });
  }

  /** Writes what has changed; resolves when it is on disk or could not be written. */
  save(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#saving = this.#saving.then(() => this.#write());
    return this.#saving;
  }

  async #write(): Promise<void> {
    if (!this.#isChanged) return;
    this.#isChanged = false;
    const { path } = this.#parts;
    try {
      makeFolder(dirname(path));
      await writeWhole(path, `${JSON.stringify(this.#content, null, 2)}\n`);
    } catch (thrown) {
      this.faults.announce(errorRecordFrom(thrown));
    }
  }
}
