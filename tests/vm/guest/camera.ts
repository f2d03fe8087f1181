import {
  type CameraDevice,
  type CapturedFrame,
  type CaptureStream,
  type Control,
  openDevice,
  type StreamCounters,
  type StreamOptions,
  type StreamStateChange,
} from '../../../native/v4l2-camera/index.ts';
import { vividCaptureNodes } from '../host-driver.ts';

/** The smallest size and shortest interval of vivid's webcam input: an emulated processor draws every pixel of every frame. */
export const smallSize: { readonly width: number; readonly height: number } = { width: 320, height: 180 };

/** The path of the `index`-th camera under test; throws where there is none. */
export function cameraPath(index: 0 | 1): string {
  const path = vividCaptureNodes()[index];
  if (path === undefined) throw new Error(`Expected a camera of the driver vivid with number ${index} but found none`);
  return path;
}

/** The control of that name, as the driver writes it. */
export async function controlNamed(camera: CameraDevice, name: string): Promise<Control> {
  const found = (await camera.controls()).find((control) => control.name === name);
  if (found === undefined) throw new Error(`Expected a control "${name}" on ${camera.path} but found none`);
  return found;
}

/** Presses a button of the driver, such as one that injects an error. */
export async function press(camera: CameraDevice, name: string): Promise<void> {
  await camera.writeControls(new Map([[(await controlNamed(camera, name)).id, true]]));
}

/** Writes one number or switch by the control's name. */
export async function write(camera: CameraDevice, name: string, value: number | boolean): Promise<void> {
  await camera.writeControls(new Map([[(await controlNamed(camera, name)).id, value]]));
}

/** One still picture without text, of colour bars whose colours differ in every channel; no fault is injected. */
const stillControls = {
  'OSD Text Mode': 2,
  Saturation: 100,
  Hue: 20,
  'Horizontal Movement': 3,
  'Percentage of Dropped Buffers': 0,
  'Wrap Sequence Number': false,
} as const;

/** Opens the camera for a still picture of the small size in the shortest interval that it has for it. */
export async function openStill(path: string, fourcc: string, strideBytes?: number): Promise<CameraDevice> {
  const camera = await openDevice(path);
  const controls = await camera.controls();
  const idNamed = new Map(controls.map((control) => [control.name, control.id]));
  await camera.writeControls(new Map(Object.entries(stillControls).map(([name, value]) => [idNamed.get(name) ?? 0, value])));
  const format = await camera.setFormat({ ...smallSize, fourcc, ...(strideBytes === undefined ? {} : { strideBytes }) });
  const [fastest] = (await camera.formats())
    .filter((known) => known.fourcc === fourcc)
    .flatMap((known) => known.sizes)
    .filter((size) => size.maximumWidth === format.width && size.maximumHeight === format.height)
    .flatMap((size) => size.intervals.discrete)
    .sort((a, b) => a.numerator / a.denominator - b.numerator / b.denominator);
  if (fastest !== undefined) await camera.setFrameInterval(fastest);
  return camera;
}

/** A frame with the bytes that its slot held. */
export interface KeptFrame extends CapturedFrame {
  readonly content: Uint8Array;
}

/** A stream that hands every slot back at once and keeps what it needs to know. */
export interface Recording {
  readonly stream: CaptureStream;
  readonly states: readonly StreamStateChange[];
  /** All frames so far, oldest first. */
  readonly frames: readonly KeptFrame[];
  /** Resolves once that many frames have come; rejects where the stream fails before. */
  atLeast(count: number): Promise<void>;
  /** Resolves once the stream enters the state, counted from the call. */
  entered(state: StreamStateChange['state']): Promise<StreamStateChange>;
  /** Stops and tells the final counts. */
  stop(): Promise<StreamCounters>;
}

interface Waiting {
  readonly count: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const slotCount = 8;
/** An emulated processor on a busy machine is slow, which is no stall of the driver's. */
const patientWatchdogMillis = 60_000;

async function slotBytesOf(camera: CameraDevice): Promise<number> {
  const { width, height, planes } = await camera.format();
  return Math.max(
    width * height * 2,
    planes.reduce((sum, plane) => sum + plane.sizeBytes, 0),
  );
}

/** Streams in the camera's current format until it is stopped. */
export async function record(camera: CameraDevice, options: Partial<StreamOptions> = {}): Promise<Recording> {
  const slotBytes = await slotBytesOf(camera);
  const memory = new SharedArrayBuffer(slotBytes * slotCount);
  const frames: KeptFrame[] = [];
  const states: StreamStateChange[] = [];
  const waiting = new Set<Waiting>();
  const stateListeners = new Set<(change: StreamStateChange) => void>();
  const onFrame = (frame: CapturedFrame, stream: CaptureStream) => {
    frames.push({ ...frame, content: new Uint8Array(memory, frame.slotOffset, frame.bytesWritten).slice() });
    if (!stream.isOver) stream.queueSlot(frame.slotOffset);
    for (const wait of waiting) if (frames.length >= wait.count) wait.resolve();
  };
  const onState = (change: StreamStateChange) => {
    states.push(change);
    for (const listener of stateListeners) listener(change);
    if (change.state === 'failed' || change.state === 'unplugged') for (const wait of waiting) wait.reject(change.error);
  };
  const slots = Array.from({ length: slotCount }, (_, slot) => slot * slotBytes);
  const own = { memory, slotBytes, slots, onFrame, onState };
  const patience = { pendingFrames: slotCount - 1, watchdogMillis: patientWatchdogMillis };
  const stream = await camera.startStream({ ...own, ...patience, ...options });
  return {
    stream,
    states,
    frames,
    atLeast: (count) =>
      new Promise((resolve, reject) => {
        if (frames.length >= count) resolve();
        else waiting.add({ count, resolve, reject });
      }),
    entered: (state) =>
      new Promise((resolve) => {
        stateListeners.add((change) => {
          if (change.state === state) resolve(change);
        });
      }),
    stop: async () => {
      await stream.stop();
      return stream.counters();
    },
  };
}

/** Captures `count` frames and stops. */
export async function capture(
  camera: CameraDevice,
  count: number,
  options: Partial<StreamOptions> = {},
): Promise<readonly KeptFrame[]> {
  const recording = await record(camera, options);
  await recording.atLeast(count);
  await recording.stop();
  return recording.frames.slice(0, count);
}
