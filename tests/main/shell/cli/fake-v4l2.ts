import type { V4l2Device, V4l2Face, V4l2StreamOptions } from '../../../../main/camera/v4l2/device-face.ts';
import type {
  CapturedFrame,
  Control,
  ControlValue,
  DeviceChange,
  DeviceListeners,
  DeviceSummary,
  Format,
  StreamCounters,
  V4l2Error,
} from '../../../../native/v4l2-camera/index.ts';
import { noFlags } from '../../camera/v4l2/scripted-driver.ts';

/** One frame that the fake driver delivers: its sequence and the bytes that the slot then holds. */
export interface FakeFrame {
  readonly sequence: number;
  readonly content: Uint8Array;
  /** What befell the stream just before the frame. */
  readonly counted?: Partial<StreamCounters>;
  /** Announced just before the frame. */
  readonly controlChange?: { readonly id: number; readonly value: ControlValue };
}

/** What the machine of a test has and does. */
export interface FakeMachine {
  readonly obstacle?: string;
  readonly devices?: readonly DeviceSummary[];
  readonly frames?: readonly FakeFrame[];
  /** How the stream ends after its frames where nobody stops it. */
  readonly ending?: { readonly state: 'failed' | 'unplugged'; readonly error: V4l2Error };
  readonly openError?: V4l2Error;
  readonly startError?: V4l2Error;
  readonly formats?: readonly string[];
}

/** A device summary with the fields that a test does not care for filled in. */
export function summary(path: string, name: string): DeviceSummary {
  return { path, name, identity: `bus|${name}|${path}`, busPath: 'bus', serial: '', usbIds: '' };
}

const control = (id: number, name: string, type: Control['type']): Control => ({
  ...{ id, name, type, className: 'User', minimum: 0, maximum: 255, step: 1, defaultValue: 0, flags: noFlags },
  ...{ elementBytes: 4, elements: 1, dimensions: [], menu: [] },
});

/** A camera whose driver knows one size, 16x8, and delivers the frames of the test as fast as slots come back. */
export class FakeV4l2 implements V4l2Face {
  readonly machine: FakeMachine;
  /** Paths that were opened and are not closed. */
  readonly open = new Set<string>();
  /** The most frames that were out at once, waiting to be written. */
  mostWaiting = 0;
  #announce: (change: DeviceChange) => void = () => undefined;
  #devices: readonly DeviceSummary[];
  isWatched = false;

  constructor(machine: FakeMachine) {
    this.machine = machine;
    this.#devices = machine.devices ?? [summary('/dev/video0', 'Chart')];
  }

  obstacle(): string | undefined {
    return this.machine.obstacle;
  }

  async listDevices(): Promise<DeviceSummary[]> {
    return [...this.#devices];
  }

  /** Changes what is connected and announces it. */
  change(kind: DeviceChange['kind'], path: string, devices: readonly DeviceSummary[]): void {
    this.#devices = devices;
    this.#announce({ kind, path });
  }

  watchDevices(onChange: (change: DeviceChange) => void) {
    this.#announce = onChange;
    this.isWatched = true;
    return {
      close: () => {
        this.isWatched = false;
      },
    };
  }

  async openDevice(path: string, listeners: DeviceListeners): Promise<V4l2Device> {
    if (this.machine.openError !== undefined) throw this.machine.openError;
    this.open.add(path);
    let format = formatOf(this.machine.formats?.[0] ?? 'RG10');
    return {
      path,
      inputs: async () => [],
      formats: async () => (this.machine.formats ?? ['RG10']).map((fourcc) => ({ fourcc, description: '', flags: 0, sizes: [] })),
      format: async () => format,
      setFormat: async ({ fourcc }) => {
        format = formatOf(fourcc);
        return format;
      },
      frameInterval: async () => ({ numerator: 1, denominator: 30 }),
      setFrameInterval: async () => ({ numerator: 1, denominator: 30 }),
      controls: async () => [control(1, 'Gain', 'integer'), control(2, 'Serial', 'integer64'), control(3, 'Reset', 'button')],
      readControls: async ([id]) => {
        if (id === 3) throw new Error('a button was read');
        return new Map<number, ControlValue>([[id as number, id === 1 ? 7 : 2n ** 60n]]);
      },
      writeControls: async (values) => new Map(values),
      startStream: async (options) => {
        if (this.machine.startError !== undefined) throw this.machine.startError;
        return this.#stream(options, listeners);
      },
      close: async () => void this.open.delete(path),
    };
  }

  #stream(options: V4l2StreamOptions, listeners: DeviceListeners) {
    const waiting = [...(this.machine.frames ?? [])];
    const free = [...(options.slots ?? [])];
    const slotCount = free.length;
    const run = { isOver: false };
    const counters: { -readonly [N in keyof StreamCounters]: number } = {
      delivered: 0,
      late: 0,
      noFreeSlot: 0,
      driverGaps: 0,
      bad: 0,
      restarts: 0,
    };
    const pump = (): void => {
      while (!run.isOver && waiting.length > 0 && free.length > 0) {
        const { sequence, content, controlChange, counted } = waiting.shift() as FakeFrame;
        for (const [name, count] of Object.entries(counted ?? {})) counters[name as keyof StreamCounters] += count;
        counters.delivered += 1;
        const slotOffset = free.shift() as number;
        if (controlChange !== undefined) listeners.onControlChange?.({ ...controlChange, flags: noFlags, rangeChanged: false });
        new Uint8Array(options.memory, slotOffset, content.length).set(content);
        this.mostWaiting = Math.max(this.mostWaiting, slotCount - free.length);
        options.onFrame(frameOf(slotOffset, sequence, content.length));
      }
      const { ending } = this.machine;
      if (run.isOver || waiting.length > 0 || ending === undefined) return;
      run.isOver = true;
      options.onState?.({ ...ending, restarts: 0 });
    };
    // As a driver does it: frames come while the program already goes on.
    setImmediate(pump);
    return {
      get isOver() {
        return run.isOver;
      },
      counters: () => {
        if (run.isOver) throw new Error('a stream that has ended was asked for its counts');
        return { ...counters };
      },
      setWatchdog: () => undefined,
      queueSlot: (slotOffset: number) => {
        free.push(slotOffset);
        setImmediate(pump);
      },
      stop: async () => {
        run.isOver = true;
      },
    };
  }
}

function formatOf(fourcc: string): Format {
  const enumerations = { field: 1, colorspace: 0, ycbcrEncoding: 0, quantization: 0, transferFunction: 0 };
  return { width: 16, height: 8, fourcc, ...enumerations, planes: [{ strideBytes: 32, sizeBytes: 4096 }] };
}

function frameOf(slotOffset: number, sequence: number, bytesWritten: number): CapturedFrame {
  return {
    ...{ slotOffset, bytesWritten, sequence, timestampNs: 2n ** 62n, timestampClock: 'monotonic' },
    ...{ timestampSource: 'start-of-exposure', bytesUsed: bytesWritten, flags: 0x12000, field: 1, dequeuedNs: 0n, writtenNs: 0n },
  };
}
