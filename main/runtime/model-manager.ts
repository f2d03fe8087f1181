import type { ParameterValues } from '../../preload/contract.ts';
import { assert, messageOf, ResourceError } from '../base/errors.ts';
import type { SensorDescription } from '../frame/frame-meta.ts';
import { writeOnnxModel } from '../graph/onnx-model.ts';
import { type Stage, type StagePlan, stagePorts } from '../processor/stage.ts';
import { type ExecutionProvider, type LaneModel, maximumStrips } from './lane-protocol.ts';
import type { LaneWorkers } from './lane-workers.ts';

/** What a stage is to be loaded for. */
export interface ModelRequest {
  readonly stage: Stage;
  readonly width: number;
  readonly height: number;
  readonly sensor: SensorDescription;
  readonly values: ParameterValues;
  readonly provider: ExecutionProvider;
}

/** A model that every worker has loaded and warmed, ready for envelopes. */
export interface LoadedModel {
  readonly hash: string;
  readonly provider: ExecutionProvider;
  /** Why the CPU runs it although another provider was asked for. */
  readonly fallbackReason?: string;
  readonly plan: StagePlan;
}

/**
 * Turns stages into sessions. A model is loaded beside those that run; the caller swaps by naming the new hash in its
 * next envelope, and releases the old one when nothing names it any more. Equal models are loaded once.
 */
export class ModelManager {
  readonly #workers: LaneWorkers;
  readonly #entries = new Map<string, { uses: number; readonly ready: Promise<void> }>();

  constructor(workers: LaneWorkers) {
    this.#workers = workers;
  }

  /** Builds, loads and warms a model. Falls back to the CPU, with the reason, where the provider cannot be had. */
  async load(request: ModelRequest): Promise<LoadedModel> {
    if (request.provider === 'cpu') return this.#loadFor(request, 'cpu');
    try {
      return await this.#loadFor(request, request.provider);
    } catch (thrown) {
      const fallback = await this.#loadFor(request, 'cpu');
      return { ...fallback, fallbackReason: shortReason(messageOf(thrown)) };
    }
  }

  /** Gives a model back; the workers drop its sessions when nobody uses it any more. */
  release(model: LoadedModel): void {
    const entry = this.#entries.get(model.hash);
    assert(entry, `Expected a loaded model but received ${model.hash}`);
    entry.uses -= 1;
    if (entry.uses > 0) return;
    this.#entries.delete(model.hash);
    this.#workers.unload(model.hash);
  }

  async #loadFor(request: ModelRequest, provider: ExecutionProvider): Promise<LoadedModel> {
    const plan = request.stage.plan({ ...request, cut: provider === 'cpu' ? 'strips' : 'frame' });
    const count = plan.strips.strips.length;
    if (count > maximumStrips) {
      throw new ResourceError(
        'runtime.too-many-strips',
        `Expected at most ${maximumStrips} strips but received ${count}`,
        'Choose higher strips.',
      );
    }
    const { bytes, hash } = writeOnnxModel(plan.graph);
    const key = `${hash.slice(0, 16)}-${request.width}x${request.height}-${provider}`;
    const entry = this.#entries.get(key) ?? {
      uses: 0,
      ready: this.#workers.load(laneModel(request, plan, provider, key, bytes)),
    };
    entry.uses += 1;
    this.#entries.set(key, entry);
    try {
      await entry.ready;
    } catch (thrown) {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
      throw thrown;
    }
    return { hash: key, provider, plan };
  }
}

function laneModel(
  request: ModelRequest,
  plan: StagePlan,
  provider: ExecutionProvider,
  hash: string,
  bytes: Uint8Array,
): LaneModel {
  const { stage, values, sensor, width, height } = request;
  const parameterPorts = plan.graph.inputs.filter(({ name }) => name !== stagePorts.mosaic && name !== stagePorts.pads);
  return {
    hash,
    bytes,
    provider,
    strips: plan.strips.strips,
    rowsPerStrip: plan.strips.rowsPerStrip,
    margin: plan.strips.halo.above,
    width,
    height,
    outputWidth: plan.outputWidth,
    outputScale: plan.outputScale,
    pictureShape: pictureShapeOf(plan),
    takesPads: plan.graph.inputs.some(({ name }) => name === stagePorts.pads),
    inputShapes: Object.fromEntries(parameterPorts.map(({ name, shape }) => [name, shape.map(Number)])),
    warmUpInputs: stage.inputs(values, sensor),
  };
}

function pictureShapeOf({ graph }: StagePlan): number[] {
  const port = graph.outputs.find(({ name }) => name === stagePorts.picture);
  assert(port, `Expected an output ${stagePorts.picture} of graph ${graph.name}`);
  return port.shape.map(Number);
}

/** ONNX Runtime's reasons carry source paths and stack traces: a person needs the words behind them. */
function shortReason(message: string): string {
  const words = message.replaceAll(/\S*\/\S+:\d+\s*|\[ONNXRuntimeError\][^:]*:|\s+/g, ' ').trim();
  return words.length > 160 ? `${words.slice(0, 159)}…` : words;
}
