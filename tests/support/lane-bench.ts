import { onTestFinished } from 'vitest';
import { fastIsp } from '../../main/isp/fast-isp.ts';
import { defaultValues } from '../../main/processor/parameters.ts';
import type { CompletionEvent, Envelope } from '../../main/runtime/envelope.ts';
import { type LoadedModel, ModelManager, type ModelRequest } from '../../main/runtime/model-manager.ts';
import { type Lease, ResourceManager } from '../../main/runtime/resource-manager.ts';
import { ThreadingManager } from '../../main/runtime/threading-manager.ts';
import { syntheticMosaic } from './synthetic-mosaic.ts';

/** What the bench's frames look like: small, and cut into several strips. */
export const benchMosaic = syntheticMosaic('RGGB', 64, 48);

/** A request for FastISP on {@link benchMosaic}, in three strips. */
export function benchRequest(values: ModelRequest['values'] = {}): ModelRequest {
  const { width, height, sensor } = benchMosaic;
  const all = { ...defaultValues(fastIsp.declaration.params), strip_rows: 16, ...values };
  return { stage: fastIsp, width, height, sensor, values: all, provider: 'cpu' };
}

/** Real lane workers with one pool of mosaics and one of pictures; ended after the test. */
export class LaneBench {
  readonly threading: ThreadingManager;
  readonly models: ModelManager;
  readonly resources = new ResourceManager();
  readonly completions: CompletionEvent[] = [];
  readonly #mosaics: string;
  readonly #pictures: string;
  #waiting: { readonly count: number; readonly resolve: () => void }[] = [];

  private constructor(threading: ThreadingManager) {
    this.threading = threading;
    this.models = new ModelManager(threading.workers);
    const { width, height } = benchMosaic;
    const pools = [
      this.resources.createPool('mosaic', width * height * 2, 8),
      this.resources.createPool('picture', width * height * 4, 8),
    ] as const;
    for (const pool of pools) threading.attachPool(pool);
    [this.#mosaics, this.#pictures] = [pools[0].poolId, pools[1].poolId];
    threading.completed.subscribe((event) => {
      this.completions.push(event);
      for (const { count, resolve } of this.#waiting) if (this.completions.length >= count) resolve();
    });
  }

  /** `workerEntry` stands in for the lane's worker module. */
  static async open(workerCount: number, workerEntry?: URL): Promise<LaneBench> {
    const bench = new LaneBench(
      await ThreadingManager.start({ realtime: workerCount, ...(workerEntry ? { entry: workerEntry } : {}) }),
    );
    onTestFinished(() => bench.threading.shutdown());
    return bench;
  }

  /** Slots for one frame, the mosaic filled. */
  lease(): { mosaic: Lease; picture: Lease } {
    const [mosaic, picture] = [this.resources.lease(this.#mosaics, 'bench'), this.resources.lease(this.#pictures, 'bench')];
    if (!mosaic || !picture) throw new Error('Expected free slots');
    mosaic.samples().set(benchMosaic.samples);
    return { mosaic, picture };
  }

  /** An envelope for slots that stay in use until the test ends. */
  envelope(frameId: number, model: LoadedModel, slots = this.lease()): Envelope {
    return {
      frameId,
      streamId: 'bench',
      lane: 'realtime',
      stage: fastIsp.declaration.id,
      modelHash: model.hash,
      inputs: [slots.mosaic.handle],
      outputs: [slots.picture.handle],
      parameters: { version: 1, values: fastIsp.inputs(benchRequest().values, benchMosaic.sensor) },
      queuedNs: process.hrtime.bigint(),
    };
  }

  submit(frameId: number, model: LoadedModel): void {
    this.threading.submit(this.envelope(frameId, model), model.plan.strips.strips.length);
  }

  /** Resolves when that many envelopes have completed in all. */
  completed(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ count, resolve });
      if (this.completions.length >= count) resolve();
    });
  }

  /** Ends every worker from inside, as a fault in its own code would. */
  crashWorkers(): void {
    this.threading.workers.broadcast({ kind: 'attach-pool' } as never);
  }

  outcomes(): (readonly [frameId: number, status: string])[] {
    return this.completions.map(({ frameId, status }) => [frameId, status]);
  }
}
