import { basename, resolve } from 'node:path';
import type { ControlDescription, ControlValue } from '../../../preload/contract.ts';
import { assert } from '../../base/errors.ts';
import { Announcer } from '../../base/lifetime.ts';
import type { SensorDescription } from '../../frame/frame-meta.ts';
import type { Camera, CameraMode, FrameSink } from '../camera.ts';
import { modeOf } from '../camera-modes.ts';
import { writableControls } from '../control-value.ts';
import { FramePacer, type PacerClock, systemPacerClock } from '../frame-pacer.ts';
import type { RawDescription } from './raw-description.ts';
import { readRawFile } from './raw-file.ts';
import type { RawImage } from './raw-image.ts';

const framesPerSecond = 30;

/** Opens a RAW file or CFA DNG as a camera that shows the same frame 30 times a second. Throws InputError as `readRawFile` does. */
export async function openFileCamera(
  path: string,
  description?: RawDescription,
  clock: PacerClock = systemPacerClock,
): Promise<Camera> {
  const absolutePath = resolve(path);
  return new FileCamera(absolutePath, await readRawFile(absolutePath, description), clock);
}

/** Identity of the file as a source. */
export function fileSourceId(path: string): string {
  return `file:${resolve(path)}`;
}

class FileCamera implements Camera {
  readonly id: string;
  readonly name: string;
  readonly sensor: SensorDescription;
  readonly modes: readonly CameraMode[];
  readonly controlsChanged = new Announcer<readonly string[]>();
  readonly #image: RawImage;
  readonly #clock: PacerClock;
  #pacer: FramePacer | undefined;
  #closed = false;

  constructor(path: string, image: RawImage, clock: PacerClock) {
    const { width, height, sensor } = image;
    this.id = fileSourceId(path);
    this.name = basename(path);
    this.sensor = sensor;
    // The format table has no odd depths: they lie in the words of the next even one.
    const pixelFormat = `${sensor.cfa}${sensor.bits + (sensor.bits % 2)}`;
    this.modes = [{ id: `${width}x${height}@${framesPerSecond}`, width, height, framesPerSecond, pixelFormat }];
    this.#image = image;
    this.#clock = clock;
  }

  controls(): readonly ControlDescription[] {
    return [];
  }

  async writeControls(values: ReadonlyMap<string, ControlValue>): Promise<ReadonlyMap<string, ControlValue>> {
    writableControls([], values);
    return values;
  }

  async start(modeId: string, sink: FrameSink): Promise<void> {
    assert(!this.#closed, 'Expected an open camera but received start after close');
    assert(this.#pacer === undefined, 'Expected a stopped camera but received start while streaming');
    modeOf(this, modeId);
    const listener = {
      due: (sequence: number, dueNs: bigint) => this.#deliver(sink, sequence, dueNs),
      late: (count: number) => sink.lost('source-late', count),
    };
    this.#pacer = new FramePacer(framesPerSecond, listener, this.#clock);
    this.#pacer.start();
  }

  async stop(): Promise<void> {
    this.#pacer?.stop();
    this.#pacer = undefined;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #deliver(sink: FrameSink, sequence: number, timestampNs: bigint): boolean {
    const target = sink.reserve();
    if (target === undefined) {
      sink.lost('no-free-slot', 1);
      return true;
    }
    const { samples, width, height, sensor } = this.#image;
    target.samples.set(samples);
    sink.publish(target, { sequence, timestampNs, width, height, sensor, controls: {} });
    return true;
  }
}
