import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { type ErrorRecord, errorRecordFrom, messageOf } from '../../base/errors.ts';
import { makeFolder } from '../../base/folder.ts';
import { Announcer } from '../../base/lifetime.ts';
import { leftAsItIs, setAside } from '../../base/set-aside.ts';
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
 * sake of the disk: what cannot be read or kept is announced. A file that cannot be understood is set aside under a new name; one that
 * cannot be read or set aside stays as it is, and nothing is kept until it can.
 */
export class KeptFile<T> {
  readonly faults = new Announcer<ErrorRecord>();
  readonly #parts: KeptFileParts<T>;
  #content: T;
  #isChanged = false;
  /** Whether the name bears something that was not taken over and must not be lost. */
  #isTaken = false;
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
      // Below a file there is nothing either; where the folder itself cannot be used, the telemetry says so.
      if (!['ENOENT', 'ENOTDIR'].includes(String((thrown as NodeJS.ErrnoException).code))) this.#leave(thrown);
      return this.#content;
    }
    try {
      this.#content = schema.parse(JSON.parse(text));
    } catch (thrown) {
      await this.#setAside(thrown);
    }
    return this.#content;
  }

  async #setAside(fault: unknown): Promise<void> {
    const { path } = this.#parts;
    const message = `Expected what the lab has written in ${path} but received: ${messageOf(fault).split('\n')[0]}`;
    try {
      this.faults.announce({ code: 'chain.damaged', message, action: `It lies in ${await setAside(path)} now.` });
    } catch (thrown) {
      this.#leave(thrown);
    }
  }

  /** What cannot be taken over is not written over either. */
  #leave(thrown: unknown): void {
    this.#isTaken = true;
    this.faults.announce({ code: 'chain.unreadable', ...leftAsItIs(this.#parts.path, thrown) });
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
    if (!this.#isChanged || this.#isTaken) return;
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
