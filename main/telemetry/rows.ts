import type { ControlValue, dropReasons, ParameterValues } from '../../preload/contract.ts';
import type { ErrorRecord } from '../base/errors.ts';

/** What is known of a session when it starts. */
export interface SessionStart {
  readonly name: string;
  /** Stable identity of the camera, for example `simulator:chart`. */
  readonly source: string;
  /** The sensor's description as plain JSON data. */
  readonly sensor: object;
}

/**
 * One frame of the source, shown or lost. A frame that never reached the lab (`driver-gap`, `source-late`…) has neither id nor
 * geometry nor a time of capture; of one that is lost later, all is known. Instants are CLOCK_MONOTONIC nanoseconds.
 */
export interface FrameRow {
  readonly frameId?: number;
  readonly sequence?: number;
  /** Start of exposure where the source knows it. One of this and {@link lostNs} is given. */
  readonly capturedNs?: bigint;
  readonly width?: number;
  readonly height?: number;
  /** Values in effect while the frame was exposed, by control id. */
  readonly controls: Readonly<Record<string, number>>;
  readonly dropReason?: (typeof dropReasons)[number];
  /** When the loss was noticed. */
  readonly lostNs?: bigint;
}

/** One stage's work on one frame. Instants are CLOCK_MONOTONIC nanoseconds; absent ones were never reached. */
export interface StageEventRow {
  readonly frameId: number;
  readonly stage: string;
  /** How it ended, in the words of the completion event. */
  readonly status: string;
  readonly queuedNs: bigint;
  readonly startedNs?: bigint;
  readonly finishedNs?: bigint;
  readonly parameterVersion: number;
  /** Hash of the graph that ran. */
  readonly modelHash?: string;
  readonly error?: ErrorRecord;
  /** What the stage measured, as plain JSON data. */
  readonly statistics?: object;
}

/** A new parameter version of one processor, with every value and not only the changed ones. */
export interface ParameterChangeRow {
  readonly version: number;
  readonly processorId: string;
  readonly values: ParameterValues;
  /** CLOCK_MONOTONIC, nanoseconds. */
  readonly atNs: bigint;
}

/** One control that was written to the camera, and what the camera made of it. */
export interface ControlWriteRow {
  readonly control: string;
  readonly requested: ControlValue;
  readonly applied: ControlValue;
  /** The first frame that was exposed with it; absent where a newer write or the end of the session came first. */
  readonly effectiveAtSequence?: number | undefined;
  /** Who asked for it: `user`, `profile`, or an Algo's name. */
  readonly origin: string;
  /** CLOCK_MONOTONIC, nanoseconds. */
  readonly atNs: bigint;
}

/** Something that the lab noticed about itself. */
export interface LogRow {
  readonly level: 'info' | 'warning' | 'error';
  /** Part of the lab that it concerns, for example `memory`. */
  readonly area: string;
  readonly code: string;
  readonly message: string;
  /** CLOCK_MONOTONIC, nanoseconds. */
  readonly atNs: bigint;
  /** Wall clock, ISO 8601: nothing else dates a row that belongs to no session. */
  readonly loggedAt: string;
  /** Numbers and names for a program, as plain JSON data. */
  readonly detail?: object;
}

/** What one algorithm decided from one frame. */
export interface DecisionRow {
  /** The frame whose statistics it was decided from. */
  readonly frameId: number;
  readonly sequence: number;
  /** For example `exposure:mean`. */
  readonly algorithm: string;
  /** Everything that the decision depends on, as plain JSON data: decided again, it gives {@link intents}. */
  readonly inputs: object;
  /** What is asked of controls and parameters, by name; empty where everything is well. */
  readonly intents: object;
  /** CLOCK_MONOTONIC, nanoseconds. */
  readonly atNs: bigint;
}

/** In the place of a session's id: the row belongs to none. */
export const noSession = 0;

/** The append-only tables and the row each takes. */
export interface EventRows {
  readonly frame: FrameRow;
  readonly stage_event: StageEventRow;
  readonly parameter_change: ParameterChangeRow;
  readonly control_write: ControlWriteRow;
  readonly log: LogRow;
  readonly decision: DecisionRow;
}

/** Name of an append-only table. */
export type EventTable = keyof EventRows;

/** Rows on their way to the writer thread, by table and in the order in which they were appended. */
export type EventBatch = { readonly [T in EventTable]: { readonly sessionId: number; readonly row: EventRows[T] }[] };

/** Rows that could not be stored, and why. */
export interface LostRows {
  readonly sessionId: number;
  readonly rows: number;
  readonly error: ErrorRecord;
}

/** One finished export: its own folder and the files in it with their data rows, the header not counted. */
export interface CsvExport {
  readonly folder: string;
  readonly files: { path: string; rows: number }[];
}
