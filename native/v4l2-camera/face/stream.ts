import { nativeCall, nativeCallSync, type RawFrame, type RawNotice, type SessionHandle, type StreamCounters } from './binding.ts';
import { V4l2Error, v4l2ErrorFrom } from './errors.ts';
import { requireArray, requireChoice, requireFunction, requireInteger, requireObject, unexpected } from './validation.ts';

/** One captured frame, in the slot that begins at `slotOffset`. The slot is the receiver's until it is queued again. */
export interface CapturedFrame {
  readonly slotOffset: number;
  /** Mosaics: 2 bytes a sample. Known video layouts: rows without padding. Others, such as MJPEG: the driver's bytes. */
  readonly bytesWritten: number;
  /** The driver's counter, continued over its 32-bit wrap and over restarts. */
  readonly sequence: number;
  readonly timestampNs: bigint;
  /** `monotonic` is CLOCK_MONOTONIC; `copied` comes from the buffer's maker, as in a loopback device. */
  readonly timestampClock: 'unknown' | 'monotonic' | 'copied';
  readonly timestampSource: 'end-of-exposure' | 'start-of-exposure';
  readonly bytesUsed: number;
  /** V4L2_BUF_FLAG_*. */
  readonly flags: number;
  /** V4L2_FIELD_*. */
  readonly field: number;
  /** CLOCK_MONOTONIC when the buffer was taken from the driver, and when the slot was complete. */
  readonly dequeuedNs: bigint;
  readonly writtenNs: bigint;
}

/** `backing-off`: no frame came in time, the stream will be tried again. The last three are final for this stream. */
export type StreamState = 'starting' | 'streaming' | 'backing-off' | 'stopped' | 'failed' | 'unplugged';

/** A change of a stream's state. `error` says why when it was not asked for; `restarts` counts those since the start or a recovery. */
export interface StreamStateChange {
  readonly state: StreamState;
  readonly restarts: number;
  readonly error?: V4l2Error;
}

/** How to stream. Sizes in bytes, times in milliseconds. */
export interface StreamOptions {
  /** Holds the slots; the stream keeps it alive and writes only to slots that were queued. */
  readonly memory: SharedArrayBuffer;
  /** Bytes of a slot. A mosaic needs width * height * 2; see {@link Format} planes for others. */
  readonly slotBytes: number;
  /** Offsets of slots that are empty from the beginning, as if given to `queueSlot`. */
  readonly slots?: readonly number[];
  /** Called on the JavaScript thread, oldest frame first; possibly before `startStream` has resolved. */
  readonly onFrame: (frame: CapturedFrame, stream: CaptureStream) => void;
  readonly onState?: (change: StreamStateChange) => void;
  /** Filled slots that may wait for a late JavaScript thread; then the newest wins. 1 when absent. */
  readonly pendingFrames?: number;
  /** Buffers to ask of the driver, 4 when absent. */
  readonly bufferCount?: number;
  /**
   * `mmap` (when absent): the driver's memory, unpacked into slots. `user-pointer`: the driver writes into slots itself; only for
   * formats without packing and padding. `dma-buf`: memory of `dmaBufs`, unpacked into slots.
   */
  readonly memoryMode?: 'mmap' | 'user-pointer' | 'dma-buf';
  /** One descriptor per buffer and plane. Duplicated: the caller may close its own. */
  readonly dmaBufs?: readonly number[];
  /** Longest time without a frame; 0 or absent: five frame intervals, at least a second. */
  readonly watchdogMillis?: number;
  /** Pause before the first restart of a stalled stream; doubles with each, up to 256 times. 250 when absent. */
  readonly firstBackOffMillis?: number;
  /** Restarts without a recovery between them before the stream fails. 5 when absent. */
  readonly maximumRestarts?: number;
  /**
   * A stream that still delivers frames so long after a restart has recovered, and its restarts are counted anew; single frames
   * between stalls are no recovery. 0 or absent: ten times the watchdog.
   */
  readonly recoveryMillis?: number;
}

const longestWatchdogMillis = 3_600_000;
const finalStates: readonly StreamState[] = ['stopped', 'failed', 'unplugged'];
const timestampClocks = ['unknown', 'monotonic', 'copied'] as const;

/** A stream of a device, made by `CameraDevice.startStream`. */
export class CaptureStream {
  readonly #handle: SessionHandle;
  readonly #options: StreamOptions;
  readonly #started = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<void>();
  #state: StreamState = 'starting';

  constructor(handle: SessionHandle, options: StreamOptions) {
    this.#handle = handle;
    this.#options = checkedOptions(options);
    const { memory, slotBytes } = options;
    nativeCallSync((native) =>
      native.startStream(handle, {
        memory: new Uint8Array(memory),
        slotBytes,
        pendingFrames: options.pendingFrames ?? 1,
        bufferCount: options.bufferCount ?? 4,
        memoryMode: options.memoryMode ?? 'mmap',
        dmaBufs: options.dmaBufs ?? [],
        watchdogMillis: options.watchdogMillis ?? 0,
        firstBackOffMillis: options.firstBackOffMillis ?? 250,
        maximumRestarts: options.maximumRestarts ?? 5,
        recoveryMillis: options.recoveryMillis ?? 0,
      }),
    );
    this.#queueFirstSlots(options.slots ?? []);
  }

  get state(): StreamState {
    return this.#state;
  }

  /** Whether the stream has ended, by itself or by {@link stop}. No slot is touched any more then. */
  get isOver(): boolean {
    return finalStates.includes(this.#state);
  }

  /** Resolves when the driver streams; rejects with the reason when it does not. */
  get started(): Promise<void> {
    return this.#started.promise;
  }

  /** Gives an empty slot, which is the stream's until it comes back in a frame or the stream is over. */
  queueSlot(slotOffset: number): void {
    requireInteger(slotOffset, 'slotOffset', 0, this.#options.memory.byteLength - this.#options.slotBytes);
    this.#requireRunning();
    nativeCallSync((native) => native.queueSlot(this.#handle, slotOffset));
  }

  /**
   * Changes the longest time without a frame, as in {@link StreamOptions}, for example with the exposure time. A shorter one
   * counts from the next frame on.
   */
  setWatchdog(millis: number): void {
    requireInteger(millis, 'millis', 0, longestWatchdogMillis);
    this.#requireRunning();
    nativeCallSync((native) => native.setWatchdog(this.#handle, millis));
  }

  /** Frames by what became of them. Stays readable after the stream's end until the device streams anew or is closed. */
  counters(): StreamCounters {
    return nativeCallSync((native) => native.counters(this.#handle));
  }

  /**
   * The buffers as dma-buf descriptors, buffer by buffer and plane by plane; for `mmap` streams. They are the caller's to close
   * (`closeDescriptor`) and outlive the stream.
   */
  async exportBuffers(): Promise<number[]> {
    this.#requireRunning();
    return nativeCall((native) => native.exportBuffers(this.#handle));
  }

  /** Ends the stream; resolves when no slot is touched any more. Harmless when it has ended. */
  async stop(): Promise<void> {
    if (this.isOver) return;
    nativeCallSync((native) => native.stopStream(this.#handle));
    await this.#ended.promise;
  }

  /** For the device alone: passes on what the capture thread announced. */
  takeFrame(raw: RawFrame): void {
    const { flags } = raw;
    const timestampClock = timestampClocks[(flags >> 13) & 7] ?? 'unknown';
    const timestampSource = ((flags >> 16) & 7) === 1 ? 'start-of-exposure' : 'end-of-exposure';
    this.#options.onFrame({ ...raw, timestampClock, timestampSource }, this);
  }

  /** For the device alone. */
  takeState(raw: Extract<RawNotice, { kind: 'state' }>): void {
    if (this.isOver) return;
    const error = raw.error === undefined ? undefined : v4l2ErrorFrom(raw.error);
    this.#enter(raw.state === 'idle' ? 'stopped' : raw.state, raw.restarts, error);
  }

  /** For the device alone: the device is being closed and announces nothing more. */
  abandon(): void {
    if (!this.isOver) this.#enter('stopped', 0);
  }

  #queueFirstSlots(slots: readonly number[]): void {
    try {
      for (const slotOffset of slots) this.queueSlot(slotOffset);
    } catch (error) {
      // Nobody will ever hold this stream: it must not go on capturing.
      nativeCallSync((native) => native.stopStream(this.#handle));
      throw error;
    }
  }

  #enter(state: StreamState, restarts: number, error?: V4l2Error): void {
    this.#state = state;
    if (state === 'streaming') this.#started.resolve();
    if (this.isOver) {
      this.#started.reject(error ?? new V4l2Error('v4l2.stopped', 'The stream was stopped before it had started'));
      // Whoever does not wait for the start learns of its failure through onState.
      this.#started.promise.catch(() => undefined);
      this.#ended.resolve();
    }
    this.#options.onState?.(error === undefined ? { state, restarts } : { state, restarts, error });
  }

  #requireRunning(): void {
    if (!this.isOver) return;
    throw new V4l2Error('v4l2.wrong-state', `Expected a running stream but received one that is ${this.#state}`);
  }
}

function checkedOptions(options: StreamOptions): StreamOptions {
  requireObject(options, 'options');
  const { memory, memoryMode = 'mmap', dmaBufs = [] } = options;
  if (!(memory instanceof SharedArrayBuffer)) throw unexpected('a SharedArrayBuffer', 'memory', memory);
  requireInteger(options.slotBytes, 'slotBytes', 2, memory.byteLength);
  const lastSlot = memory.byteLength - options.slotBytes;
  for (const slotOffset of requireArray(options.slots ?? [], 'slots')) requireInteger(slotOffset, 'slots', 0, lastSlot);
  requireFunction(options.onFrame, 'onFrame');
  if (options.onState !== undefined) requireFunction(options.onState, 'onState');
  requireInteger(options.pendingFrames ?? 1, 'pendingFrames', 1, 1024);
  requireInteger(options.bufferCount ?? 4, 'bufferCount', 1, 64);
  requireInteger(options.watchdogMillis ?? 0, 'watchdogMillis', 0, longestWatchdogMillis);
  requireInteger(options.firstBackOffMillis ?? 250, 'firstBackOffMillis', 1, 60_000);
  requireInteger(options.maximumRestarts ?? 5, 'maximumRestarts', 0, 1000);
  requireInteger(options.recoveryMillis ?? 0, 'recoveryMillis', 0, longestWatchdogMillis);
  requireChoice(memoryMode, 'memoryMode', ['mmap', 'user-pointer', 'dma-buf']);
  for (const fd of requireArray(dmaBufs, 'dmaBufs')) requireInteger(fd, 'dmaBufs', 0, 0x7fffffff);
  if (memoryMode === 'dma-buf' && dmaBufs.length === 0) throw unexpected('at least one descriptor', 'dmaBufs', dmaBufs);
  return options;
}
