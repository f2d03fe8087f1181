import type { ControlDescription, ControlReport } from '../../preload/contract.ts';
import type { ErrorRecord } from '../base/errors.ts';
import type { AsyncCloseable } from '../base/lifetime.ts';
import type { FrameMeta, SensorDescription } from '../frame/frame-meta.ts';
import type { SharedFramePool, SlotHandle } from '../frame/frame-pool.ts';

/** One way in which a camera can deliver: geometry and nominal rate. Mosaic sources only, in this version. */
export interface CameraMode {
  /** Stable within the camera, for example `1920x1080@30`. */
  readonly id: string;
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  /** Name in the pixel-format table. */
  readonly pixelFormat: string;
}

/** A pool slot that the camera may fill. It belongs to the camera until it is published or abandoned. */
export interface WritableFrame {
  readonly handle: SlotHandle;
  /** width * height unpacked samples over shared memory, row by row without padding. */
  readonly samples: Uint16Array;
}

/** Why a frame that the source produced or should have produced was lost before it reached the lab. */
export type CameraDropReason = 'no-free-slot' | 'source-late' | 'driver-gap' | 'bad-buffer';

/** Where a camera hands its frames over. Called on the lab's thread; never blocks, never throws for want of memory. */
export interface FrameSink {
  /** The pool that {@link FrameSink.reserve} takes from, for cameras whose own threads fill the slots. */
  readonly pool: SharedFramePool;
  /** A slot to fill, or undefined when all are in use: the camera then reports the loss with {@link FrameSink.lost}. */
  reserve(): WritableFrame | undefined;
  /** Hands a filled slot over; the camera must not touch it again. */
  publish(frame: WritableFrame, meta: FrameMeta): void;
  /** Gives an unfilled slot back. */
  abandon(frame: WritableFrame): void;
  /** Counts `count` frames that never reached a slot. */
  lost(reason: CameraDropReason, count: number): void;
  /** Announces that the camera cannot go on. The lab stops the stream. */
  failed(error: ErrorRecord): void;
}

/**
 * A source of mosaic frames: simulator, file, recording or V4L2 device.
 *
 * Opened by its factory, used on one thread. `start` and `stop` may follow each other any number of times; `close`
 * stops first and gives back every slot.
 */
export interface Camera extends AsyncCloseable {
  /** Stable identity over restarts, for example `simulator:chart` or `file:/shots/rose.dng`. */
  readonly id: string;
  readonly name: string;
  readonly sensor: SensorDescription;
  readonly modes: readonly CameraMode[];
  controls(): readonly ControlDescription[];
  /** Writes one control; takes effect as soon as the source can. Rejects with InputError when out of range. */
  setControl(id: string, value: number): Promise<ControlReport>;
  start(modeId: string, sink: FrameSink): Promise<void>;
  stop(): Promise<void>;
}
