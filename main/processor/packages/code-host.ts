import { mkdir, realpath, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { assert, errorFromRecord, InputError, LabError, messageOf, ResourceError } from '../../base/errors.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../../base/temporary-folder.ts';
import { workerUrl } from '../../base/worker-url.ts';
import type { Graph } from '../../graph/graph.ts';
import type { ProcessorFacts } from '../processor-facts.ts';
import type { ProcessorHandle } from '../processor-handle.ts';
import type { HostAnswer, HostMessage, HostOrder, HostRequest, HostStarted } from './host-protocol.ts';
import type { PackageFiles } from './package-files.ts';
import { type Schedule, systemSchedule } from './schedule.ts';

/** What a test or a shell may choose for the threads of packages. */
export interface HostOptions {
  /** Most time for one answer; whoever takes longer loses its thread. 10 s by default. */
  readonly answerMillis?: number;
  /** The same for a call on pictures, `Infinity` for as long as it takes; that of every answer by default. */
  readonly callMillis?: number;
  readonly schedule?: Schedule;
}

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly cancel: () => void;
}

/**
 * Runs the code of a trusted package on a thread of its own. It runs from a copy of what was hashed, so that a change on disk is never
 * run unasked. A package that stalls, exits or runs out of memory ends its own thread and nothing else; from then on every request rejects.
 */
export async function openCodePackage(files: PackageFiles, options: HostOptions = {}): Promise<ProcessorHandle> {
  const { manifest } = files;
  assert(manifest.kind === 'code', `Expected a package of code but received ${files.folder}`);
  const made = await makeTemporaryFolder('camera-lab-package');
  try {
    // Messages of modules name their files by where links lead.
    const copy = await realpath(made);
    for (const [path, bytes] of files.files) {
      await mkdir(dirname(join(copy, path)), { recursive: true });
      await writeFile(join(copy, path), bytes);
    }
    // Without a package.json of its own, a module that ends in .js would be taken for CommonJS.
    if (!files.files.has('package.json')) await writeFile(join(copy, 'package.json'), '{ "type": "module" }\n');
    const order = { moduleUrl: pathToFileURL(join(copy, manifest.module)).href };
    const host = new CodeHost({ id: manifest.id, copy, folder: files.folder }, order, options);
    return await host.handle(() => removeTemporaryFolder(made));
  } catch (thrown) {
    await removeTemporaryFolder(made);
    throw thrown;
  }
}

/** What runs: its id, where its copy lies, and the folder that a person knows. */
interface HostedPackage {
  readonly id: string;
  readonly copy: string;
  readonly folder: string;
}

class CodeHost {
  readonly #package: HostedPackage;
  readonly #id: string;
  readonly #worker: Worker;
  readonly #answerMillis: number;
  readonly #callMillis: number;
  readonly #schedule: Schedule;
  readonly #pending = new Map<number, Pending>();
  readonly #started: Promise<unknown>;
  #next = 1;
  #end: Error | undefined;

  constructor(hosted: HostedPackage, order: HostOrder, options: HostOptions) {
    const { id } = hosted;
    const { answerMillis = 10_000, callMillis = answerMillis, schedule = systemSchedule } = options;
    this.#callMillis = callMillis;
    this.#package = hosted;
    this.#id = id;
    this.#answerMillis = answerMillis;
    this.#schedule = schedule;
    const limits = { maxOldGenerationSizeMb: 1024 };
    this.#worker = new Worker(workerUrl('processor/packages/host-worker'), {
      name: `processor ${id}`,
      workerData: order,
      resourceLimits: limits,
      stdout: true,
    });
    // What packages print is for their author, and must not get into what a command prints.
    this.#worker.stdout.on('data', (text: Uint8Array) => process.stderr.write(text));
    this.#worker.on('message', (answer: HostAnswer) => this.#settle(answer));
    this.#worker.on('error', (thrown) => this.#ended(`failed: ${this.#withOwnPaths(messageOf(thrown))}`));
    this.#worker.on('exit', (code) => this.#ended(`ended its thread with exit code ${code}`));
    this.#started = this.#expect(0);
  }

  /** The processor once its module has been loaded. Rejects, with the thread ended, where it cannot be. */
  async handle(cleanUp: () => Promise<void>): Promise<ProcessorHandle> {
    let facts: ProcessorFacts;
    try {
      ({ facts } = (await this.#started) as HostStarted);
    } catch (thrown) {
      await this.#worker.terminate();
      // A package that cannot even be loaded is its author's to mend, however it ended.
      throw thrown instanceof LabError && thrown.exitCode === 1
        ? new InputError('package.code', thrown.message, thrown.action, thrown)
        : thrown;
    }
    return {
      facts,
      prepare: (values) => this.#ask({ kind: 'prepare', values }),
      ...(facts.functions.includes('halo') ? { halo: (values) => this.#ask({ kind: 'halo', values }) } : {}),
      plan: async (request) => (await this.#ask({ kind: 'plan', request })) as Graph,
      call: (request) => this.#ask({ kind: 'call', request }),
      callOnPictures: async (call) => void (await this.#ask({ kind: 'call-on-pictures', call }, this.#callMillis)),
      close: async () => {
        try {
          if (!this.#end) await this.#ask({ kind: 'shutdown' });
        } finally {
          this.#end ??= new ResourceError('package.closed', `Expected an open processor but ${this.#id} is closed`);
          await this.#worker.terminate();
          await cleanUp();
        }
      },
    };
  }

  #ask(request: HostRequest, millis = this.#answerMillis): Promise<unknown> {
    if (this.#end) return Promise.reject(this.#end);
    const number = this.#next++;
    const answer = this.#expect(number, millis);
    this.#worker.postMessage({ number, request } satisfies HostMessage);
    return answer;
  }

  #expect(number: number, millis = this.#answerMillis): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        this.#ended(`gave no answer within ${millis} ms`);
        void this.#worker.terminate();
      };
      const cancel = Number.isFinite(millis) ? this.#schedule(giveUp, millis) : () => undefined;
      this.#pending.set(number, { resolve, reject, cancel });
    });
  }

  #settle(answer: HostAnswer): void {
    const pending = this.#pending.get(answer.number);
    this.#pending.delete(answer.number);
    pending?.cancel();
    if ('error' in answer)
      pending?.reject(errorFromRecord({ ...answer.error, message: this.#withOwnPaths(answer.error.message) }));
    else pending?.resolve(answer.result);
  }

  /** A text with the paths of the package in the place of those of its copy, which nobody can mend. */
  #withOwnPaths(text: string): string {
    const { copy, folder } = this.#package;
    return text.replaceAll(pathToFileURL(copy).href, pathToFileURL(folder).href).replaceAll(copy, folder);
  }

  /** The first reason stands: an exit follows everything else. */
  #ended(what: string): void {
    this.#end ??= new ResourceError(
      'package.ended',
      `Processor ${this.#id} ${what}`,
      'Mend the package; saving it loads it again.',
    );
    for (const { reject, cancel } of this.#pending.values()) {
      cancel();
      reject(this.#end);
    }
    this.#pending.clear();
  }
}
