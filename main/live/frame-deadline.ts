/**
 * Frame intervals that a frame may wait for its turn in the realtime lane: as many as a paced source or a driver has frames queued.
 * A picture that begins later than that shows what has long been over.
 */
export const waitingIntervals = 4;

/**
 * When a frame is no longer worth beginning, on the clock of `arrivedNs`; undefined where the rate is not known.
 *
 * It counts from the frame's arrival, not from its capture. A source that catches up delivers old frames one by one, and some drivers
 * stamp frames with a clock of their own: counted from capture, such a stream would expire frame by frame. Counted from arrival, no
 * stream can starve, for a frame that finds the lane idle begins at once, however slow the stage and however late the frame.
 */
export function frameDeadlineNs(arrivedNs: bigint, framesPerSecond: number): bigint | undefined {
  if (!(framesPerSecond > 0)) return undefined;
  return arrivedNs + BigInt(Math.round((waitingIntervals * 1e9) / framesPerSecond));
}
