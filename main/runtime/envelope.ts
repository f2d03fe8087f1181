import type { ErrorRecord } from '../base/errors.ts';
import type { SlotHandle } from '../frame/frame-pool.ts';
import type { InputValues } from '../processor/stage.ts';

/** Realtime: the newest frame wins. Background: nothing is lost. */
export type LaneName = 'realtime' | 'background';

/** One frame's work at one stage, complete in itself: immutable, structured-cloneable, and the same for every worker. */
export interface Envelope {
  readonly frameId: number;
  readonly lane: LaneName;
  readonly stage: string;
  /** Content hash of the model to run. */
  readonly modelHash: string;
  readonly input: SlotHandle;
  readonly output: SlotHandle;
  readonly parameterVersion: number;
  /** The graph inputs of that version. */
  readonly inputs: InputValues;
  readonly queuedNs: bigint;
}

/** How an envelope ended. `replaced`: a newer frame took its place before it ran. */
export type CompletionStatus = 'done' | 'failed' | 'replaced';

/** What became of an envelope. Exactly one per envelope; a second one is ignored. */
export interface CompletionEvent {
  readonly frameId: number;
  readonly stage: string;
  readonly status: CompletionStatus;
  readonly parameterVersion: number;
  readonly modelHash: string;
  readonly queuedNs: bigint;
  /** First strip started, last strip finished; both equal the time of the event where nothing ran. */
  readonly startedNs: bigint;
  readonly finishedNs: bigint;
  /** What the stage measured about its work. */
  readonly statistics: Readonly<Record<string, number>>;
  readonly error?: ErrorRecord;
}
