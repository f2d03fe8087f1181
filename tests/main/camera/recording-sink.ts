import type { ErrorRecord } from '../../../main/base/errors.ts';
import type { CameraDropReason, FrameSink, WritableFrame } from '../../../main/camera/camera.ts';
import type { FrameMeta } from '../../../main/frame/frame-meta.ts';
import { createSharedFramePool, FramePool } from '../../../main/frame/frame-pool.ts';

/** A published frame, copied out of its slot. */
export interface RecordedFrame {
  readonly meta: FrameMeta;
  readonly samples: Uint16Array;
}

/** A sink that copies every frame, gives its slot back at once and lets a test wait for what happens. */
export class RecordingSink implements FrameSink {
  readonly frames: RecordedFrame[] = [];
  readonly losses: (readonly [CameraDropReason, number])[] = [];
  readonly failures: ErrorRecord[] = [];
  readonly #pool: FramePool;
  readonly #sampleCount: number;
  #waiting: { readonly holds: () => boolean; readonly resolve: () => void }[] = [];

  constructor(width: number, height: number, slots = 2) {
    this.#sampleCount = width * height;
    this.#pool = new FramePool(createSharedFramePool('test', this.#sampleCount * 2, slots));
  }

  get pool(): FramePool['shared'] {
    return this.#pool.shared;
  }

  get slotsInUse(): number {
    return this.#pool.slotsInUse;
  }

  reserve(): WritableFrame | undefined {
    const handle = this.#pool.take();
    return handle && { handle, samples: this.#pool.samples(handle, this.#sampleCount) };
  }

  publish(frame: WritableFrame, meta: FrameMeta): void {
    this.frames.push({ meta, samples: frame.samples.slice() });
    this.#pool.giveBack(frame.handle);
    this.#check();
  }

  abandon(frame: WritableFrame): void {
    this.#pool.giveBack(frame.handle);
    this.#check();
  }

  lost(reason: CameraDropReason, count: number): void {
    this.losses.push([reason, count]);
    this.#check();
  }

  failed(error: ErrorRecord): void {
    this.failures.push(error);
    this.#check();
  }

  /** Resolves as soon as the condition holds. */
  until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ holds, resolve });
      this.#check();
    });
  }

  #check(): void {
    for (const waiting of this.#waiting.filter(({ holds }) => holds())) waiting.resolve();
    this.#waiting = this.#waiting.filter(({ holds }) => !holds());
  }
}
