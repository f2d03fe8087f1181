import type { CapturedFrame, Format, StreamCounters, StreamStateChange } from '../../../native/v4l2-camera/index.ts';
import { assert, ResourceError } from '../../base/errors.ts';
import type { V4l2Device, V4l2Stream } from '../../camera/v4l2/device-face.ts';
import type { FrameRecord } from '../../recording/frame-store.ts';
import { standardBudgetBytes } from '../../runtime/budgets.ts';
import { type Lease, ResourceManager } from '../../runtime/resource-manager.ts';

/** Where captured frames go. `content` lies in shared memory and may be overwritten once the promise has resolved. */
export interface FrameWriter {
  write(content: Uint8Array, record: FrameRecord): Promise<void>;
}

/** What a capture came to. */
export interface CaptureOutcome {
  readonly stored: number;
  /**
   * Frames missing between the first and the last that were stored, whoever lost them. At least so many: how many a camera would
   * have delivered while its stream was started again nobody knows, so each restart counts for one.
   */
  readonly lost: number;
  /** The addon's own counts when the last frame was taken, which tell who lost them. */
  readonly counters: StreamCounters;
  /** All frames are there, the user asked for the end, or something failed. */
  readonly endedBy: 'frames' | 'user' | 'failure';
  /** What failed, in the words of the error. */
  readonly failure?: unknown;
}

/** What to capture and with what. */
export interface CaptureTask {
  readonly device: V4l2Device;
  readonly format: Format;
  readonly frames: number;
  readonly writer: FrameWriter;
  /** Kept with every frame. */
  readonly controls: () => Readonly<Record<string, unknown>>;
  /** Ends the capture early, with what is stored by then. */
  readonly asked: Promise<void>;
}

const leastSlots = 4;
const mostSlots = 64;

/**
 * Captures without dropping: every slot but the one that is being filled may wait for the disk, and a slot goes back to the
 * driver only when its frame is stored. A failure of the disk, or of the stream, ends it with what is stored by then; rejects where
 * that is nothing.
 */
export async function captureFrames(task: CaptureTask): Promise<CaptureOutcome> {
  return new Capture(task).run();
}

type CaptureEnd = Pick<CaptureOutcome, 'endedBy' | 'failure'>;

const noCounts: StreamCounters = { delivered: 0, late: 0, noFreeSlot: 0, driverGaps: 0, bad: 0, restarts: 0 };

function failed(failure: unknown): CaptureEnd {
  return { endedBy: 'failure', failure };
}

/** As many slots as the recorder's budget holds: no more than are of use, and no fewer than a driver needs. */
function recorderSlots(slotBytes: number, frames: number): readonly Lease[] {
  const resources = new ResourceManager();
  const budgetBytes = Math.max(standardBudgetBytes.recorder, leastSlots * slotBytes);
  resources.budgets.limit('recorder', budgetBytes);
  const slots = Math.max(leastSlots, Math.min(mostSlots, frames + 1, Math.floor(budgetBytes / slotBytes)));
  const { poolId } = resources.createPool('capture', slotBytes, slots);
  return Array.from({ length: slots }, () => {
    const lease = resources.lease(poolId, 'capture', 'recorder');
    assert(lease, `Expected room for ${slots} frames in the recorder's budget of ${budgetBytes} bytes`);
    return lease;
  });
}

class Capture {
  readonly #task: CaptureTask;
  readonly #slotBytes: number;
  /** Of the driver's and of frames that wait for the disk, until the capture has ended. */
  readonly #leases: readonly Lease[];
  readonly #done = Promise.withResolvers<CaptureEnd>();
  #stream: Promise<V4l2Stream> | undefined;
  /** The same once it has started: a frame may come before. */
  #running: V4l2Stream | undefined;
  #writing: Promise<void> = Promise.resolve();
  #taken = 0;
  #stored = 0;
  #gaps = 0;
  /** When the first frame was taken: what was lost before is missing between no two frames. */
  #countersAtFirst: StreamCounters | undefined;
  #counters: StreamCounters = noCounts;
  #lastSequence: number | undefined;
  #isEnding = false;

  constructor(task: CaptureTask) {
    const { width, height, planes } = task.format;
    const planeBytes = planes.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    this.#task = task;
    // The addon wants room for unpacked samples of mosaics, and slots that hold whole samples.
    this.#slotBytes = Math.ceil(Math.max(width * height * 2, planeBytes) / 8) * 8;
    this.#leases = recorderSlots(this.#slotBytes, task.frames);
  }

  async run(): Promise<CaptureOutcome> {
    try {
      return await this.#run();
    } finally {
      for (const lease of this.#leases) lease.close();
    }
  }

  async #run(): Promise<CaptureOutcome> {
    const slots = this.#leases.map((lease) => lease.bytes().byteOffset);
    this.#stream = this.#task.device.startStream({
      memory: this.#memory,
      slotBytes: this.#slotBytes,
      slots,
      pendingFrames: slots.length - 1,
      onFrame: (frame) => this.#take(frame),
      onState: (change) => this.#follow(change),
    });
    const stream = await this.#stream;
    this.#running = stream;
    if (this.#taken > 0) this.#count(stream);
    void this.#task.asked.then(() => this.#done.resolve({ endedBy: 'user' }));
    const end = await this.#done.promise;
    this.#isEnding = true;
    this.#count(stream);
    // What was taken is stored before anything can fail at the stream.
    const stored = await this.#writing.then(() => end, failed);
    const stopped = await stream.stop().then(() => stored, failed);
    const whole = end.endedBy === 'failure' ? end : stopped;
    if (whole.endedBy === 'failure' && this.#stored === 0) throw whole.failure;
    return { stored: this.#stored, lost: this.#lost(), counters: this.#counters, ...whole };
  }

  get #memory(): SharedArrayBuffer {
    return (this.#leases[0] as Lease).bytes().buffer as SharedArrayBuffer;
  }

  /** A stream that has ended has no counts any more: those of its last frame stay. */
  #count(stream: V4l2Stream): void {
    if (stream.isOver) return;
    this.#counters = stream.counters();
    this.#countersAtFirst ??= this.#counters;
  }

  /** A faulty frame leaves a gap where it had a number, and none where the driver failed at it. */
  #lost(): number {
    const { bad, restarts } = this.#countersAtFirst ?? this.#counters;
    return Math.max(this.#gaps, this.#counters.bad - bad) + this.#counters.restarts - restarts;
  }

  #take(frame: CapturedFrame): void {
    if (this.#isEnding || this.#taken === this.#task.frames) return;
    if (this.#lastSequence !== undefined) this.#gaps += Math.max(0, frame.sequence - this.#lastSequence - 1);
    this.#lastSequence = frame.sequence;
    this.#taken++;
    const record = recordOf(frame, this.#task.controls());
    this.#writing = this.#writing.then(() => this.#store(frame, record));
    this.#writing.catch((thrown: unknown) => this.#done.resolve(failed(thrown)));
    if (this.#running !== undefined) this.#count(this.#running);
    if (this.#taken === this.#task.frames) this.#done.resolve({ endedBy: 'frames' });
  }

  async #store(frame: CapturedFrame, record: FrameRecord): Promise<void> {
    await this.#task.writer.write(new Uint8Array(this.#memory, frame.slotOffset, frame.bytesWritten), record);
    this.#stored++;
    const stream = await this.#stream;
    if (!this.#isEnding && stream?.isOver === false) stream.queueSlot(frame.slotOffset);
  }

  #follow({ state, error }: StreamStateChange): void {
    if (this.#isEnding || (state !== 'failed' && state !== 'unplugged' && state !== 'stopped')) return;
    const why = error?.message ?? `the stream is ${state}`;
    const message = `Expected ${this.#task.frames} frames but the stream ended after ${this.#taken}: ${why}`;
    this.#done.resolve(failed(new ResourceError('capture.stream-ended', message)));
  }
}

/** 64-bit times are text: JSON readers round large numbers. */
function recordOf(frame: CapturedFrame, controls: Readonly<Record<string, unknown>>): FrameRecord {
  const { sequence, timestampNs, timestampClock, timestampSource, bytesUsed, bytesWritten, flags, field } = frame;
  return {
    sequence,
    timestampNs: String(timestampNs),
    timestampClock,
    timestampSource,
    bytesUsed,
    bytesWritten,
    flags,
    field,
    controls,
  };
}
