import { expect, onTestFinished } from 'vitest';
import { fastIsp } from '../../main/isp/fast-isp.ts';
import { CompletionDispatcher } from '../../main/runtime/completion-dispatcher.ts';
import type { CompletionEvent, Envelope } from '../../main/runtime/envelope.ts';
import { outputScaleFor } from '../../main/runtime/fusion/merge-spec.ts';
import type { Lease } from '../../main/runtime/lease.ts';
import { type LoadedModel, ModelManager } from '../../main/runtime/model-manager.ts';
import { ResourceManager } from '../../main/runtime/resource-manager.ts';
import { type LaneThreads, ThreadingManager } from '../../main/runtime/threading-manager.ts';
import { benchMosaic, benchRequest } from '../support/lane-bench.ts';

const { width, height, sensor, samples } = benchMosaic;
const inputs = fastIsp.inputs(benchRequest().values, sensor);

/** Both lanes on real threads, with memory and a dispatcher around them, and an account of what became of every envelope. */
export class RuntimeBench {
  readonly threading: ThreadingManager;
  readonly model: LoadedModel;
  readonly resources = new ResourceManager();
  readonly dispatcher = new CompletionDispatcher();
  /** The graph inputs of every frame. */
  readonly inputs = inputs;
  readonly pictureBytes = width * height * 4;
  /** A mosaic and its picture. */
  readonly frameBytes = width * height * 6;
  /** In the order in which the lanes completed them. */
  readonly events: CompletionEvent[] = [];
  readonly #mosaics: string;
  readonly #pictures: string;
  #submitted = 0;

  private constructor(threading: ThreadingManager, model: LoadedModel) {
    this.threading = threading;
    this.model = model;
    const pools = [
      this.resources.createPool('mosaic', width * height * 2, 24),
      this.resources.createPool('picture', width * height * 4, 12),
    ] as const;
    for (const pool of pools) threading.attachPool(pool);
    [this.#mosaics, this.#pictures] = [pools[0].poolId, pools[1].poolId];
    threading.completed.subscribe((event) => {
      this.events.push(event);
      this.dispatcher.complete(event);
    });
  }

  /** Ended after the test. */
  static async open(threads: LaneThreads = {}): Promise<RuntimeBench> {
    const threading = await ThreadingManager.start({ realtime: 2, background: 1, ...threads });
    onTestFinished(() => threading.shutdown());
    return new RuntimeBench(threading, await new ModelManager(threading.workers).load(benchRequest()));
  }

  /** One frame through FastISP on the realtime lane; false where there is no memory for it. */
  submitFrame(frameId: number, traits: Partial<Envelope> = {}): boolean {
    const mosaic = this.#mosaic('camera');
    const picture = this.resources.lease(this.#pictures, 'realtime lane');
    if (!mosaic || !picture) {
      mosaic?.close();
      picture?.close();
      return false;
    }
    const envelope: Envelope = {
      frameId,
      streamId: 'live',
      lane: 'realtime',
      stage: fastIsp.declaration.id,
      modelHash: this.model.hash,
      inputs: [mosaic.handle],
      outputs: [picture.handle],
      parameters: { version: 1, values: inputs },
      queuedNs: process.hrtime.bigint(),
      ...traits,
    };
    const meta = { sequence: frameId, timestampNs: BigInt(frameId), width, height, sensor, controls: {} };
    this.#submitted += 1;
    this.dispatcher.admit({ envelope, meta, mosaic, picture, outputWidth: width, outputHeight: height });
    this.threading.submit(envelope, this.model.plan.strips.strips.length);
    return true;
  }

  /** A merge of that many frames on the background lane. Resolves with its completion; rejects where the lane does not take it. */
  async merge(
    frameId: number,
    frames = 3,
    { priority = 0, specified = frames, streamId = `merge ${frameId}` } = {},
  ): Promise<CompletionEvent> {
    const mosaics = Array.from({ length: frames }, () => this.#mosaic('fusion') as Lease);
    const output = this.resources.lease(this.#mosaics, 'merge') as Lease;
    const exposed = Array.from({ length: specified }, () => ({ exposure: 1, noise: { shotDn: 0.2, readVarianceDn2: 4 } }));
    const specification = { width, height, sensor, frames: exposed, reference: 0, outputScale: outputScaleFor(sensor) };
    const envelope: Envelope = {
      frameId,
      streamId,
      lane: 'background',
      stage: 'fusion-merge',
      modelHash: 'task:merge-burst',
      task: { name: 'merge-burst', specification },
      inputs: mosaics.map(({ handle }) => handle),
      outputs: [output.handle],
      parameters: { version: 0, values: {} },
      queuedNs: process.hrtime.bigint(),
    };
    const completion = this.dispatcher.admitWork(envelope, [...mosaics, output]);
    try {
      await this.threading.background.submit(envelope, 1, { priority });
    } catch (thrown) {
      this.dispatcher.withdraw(envelope);
      throw thrown;
    }
    this.#submitted += 1;
    return completion;
  }

  /** What became of each stream's envelopes, in the order of completion. */
  outcomes(streamId = 'live'): string[] {
    return this.events.filter((event) => event.streamId === streamId).map(({ frameId, status }) => `${frameId} ${status}`);
  }

  /** Waits for both lanes and then holds the runtime to its promise: all that was submitted completed once, and nothing is held. */
  async expectNothingLeft(): Promise<void> {
    await this.threading.drained();
    const names = this.events.map(({ streamId, frameId, stage }) => `${streamId}/${frameId}/${stage}`);
    expect(new Set(names).size).toBe(names.length);
    expect([names.length, this.dispatcher.open(), this.dispatcher.unannounced, this.dispatcher.ignored]).toEqual([
      this.#submitted,
      [],
      0,
      0,
    ]);
    expect(this.resources.openLeases().map(({ owner }) => owner)).toEqual([]);
    expect(this.resources.budgets.usages().filter(({ bytes }) => bytes !== 0)).toEqual([]);
  }

  #mosaic(owner: string): Lease | undefined {
    const lease = this.resources.lease(this.#mosaics, owner);
    lease?.samples().set(samples);
    return lease;
  }
}
