import { Worker } from 'node:worker_threads';
import { errorFromRecord, type LabError, ResourceError } from '../../base/errors.ts';
import type { AsyncCloseable } from '../../base/lifetime.ts';
import type { RenderAnswer, RenderRequest } from './render-protocol.ts';

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: LabError) => void;
}

/** The simulator's worker thread as its owner sees it: questions in, answers in the same order out. Used on the lab's thread. */
export class RenderThread implements AsyncCloseable {
  readonly #worker: Worker;
  readonly #waiting: Waiting[] = [];
  #ended: ResourceError | undefined;

  constructor(entry: URL) {
    this.#worker = new Worker(entry, { name: 'simulator' });
    this.#worker.on('message', (answer: RenderAnswer) => this.#settle(answer));
    this.#worker.on('error', (thrown: Error) => this.#end(thrown.message, thrown));
    this.#worker.on('exit', (exitCode) => this.#end(`exit code ${exitCode}`));
  }

  /** Resolves when the thread has done it; rejects with an InputError where the user is at fault, else with a ResourceError when it could not or has ended. */
  ask(request: RenderRequest): Promise<void> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage(request);
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #settle(answer: RenderAnswer): void {
    const waiting = this.#waiting.shift();
    if (answer.kind !== 'failed') waiting?.resolve();
    else if (answer.error.exitCode === 2) waiting?.reject(errorFromRecord(answer.error));
    else waiting?.reject(new ResourceError('camera.simulator-failed', `The simulator could not render: ${answer.error.message}`));
  }

  #end(reason: string, cause?: unknown): void {
    const action = 'Open the simulator again; if it ends again, please report it with this message.';
    this.#ended ??= new ResourceError(
      'camera.simulator-crashed',
      `The simulator's render thread ended (${reason})`,
      action,
      cause,
    );
    for (const waiting of this.#waiting.splice(0)) waiting.reject(this.#ended);
  }
}
