import type { CapturedFrame } from '../../../native/v4l2-camera/index.ts';
import type { SensorDescription } from '../../frame/frame-meta.ts';
import type { FrameSink } from '../camera.ts';
import type { Connection } from './connection.ts';
import type { V4l2Stream } from './device-face.ts';
import { watchdogMillis } from './exposure-time.ts';
import type { SlotFeed } from './slot-feed.ts';
import type { V4l2Mode } from './v4l2-modes.ts';

/** One stream of a V4L2 camera, from the wish to start it until its slots are back. */
export interface RunningStream {
  readonly mode: V4l2Mode;
  readonly sink: FrameSink;
  readonly feed: SlotFeed;
  readonly sensor: SensorDescription;
  /** Absent until the driver streams. */
  stream?: V4l2Stream;
  /** Frames per second that the driver chose. */
  rate: number;
  watchdogMillis?: number;
  timer?: NodeJS.Timeout;
  stalled: boolean;
  /** Why the driver's stream failed. */
  failure?: Error | undefined;
}

/** How long a stream may stay without a frame, milliseconds: longer where it exposes longer. */
export function watchdogOf({ controls }: Connection, { mode, rate }: Pick<RunningStream, 'mode' | 'rate'>): number {
  return watchdogMillis(controls, { ...mode, framesPerSecond: Math.min(rate, mode.framesPerSecond) });
}

/**
 * CLOCK_MONOTONIC at the start of exposure, as near as the driver tells it: its own time stamp where it marks that moment, one
 * exposure earlier where it marks the end, and the time of delivery where its clock is another.
 */
export function startOfExposure(frame: CapturedFrame, exposedNs: number | undefined): bigint {
  if (frame.timestampClock !== 'monotonic') return frame.dequeuedNs;
  if (frame.timestampSource === 'start-of-exposure') return frame.timestampNs;
  return frame.timestampNs - BigInt(Math.round(exposedNs ?? 0));
}
