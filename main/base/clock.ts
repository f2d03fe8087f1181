/** Nanoseconds of CLOCK_MONOTONIC: the one time base of frames, stages and telemetry. Same origin in every thread of the process. */
export function monotonicNs(): bigint {
  return process.hrtime.bigint();
}

/** Milliseconds between two monotonic instants in nanoseconds. */
export function millisBetween(startNs: bigint, endNs: bigint): number {
  return Number(endNs - startNs) / 1e6;
}
