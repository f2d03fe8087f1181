import type { CapturedFrame, StreamCounters } from '../../../native/v4l2-camera/index.ts';
import type { FrameMeta } from '../../frame/frame-meta.ts';
import type { CameraDropReason, FrameSink, WritableFrame } from '../camera.ts';
import type { V4l2Stream } from './device-face.ts';

const lossReasons: Readonly<Partial<Record<keyof StreamCounters, CameraDropReason>>> = {
  late: 'source-late',
  noFreeSlot: 'no-free-slot',
  driverGaps: 'driver-gap',
  bad: 'bad-buffer',
};

/**
 * The slots between a sink and a running stream: keeps the stream supplied, publishes what it fills, and reports what it
 * loses. Every slot that it reserves is published or abandoned.
 */
export class SlotFeed {
  readonly #sink: FrameSink;
  readonly #held = new Map<number, WritableFrame>();
  readonly #reported = new Map<keyof StreamCounters, number>();
  #wanted = 0;
  #stream: V4l2Stream | undefined;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  /** Offsets of the slots that are held now. */
  get offsets(): readonly number[] {
    return [...this.#held.keys()];
  }

  /** Holds as many slots as a stream is to be started with, fewer where the sink has no more; their offsets. Before {@link attach}. */
  fill(count: number): readonly number[] {
    this.#wanted = count;
    for (const offset of this.offsets.slice(count)) this.#abandon(offset);
    while (this.#held.size < count && this.#reserve() !== undefined);
    return this.offsets;
  }

  /** The stream that was started with the slots of {@link fill}. */
  attach(stream: V4l2Stream): void {
    this.#stream = stream;
    this.supply();
  }

  /** Gives the stream as many free slots as it lacks and the lab can spare, and reports what was lost since. */
  supply(): void {
    const stream = this.#stream;
    if (stream === undefined || stream.isOver) return;
    while (this.#held.size < this.#wanted) {
      const offset = this.#reserve();
      if (offset === undefined) break;
      stream.queueSlot(offset);
    }
    this.report();
  }

  /** Hands a filled slot over. */
  publish({ slotOffset }: CapturedFrame, meta: FrameMeta): void {
    const frame = this.#held.get(slotOffset);
    // The slot of a frame that was announced after the end is free already.
    if (frame === undefined) return;
    this.#held.delete(slotOffset);
    this.#sink.publish(frame, meta);
    this.supply();
  }

  /** Reports losses that were not reported yet. */
  report(): void {
    const counters = this.#stream?.counters();
    if (counters === undefined) return;
    for (const [name, reason] of Object.entries(lossReasons) as [keyof StreamCounters, CameraDropReason][]) {
      const count = counters[name] - (this.#reported.get(name) ?? 0);
      this.#reported.set(name, counters[name]);
      if (count > 0) this.#sink.lost(reason, count);
    }
  }

  /** Reports what was lost until now and asks the stream for nothing more; the slots stay held. */
  detach(): void {
    this.report();
    this.#stream = undefined;
  }

  /** Gives back every slot; only once nothing writes to them any more: the stream is over, or an unplugged device is closed. */
  release(): void {
    this.#stream = undefined;
    for (const offset of this.offsets) this.#abandon(offset);
  }

  #abandon(offset: number): void {
    const frame = this.#held.get(offset);
    this.#held.delete(offset);
    if (frame !== undefined) this.#sink.abandon(frame);
  }

  #reserve(): number | undefined {
    const frame = this.#sink.reserve();
    if (frame === undefined) return undefined;
    const { byteOffset } = frame.samples;
    this.#held.set(byteOffset, frame);
    return byteOffset;
  }
}
