import type { EventPayload, ParameterValues } from '../../preload/contract.ts';
import { assert, type ErrorRecord, errorRecordFrom, InputError, messageOf, ResourceError } from '../base/errors.ts';
import { makeFolder } from '../base/folder.ts';
import { Announcer } from '../base/lifetime.ts';
import { describeFolderError, writeNew } from '../base/write-whole.ts';
import type { CameraMode } from '../camera/camera.ts';
import type { FrameMeta, SensorDescription } from '../frame/frame-meta.ts';
import { deepPicture } from '../isp/operators/rgb16-output.ts';
import { slowIsp } from '../isp/slow-isp.ts';
import type { ParameterStore } from '../processor/parameter-store.ts';
import { type PlanePort, planeBytes, stagePorts } from '../processor/stage.ts';
import { mostPngBytes, type PngSpec, pngTask } from '../recording/png-task.ts';
import type { CompletionDispatcher } from '../runtime/completion-dispatcher.ts';
import type { CompletionEvent, Envelope } from '../runtime/envelope.ts';
import { providerOnCpu } from '../runtime/execution-providers.ts';
import type { LoadedModel, ModelManager } from '../runtime/model-manager.ts';
import type { Lease, ResourceManager } from '../runtime/resource-manager.ts';
import type { ThreadingManager } from '../runtime/threading-manager.ts';
import { runInBackground } from './background-work.ts';
import type { FusionDesk } from './fusion-desk.ts';
import type { LiveStream } from './live-stream.ts';
import type { TunedStage } from './tuned-stage.ts';

/** Developments at once: one at work and one that waits for it. */
const mostDevelopments = 2;

/** Where each step ends, as a share of the whole: by processor time at 1080p. */
const endOf = { loading: 0.1, developing: 0.75, encoding: 0.95, writing: 1 } as const;
type Step = keyof typeof endOf;
const steps = Object.keys(endOf) as Step[];

/** The stages that a development's envelopes run at, in telemetry and wherever failures are counted. */
const encodingStage = 'png-encode';

/** The lab's parts that developments are made of. */
export interface DevelopmentDeskParts {
  readonly resources: ResourceManager;
  readonly threading: ThreadingManager;
  readonly dispatcher: CompletionDispatcher;
  /** Models on the background lane's workers, so that none is loaded on those of the live picture. */
  readonly backgroundModels: ModelManager;
  readonly stream: LiveStream;
  readonly fusion: Pick<FusionDesk, 'merged' | 'newest'>;
  /** Those of `developmentDeclaration`. */
  readonly parameters: ParameterStore;
  /** Those of the live stage, whose white balance a development may take over. */
  readonly stageParameters: ParameterStore;
  /** Where pictures of single frames are written; those of merges lie beside their DNGs. */
  readonly folder: string;
}

/** How a development stands. */
export type DevelopmentState = EventPayload<'development.changed'>;

/** A picture on disk. */
export interface DevelopedFile {
  readonly developmentId: number;
  readonly path: string;
}

/** A mosaic to be developed, with all that the stream would forget once it has ended. */
interface Development {
  readonly developmentId: number;
  readonly kind: DevelopmentState['kind'];
  readonly path: string;
  readonly mosaic: Lease;
  readonly width: number;
  readonly height: number;
  readonly sensor: SensorDescription;
  readonly values: ParameterValues;
  readonly parameterVersion: number;
  readonly abort: AbortController;
}

/**
 * Develops merged mosaics, and single frames on request, with SlowISP on the background lane, one after the other, to PNGs. The live
 * picture is not disturbed: models, strips and the encoding of files run on threads of the lowest priority, behind merges. Lives on
 * the lab's thread.
 */
export class DevelopmentDesk {
  /** A development began, went on or ended. */
  readonly changed = new Announcer<DevelopmentState>();
  /** A development that nobody waits for failed. */
  readonly noticed = new Announcer<ErrorRecord>();
  readonly #parts: DevelopmentDeskParts;
  readonly #developments = new Map<number, Development>();
  #tuned: { readonly live: TunedStage; readonly own: TunedStage } | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #told: DevelopmentState | undefined;

  constructor(parts: DevelopmentDeskParts) {
    this.#parts = parts;
    parts.stream.stateChanged.subscribe(() => this.#takeOver());
    parts.fusion.merged.subscribe(({ kind, path, mosaic, meta, sensorOf }) => {
      if (parts.parameters.current.values['develop_merged'] !== true) return;
      this.#begin(kind, path.replace(/\.dng$/, '.png'), { mosaic, meta }, sensorOf).catch((thrown: unknown) => {
        const record = errorRecordFrom(thrown);
        if (record.code !== 'runtime.cancelled') this.noticed.announce(record);
      });
    });
  }

  /** Develops the newest frame that the stream has shown. Rejects with InputError where there is none, or when it is cancelled. */
  async developNewest(): Promise<DevelopedFile> {
    const frame = this.#parts.fusion.newest();
    if (!frame) {
      const message = 'Expected a running stream with a frame to develop but received none';
      throw new InputError('development.no-frame', message, 'Start the stream first.');
    }
    const { folder } = this.#parts;
    try {
      makeFolder(folder);
    } catch (thrown) {
      throw describeFolderError(thrown, folder);
    }
    const stamp = new Date().toISOString().replaceAll(/[:.]/g, '-');
    return this.#begin('frame', `${folder}/frame-${frame.meta.sequence}-${stamp}.png`, frame, (own) => own);
  }

  /** Gives a development up; harmless where it has ended. */
  cancel(developmentId: number): void {
    this.#developments.get(developmentId)?.abort.abort();
    this.#parts.threading.background.cancel(({ streamId }) => streamId === streamOf({ developmentId }));
  }

  /** Cancels all developments; resolves when none holds anything any more. */
  async close(): Promise<void> {
    for (const developmentId of [...this.#developments.keys()]) this.cancel(developmentId);
    await this.#last;
  }

  /** A new camera brings its balance and its tuning. */
  #takeOver(): void {
    const live = this.#parts.stream.tuned;
    if (!live || this.#tuned?.live === live) return;
    const own = live.beside({ stage: slowIsp, parameters: this.#parts.parameters });
    this.#tuned = { live, own };
    own.takeOver();
  }

  async #begin(
    kind: DevelopmentState['kind'],
    path: string,
    { mosaic, meta }: { readonly mosaic: Lease; readonly meta: FrameMeta },
    sensorOf: (own: SensorDescription) => SensorDescription,
  ): Promise<DevelopedFile> {
    if (this.#developments.size >= mostDevelopments) {
      const message = `Expected at most ${mostDevelopments} developments at once but received another one`;
      throw new InputError('development.busy', message, 'Wait for one of them or cancel it.');
    }
    const { parameters, stream } = this.#parts;
    const mode = stream.state.modes.find(({ id }) => id === stream.state.modeId);
    assert(mode && this.#tuned, 'Expected the mode of a running stream');
    const sensor = sensorOf(this.#sensorIn(mode, meta));
    const kept = mosaic.pin('development', 'fusion');
    if (!kept) throw noMemory();
    const { version: parameterVersion } = parameters.current;
    const development: Development = {
      ...{ developmentId: stream.nextFrameId(), kind, path, mosaic: kept, sensor, parameterVersion },
      ...{ width: meta.width, height: meta.height, values: this.#values(), abort: new AbortController() },
    };
    this.#developments.set(development.developmentId, development);
    this.#announce(development, 'waiting', 0);
    const run = this.#last.then(() => this.#run(development));
    this.#last = run.catch(() => undefined);
    return run;
  }

  #sensorIn(mode: CameraMode, meta: FrameMeta): SensorDescription {
    return (this.#tuned as { own: TunedStage }).own.sensorFor(mode, meta, this.#values());
  }

  /** The user's parameters, with the live picture's white balance where that is to be taken over. */
  #values(): ParameterValues {
    const { parameters, stageParameters } = this.#parts;
    const { values } = parameters.current;
    if (values['develop_balance'] !== 'live') return values;
    const { wb_red_gain, wb_blue_gain } = stageParameters.current.values;
    const live = { wb_red_gain, wb_blue_gain };
    return {
      ...values,
      ...(Object.fromEntries(Object.entries(live).filter(([, gain]) => gain !== undefined)) as ParameterValues),
    };
  }

  async #run(development: Development): Promise<DevelopedFile> {
    const { developmentId, path, mosaic } = development;
    try {
      const written = await this.#develop(development);
      this.#end(development);
      this.#tell({ ...identityOf(development), state: 'done', progress: 1, path: written });
      return { developmentId, path };
    } catch (thrown) {
      this.#end(development);
      const isCancelled = development.abort.signal.aborted;
      this.#announce(development, isCancelled ? 'cancelled' : 'failed', 0);
      throw isCancelled ? cancelled(development) : failureOf(thrown);
    } finally {
      mosaic.close();
    }
  }

  #end({ developmentId }: Development): void {
    this.#developments.delete(developmentId);
  }

  async #develop(development: Development): Promise<string> {
    const { backgroundModels, threading } = this.#parts;
    const { width, height, sensor, values, path } = development;
    // Whatever made it fail may have gone: its settings are not the same for every mosaic.
    for (const stage of [slowIsp.declaration.id, encodingStage]) threading.forgive(stage);
    this.#announce(development, 'loading', 0);
    const provider = providerOnCpu(values);
    const model = await backgroundModels.load({ stage: slowIsp, width, height, sensor, values, provider });
    try {
      using memory = new DisposableStack();
      const picture = await this.#picture(development, model, memory);
      const png = await this.#encode(development, model, picture, memory);
      if (development.abort.signal.aborted) throw cancelled(development);
      this.#announce(development, 'writing', 0);
      await writeNew(path, png);
      return path;
    } finally {
      backgroundModels.release(model);
    }
  }

  /** Runs the stage; the picture of the wanted depth, in memory that ends with `memory`. */
  async #picture(development: Development, model: LoadedModel, memory: DisposableStack): Promise<Lease> {
    const { mosaic, sensor, values, parameterVersion } = development;
    const outputs = model.plan.outputs.map((port) => this.#slot(`developed-${port.name}`, planeBytes(port), memory));
    const parameters = { version: parameterVersion, values: slowIsp.inputs(values, sensor) };
    const work = { stage: slowIsp.declaration.id, modelHash: model.hash, parameters };
    await this.#work(development, 'developing', work, [mosaic], outputs, model.plan.strips.strips.length);
    const wanted = pictureName(development);
    const index = model.plan.outputs.findIndex(({ name }: PlanePort) => name === wanted);
    return outputs[index] as Lease;
  }

  async #encode(development: Development, { plan }: LoadedModel, picture: Lease, memory: DisposableStack): Promise<Uint8Array> {
    const isDeep = pictureName(development) === deepPicture;
    const size = { width: plan.outputWidth, height: plan.outputHeight };
    const specification: PngSpec = isDeep ? { ...size, channels: 3, depth: 16 } : { ...size, channels: 4, depth: 8 };
    const png = this.#slot('developed-png', mostPngBytes(specification), memory);
    const task = pngTask(specification);
    const parameters = { version: development.parameterVersion, values: {} };
    const work = { stage: encodingStage, modelHash: `task:${encodingStage}`, task, parameters };
    const { statistics } = await this.#work(development, 'encoding', work, [picture], [png], 1);
    // Files take no shared memory.
    return Uint8Array.from(png.bytes(statistics['bytes'] as number));
  }

  /** A slot in a pool of its own, both given up with `memory`. */
  #slot(purpose: string, bytes: number, memory: DisposableStack): Lease {
    const { resources, threading } = this.#parts;
    const pool = resources.createPool(purpose, bytes, 1);
    threading.attachPool(pool);
    const { poolId } = pool;
    memory.defer(() => resources.retirePool(poolId, () => threading.detachPool(poolId)));
    const lease = resources.lease(poolId, 'development', 'fusion');
    if (!lease) throw noMemory();
    return memory.use(lease);
  }

  /** Runs a step on the background lane and tells of its progress. Rejects where it fails or is cancelled. */
  async #work(
    development: Development,
    step: Step,
    work: Pick<Envelope, 'stage' | 'modelHash' | 'task' | 'parameters'>,
    reads: readonly Lease[],
    writes: readonly Lease[],
    strips: number,
  ): Promise<CompletionEvent> {
    const progressed = (share: number): void => this.#announce(development, step, share);
    progressed(0);
    const identity = { frameId: development.developmentId, streamId: streamOf(development) };
    const how = { writesFor: 'fusion', strips, signal: development.abort.signal, progressed } as const;
    return runInBackground(this.#parts, { ...work, ...identity, ...how, reads, writes });
  }

  #announce(development: Development, state: Exclude<DevelopmentState['state'], 'done'>, share: number): void {
    const at = steps.indexOf(state as Step);
    const begin = at > 0 ? endOf[steps[at - 1] as Step] : 0;
    const progress = at < 0 ? 0 : begin + share * (endOf[steps[at] as Step] - begin);
    const told = this.#told;
    if (told?.developmentId === development.developmentId && told.state === state && told.progress === progress) return;
    this.#tell({ ...identityOf(development), state, progress });
  }

  #tell(state: DevelopmentState): void {
    this.#told = state;
    this.changed.announce(state);
  }
}

function identityOf({ developmentId, kind }: Development): Pick<DevelopmentState, 'developmentId' | 'kind'> {
  return { developmentId, kind };
}

function streamOf({ developmentId }: Pick<Development, 'developmentId'>): string {
  return `development-${developmentId}`;
}

function pictureName({ values }: Development): string {
  return values['develop_depth'] === '8' ? stagePorts.picture : deepPicture;
}

function cancelled({ developmentId }: Development): InputError {
  return new InputError('runtime.cancelled', `Development ${developmentId} was cancelled`);
}

function noMemory(): ResourceError {
  const message = 'Expected frame memory for a development but all that fusions may hold is in use';
  return new ResourceError('development.no-memory', message, 'Wait for merges to end, or choose a smaller mode of the camera.');
}

function failureOf(thrown: unknown): unknown {
  const { code, action } = errorRecordFrom(thrown);
  if (code !== 'background.failed') return thrown;
  return new ResourceError(
    'development.failed',
    `Expected SlowISP to develop a frame but received: ${messageOf(thrown)}`,
    action,
  );
}
