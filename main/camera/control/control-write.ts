import type { ControlReport, ControlValue } from '../../../preload/contract.ts';

/** Who asks for a value: the user's hand, the user's stored wishes when a device starts afresh, or an Algo by its name. */
export type ControlOrigin = 'user' | 'profile' | `algo:${string}`;

/** What somebody wants of a camera's controls, by id. */
export interface ControlIntent {
  readonly origin: ControlOrigin;
  readonly values: ReadonlyMap<string, ControlValue>;
}

/** One control of a write as it goes to the device, and what was asked for before the modifiers. */
export interface PlannedWrite {
  readonly origin: ControlOrigin;
  readonly requested: ControlValue;
  readonly value: ControlValue;
}

/** One control that was written. */
export interface ControlWrite {
  readonly report: ControlReport;
  readonly origin: ControlOrigin;
  /** CLOCK_MONOTONIC when the device had answered, nanoseconds. */
  readonly writtenNs: bigint;
}
