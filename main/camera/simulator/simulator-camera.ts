import type { ControlDescription, ControlValue } from '../../../preload/contract.ts';
import { assert, errorRecordFrom } from '../../base/errors.ts';
import { Announcer } from '../../base/lifetime.ts';
import { workerUrl } from '../../base/worker-url.ts';
import type { SensorDescription } from '../../frame/frame-meta.ts';
import type { CfaOrder } from '../../frame/pixel-format.ts';
import type { Camera, CameraMode, FrameSink, WritableFrame } from '../camera.ts';
import { modeOf } from '../camera-modes.ts';
import { writableControls } from '../control-value.ts';
import { FramePacer, type PacerClock, systemPacerClock } from '../frame-pacer.ts';
import { controlsAt, controlsOfScene, pictureControlId, settingsOfControls } from './controls.ts';
import { RenderThread } from './render-thread.ts';
import type { Scene } from './scene.ts';
import { sceneOf } from './scenes/scenes.ts';
import { simulatedSensor } from './sensor-model.ts';

/** Identity of the simulator that shows that scene. */
export function simulatorIdOf({ id }: Pick<Scene, 'id'>): string {
  return `simulator:${id}`;
}

/** One that is rendered and one behind it, so that the render thread never waits for the lab's. */
const mostFramesInWork = 2;

/** What a test may choose; the lab takes the defaults. */
export interface SimulatorOptions {
  /** Id of the scene, `chart` by default. */
  readonly scene?: string;
  /** Equal seeds give equal bytes for equal controls and sequence numbers; 1 by default. */
  readonly seed?: number;
  /** RGGB by default. */
  readonly cfa?: CfaOrder;
  readonly clock?: PacerClock;
  /** Entry of the render thread. */
  readonly renderWorker?: URL;
}

/** Opens the built-in sensor simulator: a scene behind a model of a 10-bit sensor. Throws InputError for an unknown scene. */
export function openSimulator(options: SimulatorOptions = {}): Camera {
  return new SimulatorCamera(options);
}

interface Stream {
  readonly mode: CameraMode;
  readonly sink: FrameSink;
  readonly pacer: FramePacer;
}

class SimulatorCamera implements Camera {
  readonly id: string;
  readonly name: string;
  readonly sensor: SensorDescription;
  readonly modes: readonly CameraMode[];
  readonly #scene: Scene;
  readonly #seed: number;
  readonly #clock: PacerClock;
  readonly #thread: RenderThread;
  readonly controlsChanged = new Announcer<readonly string[]>();
  readonly #controls: readonly ControlDescription[];
  readonly #values: Map<string, ControlValue>;
  #stream: Stream | undefined;
  readonly #framesInWork = new Set<Promise<void>>();
  #closed = false;

  constructor(options: SimulatorOptions) {
    const cfa = options.cfa ?? 'RGGB';
    this.#scene = sceneOf(options.scene ?? 'chart');
    this.id = simulatorIdOf(this.#scene);
    this.name = this.#scene.name;
    this.#controls = controlsOfScene(this.#scene);
    this.#values = new Map(this.#controls.map(({ id, defaultValue }) => [id, defaultValue]));
    this.sensor = simulatedSensor(cfa);
    this.modes = [mode(1920, 1080, 30, cfa), mode(1920, 1080, 60, cfa), mode(1280, 720, 30, cfa), mode(640, 360, 30, cfa)];
    this.#seed = options.seed ?? 1;
    this.#clock = options.clock ?? systemPacerClock;
    this.#thread = new RenderThread(options.renderWorker ?? workerUrl('camera/simulator/render-worker'));
  }

  controls(): readonly ControlDescription[] {
    return controlsAt(this.#controls, (id) => this.#held(id));
  }

  async writeControls(values: ReadonlyMap<string, ControlValue>): Promise<ReadonlyMap<string, ControlValue>> {
    writableControls(this.#controls, values);
    const path = values.get(pictureControlId);
    if (path !== undefined) await this.#thread.ask({ kind: 'picture', path: String(path) });
    for (const [id, value] of values) this.#values.set(id, value);
    return new Map([...values.keys()].map((id) => [id, this.#held(id)]));
  }

  async start(modeId: string, sink: FrameSink): Promise<void> {
    assert(!this.#closed, 'Expected an open camera but received start after close');
    assert(this.#stream === undefined, 'Expected a stopped camera but received start while streaming');
    const chosen = modeOf(this, modeId);
    const { width, height, framesPerSecond } = chosen;
    const settings = { scene: this.#scene.id, width, height, framesPerSecond, cfa: this.sensor.cfa, seed: this.#seed };
    await this.#thread.ask({ kind: 'prepare', settings, pool: sink.pool });
    const listener = {
      due: (sequence: number, dueNs: bigint) => this.#due(sequence, dueNs),
      late: (count: number) => sink.lost('source-late', count),
    };
    const pacer = new FramePacer(framesPerSecond, listener, this.#clock);
    this.#stream = { mode: chosen, sink, pacer };
    pacer.start();
  }

  async stop(): Promise<void> {
    this.#stream?.pacer.stop();
    this.#stream = undefined;
    await Promise.all(this.#framesInWork);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.stop();
    await this.#thread.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** What the sensor makes of a control in its mode. */
  #held(id: string): ControlValue {
    return id === 'exposure' ? this.#exposureMicros(this.#stream?.mode) : (this.#values.get(id) as ControlValue);
  }

  /** The time that fits the mode: a sensor cannot expose longer than its frame takes. */
  #exposureMicros(mode: CameraMode | undefined): number {
    const exposureMicros = Number(this.#values.get('exposure'));
    return mode === undefined ? exposureMicros : Math.min(exposureMicros, Math.floor(1e6 / mode.framesPerSecond));
  }

  #due(sequence: number, dueNs: bigint): boolean {
    const stream = this.#stream as Stream;
    if (this.#framesInWork.size >= mostFramesInWork) return false;
    const target = stream.sink.reserve();
    if (target === undefined) {
      stream.sink.lost('no-free-slot', 1);
      return true;
    }
    const frame = this.#render(stream, target, sequence, dueNs).finally(() => this.#framesInWork.delete(frame));
    this.#framesInWork.add(frame);
    return true;
  }

  /** Never rejects: whatever goes wrong ends the stream with a record. */
  async #render(stream: Stream, target: WritableFrame, sequence: number, dueNs: bigint): Promise<void> {
    const { sink, mode } = stream;
    const exposureMicros = this.#exposureMicros(mode);
    const numbers = [...this.#values].filter((entry): entry is [string, number] => typeof entry[1] === 'number');
    const controls = { ...Object.fromEntries(numbers), exposure: exposureMicros };
    const frame = settingsOfControls(controls);
    let failure: unknown;
    try {
      await this.#thread.ask({ kind: 'render', sequence, handle: target.handle, frame });
    } catch (thrown) {
      failure = thrown;
    }
    const isStreaming = this.#stream === stream;
    if (failure === undefined && isStreaming) {
      const timestampNs = dueNs - BigInt(exposureMicros) * 1000n;
      sink.publish(target, { sequence, timestampNs, width: mode.width, height: mode.height, sensor: this.sensor, controls });
      return;
    }
    sink.abandon(target);
    if (failure !== undefined && isStreaming) {
      stream.pacer.stop();
      this.#stream = undefined;
      sink.failed(errorRecordFrom(failure));
    }
  }
}

function mode(width: number, height: number, framesPerSecond: number, cfa: CfaOrder): CameraMode {
  return { id: `${width}x${height}@${framesPerSecond}`, width, height, framesPerSecond, pixelFormat: `${cfa}10` };
}
