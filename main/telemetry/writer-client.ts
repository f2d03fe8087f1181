import { Worker } from 'node:worker_threads';
import { assert, errorFromRecord, messageOf, ResourceError } from '../base/errors.ts';
import { workerUrl } from '../base/worker-url.ts';
import type { WriterCallName, WriterCalls, WriterRequest, WriterResponse } from './protocol.ts';

interface PendingCall {
  readonly settled: Promise<unknown>;
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** The caller's end of the writer thread: starts it, asks it, and fails every open question when it dies. */
export class WriterClient {
  readonly #worker = new Worker(workerUrl('telemetry/writer-worker'), { name: 'telemetry' });
  readonly #pending = new Map<number, PendingCall>();
  readonly #exited: Promise<void>;
  #lastId = 0;
  #stopped: ResourceError | undefined;

  constructor() {
    this.#worker.on('message', (response: WriterResponse) => this.#settle(response));
    this.#worker.on('error', (thrown) => this.#stop(messageOf(thrown)));
    this.#exited = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.#stop('it ended');
        resolve();
      });
    });
  }

  /** Asks the thread; throws at once, without asking, where the payload cannot be cloned. */
  call<N extends WriterCallName>(name: N, payload: WriterCalls[N]['request']): Promise<WriterCalls[N]['response']> {
    if (this.#stopped !== undefined) return Promise.reject(this.#stopped);
    const request: WriterRequest<N> = { id: ++this.#lastId, name, payload };
    this.#worker.postMessage(request);
    const { promise, resolve, reject } = Promise.withResolvers<WriterCalls[N]['response']>();
    this.#pending.set(request.id, {
      settled: promise,
      resolve: (result) => resolve(result as WriterCalls[N]['response']),
      reject,
    });
    return promise;
  }

  /** Waits for open questions, then closes the database and ends the thread. Harmless when the thread was lost before. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#pending.values()].map((call) => call.settled));
    if (this.#stopped === undefined) await this.call('close', undefined);
    await this.#exited;
  }

  #settle(response: WriterResponse): void {
    const call = this.#pending.get(response.id);
    assert(call, `Expected an open question but received an answer to ${response.id}`);
    this.#pending.delete(response.id);
    if (response.ok) call.resolve(response.result);
    else call.reject(errorFromRecord(response.error));
  }

  #stop(reason: string): void {
    this.#stopped ??= new ResourceError(
      'telemetry.writer-stopped',
      `Expected a running telemetry writer but received its end (${reason})`,
      'Restart the lab; what was written before is safe',
    );
    for (const call of this.#pending.values()) call.reject(this.#stopped);
    this.#pending.clear();
  }
}
