import { onTestFinished } from 'vitest';
import type { FrameMeta } from '../../../../main/frame/frame-meta.ts';
import { CompletionDispatcher } from '../../../../main/runtime/completion-dispatcher.ts';
import { FrameRing } from '../../../../main/runtime/fusion/frame-ring.ts';
import { FusionManager } from '../../../../main/runtime/fusion/fusion-manager.ts';
import { ResourceManager } from '../../../../main/runtime/resource-manager.ts';
import { ThreadingManager } from '../../../../main/runtime/threading-manager.ts';
import { createSimulatedBurst, type Shot, sensor } from './burst.ts';

/** Size of the bench's frames: the smallest scene in which the simulator's chart is still whole. */
export const [width, height] = [320, 180] as const;

/** A fusion manager on a real background thread, with a ring that a test fills from the simulator. */
export class FusionBench {
  readonly resources = new ResourceManager();
  readonly dispatcher = new CompletionDispatcher();
  readonly ring = new FrameRing(8);
  readonly threading: ThreadingManager;
  readonly fusion: FusionManager;
  readonly outputPoolId: string;
  readonly #mosaicPoolId: string;
  readonly #shoot = createSimulatedBurst(width, height);
  #frames = 0;

  private constructor(threading: ThreadingManager) {
    this.threading = threading;
    const mosaics = this.resources.createPool('mosaic', width * height * 2, 12);
    const outputs = this.resources.createPool('merged', width * height * 2, 2);
    for (const pool of [mosaics, outputs]) threading.attachPool(pool);
    [this.#mosaicPoolId, this.outputPoolId] = [mosaics.poolId, outputs.poolId];
    threading.completed.subscribe((event) => this.dispatcher.complete(event));
    this.fusion = new FusionManager({
      resources: this.resources,
      lane: threading.background,
      dispatcher: this.dispatcher,
      ring: this.ring,
      outputPoolId: this.outputPoolId,
      exposureOf: ({ controls }) => (controls['exposure'] as number) * (controls['analogue_gain'] as number),
      areComparable: () => true,
      nextFrameId: () => {
        this.#frames += 1;
        return this.#frames;
      },
    });
  }

  /** Ended after the test. */
  static async open(): Promise<FusionBench> {
    const bench = new FusionBench(await ThreadingManager.start({ realtime: 1, background: 1 }));
    onTestFinished(async () => {
      bench.fusion.close();
      bench.ring.close();
      await bench.threading.shutdown();
    });
    return bench;
  }

  /** Takes an exposure and lets the ring keep it. */
  capture(shot: Shot): void {
    const { exposureMicros = 10_000, analogueGain = 1 } = shot;
    const controls = { exposure: exposureMicros, analogue_gain: analogueGain };
    const meta: FrameMeta = { sequence: shot.sequence, timestampNs: BigInt(shot.sequence), width, height, sensor, controls };
    using lease = this.resources.lease(this.#mosaicPoolId, 'camera');
    lease?.samples(width * height).set(this.#shoot(shot));
    if (lease) this.ring.keep(meta, lease);
  }

  /** Open leases but those of the ring. */
  get heldByPlans(): string[] {
    return this.resources.openLeases().flatMap(({ owner }) => (owner === 'frame ring' ? [] : [owner]));
  }
}
