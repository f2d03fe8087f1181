import { Announcer } from '../../base/lifetime.ts';
import type { ProcessorHandle } from '../../processor/processor-handle.ts';
import type { PassSequence } from '../../runtime/pass-sequence.ts';
import type { LoadedSegment } from './chain-segment.ts';
import { FramePasses, type FrameSlots, type RouteFacts } from './frame-passes.ts';

/** A chain that is built: what it runs, and what it holds until the last of its frames is complete. */
export class RunningChain {
  readonly segments: readonly LoadedSegment[];
  /** Processors whose threads it calls. */
  readonly handles: readonly ProcessorHandle[];
  /** Nothing of it is in use any more. */
  readonly freed = new Announcer<void>();
  readonly #facts: RouteFacts;
  readonly #free: () => void;
  #frames = 0;
  #isRetired = false;

  /** @param free gives back models and slots; called once, when nothing uses them any more */
  constructor(facts: RouteFacts, segments: readonly LoadedSegment[], free: () => void) {
    this.#facts = facts;
    this.segments = segments;
    this.handles = segments.flatMap(({ work }) => (work.kind === 'outside-call' ? [work.handle] : []));
    this.#free = free;
  }

  /** The passes of one frame. The chain is held until they are closed. */
  passesOf(slots: FrameSlots): PassSequence {
    this.#frames += 1;
    return new FramePasses(this.#facts, slots, () => {
      this.#frames -= 1;
      this.#freeWhenUnused();
    });
  }

  /** No further frame is given to it. Retiring twice is harmless. */
  retire(): void {
    if (this.#isRetired) return;
    this.#isRetired = true;
    this.#freeWhenUnused();
  }

  #freeWhenUnused(): void {
    if (!this.#isRetired || this.#frames > 0) return;
    this.#free();
    this.freed.announce();
  }
}
