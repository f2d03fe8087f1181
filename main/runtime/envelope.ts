import type { ErrorRecord } from '../base/errors.ts';
import type { SlotHandle } from '../frame/frame-pool.ts';
import type { InputValues } from '../processor/stage.ts';
import type { TaskRequest } from './lane-tasks.ts';
import type { PassReport } from './pass-report.ts';

/** Realtime: the newest frame wins. Background: nothing is lost. */
export type LaneName = 'realtime' | 'background';

/** The parameters that a frame is made with: their version and the graph inputs of that version. */
export interface ParameterSnapshot {
  readonly version: number;
  readonly values: InputValues;
}

/** One frame's work at one stage, complete in itself: immutable, structured-cloneable, and the same for every worker. */
export interface Envelope {
  readonly frameId: number;
  /** Frames of one stream are captured one after the other; the realtime lane keeps the newest of each. */
  readonly streamId: string;
  readonly lane: LaneName;
  readonly stage: string;
  /** Content hash of the model to run; for a task `task:` and its name. */
  readonly modelHash: string;
  /** Code of the lab that is run instead of a model. */
  readonly task?: TaskRequest;
  /** Slots to read, leased until the envelope completes. */
  readonly inputs: readonly SlotHandle[];
  /** Slots to write, leased until the envelope completes. */
  readonly outputs: readonly SlotHandle[];
  readonly parameters: ParameterSnapshot;
  readonly queuedNs: bigint;
  /** CLOCK_MONOTONIC; an envelope that has not begun by then completes as `expired`. */
  readonly deadlineNs?: bigint;
}

/**
 * How an envelope ended. `replaced`: a newer frame took its place before it ran. `expired`: its deadline passed before it ran.
 * `cancelled`: nobody wants it any more.
 */
export type CompletionStatus = 'done' | 'failed' | 'replaced' | 'expired' | 'cancelled';

/** What became of an envelope. Exactly one per envelope; a second one is ignored. */
export interface CompletionEvent {
  readonly frameId: number;
  readonly streamId: string;
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
  /** Where a chain of processors stands around the stage: everything that ran, the stage included, in order. */
  readonly passes?: readonly PassReport[];
  /** The revision of that chain. */
  readonly chainRevision?: number;
}
