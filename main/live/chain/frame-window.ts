import { assert } from '../../base/errors.ts';
import type { Lease } from '../../runtime/lease.ts';

/**
 * The last frames at one place of the chain, for a processor that sees several: slots that are written in turn. Before there are
 * enough, the first frame stands in for those before it.
 */
export class FrameWindow {
  readonly #slots: readonly Lease[];
  #written = 0;

  constructor(slots: readonly Lease[]) {
    assert(slots.length > 0, 'Expected at least one slot');
    this.#slots = slots;
  }

  /** The slot for the next frame: that of the oldest, which is in no window any more. */
  get next(): Lease {
    return this.#at(this.#written);
  }

  /** The next frame has been written: from now on it is the newest. */
  advance(): void {
    this.#written += 1;
  }

  /** The frames of the window, the newest first. Only after the first one has been written. */
  frames(): Lease[] {
    assert(this.#written > 0, 'Expected a frame in the window but none has been written');
    const newest = this.#written - 1;
    return this.#slots.map((_, age) => this.#at(Math.max(0, newest - age)));
  }

  #at(frame: number): Lease {
    return this.#slots[frame % this.#slots.length] as Lease;
  }
}
