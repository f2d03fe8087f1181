import type { ErrorRecord } from '../../../main/base/errors.ts';
import { Announcer } from '../../../main/base/lifetime.ts';
import type { Camera, CameraMode, FrameSink, WritableFrame } from '../../../main/camera/camera.ts';
import type { ControlDescription, ControlValue } from '../../../preload/contract.ts';
import { plainSensor } from '../../support/synthetic-mosaic.ts';

const mode = (width: number, height: number): CameraMode => ({
  id: `${width}x${height}@30`,
  width,
  height,
  framesPerSecond: 30,
  pixelFormat: 'RGGB12',
});

/** The camera's only control. It promises more than the device gives: 8 is the most. */
const gain: ControlDescription = {
  id: 'gain',
  label: 'Gain',
  group: 'Sensor',
  type: 'number',
  minimum: 1,
  maximum: 16,
  step: 0.5,
  defaultValue: 1,
  value: 1,
  readOnly: false,
};

/** A camera that does nothing by itself: the test delivers its frames and its failures, and reads what it was told. */
export class ScriptedCamera implements Camera {
  readonly id: string;
  readonly name: string;
  readonly sensor = { ...plainSensor, whiteBalance: [2, 1, 1.5] } as const;
  readonly modes = [mode(32, 24), mode(64, 48)];
  /** Every call that changes the camera, in order. */
  readonly heard: string[] = [];
  readonly controlsChanged = new Announcer<readonly string[]>();
  /** What `start` rejects with, where it is to. */
  startError: Error | undefined;
  /** The rate that the device says it delivers, where it says one. */
  framesPerSecond: number | undefined;
  #sink: FrameSink | undefined;
  #mode: CameraMode | undefined;
  #gain = 1;
  #sequence = 0;

  constructor(name = 'scripted') {
    this.id = `scripted:${name}`;
    this.name = name;
  }

  /** The sink of the last start; it stays after a stop, so that a test can misuse it. */
  get sink(): FrameSink {
    if (!this.#sink) throw new Error('Expected a started camera');
    return this.#sink;
  }

  controls(): readonly ControlDescription[] {
    return [{ ...gain, value: this.#gain }];
  }

  async writeControls(values: ReadonlyMap<string, ControlValue>): Promise<ReadonlyMap<string, ControlValue>> {
    for (const [id, value] of values) this.heard.push(`${id} = ${value}`);
    this.#gain = Math.min(8, Number(values.get('gain') ?? this.#gain));
    return new Map([['gain', this.#gain]]);
  }

  /** Goes back to its defaults without a word, as drivers do that lose their state. */
  forget(): void {
    this.#gain = 1;
  }

  async start(modeId: string, sink: FrameSink): Promise<void> {
    this.heard.push(`start ${modeId}`);
    this.#sink = sink;
    this.#mode = this.modes.find(({ id }) => id === modeId);
    if (this.startError) throw this.startError;
  }

  async stop(): Promise<void> {
    this.heard.push('stop');
  }

  async close(): Promise<void> {
    this.heard.push('close');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Publishes a frame of one level, DN, and returns its sequence number; reports the loss where no slot is free. */
  deliver(level = 1000): number {
    const frame = this.sink.reserve();
    this.#sequence += 1;
    if (!frame) this.sink.lost('no-free-slot', 1);
    else this.publish(frame, level);
    return this.#sequence;
  }

  /** Fills a reserved slot and publishes it as the frame of the current sequence number. */
  publish(frame: WritableFrame, level = 1000): void {
    const { width, height } = this.#mode as CameraMode;
    frame.samples.fill(level, 0, width * height);
    const timestampNs = process.hrtime.bigint();
    const controls = { gain: this.#gain };
    this.sink.publish(frame, { sequence: this.#sequence, timestampNs, width, height, sensor: this.sensor, controls });
  }

  /** Ends as a device does that was unplugged. */
  fail(error: ErrorRecord = { code: 'camera.gone', message: 'The camera was unplugged' }): void {
    this.sink.failed(error);
  }
}
