import { Worker } from 'node:worker_threads';
import { type ErrorRecord, errorFromRecord, InputError, messageOf, ResourceError } from '../base/errors.ts';
import type { AsyncCloseable } from '../base/lifetime.ts';
import { workerUrl } from '../base/worker-url.ts';
import type { RgbPicture } from './jpeg-codec.ts';

/** A JPEG on its way to the decoding thread. */
export interface DecodeRequest {
  readonly id: number;
  readonly jpeg: Uint8Array;
}

/** What became of it. */
export type DecodeAnswer =
  | { readonly id: number; readonly picture: RgbPicture }
  | { readonly id: number; readonly error: ErrorRecord };

/**
 * Decodes the frames of a Motion JPEG camera on a thread of its own, in the order in which they were given. A frame that is cut
 * off or damaged rejects with an InputError and is counted, one that the machine had no memory for with a ResourceError; the next one is
 * decoded as if nothing had been.
 */
export class MjpegDecoder implements AsyncCloseable {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, PromiseWithResolvers<RgbPicture>>();
  #nextId = 0;
  #badFrames = 0;
  #over: ResourceError | undefined;

  constructor() {
    this.#worker = new Worker(workerUrl('recording/mjpeg-worker'));
    this.#worker.on('message', (answer: DecodeAnswer) => this.#take(answer));
    this.#worker.on('error', (error) => this.#end(`The JPEG decoder failed: ${messageOf(error)}`));
    this.#worker.on('exit', () => this.#end('The JPEG decoder has ended'));
  }

  /** Frames so far that could not be decoded. */
  get badFrames(): number {
    return this.#badFrames;
  }

  /** Resolves to the picture. `jpeg` is copied before this returns. */
  async decode(jpeg: Uint8Array): Promise<RgbPicture> {
    if (this.#over !== undefined) throw this.#over;
    const waiting = Promise.withResolvers<RgbPicture>();
    const id = this.#nextId++;
    this.#waiting.set(id, waiting);
    // Into memory of its own, which can be transferred: a frame's may be shared.
    const copy = new Uint8Array(jpeg.length);
    copy.set(jpeg);
    const request: DecodeRequest = { id, jpeg: copy };
    this.#worker.postMessage(request, [copy.buffer]);
    return waiting.promise;
  }

  /** Ends the thread; what still waits is rejected. */
  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #take(answer: DecodeAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('picture' in answer) {
      waiting?.resolve(answer.picture);
      return;
    }
    const error = errorFromRecord(answer.error);
    // A frame is not bad because the decoder ran out of memory.
    if (error instanceof InputError) this.#badFrames++;
    waiting?.reject(error);
  }

  #end(why: string): void {
    this.#over ??= new ResourceError('jpeg.decoder-ended', why);
    for (const waiting of this.#waiting.values()) waiting.reject(this.#over);
    this.#waiting.clear();
  }
}
