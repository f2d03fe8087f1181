import type { Closeable } from '../../base/lifetime.ts';
import type { FrameMeta } from '../../frame/frame-meta.ts';
import type { Lease } from '../lease.ts';

/** A captured frame that is kept for a while. The lease is the ring's: pin it to keep the mosaic. */
export interface RingFrame {
  readonly meta: FrameMeta;
  readonly mosaic: Lease;
}

/**
 * The last mosaics of a stream, for bursts and brackets of what has been seen already. It holds slots only within the budget of
 * `fusion`, so that a small pool serves the live picture first. Used on the lab's thread.
 */
export class FrameRing implements Closeable {
  readonly capacity: number;
  readonly #frames: RingFrame[] = [];
  #closed = false;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  /** Keeps a frame in place of the oldest one. Called while the frame's own lease is open; does nothing without room or when closed. */
  keep(meta: FrameMeta, mosaic: Lease): void {
    if (this.#closed) return;
    const pinned = mosaic.pin('frame ring', 'fusion');
    if (!pinned) return;
    this.#frames.push({ meta, mosaic: pinned });
    if (this.#frames.length > this.capacity) this.dropOldest();
  }

  /** Gives the oldest frame up; false when there is none. */
  dropOldest(): boolean {
    return this.#drop(this.#frames[0]);
  }

  /** Gives up the oldest frame that nobody else holds, so that its slot is free at once; false when there is none. */
  freeOldest(): boolean {
    return this.#drop(this.#frames.find(({ mosaic }) => !mosaic.isShared()));
  }

  /** What is kept, oldest first. */
  frames(): readonly RingFrame[] {
    return [...this.#frames];
  }

  close(): void {
    this.#closed = true;
    while (this.dropOldest());
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #drop(frame: RingFrame | undefined): boolean {
    if (!frame) return false;
    this.#frames.splice(this.#frames.indexOf(frame), 1);
    frame.mosaic.close();
    return true;
  }
}
