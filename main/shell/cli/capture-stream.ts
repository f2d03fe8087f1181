import type { CapturedFrame, Format, StreamCounters, StreamStateChange } from '../../../native/v4l2-camera/index.ts';
import { ResourceError } from '../../base/errors.ts';
import type { V4l2Device, V4l2Stream } from '../../camera/v4l2/device-face.ts';
import type { FrameRecord } from '../../recording/frame-store.ts';

/** Where captured frames go. `content` lies in shared memory and may be overwritten once the promise has resolved. */
export interface FrameWriter {
  write(content: Uint8Array, record: FrameRecord): Promise<void>;
}

/** What a capture came to. */
export interface CaptureOutcome {
  readonly stored: number;
  /** Frames missing between the first and the last that were stored, whoever lost them. */
  readonly lost: number;
  /** The addon's own counts when the last frame was taken, which tell who lost them. */
  readonly counters: StreamCounters;
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

const mostSlots = 64;
const mostSlotMemory = 512 * 2 ** 20;

/**
 * Captures without dropping: every slot but the one that is being filled may wait for the disk, and a slot goes back to the
 * driver only when its frame is stored. Rejects with the first failure of the disk, or when the stream ends by itself.
 */
export async function captureFrames(task: CaptureTask): Promise<CaptureOutcome> {
  return new Capture(task).run();
}

class Capture {
  readonly #task: CaptureTask;
  readonly #slotBytes: number;
  readonly #memory: SharedArrayBuffer;
  readonly #done = Promise.withResolvers<void>();
  #stream: Promise<V4l2Stream> | undefined;
  #writing: Promise<void> = Promise.resolve();
  #taken = 0;
  #stored = 0;
  #lost = 0;
  #lastSequence: number | undefined;
  #isEnding = false;

  constructor(task: CaptureTask) {
    const { width, height, planes } = task.format;
    const planeBytes = planes.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    this.#task = task;
    // The addon wants room for unpacked samples of mosaics, and slots that hold whole samples.
    this.#slotBytes = Math.ceil(Math.max(width * height * 2, planeBytes) / 8) * 8;
    const slots = Math.max(4, Math.min(mostSlots, task.frames + 1, Math.floor(mostSlotMemory / this.#slotBytes)));
    this.#memory = new SharedArrayBuffer(slots * this.#slotBytes);
    // A stream may end, or the disk fail, before anybody waits for it.
    this.#done.promise.catch(() => undefined);
  }

  async run(): Promise<CaptureOutcome> {
    const slots = this.#memory.byteLength / this.#slotBytes;
    this.#stream = this.#task.device.startStream({
      memory: this.#memory,
      slotBytes: this.#slotBytes,
      slots: Array.from({ length: slots }, (_, slot) => slot * this.#slotBytes),
      pendingFrames: slots - 1,
      onFrame: (frame) => this.#take(frame),
      onState: (change) => this.#follow(change),
    });
    const stream = await this.#stream;
    void this.#task.asked.then(() => this.#done.resolve());
    try {
      await this.#done.promise;
      this.#isEnding = true;
      const counters = stream.counters();
      await this.#writing;
      return { stored: this.#stored, lost: this.#lost, counters };
    } finally {
      this.#isEnding = true;
      await stream.stop();
      await this.#writing.catch(() => undefined);
    }
  }

  #take(frame: CapturedFrame): void {
    if (this.#isEnding || this.#taken === this.#task.frames) return;
    if (this.#lastSequence !== undefined) this.#lost += Math.max(0, frame.sequence - this.#lastSequence - 1);
    this.#lastSequence = frame.sequence;
    this.#taken++;
    const record = recordOf(frame, this.#task.controls());
    this.#writing = this.#writing.then(() => this.#store(frame, record));
    this.#writing.catch((thrown) => this.#done.reject(thrown));
    if (this.#taken === this.#task.frames) this.#done.resolve();
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
    this.#done.reject(new ResourceError('capture.stream-ended', message));
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
