import type { CapturedFrame, StreamCounters } from '../../../native/v4l2-camera/index.ts';
import type { FrameMeta } from '../../frame/frame-meta.ts';
import type { CameraDropReason, FrameSink, WritableFrame } from '../camera.ts';
import type { V4l2Stream } from './device-face.ts';

/** Slots that the stream holds: as many as buffers that a driver usually has queued. The other half of the pool is the lab's. */
export const queuedSlots = 4;

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
  #stream: V4l2Stream | undefined;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  /** Offsets of the slots that are held now. */
  get offsets(): readonly number[] {
    return [...this.#held.keys()];
  }

  /** Reserves the slots that a stream is started with; their offsets. */
  fill(): readonly number[] {
    while (this.#held.size < queuedSlots && this.#reserve() !== undefined);
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
    while (this.#held.size < queuedSlots) {
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

  /** Gives back every slot; only once the stream is over, so that nothing writes to them any more. */
  release(): void {
    this.#stream = undefined;
    for (const frame of this.#held.values()) this.#sink.abandon(frame);
    this.#held.clear();
  }

  #reserve(): number | undefined {
    const frame = this.#sink.reserve();
    if (frame === undefined) return undefined;
    const { byteOffset } = frame.samples;
    this.#held.set(byteOffset, frame);
    return byteOffset;
  }
}
