import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { messageOf, V4l2Error, v4l2ErrorFrom } from './errors.ts';
import type * as types from './types.ts';

/** An open device of the native half. Opaque. */
export interface SessionHandle {
  readonly session: never;
}

/** A watched folder of the native half. Opaque. */
export interface WatchHandle {
  readonly watch: never;
}

/** A control as the native half describes it: 64-bit throughout, types and flags as numbers. */
export interface RawControl {
  readonly id: number;
  readonly type: number;
  readonly name: string;
  readonly className: string;
  readonly minimum: bigint;
  readonly maximum: bigint;
  readonly step: bigint;
  readonly defaultValue: bigint;
  readonly flags: number;
  readonly elementBytes: number;
  readonly elements: number;
  readonly dimensions: readonly number[];
  readonly menu: readonly { readonly index: number; readonly name: string; readonly value: bigint }[];
}

/** A control's value on its way through the native half: a number of any width, text, or memory. */
export interface RawControlValue {
  readonly id: number;
  readonly value: bigint | string | Uint8Array;
}

/** A frame as the native half announces it. */
export interface RawFrame {
  readonly slotOffset: number;
  readonly bytesWritten: number;
  readonly sequence: number;
  readonly timestampNs: bigint;
  readonly bytesUsed: number;
  readonly flags: number;
  readonly field: number;
  readonly dequeuedNs: bigint;
  readonly writtenNs: bigint;
}

/** What the capture thread announces besides frames. */
export type RawNotice =
  | {
      readonly kind: 'state';
      readonly state: 'idle' | 'streaming' | 'backing-off' | 'failed' | 'unplugged';
      readonly restarts: number;
      readonly error?: unknown;
    }
  | {
      readonly kind: 'control';
      readonly id: number;
      readonly changes: number;
      readonly type: number;
      readonly value: number | bigint;
      readonly flags: number;
      readonly minimum: number;
      readonly maximum: number;
      readonly step: number;
      readonly defaultValue: number;
    }
  | { readonly kind: 'source-change'; readonly input: number; readonly changes: number }
  | { readonly kind: 'end-of-stream' };

/** Everything that happened since the last delivery. */
export interface RawDelivery {
  readonly frames: readonly RawFrame[];
  readonly notices: readonly RawNotice[];
}

/** Streaming options with every default filled in. */
export interface RawStreamOptions {
  readonly memory: Uint8Array;
  readonly slotBytes: number;
  readonly pendingFrames: number;
  readonly bufferCount: number;
  readonly memoryMode: 'mmap' | 'user-pointer' | 'dma-buf';
  readonly dmaBufs: readonly number[];
  readonly watchdogMillis: number;
  readonly firstBackOffMillis: number;
  readonly maximumRestarts: number;
  readonly recoveryMillis: number;
}

/** Frames by what became of them, since the stream was started. */
export interface StreamCounters {
  readonly delivered: number;
  /** Replaced by a newer frame before JavaScript came for them. */
  readonly late: number;
  readonly noFreeSlot: number;
  /** Missing in the driver's own sequence. */
  readonly driverGaps: number;
  /** Marked faulty by the driver, or too short for the format. */
  readonly bad: number;
  /** Times that the stream was stopped and started again because no frame came. */
  readonly restarts: number;
}

/** The functions of `addon/`. Nobody but the face calls them: they trust their arguments' kinds. */
export interface Binding {
  open(path: string, listener: (delivery: RawDelivery) => void): Promise<{ handle: SessionHandle; capability: types.Capability }>;
  close(handle: SessionHandle): Promise<void>;
  listFormats(handle: SessionHandle): Promise<types.FormatDescription[]>;
  readFormat(handle: SessionHandle): Promise<types.Format>;
  writeFormat(handle: SessionHandle, request: types.FormatRequest, tryOnly: boolean): Promise<types.Format>;
  readFrameInterval(handle: SessionHandle): Promise<types.Fraction | undefined>;
  writeFrameInterval(handle: SessionHandle, numerator: number, denominator: number): Promise<types.Fraction | undefined>;
  readSelection(handle: SessionHandle, target: number): Promise<types.Rectangle | undefined>;
  listInputs(handle: SessionHandle): Promise<types.Input[]>;
  selectInput(handle: SessionHandle, index: number): Promise<void>;
  listControls(handle: SessionHandle): Promise<RawControl[]>;
  readControls(handle: SessionHandle, ids: readonly number[], defaults: boolean): Promise<RawControlValue[]>;
  writeControls(handle: SessionHandle, values: readonly RawControlValue[], tryOnly: boolean): Promise<RawControlValue[]>;
  startStream(handle: SessionHandle, options: RawStreamOptions): void;
  stopStream(handle: SessionHandle): void;
  queueSlot(handle: SessionHandle, slotOffset: number): void;
  setWatchdog(handle: SessionHandle, millis: number): void;
  counters(handle: SessionHandle): StreamCounters;
  exportBuffers(handle: SessionHandle): Promise<number[]>;
  discover(dev: string, sys: string): Promise<(Omit<types.DeviceSummary, 'failure'> & { failure?: unknown })[]>;
  watch(folder: string, listener: (change: types.DeviceChange) => void): WatchHandle;
  unwatch(handle: WatchHandle): void;
  holders(path: string, proc: string): Promise<types.Holder[]>;
  allocators(dev: string): types.AllocatorReport[];
  allocate(name: string, bytes: number, dev: string): number;
  closeFd(fd: number): void;
  readMemory(fd: number, byteOffset: number, target: Uint8Array): void;
  writeMemory(fd: number, byteOffset: number, source: Uint8Array): void;
  unpackPaths(): types.UnpackPath[];
  unpack(
    source: Uint8Array,
    layout: { width: number; height: number; bits: number; mipi: boolean; strideBytes: number },
    samples: Uint16Array,
    path: types.UnpackPath | 'best',
  ): boolean;
}

const addonFile = 'native/v4l2-camera/build/v4l2-camera.node';
let loaded: Binding | V4l2Error | undefined;

/** The native half, loaded at first use. Throws {@link V4l2Error} `v4l2.unavailable` with the reason where it cannot be. */
export function binding(): Binding {
  loaded ??= load();
  if (loaded instanceof V4l2Error) throw loaded;
  return loaded;
}

/** Why there are no V4L2 cameras here, in words for a person; undefined when there can be. */
export function obstacle(): string | undefined {
  loaded ??= load();
  return loaded instanceof V4l2Error ? loaded.message : undefined;
}

function load(): Binding | V4l2Error {
  if (process.platform !== 'linux') {
    return new V4l2Error('v4l2.unavailable', `V4L2 cameras exist on Linux only, and this is ${process.platform}`);
  }
  const file = findAddon();
  if (file === undefined) {
    return new V4l2Error('v4l2.unavailable', 'The V4L2 addon is not built: run node native/v4l2-camera/build.mjs');
  }
  try {
    return createRequire(import.meta.url)(file) as Binding;
  } catch (error) {
    const message = `The V4L2 addon cannot be loaded: ${messageOf(error)}. Run node native/v4l2-camera/build.mjs`;
    return new V4l2Error('v4l2.unavailable', message, { cause: error });
  }
}

/** Looks upwards, because a bundle of this file lies elsewhere in the project than its source. */
function findAddon(): string | undefined {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const file = path.join(folder, addonFile);
    if (existsSync(file)) return file;
    const parent = path.dirname(folder);
    if (parent === folder) return undefined;
    folder = parent;
  }
}

/** Calls the native half; its errors arrive as {@link V4l2Error}. */
export async function nativeCall<T>(call: (native: Binding) => T | Promise<T>): Promise<T> {
  try {
    return await call(binding());
  } catch (error) {
    throw v4l2ErrorFrom(error);
  }
}

/** As {@link nativeCall}, for functions that answer at once. */
export function nativeCallSync<T>(call: (native: Binding) => T): T {
  try {
    return call(binding());
  } catch (error) {
    throw v4l2ErrorFrom(error);
  }
}
