import type { ErrorRecord } from '../base/errors.ts';

/** How a pass ended. Instants are CLOCK_MONOTONIC nanoseconds. */
export interface PassEnd {
  readonly startedNs: bigint;
  readonly finishedNs: bigint;
  readonly error?: ErrorRecord | undefined;
}

/** What one pass was, for whoever explains a frame. */
export interface PassReport extends PassEnd {
  /** The ISP's stage, or the keys of the processors joined by `+`. */
  readonly stage: string;
  readonly modelHash: string;
  /** The processors in it, with the version of the values that each ran with; none for the ISP. */
  readonly members: readonly { readonly key: string; readonly version: number }[];
  /** The one of several members that failed, where that can be told. */
  readonly culprit?: string;
}
