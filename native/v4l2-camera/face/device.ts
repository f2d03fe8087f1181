import { nativeCall, type RawControl, type RawDelivery, type RawNotice, type SessionHandle } from './binding.ts';
import {
  type Control,
  type ControlFlags,
  type ControlValue,
  controlFlagsOf,
  controlFromRaw,
  controlTypeOf,
  controlValueFromRaw,
  controlValueToRaw,
} from './controls.ts';
import { V4l2Error } from './errors.ts';
import { CaptureStream, type StreamOptions } from './stream.ts';
import type { Capability, Format, FormatDescription, FormatRequest, Fraction, Input, Rectangle, SourceChange } from './types.ts';
import {
  requireArray,
  requireChoice,
  requireFunction,
  requireInteger,
  requireObject,
  requireText,
  unexpected,
} from './validation.ts';

/** A control that changed, by whatever program. */
export interface ControlChange {
  readonly id: number;
  /** Absent for controls whose value is a string, an array or a compound: read it. */
  readonly value?: ControlValue;
  readonly flags: ControlFlags;
  /** Whether the range changed too: list the controls again. */
  readonly rangeChanged: boolean;
}

/** What an open device tells by itself. Called on the JavaScript thread. */
export interface DeviceListeners {
  readonly onControlChange?: (change: ControlChange) => void;
  /** The input's signal changed: stop, read the format, start again. */
  readonly onSourceChange?: (change: SourceChange) => void;
  readonly onEndOfStream?: () => void;
  /** The device is gone. Everything but `close` fails from now on. */
  readonly onUnplugged?: () => void;
}

/** The rectangles of `selection`, as in the kernel's documentation of VIDIOC_G_SELECTION. */
export type SelectionTarget = 'crop' | 'crop-default' | 'crop-bounds' | 'native-size' | 'compose' | 'compose-bounds';

const selectionTargets: Readonly<Record<SelectionTarget, number>> = {
  crop: 0x0000,
  'crop-default': 0x0001,
  'crop-bounds': 0x0002,
  'native-size': 0x0003,
  compose: 0x0100,
  'compose-bounds': 0x0102,
};
const rangeChanged = 0x4;
const maximumUint32 = 0xffffffff;

/**
 * An open V4L2 device with a native thread of its own. Every method asks the driver on the thread pool, never on the caller's
 * thread. Keeps the process alive until it is closed.
 */
export class CameraDevice {
  readonly path: string;
  readonly capability: Capability;
  readonly #handle: SessionHandle;
  #controls: Promise<ReadonlyMap<number, RawControl>> | undefined;
  #stream: CaptureStream | undefined;
  #closing: Promise<void> | undefined;

  /** Use `openDevice`. */
  constructor(path: string, capability: Capability, handle: SessionHandle) {
    this.path = path;
    this.capability = capability;
    this.#handle = handle;
  }

  /** Every pixel format with its sizes and intervals. */
  async formats(): Promise<FormatDescription[]> {
    return this.#call((native, handle) => native.listFormats(handle));
  }

  async format(): Promise<Format> {
    return this.#call((native, handle) => native.readFormat(handle));
  }

  /** Sets the format; resolves to what the driver chose, which may differ. */
  async setFormat(request: FormatRequest): Promise<Format> {
    return this.#call((native, handle) => native.writeFormat(handle, checkedFormat(request), false));
  }

  /** What {@link setFormat} would choose, without changing anything. */
  async tryFormat(request: FormatRequest): Promise<Format> {
    return this.#call((native, handle) => native.writeFormat(handle, checkedFormat(request), true));
  }

  /** The nominal time between frames, where the driver has one. */
  async frameInterval(): Promise<Fraction | undefined> {
    return this.#call((native, handle) => native.readFrameInterval(handle));
  }

  /** Sets it; resolves to what the driver chose. */
  async setFrameInterval(interval: Fraction): Promise<Fraction | undefined> {
    const numerator = requireInteger(interval.numerator, 'interval.numerator', 1, maximumUint32);
    const denominator = requireInteger(interval.denominator, 'interval.denominator', 1, maximumUint32);
    return this.#call((native, handle) => native.writeFrameInterval(handle, numerator, denominator));
  }

  /** A rectangle of the capture side, or undefined where the driver has none. */
  async selection(target: SelectionTarget): Promise<Rectangle | undefined> {
    const number = selectionTargets[requireChoice(target, 'target', Object.keys(selectionTargets) as SelectionTarget[])];
    return this.#call((native, handle) => native.readSelection(handle, number));
  }

  async inputs(): Promise<Input[]> {
    return this.#call((native, handle) => native.listInputs(handle));
  }

  async selectInput(index: number): Promise<void> {
    requireInteger(index, 'index', 0, maximumUint32);
    await this.#call((native, handle) => native.selectInput(handle, index));
    this.#controls = undefined;
  }

  /** Every control in the driver's order, asked anew. */
  async controls(): Promise<Control[]> {
    this.#controls = undefined;
    return [...(await this.#knownControls()).values()].map(controlFromRaw);
  }

  /** Values by id, read in one call. `defaults` reads what the driver would reset to. */
  async readControls(ids: readonly number[], which: 'current' | 'defaults' = 'current'): Promise<Map<number, ControlValue>> {
    const known = await this.#knownControls();
    for (const id of requireArray(ids, 'ids')) requireKnown(known, id);
    requireChoice(which, 'which', ['current', 'defaults']);
    const values = await this.#call((native, handle) => native.readControls(handle, ids, which === 'defaults'));
    return valuesById(known, values);
  }

  /**
   * Writes all in one call: all or none, as far as the driver can. Resolves to what took effect. Rejects with `control` set
   * to the id of the one that was refused.
   */
  async writeControls(values: ReadonlyMap<number, ControlValue>): Promise<Map<number, ControlValue>> {
    return this.#write(values, false);
  }

  /** What {@link writeControls} would make of the values, without changing anything. */
  async tryControls(values: ReadonlyMap<number, ControlValue>): Promise<Map<number, ControlValue>> {
    return this.#write(values, true);
  }

  /** Starts to stream in the current format; resolves when the driver does. */
  async startStream(options: StreamOptions): Promise<CaptureStream> {
    this.#requireOpen();
    if (this.#stream?.isOver === false) {
      throw new V4l2Error('v4l2.wrong-state', `Expected no active stream on ${this.path}: stop it first`);
    }
    const stream = new CaptureStream(this.#handle, options);
    this.#stream = stream;
    await stream.started;
    return stream;
  }

  /** Ends the stream and the thread and closes the device. Harmless when it is closed. */
  async close(): Promise<void> {
    this.#closing ??= (async () => {
      await nativeCall((native) => native.close(this.#handle));
      this.#stream?.abandon();
    })();
    await this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** For `openDevice` alone: passes on what the capture thread announced. */
  deliver(delivery: RawDelivery, listeners: DeviceListeners): void {
    // A stream begins before its frames and ends after them.
    const ends = (notice: RawNotice) => notice.kind === 'state' && notice.state !== 'streaming' && notice.state !== 'backing-off';
    for (const notice of delivery.notices) if (!ends(notice)) this.#take(notice, listeners);
    for (const frame of delivery.frames) this.#stream?.takeFrame(frame);
    for (const notice of delivery.notices) if (ends(notice)) this.#take(notice, listeners);
  }

  #take(notice: RawNotice, listeners: DeviceListeners): void {
    switch (notice.kind) {
      case 'state':
        this.#stream?.takeState(notice);
        if (notice.state === 'unplugged') listeners.onUnplugged?.();
        break;
      case 'control':
        if ((notice.changes & rangeChanged) !== 0) this.#controls = undefined;
        listeners.onControlChange?.(controlChangeOf(notice));
        break;
      case 'source-change':
        listeners.onSourceChange?.({ input: notice.input, changes: notice.changes });
        break;
      case 'end-of-stream':
        listeners.onEndOfStream?.();
        break;
    }
  }

  async #write(values: ReadonlyMap<number, ControlValue>, tryOnly: boolean): Promise<Map<number, ControlValue>> {
    if (!(values instanceof Map)) throw unexpected('a Map from control ids to values', 'values', values);
    const known = await this.#knownControls();
    const raw = [...values].map(([id, value]) => controlValueToRaw(requireKnown(known, id), value));
    return valuesById(known, await this.#call((native, handle) => native.writeControls(handle, raw, tryOnly)));
  }

  #knownControls(): Promise<ReadonlyMap<number, RawControl>> {
    if (this.#controls === undefined) {
      const listed = this.#call((native, handle) => native.listControls(handle));
      const asked = listed.then((controls) => new Map(controls.map((control) => [control.id, control])));
      this.#controls = asked;
      // A refusal must not be remembered as the device's list; whoever asked learns of it.
      asked.catch(() => {
        if (this.#controls === asked) this.#controls = undefined;
      });
    }
    return this.#controls;
  }

  async #call<T>(call: (native: Parameters<Parameters<typeof nativeCall<T>>[0]>[0], handle: SessionHandle) => Promise<T>) {
    this.#requireOpen();
    return nativeCall((native) => call(native, this.#handle));
  }

  #requireOpen(): void {
    if (this.#closing !== undefined) throw new V4l2Error('v4l2.closed', `Expected ${this.path} to be open but it is closed`);
  }
}

/** Opens a device node such as `/dev/video0` for capture. Rejects with {@link V4l2Error}, which names who holds a busy device. */
export async function openDevice(path: string, listeners: DeviceListeners = {}): Promise<CameraDevice> {
  requireText(path, 'path');
  requireObject(listeners, 'listeners');
  for (const [name, listener] of Object.entries(listeners)) requireFunction(listener, name);
  let device: CameraDevice | undefined;
  const { handle, capability } = await nativeCall((native) =>
    native.open(path, (delivery) => device?.deliver(delivery, listeners)),
  );
  device = new CameraDevice(path, capability, handle);
  if (!capability.captures || !capability.streams) {
    await device.close();
    throw new V4l2Error('v4l2.not-a-capture-device', `Expected a device that captures by streaming but received ${path}`);
  }
  return device;
}

function controlChangeOf(notice: Extract<RawNotice, { kind: 'control' }>): ControlChange {
  const type = controlTypeOf(notice.type);
  const change = { id: notice.id, flags: controlFlagsOf(notice.flags), rangeChanged: (notice.changes & rangeChanged) !== 0 };
  if (['string', 'u8', 'u16', 'u32', 'area', 'compound'].includes(type)) return change;
  if (type === 'boolean') return { ...change, value: notice.value !== 0 };
  return { ...change, value: type === 'bitmask' ? Number(notice.value) >>> 0 : notice.value };
}

function requireKnown(known: ReadonlyMap<number, RawControl>, id: number): RawControl {
  const control = known.get(id);
  if (control === undefined) throw unexpected('the id of a control of the device', 'ids', id);
  return control;
}

function valuesById(
  known: ReadonlyMap<number, RawControl>,
  values: readonly { readonly id: number; readonly value: bigint | string | Uint8Array }[],
): Map<number, ControlValue> {
  return new Map(values.map(({ id, value }) => [id, controlValueFromRaw(requireKnown(known, id), value)]));
}

function checkedFormat(request: FormatRequest): FormatRequest {
  requireObject(request, 'request');
  requireInteger(request.width, 'request.width', 1, maximumUint32);
  requireInteger(request.height, 'request.height', 1, maximumUint32);
  const isFourcc = typeof request.fourcc === 'string' && /^[\x20-\x7e]{1,4}(-BE)?$/.test(request.fourcc);
  if (!isFourcc) throw unexpected('a four-character code', 'request.fourcc', request.fourcc);
  for (const name of ['field', 'colorspace', 'ycbcrEncoding', 'quantization', 'transferFunction', 'strideBytes'] as const) {
    if (request[name] !== undefined) requireInteger(request[name], `request.${name}`, 0, maximumUint32);
  }
  return request;
}
