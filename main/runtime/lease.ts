import type { Closeable } from '../base/lifetime.ts';
import type { SlotHandle } from '../frame/frame-pool.ts';
import type { Consumer } from './budgets.ts';

/** The right to use a slot. The slot is free again when the last lease on it is closed; closing twice is an error. */
export interface Lease extends Closeable {
  readonly handle: SlotHandle;
  /** Who holds it, for reports. */
  readonly owner: string;
  /** Whether other leases are open on the same slot: closing this one then frees nothing. */
  isShared(): boolean;
  /** Another lease on the same slot, for another owner; undefined where the consumer's budget has no room for it. */
  pin(owner: string, consumer?: Consumer): Lease | undefined;
  /** The slot's bytes, in place. Throws once the lease is closed. */
  bytes(byteLength?: number): Uint8Array;
  /** The slot's 16-bit samples, in place. Throws once the lease is closed. */
  samples(length?: number): Uint16Array;
  /** All of the slot as elements of a type, in place. Throws once the lease is closed. */
  elements(type: 'uint8' | 'uint16' | 'float32'): Uint8Array | Uint16Array | Float32Array;
}

/** An open lease as the Housekeeper sees it. */
export interface OpenLease {
  readonly handle: SlotHandle;
  readonly owner: string;
  readonly consumer: Consumer;
  readonly bytes: number;
  /** CLOCK_MONOTONIC when it was taken. */
  readonly takenNs: bigint;
  /** The line of code that took it, as the engine writes stack frames. */
  takenAt(): string;
}

/** A granted reservation with slots that its plan has not taken yet, as the Housekeeper sees it. */
export interface OpenReservation {
  readonly owner: string;
  readonly bytes: number;
  /** CLOCK_MONOTONIC when it was granted. */
  readonly grantedNs: bigint;
  /** The line of code that asked for it, as the engine writes stack frames. */
  askedAt(): string;
}

/** Slots that are promised to a plan. Closing gives back those that were not allocated; the allocated ones have leases of their own. */
export interface Reservation extends Closeable {
  readonly owner: string;
  /** Slots of a pool that are still promised. */
  remaining(poolId: string): number;
  /** Makes a promised slot a lease. Throws when none of that pool is left or the reservation is closed. */
  allocate(poolId: string): Lease;
}

/** Remembers the caller of `taker`, at little cost: the engine writes the text only when somebody asks. */
export function rememberCaller(taker: (...args: never[]) => unknown): () => string {
  const site: { stack?: string } = {};
  Error.captureStackTrace(site, taker);
  return () => site.stack?.split('\n')[1]?.trim().replace(/^at /, '') ?? 'unknown';
}
