import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { BroadcastChannel } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { BackgroundLane } from '../../main/runtime/background-lane.ts';
import { CompletionDispatcher } from '../../main/runtime/completion-dispatcher.ts';
import { failuresUntilSuspension, type Suspension } from '../../main/runtime/failure-streaks.ts';
import type { Lease } from '../../main/runtime/lease.ts';
import { sharedMemoryAllocator } from '../../main/runtime/platform-allocator.ts';
import { RealtimeLane } from '../../main/runtime/realtime-lane.ts';
import { ResourceManager } from '../../main/runtime/resource-manager.ts';
import type { TelemetryFault } from '../../main/telemetry/loss-ledger.ts';
import { chartSession, openTelemetry, temporaryFolder } from '../main/telemetry/telemetry-folder.ts';
import { frameMeta } from '../support/admissions.ts';
import { nextOf } from '../support/next-announcement.ts';
import { plainEnvelope, ScriptedRunner, StandingClock } from '../support/scripted-runner.ts';
import type { Fault } from './faulty-lane-worker.ts';
import { RuntimeBench } from './runtime-bench.ts';

const faultyWorker = new URL('./faulty-lane-worker.ts', import.meta.url);

/** Consumers with a budget. */
const keepers = ['view', 'fusion', 'recorder', 'plug-ins'] as const;

/** Ends every lane worker of the process in that way. */
function breakWorkers(fault: Fault): void {
  const channel = new BroadcastChannel('lane-faults');
  channel.postMessage(fault);
  channel.close();
}

describe('a worker of either lane', () => {
  it.each(['exit', 'throw'] as const)(
    'that ends by %s costs frames and merges, never an envelope or a slot, and comes back',
    async (kind) => {
      const bench = await RuntimeBench.open({ entry: faultyWorker });
      const settled: string[] = [];
      for (let round = 0; round < 3; round++) {
        const joined = nextOf(bench.threading.workers.joined, 'another worker', () => true);
        const merges = [1, 2].map((merge) => bench.merge(100 + round * 10 + merge));
        for (const frame of [1, 2, 3]) bench.submitFrame(round * 10 + frame);
        breakWorkers({ kind });
        settled.push(...(await Promise.all(merges)).map(({ status }) => status));
        await bench.threading.drained();
        await joined;
      }
      // Whether an envelope was done before its worker went is chance; that it ended is not.
      expect(bench.events).toHaveLength(3 * 5);
      expect(settled.every((status) => status === 'done' || status === 'failed')).toBe(true);
      let frameId = 1000;
      while (bench.outcomes().at(-1) !== `${frameId} done`) {
        frameId += 1;
        bench.submitFrame(frameId);
        await bench.threading.drained();
      }
      await bench.expectNothingLeft();
    },
  );
});

describe('a stage that fails', () => {
  it('by an exception fails its merge by name, and the next one is done', async () => {
    const bench = await RuntimeBench.open();
    const [broken, whole] = await Promise.all([bench.merge(1, 2, { specified: 3 }), bench.merge(2, 2)]);
    expect([broken.status, whole.status]).toEqual(['failed', 'done']);
    expect(broken.error?.message).toMatch(/^Expected /);
    await bench.expectNothingLeft();
  });

  it('by ONNX Runtime is suspended after ten frames, told of once, and forgiven', async () => {
    const bench = await RuntimeBench.open();
    const suspensions: Suspension[] = [];
    bench.threading.suspended.subscribe((suspension) => suspensions.push(suspension));
    // Values of another length than the graph's input: ONNX Runtime refuses them.
    const values = { ...bench.inputs, [Object.keys(bench.inputs)[0] as string]: new Float32Array(99) };
    for (let frameId = 1; frameId <= failuresUntilSuspension + 3; frameId++) {
      bench.submitFrame(frameId, { parameters: { version: 1, values } });
      await bench.threading.drained();
    }
    expect(bench.events.every(({ status }) => status === 'failed')).toBe(true);
    expect(suspensions).toMatchObject([{ processor: 'fast-isp', failures: 10 }]);
    expect(bench.events.map(({ error }) => error?.code === 'runtime.suspended').filter(Boolean)).toHaveLength(3);
    bench.threading.forgive('fast-isp');
    bench.submitFrame(100);
    await bench.expectNothingLeft();
    expect(bench.outcomes().at(-1)).toBe('100 done');
  });
});

describe('a slow consumer', () => {
  it('harms itself only: it gives up its oldest picture, and every frame is done', async () => {
    const bench = await RuntimeBench.open();
    const slotBytes = bench.pictureBytes;
    const held: Lease[] = [];
    let given = 0;
    bench.resources.budgets.limit('view', 2 * slotBytes, () => {
      held.shift()?.close();
      given += 1;
      return true;
    });
    bench.dispatcher.published.subscribe(({ picture }) => held.push(picture.pin('slow view', 'view') as Lease));
    for (let frameId = 1; frameId <= 30; frameId++) {
      expect(bench.submitFrame(frameId)).toBe(true);
      await bench.threading.drained();
    }
    expect(bench.outcomes().filter((outcome) => outcome.endsWith('done'))).toHaveLength(30);
    const usage = bench.resources.budgets.usages().find(({ consumer }) => consumer === 'view');
    expect(usage).toMatchObject({ bytes: 2 * slotBytes, peakBytes: 2 * slotBytes, evictions: 28, refusals: 0 });
    expect(given).toBe(28);
    for (const lease of held.splice(0)) lease.close();
    await bench.expectNothingLeft();
  });
});

describe('a frame that waits past its deadline', () => {
  it('expires once and holds nothing, while consumers give up and are refused what exceeds their budgets', async () => {
    const clock = new StandingClock();
    const bench = await RuntimeBench.open({ now: clock.now });
    const { budgets } = bench.resources;
    const shown: Lease[] = [];
    const recorded: Lease[] = [];
    budgets.limit('view', bench.pictureBytes, () => {
      const oldest = shown.shift();
      oldest?.close();
      return oldest !== undefined;
    });
    budgets.limit('recorder', 2 * bench.pictureBytes);
    bench.dispatcher.published.subscribe(({ picture }) => {
      shown.push(picture.pin('view', 'view') as Lease);
      recorded.push(...[picture.pin('recorder', 'recorder')].filter((pinned) => pinned !== undefined));
    });
    for (let frameId = 1; frameId <= 20; frameId += 2) {
      bench.submitFrame(frameId);
      bench.submitFrame(frameId + 1, { deadlineNs: clock.nowNs });
      clock.advance(1);
      await bench.threading.drained();
    }
    const expected = Array.from({ length: 20 }, (_, index) => `${index + 1} ${index % 2 === 0 ? 'done' : 'expired'}`);
    expect(bench.outcomes()).toEqual(expected);
    const usageOf = (consumer: string) => budgets.usages().find((usage) => usage.consumer === consumer);
    expect(usageOf('view')).toMatchObject({ bytes: bench.pictureBytes, evictions: 9, refusals: 0 });
    expect(usageOf('recorder')).toMatchObject({ bytes: 2 * bench.pictureBytes, evictions: 0, refusals: 8 });
    for (const lease of [...shown.splice(0), ...recorded]) lease.close();
    await bench.expectNothingLeft();
  });
});

describe('memory that runs out', () => {
  it('costs the frames that it is not there for, and is given back by the others', async () => {
    const bench = await RuntimeBench.open();
    // Room for two frames with their pictures; a third would come while two are under way.
    bench.resources.budgets.limit('lane', 2 * bench.frameBytes);
    const taken = Array.from({ length: 9 }, (_, index) => bench.submitFrame(index + 1));
    expect(taken.filter(Boolean).length).toBeLessThan(9);
    await bench.threading.drained();
    expect(bench.submitFrame(10)).toBe(true);
    await bench.expectNothingLeft();
    const usage = bench.resources.budgets.usages().find(({ consumer }) => consumer === 'lane');
    expect(usage?.refusals).toBeGreaterThan(0);
    expect(usage?.peakBytes).toBeLessThanOrEqual(2 * bench.frameBytes);
  });

  it('when a pool is made says so, and leaves nothing half made', () => {
    const refuse = (): never => {
      throw new Error('no memory');
    };
    const resources = new ResourceManager({ allocator: { ...sharedMemoryAllocator, allocate: refuse } });
    expect(() => resources.createPool('mosaic', 64, 4)).toThrow('no memory');
    expect([resources.usages(), resources.openLeases()]).toEqual([[], []]);
  });
});

describe('a full disk', () => {
  it('costs counted telemetry rows and no frame', async () => {
    const bench = await RuntimeBench.open();
    const telemetry = await openTelemetry(temporaryFolder(), 120_000);
    const faults: TelemetryFault[] = [];
    telemetry.onFault.subscribe((fault) => faults.push(fault));
    const { id } = await telemetry.startSession(chartSession);
    bench.dispatcher.completed.subscribe(({ event: { streamId: _, ...row } }) => {
      const statistics = { padding: 'x'.repeat(4000) };
      telemetry.appendStageEvent(id, { ...row, statistics });
    });
    for (let frameId = 1; frameId <= 60; frameId++) {
      bench.submitFrame(frameId);
      await bench.threading.drained();
      if (frameId % 10 === 0) await telemetry.flush();
    }
    await telemetry.close();
    expect(faults[0]?.error.code).toBe('telemetry.disk-full');
    expect(faults.reduce((sum, { lostRows }) => sum + lostRows, 0)).toBeGreaterThan(0);
    expect(bench.outcomes().filter((outcome) => outcome.endsWith('done'))).toHaveLength(60);
    await bench.expectNothingLeft();
  });
});

describe('a hundred thousand frames', () => {
  it('leave no lease and no memory behind, whatever becomes of each', async () => {
    const soak = new Soak();
    await soak.run(20_000);
    const before = soak.heapBytes();
    await soak.run(80_000);
    const grownBytes = soak.heapBytes() - before;
    expect(soak.completed).toBe(soak.submitted);
    expect(soak.endings.subarray(0, soak.submitted).every((count) => count === 1)).toBe(true);
    expect([...soak.statuses].sort()).toEqual(['cancelled', 'done', 'expired', 'failed', 'replaced']);
    const yielded = soak.resources.budgets.usages().filter(({ evictions }) => evictions > 1000);
    expect(yielded.map(({ consumer }) => consumer)).toEqual(['view', 'fusion']);
    const refused = soak.resources.budgets.usages().filter(({ refusals }) => refusals > 1000);
    expect(refused.map(({ consumer }) => consumer)).toEqual(['recorder', 'plug-ins']);
    expect([soak.dispatcher.open(), soak.dispatcher.unannounced, soak.resources.openLeases()]).toEqual([[], 0, []]);
    expect(soak.resources.budgets.usages().filter(({ bytes }) => bytes !== 0)).toEqual([]);
    // One object kept of each frame would be megabytes.
    expect(grownBytes).toBeLessThan(80_000 * 10);
  }, 120_000);
});

/** Everybody who keeps pictures: views and fusions give up their oldest; the recorder and plug-ins are refused and let go now and then. */
class Consumers {
  readonly #held = { view: [], fusion: [], recorder: [], 'plug-ins': [] } as Record<(typeof keepers)[number], Lease[]>;
  #taken = 0;

  constructor({ budgets }: ResourceManager) {
    for (const consumer of keepers) {
      const evict = (): boolean => this.#letGo(consumer);
      budgets.limit(consumer, 4 * 64, ...(consumer === 'view' || consumer === 'fusion' ? [evict] : []));
    }
  }

  take(picture: Lease): void {
    this.#taken += 1;
    for (const consumer of keepers) {
      const pinned = picture.pin(consumer, consumer);
      if (pinned) this.#held[consumer].push(pinned);
      if (this.#taken % 5 === 0 && (consumer === 'recorder' || consumer === 'plug-ins')) this.#letGo(consumer);
    }
  }

  close(): void {
    for (const consumer of keepers) while (this.#letGo(consumer));
  }

  #letGo(consumer: (typeof keepers)[number]): boolean {
    const oldest = this.#held[consumer].shift();
    oldest?.close();
    return oldest !== undefined;
  }
}

/** Dispatcher, lanes and memory over runners without threads: simulated frames, every tenth with work for the background lane. */
class Soak {
  readonly clock = new StandingClock();
  readonly runners = [new ScriptedRunner(this.clock.now), new ScriptedRunner(this.clock.now)] as const;
  readonly realtime = new RealtimeLane(this.runners[0], this.clock);
  readonly background = new BackgroundLane(this.runners[1], this.clock);
  readonly resources = new ResourceManager();
  readonly dispatcher = new CompletionDispatcher();
  readonly poolId = this.resources.createPool('slots', 64, 96).poolId;
  readonly statuses = new Set<string>();
  readonly consumers = new Consumers(this.resources);
  /** How often each envelope ended, by its number; beside the heap, which is measured. */
  readonly endings = new Uint8Array(200_000);
  submitted = 0;
  completed = 0;
  readonly #collect: () => void;

  constructor() {
    for (const lane of [this.realtime, this.background]) lane.completed.subscribe((event) => this.dispatcher.complete(event));
    const note = ({ status, frameId }: { status: string; frameId: number }): void => {
      this.completed += 1;
      this.statuses.add(status);
      this.endings[frameId - 1] = (this.endings[frameId - 1] as number) + 1;
    };
    this.dispatcher.worked.subscribe(note);
    this.dispatcher.completed.subscribe(({ event }) => note(event));
    this.dispatcher.published.subscribe(({ picture }) => this.consumers.take(picture));
    setFlagsFromString('--expose-gc');
    this.#collect = runInNewContext('gc') as () => void;
  }

  heapBytes(): number {
    this.#collect();
    this.#collect();
    return process.memoryUsage().heapUsed;
  }

  async run(frames: number): Promise<void> {
    for (let count = 0; count < frames; count++) {
      this.#submit();
      if (this.submitted % 10 === 0) this.#submitWork();
      this.clock.advance(1);
      if (count % 3 !== 0) this.#end(this.runners[0], count % 97 === 0);
      if (count % 7 === 0) this.#end(this.runners[1], count % 101 === 0);
      if (count % 31 === 0) this.background.cancel(() => true);
      // Promises of the background lane settle between frames, as they do in the lab.
      if (count % 10 === 0) await Promise.resolve();
    }
    while (this.runners.some(({ running }) => running)) for (const runner of this.runners) this.#end(runner, false);
    await Promise.all([this.realtime.drained(), this.background.drained()]);
    this.consumers.close();
    for (const { begun } of this.runners) begun.length = 0;
  }

  #end(runner: ScriptedRunner, fails: boolean): void {
    if (runner.running) runner.end(fails ? { code: 'lab.unexpected', message: 'it broke' } : undefined);
  }

  #submit(): void {
    this.submitted += 1;
    const frameId = this.submitted;
    const [mosaic, picture] = [this.resources.lease(this.poolId, 'camera', 'camera'), this.resources.lease(this.poolId, 'lane')];
    if (!mosaic || !picture) throw new Error(`Expected free slots for frame ${frameId}`);
    const slots = { inputs: [mosaic.handle], outputs: [picture.handle] };
    const deadlineNs = this.clock.nowNs + (frameId % 13 === 0 ? 1n : 1_000_000_000n);
    const envelope = plainEnvelope(frameId, { ...slots, streamId: `stream ${frameId % 2}`, deadlineNs });
    this.dispatcher.admit({ envelope, meta: frameMeta(frameId), mosaic, picture, outputWidth: 4, outputHeight: 2 });
    this.realtime.submit(envelope, 3);
  }

  #submitWork(): void {
    this.submitted += 1;
    const lease = this.resources.lease(this.poolId, 'merge');
    if (!lease) throw new Error('Expected a free slot for a merge');
    const envelope = plainEnvelope(this.submitted, { lane: 'background', stage: 'merge', outputs: [lease.handle] });
    void this.dispatcher.admitWork(envelope, [lease]);
    void this.background.submit(envelope, 1).catch(() => {
      this.dispatcher.withdraw(envelope);
      this.submitted -= 1;
    });
  }
}
