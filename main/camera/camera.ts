import type { ControlDescription, ControlValue } from '../../preload/contract.ts';
import type { ErrorRecord } from '../base/errors.ts';
import type { Announcer, AsyncCloseable } from '../base/lifetime.ts';
import type { FrameMeta, SensorDescription, SensorLevels } from '../frame/frame-meta.ts';
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

/** Code of the record with which a camera that was unplugged ends its stream; the lab goes on when it comes back. */
export const unpluggedCode = 'camera.unplugged';

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
 * The settings of a device. The lab writes them only through `main/camera/control`, one request at a time.
 */
export interface ControlDevice {
  /** Every control in the device's order with the value last known. Never asks the device. */
  controls(): readonly ControlDescription[];
  /**
   * Writes all in one request, all or none as far as the device can, and resolves to what it holds now, by id. By then
   * {@link ControlDevice.controls} has the new values, and the flags and ranges that the write changed. Rejects with an
   * InputError that names the refused control.
   */
  writeControls(values: ReadonlyMap<string, ControlValue>): Promise<ReadonlyMap<string, ControlValue>>;
  /** Ids whose value, range or flags changed otherwise than by {@link ControlDevice.writeControls}: another program, the device itself. */
  readonly controlsChanged: Announcer<readonly string[]>;
  /**
   * Asks the device for the values that it changes by itself, and announces those that did through
   * {@link ControlDevice.controlsChanged}. Harmless while it streams. Absent where nothing is volatile. Rejects where the device
   * does not answer.
   */
  readVolatile?(): Promise<void>;
  /** Frames between the one during which a control is written and the first one exposed with it, by id; 0 where it is not said. */
  readonly controlDelayFrames?: Readonly<Record<string, number>>;
}

/**
 * A source of mosaic frames: simulator, file, recording or V4L2 device.
 *
 * Opened by its factory, used on one thread. `start` and `stop` may follow each other any number of times; `close`
 * stops first and gives back every slot.
 */
export interface Camera extends ControlDevice, AsyncCloseable {
  /** Stable identity of the device over restarts, for example `simulator:chart` or `file:/shots/rose.dng`. */
  readonly id: string;
  readonly name: string;
  readonly sensor: SensorDescription;
  readonly modes: readonly CameraMode[];
  /**
   * Came back after it was unplugged, or was unplugged: the lab then writes what the user asked for again and restarts.
   * Absent for cameras that cannot be unplugged.
   */
  readonly availability?: Announcer<'unplugged' | 'returned'>;
  /** Something that the user should know and that ends nothing, for example a device that stalls. */
  readonly noticed?: Announcer<ErrorRecord>;
  /** What the numbers of a mode mean; absent where it is `sensor` in every mode. `sensor` is that of the mode started last. */
  sensorIn?(modeId: string): SensorDescription;
  /** Takes what the user says of the device's numbers, in the place of what it says itself; counts from the next start on. */
  takeLevels?(levels: SensorLevels): void;
  /** The rate that the device chose for the stream started last; absent where it is the mode's. */
  readonly framesPerSecond?: number | undefined;
  start(modeId: string, sink: FrameSink): Promise<void>;
  stop(): Promise<void>;
}
