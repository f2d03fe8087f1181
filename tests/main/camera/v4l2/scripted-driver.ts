import type { V4l2Device, V4l2Face, V4l2Stream, V4l2StreamOptions } from '../../../../main/camera/v4l2/device-face.ts';
import type {
  CapturedFrame,
  Control,
  ControlChange,
  ControlFlags,
  ControlValue,
  DeviceChange,
  DeviceListeners,
  DeviceSummary,
  Format,
  FormatDescription,
  FormatRequest,
  Fraction,
  Input,
  StreamCounters,
  StreamStateChange,
} from '../../../../native/v4l2-camera/index.ts';
import { V4l2Error } from '../../../../native/v4l2-camera/index.ts';

/** A control without anything special about it. */
export const noFlags: ControlFlags = {
  grabbed: false,
  readOnly: false,
  update: false,
  inactive: false,
  slider: false,
  writeOnly: false,
  volatile: false,
  executeOnWrite: false,
  modifyLayout: false,
  dynamicArray: false,
};

/** A control of the driver; an integer from 0 to 255 where nothing else is said. */
export function controlOf(
  id: number,
  name: string,
  rest: Partial<Omit<Control, 'flags'>> & { flags?: Partial<ControlFlags> } = {},
): Control {
  return {
    id,
    name,
    type: 'integer',
    className: 'User Controls',
    minimum: 0,
    maximum: 255,
    step: 1,
    defaultValue: 128,
    elementBytes: 4,
    elements: 1,
    dimensions: [],
    menu: [],
    ...rest,
    flags: { ...noFlags, ...rest.flags },
  };
}

/** One size with the rates that it is given in. */
export function sizeOf(width: number, height: number, rates: readonly number[]): FormatDescription['sizes'][number] {
  const discrete = rates.map((rate) => ({ numerator: 1, denominator: rate }));
  const range = {
    minimumWidth: width,
    maximumWidth: width,
    stepWidth: 0,
    minimumHeight: height,
    maximumHeight: height,
    stepHeight: 0,
  };
  return { ...range, intervals: { discrete } };
}

const noCounts: StreamCounters = { delivered: 0, late: 0, noFreeSlot: 0, driverGaps: 0, bad: 0, restarts: 0 };

/** A stream that the test is the driver of: it holds the slots it was given and fills them when told. */
export class ScriptedStream implements V4l2Stream {
  readonly options: V4l2StreamOptions;
  readonly slots: number[];
  /** Every watchdog that was set while it ran, milliseconds. */
  readonly watchdogs: number[] = [];
  counts: StreamCounters = noCounts;
  isOver = false;
  /** Whether its device is closed. */
  isClosed = false;

  constructor(options: V4l2StreamOptions) {
    this.options = options;
    this.slots = [...(options.slots ?? [])];
  }

  queueSlot(slotOffset: number): void {
    if (this.isOver) throw new V4l2Error('v4l2.wrong-state', 'Expected a running stream');
    this.slots.push(slotOffset);
  }

  setWatchdog(millis: number): void {
    this.watchdogs.push(millis);
  }

  counters(): StreamCounters {
    if (this.isClosed) throw new V4l2Error('v4l2.closed', 'Expected an open device');
    return this.counts;
  }

  async stop(): Promise<void> {
    if (!this.isOver) this.enter({ state: 'stopped', restarts: 0 });
  }

  enter(change: StreamStateChange): void {
    this.isOver = ['stopped', 'failed', 'unplugged'].includes(change.state);
    this.options.onState?.(change);
  }

  /** Fills the oldest slot with one level and announces it. */
  deliver(frame: Partial<CapturedFrame> = {}, level = 7): void {
    const slotOffset = this.slots.shift();
    if (slotOffset === undefined) throw new Error('Expected the camera to have queued a slot');
    const { memory, slotBytes } = this.options;
    new Uint16Array(memory, slotOffset, slotBytes / 2).fill(level);
    this.options.onFrame({
      slotOffset,
      bytesWritten: slotBytes,
      sequence: 0,
      timestampNs: 5_000_000_000n,
      timestampClock: 'monotonic',
      timestampSource: 'start-of-exposure',
      bytesUsed: slotBytes,
      flags: 0,
      field: 1,
      dequeuedNs: 5_100_000_000n,
      writtenNs: 5_200_000_000n,
      ...frame,
    });
  }
}

/** A device that the test is the driver of. */
export class ScriptedDevice implements V4l2Device {
  readonly path: string;
  readonly streams: ScriptedStream[] = [];
  readonly requests: FormatRequest[] = [];
  readonly listeners: DeviceListeners;
  readonly driver: ScriptedDriver;
  current: Format | undefined;
  closed = false;

  constructor(driver: ScriptedDriver, path: string, listeners: DeviceListeners) {
    this.driver = driver;
    this.path = path;
    this.listeners = listeners;
  }

  get stream(): ScriptedStream {
    const stream = this.streams.at(-1);
    if (stream === undefined) throw new Error('Expected the camera to stream');
    return stream;
  }

  async formats(): Promise<FormatDescription[]> {
    return this.driver.formats;
  }

  async format(): Promise<Format> {
    return this.current ?? formatOf({ width: 0, height: 0, fourcc: 'RG10' });
  }

  async setFormat(request: FormatRequest): Promise<Format> {
    this.requests.push(request);
    this.current = formatOf({ ...request, ...this.driver.chosenInstead });
    return this.current;
  }

  async frameInterval(): Promise<Fraction | undefined> {
    return undefined;
  }

  async setFrameInterval(interval: Fraction): Promise<Fraction | undefined> {
    return this.driver.intervalInstead ?? interval;
  }

  async controls(): Promise<Control[]> {
    this.driver.lists += 1;
    return [...this.driver.controls];
  }

  async readControls(ids: readonly number[], which: 'current' | 'defaults' = 'current'): Promise<Map<number, ControlValue>> {
    if (ids.some((id) => id === this.driver.unreadable)) throw new V4l2Error('v4l2.io', 'This control cannot be read');
    const known = which === 'current' ? this.driver.values : this.driver.defaults;
    return new Map(ids.flatMap((id) => (known.has(id) ? [[id, known.get(id) as ControlValue]] : [])));
  }

  async writeControls(values: ReadonlyMap<number, ControlValue>): Promise<Map<number, ControlValue>> {
    this.driver.writes.push(values);
    if (this.driver.refusal) throw this.driver.refusal;
    for (const [id, value] of values) this.driver.values.set(id, value);
    this.driver.afterWrite?.();
    return new Map(values);
  }

  async inputs(): Promise<Input[]> {
    return [...this.driver.inputs];
  }

  async startStream(options: V4l2StreamOptions): Promise<V4l2Stream> {
    this.driver.starts.push(options.memoryMode ?? 'mmap');
    if (options.memoryMode === 'user-pointer' && !this.driver.writesIntoSlots) {
      throw new V4l2Error('v4l2.invalid', 'Expected another kind of memory');
    }
    if (this.driver.startError) throw this.driver.startError;
    const stream = new ScriptedStream(options);
    this.streams.push(stream);
    stream.enter({ state: 'streaming', restarts: 0 });
    if (this.driver.errorAfterStart) stream.enter({ state: 'failed', restarts: 0, error: this.driver.errorAfterStart });
    return stream;
  }

  /** As the addon does it: what still streams is over then, and counts nothing any more. */
  async close(): Promise<void> {
    this.closed = true;
    this.driver.closing?.();
    const stream = this.streams.at(-1);
    if (stream?.isOver === false) stream.enter({ state: 'stopped', restarts: 0 });
    for (const each of this.streams) each.isClosed = true;
  }

  /** Another program or the driver itself changes a control. */
  change(
    id: number,
    value: ControlValue | undefined,
    rest: Partial<Omit<ControlChange, 'flags'>> & { flags?: Partial<ControlFlags> } = {},
  ): void {
    const flags = { ...noFlags, ...rest.flags };
    const told = typeof value === 'string' || typeof value === 'object' ? {} : { value: value as number };
    if (value !== undefined) this.driver.values.set(id, value);
    this.listeners.onControlChange?.({ id, rangeChanged: false, ...told, ...rest, flags });
  }

  /** As the capture thread tells that the device is gone: the stream's state first. */
  unplug(): void {
    this.driver.summaries = [];
    const stream = this.streams.at(-1);
    if (stream?.isOver === false) stream.enter({ state: 'unplugged', restarts: 0 });
    this.listeners.onUnplugged?.();
  }
}

/** The addon with one camera, whose driver is the test. */
export class ScriptedDriver implements V4l2Face {
  summaries: DeviceSummary[] = [summaryOf()];
  formats: FormatDescription[] = [formatNamed('RG10', [sizeOf(32, 24, [30, 60])])];
  controls: Control[] = [controlOf(1, 'Brightness')];
  readonly values = new Map<number, ControlValue>([[1, 100]]);
  readonly defaults = new Map<number, ControlValue>();
  readonly writes: ReadonlyMap<number, ControlValue>[] = [];
  readonly devices: ScriptedDevice[] = [];
  /** The kinds of memory that streams were asked for with. */
  readonly starts: NonNullable<V4l2StreamOptions['memoryMode']>[] = [];
  lists = 0;
  watches = 0;
  obstacleText: string | undefined;
  openError: V4l2Error | undefined;
  startError: V4l2Error | undefined;
  /** Whether it takes user pointers; drivers for mosaics usually do not. */
  writesIntoSlots = false;
  inputs: Input[] = [];
  /** Told when a device is being closed. */
  closing: (() => void) | undefined;
  /** What ends a stream in the same breath in which it starts. */
  errorAfterStart: V4l2Error | undefined;
  refusal: V4l2Error | undefined;
  unreadable: number | undefined;
  afterWrite: (() => void) | undefined;
  /** What the driver makes of every wanted format. */
  chosenInstead: Partial<FormatRequest> = {};
  intervalInstead: Fraction | undefined;
  #watcher: ((change: DeviceChange) => void) | undefined;

  get device(): ScriptedDevice {
    const device = this.devices.at(-1);
    if (device === undefined) throw new Error('Expected the device to be opened');
    return device;
  }

  obstacle(): string | undefined {
    return this.obstacleText;
  }

  async listDevices(): Promise<DeviceSummary[]> {
    return this.summaries;
  }

  async openDevice(path: string, listeners: DeviceListeners): Promise<ScriptedDevice> {
    if (this.openError) throw this.openError;
    const device = new ScriptedDevice(this, path, listeners);
    this.devices.push(device);
    return device;
  }

  watchDevices(onChange: (change: DeviceChange) => void): { close(): void } {
    this.watches += 1;
    this.#watcher = onChange;
    const close = (): void => {
      this.watches -= 1;
    };
    return { close };
  }

  /** The node comes back at another place. */
  replug(path: string, rest: Partial<DeviceSummary> = {}): void {
    this.summaries = [summaryOf({ path, ...rest })];
    this.#watcher?.({ kind: 'added', path });
  }

  announce(change: DeviceChange): void {
    this.#watcher?.(change);
  }
}

/** A format of the driver in those sizes. */
export function formatNamed(fourcc: string, sizes: FormatDescription['sizes']): FormatDescription {
  return { fourcc, description: fourcc, flags: 0, sizes };
}

/** The camera's entry in the list of devices. */
export function summaryOf(rest: Partial<DeviceSummary> = {}): DeviceSummary {
  return {
    path: '/dev/video0',
    name: 'Bench camera',
    identity: 'usb-1 bench',
    busPath: 'usb-1',
    serial: '',
    usbIds: '',
    ...rest,
  };
}

function formatOf({ width, height, fourcc }: FormatRequest): Format {
  const numbers = { field: 1, colorspace: 0, ycbcrEncoding: 0, quantization: 0, transferFunction: 0 };
  return { width, height, fourcc, ...numbers, planes: [{ strideBytes: width * 2, sizeBytes: width * height * 2 }] };
}
