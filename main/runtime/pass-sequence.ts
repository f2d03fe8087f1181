import type { ErrorRecord } from '../base/errors.ts';
import type { Envelope } from './envelope.ts';
import type { PassEnd, PassReport } from './pass-report.ts';

/** A pass that the lane's workers run: an envelope complete in itself, of as many strips. */
export interface LanePass {
  readonly kind: 'lane';
  readonly envelope: Envelope;
  readonly strips: number;
}

/** A pass that is made elsewhere, for example on the thread of a package, while the lane waits. It ends by itself: nothing can end it. */
export interface OutsidePass {
  readonly kind: 'outside';
  readonly run: () => Promise<void>;
}

/** One part of a frame's work. */
export type Pass = LanePass | OutsidePass;

/**
 * The passes of one frame, one after the other, decided on the lab's thread: each is named when the one before has ended, so that it
 * knows what became of it and takes the newest values. Made once per job and used for no other.
 */
export interface PassSequence {
  /** The pass to run now; undefined where the frame is finished, which {@link error} then judges. */
  next(before: PassEnd | undefined): Pass | undefined;
  /** Why the frame could not be made; undefined while it can. */
  readonly error: ErrorRecord | undefined;
  /** What was run so far. */
  readonly reports: readonly PassReport[];
  /** Which revision of the chain it is. */
  readonly revision: number;
  /** The job is complete, whether it ran or not: nothing of it is in use any more. */
  close(): void;
}
