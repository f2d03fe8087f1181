import type { dropReasons } from '../../preload/contract.ts';
import { Announcer } from '../base/lifetime.ts';
import type { FrameMeta } from '../frame/frame-meta.ts';
import type { CompletionEvent } from '../runtime/envelope.ts';

/** A reason of the contract's list. */
export type DropReason = (typeof dropReasons)[number];

const reasonByStatus = {
  done: undefined,
  failed: 'failed',
  replaced: 'replaced-in-lane',
  expired: 'expired',
  cancelled: 'failed',
} as const;

/** Why a completed frame has no picture; undefined where it has one. */
export function dropReasonOf({ status }: CompletionEvent): DropReason | undefined {
  return reasonByStatus[status];
}

/** Frames that were lost, at the moment of the loss. */
export interface DroppedFrames {
  readonly reason: DropReason;
  readonly count: number;
  /** What is known of the one frame, where it had reached the lab but no envelope was made of it. */
  readonly meta?: FrameMeta;
}

/** Counts every frame that is lost on its way to a view, each under exactly one reason. */
export class DropLedger {
  readonly dropped = new Announcer<DroppedFrames>();
  readonly #counts = new Map<DropReason, number>();

  record(reason: DropReason, count = 1): void {
    this.#add({ reason, count });
  }

  /** Counts a frame that had reached the lab, before it became an envelope. */
  recordFrame(reason: DropReason, meta: FrameMeta): void {
    this.#add({ reason, count: 1, meta });
  }

  /** Losses since the stream was opened, by reason; reasons that never occurred are 0. */
  counts(reasons: readonly DropReason[]): Record<DropReason, number> {
    return Object.fromEntries(reasons.map((reason) => [reason, this.#counts.get(reason) ?? 0])) as Record<DropReason, number>;
  }

  reset(): void {
    this.#counts.clear();
  }

  #add(dropped: DroppedFrames): void {
    const { reason, count } = dropped;
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + count);
    this.dropped.announce(dropped);
  }
}
