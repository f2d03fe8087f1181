import { monotonicNs } from '../base/clock.ts';
import type { SensorDescription } from '../frame/frame-meta.ts';
import type { SharedFramePool } from '../frame/frame-pool.ts';
import { type FrameStatistics, readStatistics } from '../isp/statistics/frame-statistics.ts';
import { fastAlgoStatistics } from '../isp/statistics-stage.ts';
import { defaultValues } from '../processor/parameters.ts';
import { planeBytes } from '../processor/stage.ts';
import type { Admission, CompletionDispatcher, PublishedFrame } from '../runtime/completion-dispatcher.ts';
import type { Envelope } from '../runtime/envelope.ts';
import type { LoadedModel, ModelManager } from '../runtime/model-manager.ts';
import type { Lease, ResourceManager } from '../runtime/resource-manager.ts';
import type { ThreadingManager } from '../runtime/threading-manager.ts';

/** The stream of the measurements on the realtime lane: beside that of the pictures, so that neither replaces the other. */
export const statisticsStreamId = 'statistics';

/** One written, one that is read. */
const statisticsSlots = 2;

/** What measuring needs of the lab. */
export interface MeasurementParts {
  readonly resources: ResourceManager;
  readonly threading: ThreadingManager;
  readonly models: ModelManager;
  readonly dispatcher: CompletionDispatcher;
}

/** A mosaic and the size of its picture: what the graph is built for. */
export type MeasuredGeometry = Pick<Admission, 'meta' | 'sensor' | 'outputWidth' | 'outputHeight'>;

/** What the numbers of a frame mean, to the picture and to the measurement alike. */
export function sensorOf({ sensor, meta }: Pick<Admission, 'meta' | 'sensor'>): SensorDescription {
  return sensor ?? meta.sensor;
}

/** Runs the statistics graph on published frames of one geometry. Loaded once, released at the end. */
export class FrameMeasurement {
  readonly #parts: MeasurementParts;
  readonly #model: LoadedModel;
  readonly #pool: SharedFramePool;
  readonly #takesPicture: boolean;
  #isBusy = false;
  #closed = false;

  private constructor(parts: MeasurementParts, model: LoadedModel, pool: SharedFramePool) {
    this.#parts = parts;
    this.#model = model;
    this.#pool = pool;
    this.#takesPicture = model.plan.inputs.length > 1;
  }

  /** Loads the graph for frames like this one. Rejects where it cannot be built or loaded; nothing is kept then. */
  static async load(parts: MeasurementParts, frame: MeasuredGeometry): Promise<FrameMeasurement> {
    const { width, height } = frame.meta;
    const sensor = sensorOf(frame);
    const values = { ...defaultValues(fastAlgoStatistics.declaration.params), statistics_picture: pictureOf(frame) };
    const model = await parts.models.load({ stage: fastAlgoStatistics, width, height, sensor, values, provider: 'cpu' });
    const bytes = Math.max(...model.plan.outputs.map(planeBytes));
    const pool = parts.resources.createPool('statistics', bytes, statisticsSlots);
    parts.threading.attachPool(pool);
    return new FrameMeasurement(parts, model, pool);
  }

  /**
   * Measures a frame that is being published. Resolves with its statistics; undefined where the frame before is still being measured,
   * memory is short, or the graph failed, which its completion tells.
   */
  async measure(frame: PublishedFrame, clip: number): Promise<FrameStatistics | undefined> {
    if (this.#isBusy || this.#closed) return undefined;
    const { resources, dispatcher, threading } = this.#parts;
    const output = resources.lease(this.#pool.poolId, 'statistics', 'lane');
    if (!output) return undefined;
    const inputs = this.#pin(frame);
    const written = inputs && output.pin('statistics', 'lane');
    if (!inputs || !written) {
      for (const lease of [...(inputs ?? []), output]) lease.close();
      return undefined;
    }
    this.#isBusy = true;
    using _output = output;
    try {
      const envelope = this.#envelope(frame, inputs, output, clip);
      const completion = dispatcher.admitWork(envelope, [...inputs, written]);
      threading.submit(envelope, 1);
      const { status } = await completion;
      return status === 'done' ? readStatistics(output.elements('float32') as Float32Array) : undefined;
    } finally {
      this.#isBusy = false;
      if (this.#closed) this.#parts.models.release(this.#model);
    }
  }

  /** Gives model and memory back, once; the model of a measurement under way when that has ended. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const { resources, threading, models } = this.#parts;
    if (!this.#isBusy) models.release(this.#model);
    resources.retirePool(this.#pool.poolId, () => threading.detachPool(this.#pool.poolId));
  }

  /** Holds what is measured beyond its publication; undefined where one of them cannot be held. */
  #pin({ admission, picture }: PublishedFrame): Lease[] | undefined {
    const mosaic = admission.mosaic.pin('statistics', 'lane');
    if (!mosaic || !this.#takesPicture) return mosaic && [mosaic];
    const pinned = picture.pin('statistics', 'lane');
    if (pinned) return [mosaic, pinned];
    mosaic.close();
    return undefined;
  }

  #envelope({ admission }: PublishedFrame, inputs: readonly Lease[], output: Lease, clip: number): Envelope {
    const { frameId, parameters } = admission.envelope;
    const values = fastAlgoStatistics.inputs({ statistics_clip: clip }, sensorOf(admission));
    return {
      frameId,
      streamId: statisticsStreamId,
      lane: 'realtime',
      stage: fastAlgoStatistics.declaration.id,
      modelHash: this.#model.hash,
      inputs: inputs.map(({ handle }) => handle),
      outputs: [output.handle],
      parameters: { version: parameters.version, values },
      queuedNs: monotonicNs(),
    };
  }
}

/** How the picture of a frame lies beside its mosaic: only pictures of its size or half of it are measured with it. */
function pictureOf({ meta, outputWidth, outputHeight }: MeasuredGeometry): 'full' | 'half' | 'none' {
  if (outputWidth === meta.width && outputHeight === meta.height) return 'full';
  return outputWidth * 2 === meta.width && outputHeight * 2 === meta.height ? 'half' : 'none';
}

/** What frames must have in common to be measured by one graph. */
export function geometryKey(frame: MeasuredGeometry): string {
  const { meta, outputWidth, outputHeight } = frame;
  const { width, height } = meta;
  const sensor = sensorOf(frame);
  const { cfa, bits, shading, linearisation, linearisationPolynomial } = sensor;
  const grid = shading ? `${shading.columns}x${shading.rows}` : 'even';
  const curve = linearisationPolynomial ? linearisationPolynomial.length : linearisation ? 'table' : 'linear';
  return [width, height, outputWidth, outputHeight, cfa, bits, grid, curve].join(' ');
}
