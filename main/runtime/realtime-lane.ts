import type { Envelope } from './envelope.ts';
import { Lane } from './lane.ts';
import type { PassSequence } from './pass-sequence.ts';
import type { Job } from './strip-runner.ts';

/**
 * The lane of the live picture: one job in work, and one waiting for every stream. A newer one replaces the one that waits,
 * which completes as `replaced`; one that waits past its deadline completes as `expired`. Streams take turns.
 */
export class RealtimeLane extends Lane {
  /** By stream; the stream that has waited longest without a turn comes first. */
  readonly #waiting = new Map<string, Job>();

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Takes an envelope; `strips` is the number of strips of its model, `passes` all work on its frame where that is more. */
  submit(envelope: Envelope, strips: number, passes?: PassSequence): void {
    const { streamId } = envelope;
    const replaced = this.#waiting.get(streamId);
    // A stream keeps its place in the line when its frame is replaced.
    this.#waiting.set(streamId, { envelope, strips, ...(passes ? { passes } : {}) });
    if (replaced) this.complete(replaced, 'replaced');
    this.pump();
  }

  protected next(): Job | undefined {
    const [first] = this.#waiting;
    if (!first) return undefined;
    this.#waiting.delete(first[0]);
    return first[1];
  }
}
