import { BroadcastChannel, setEnvironmentData } from 'node:worker_threads';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Envelope } from '../../../main/runtime/envelope.ts';
import { LaneWorkers } from '../../../main/runtime/lane-workers.ts';
import type { LoadedModel } from '../../../main/runtime/model-manager.ts';
import { ThreadingManager } from '../../../main/runtime/threading-manager.ts';
import { faultsOfTest } from '../../support/faults.ts';
import { benchRequest, LaneBench } from '../../support/lane-bench.ts';
import { nextOf } from '../../support/next-announcement.ts';
import { plainEnvelope } from '../../support/scripted-runner.ts';
import type { Deaths } from './reluctant-lane-worker.ts';

describe('an envelope that cannot be worked on', () => {
  it('is refused by the lane that it is not for', async () => {
    const bench = await LaneBench.open(1);
    const model = await bench.models.load(benchRequest());
    const envelope = { ...bench.envelope(1, model), lane: 'background' as const };
    expect(() => bench.threading.submit(envelope, 1)).toThrow('Expected the realtime lane but received background');
  });

  it('fails with the reason when its model is not loaded, and the lane goes on', async () => {
    const bench = await LaneBench.open(2);
    const model = await bench.models.load(benchRequest());
    bench.submit(1, { ...model, hash: 'never-loaded' });
    await bench.completed(1);
    bench.submit(2, model);
    await bench.completed(2);
    expect(bench.outcomes()).toEqual([
      [1, 'failed'],
      [2, 'done'],
    ]);
    expect(bench.completions[0]?.error).toMatchObject({ message: 'Expected model never-loaded to be loaded' });
    expect(bench.completions[1]?.error).toBeUndefined();
  });

  it('fails however the reports of its workers overtake each other', async () => {
    const bench = await LaneBench.open(3);
    const model = await bench.models.load(benchRequest());
    for (let frameId = 1; frameId <= 60; frameId++) {
      const { mosaic, picture } = bench.lease();
      bench.threading.submit(bench.envelope(frameId, { ...model, hash: 'never-loaded' }, { mosaic, picture }), 3);
      await bench.completed(frameId);
      mosaic.close();
      picture.close();
    }
    expect(bench.completions.filter(({ status, error }) => status !== 'failed' || error === undefined)).toEqual([]);
  });

  it('fails when its slots are stale, and touches nobody else', async () => {
    const bench = await LaneBench.open(2);
    const model = await bench.models.load(benchRequest());
    const slots = bench.lease();
    const envelope = bench.envelope(1, model, slots);
    slots.picture.close();
    const next = bench.lease();
    expect(next.picture.handle.slot).toBe(slots.picture.handle.slot);
    next.picture.bytes().fill(5);
    bench.threading.submit(envelope, model.plan.strips.strips.length);
    await bench.completed(1);
    expect(bench.completions[0]?.error?.message).toContain('the handle is stale');
    expect(next.picture.bytes().every((byte) => byte === 5)).toBe(true);
  });

  it('fails when a value of its inputs is missing', async () => {
    const bench = await LaneBench.open(1);
    const model = await bench.models.load(benchRequest());
    bench.threading.submit(
      { ...bench.envelope(1, model), parameters: { version: 1, values: {} } },
      model.plan.strips.strips.length,
    );
    await bench.completed(1);
    expect(bench.completions[0]?.error?.message).toMatch(/^Expected a value for graph input \w+ but received none$/);
  });
});

describe('the realtime lane', () => {
  it('completes every envelope exactly once; the newest waiting one wins', async () => {
    const bench = await LaneBench.open(2);
    const model = await bench.models.load(benchRequest());
    for (let frameId = 1; frameId <= 5; frameId++) bench.submit(frameId, model);
    await bench.threading.drained();
    expect(bench.outcomes()).toEqual([
      [2, 'replaced'],
      [3, 'replaced'],
      [4, 'replaced'],
      [1, 'done'],
      [5, 'done'],
    ]);
    expect(bench.completions.filter(({ status }) => status === 'replaced').map(({ statistics }) => statistics['strips'])).toEqual(
      [0, 0, 0],
    );
  });

  it('says when work was queued, started and finished, and with what', async () => {
    const bench = await LaneBench.open(2);
    const model = await bench.models.load(benchRequest());
    bench.submit(7, model);
    await bench.completed(1);
    const [event] = bench.completions;
    expect(event).toMatchObject({
      frameId: 7,
      stage: 'fast-isp',
      parameterVersion: 1,
      modelHash: model.hash,
      statistics: { strips: 3 },
    });
    expect(event?.startedNs).toBeGreaterThan(event?.queuedNs as bigint);
    expect(event?.finishedNs).toBeGreaterThan(event?.startedNs as bigint);
  });

  it('makes equal pictures many frames in a row, more than it has job slots', async () => {
    const bench = await LaneBench.open(2);
    const model = await bench.models.load(benchRequest());
    const pictures: Buffer[] = [];
    for (let frameId = 1; frameId <= 20; frameId++) {
      const { mosaic, picture } = bench.lease();
      bench.threading.submit(bench.envelope(frameId, model, { mosaic, picture }), model.plan.strips.strips.length);
      await bench.completed(frameId);
      pictures.push(Buffer.from(picture.bytes()));
      picture.bytes().fill(0);
      mosaic.close();
      picture.close();
    }
    expect(pictures.filter((picture) => picture.equals(pictures[0] as Buffer))).toHaveLength(20);
    expect(pictures[0]?.some((byte, index) => index % 4 !== 3 && byte > 0)).toBe(true);
  });
});

describe('the end of the lane', () => {
  it('is drained at once where nothing runs, and closes after its last frame', async () => {
    const threading = await ThreadingManager.start({ realtime: 1 });
    await expect(threading.drained()).resolves.toBeUndefined();
    await threading.shutdown();
    const bench = await LaneBench.open(2);
    const model = await bench.models.load(benchRequest());
    bench.submit(1, model);
    bench.submit(2, model);
    await bench.threading.shutdown();
    expect(bench.outcomes()).toEqual([
      [1, 'done'],
      [2, 'done'],
    ]);
  });

  it('is drained although a listener throws', async () => {
    const bench = await LaneBench.open(1);
    const model = await bench.models.load(benchRequest());
    const faults = faultsOfTest();
    bench.threading.completed.subscribe(() => {
      throw new Error('a listener that throws');
    });
    bench.submit(1, model);
    await bench.threading.drained();
    expect(faults).toMatchObject([{ message: 'a listener that throws' }]);
  });
});

/** Frames after the accident, one at a time, until one is done. */
async function framesUntilDone(bench: LaneBench, model: LoadedModel, firstFrameId: number): Promise<number> {
  for (let frameId = firstFrameId; ; frameId++) {
    const before = bench.completions.length;
    bench.submit(frameId, model);
    await bench.completed(before + 1);
    if (bench.completions.at(-1)?.status === 'done') return frameId;
  }
}

describe('a worker that dies', () => {
  for (const workerCount of [1, 2, 3]) {
    it(`is replaced, and the stream goes on: all ${workerCount} of them at once`, async () => {
      const bench = await LaneBench.open(workerCount);
      const model = await bench.models.load(benchRequest());
      const deaths: string[] = [];
      const allBack = new Promise<void>((resolve) => {
        let joined = 0;
        bench.threading.workers.joined.subscribe(() => {
          joined += 1;
          if (joined === workerCount) resolve();
        });
      });
      bench.threading.workers.died.subscribe(({ error }) => deaths.push(error.code));
      bench.crashWorkers();
      bench.submit(1, model);
      await bench.completed(1);
      await allBack;
      expect(bench.threading.workers.count).toBe(workerCount);
      expect(deaths).toEqual(new Array(workerCount).fill('runtime.worker-died'));
      const frameId = await framesUntilDone(bench, model, 2);
      expect(bench.completions).toHaveLength(frameId);
    });
  }

  it('fails the frame that it was working on, by name', async () => {
    const bench = await LaneBench.open(1);
    const model = await bench.models.load(benchRequest());
    // The envelope's job slot lies beyond the shared words: the worker trips over it as over a fault of its own.
    const told = bench.threading.workers.broadcast.bind(bench.threading.workers);
    bench.threading.workers.broadcast = (message) => told(message.kind === 'run' ? { ...message, jobSlot: 1e6 } : message);
    bench.submit(1, model);
    await bench.completed(1);
    bench.threading.workers.broadcast = told;
    expect(bench.outcomes()).toEqual([[1, 'failed']]);
    expect(bench.completions[0]?.error).toMatchObject({
      code: 'runtime.worker-died',
      message: /^A lane worker ended unexpectedly: /,
    });
    expect(await framesUntilDone(bench, model, 2)).toBe(2);
  });

  it('lets the lane close meanwhile', async () => {
    const bench = await LaneBench.open(2);
    const model = await bench.models.load(benchRequest());
    bench.submit(1, model);
    bench.crashWorkers();
    await bench.threading.shutdown();
    expect(bench.completions).toHaveLength(1);
    expect(bench.threading.workers.count).toBe(0);
  });
});

const reluctant = new URL('./reluctant-lane-worker.ts', import.meta.url);

function endOneWorker(priority: Deaths['priority']): void {
  const left = new SharedArrayBuffer(4);
  new Int32Array(left).fill(1);
  const channel = new BroadcastChannel('lane-deaths');
  channel.postMessage({ priority, left } satisfies Deaths);
  channel.close();
}

describe('lanes that cannot all start', () => {
  it('leave no thread of either behind', async () => {
    const closed = vi.spyOn(LaneWorkers.prototype, 'close');
    onTestFinished(() => closed.mockRestore());
    onTestFinished(() => setEnvironmentData('lane-refusal', undefined as never));
    setEnvironmentData('lane-refusal', 'background');
    const start = ThreadingManager.start({ realtime: 2, background: 1, entry: reluctant });
    await expect(start).rejects.toMatchObject({ code: 'runtime.worker-start', message: /not this lane$/ });
    const crews = closed.mock.contexts as LaneWorkers[];
    await Promise.all(closed.mock.results.map(({ value }) => value as Promise<void>));
    expect(crews.map(({ count }) => count)).toEqual([0, 0]);
  });
});

describe('workers that die and cannot be replaced', () => {
  /** A bench whose only worker died, and whose replacement did as well. */
  async function benchWithoutWorkers(refusal: 'error' | 'exit' | 'load') {
    const bench = await LaneBench.open(1, reluctant);
    const model = await bench.models.load(benchRequest());
    onTestFinished(() => setEnvironmentData('lane-refusal', undefined as never));
    setEnvironmentData('lane-refusal', refusal);
    const { workers } = bench.threading;
    const alone = nextOf(workers.died, 'the failed replacement', () => workers.obstacle !== undefined);
    bench.crashWorkers();
    return { bench, model, alone };
  }

  it.each([
    ['error', 'received: no memory for another thread'],
    ['exit', 'received: exit code 3'],
    ['load', 'no memory for the model'],
  ] as const)('fail the frames under way, the waiting and all later ones at once: ended by %s', async (refusal, reason) => {
    const { bench, model, alone } = await benchWithoutWorkers(refusal);
    for (const frameId of [1, 2]) bench.submit(frameId, model);
    await alone;
    await bench.completed(2);
    bench.submit(3, model);
    expect(bench.outcomes()).toEqual([1, 2, 3].map((frameId) => [frameId, 'failed']));
    expect(bench.completions[2]?.error).toMatchObject({
      code: 'runtime.no-workers',
      message: expect.stringContaining(reason),
      action: expect.stringContaining('Start the stream again'),
    });
    await bench.threading.drained();
    await expect(bench.threading.shutdown()).resolves.toBeUndefined();
  });

  it('refuse a model with the reason, and come back with the first one that is loaded when they can', async () => {
    const { bench, model, alone } = await benchWithoutWorkers('error');
    await alone;
    const request = benchRequest({ output_resolution: 'half' });
    await expect(bench.models.load(request)).rejects.toMatchObject({ code: 'runtime.worker-start' });
    setEnvironmentData('lane-refusal', undefined as never);
    await bench.models.load(request);
    expect([bench.threading.workers.count, bench.threading.workers.obstacle]).toEqual([1, undefined]);
    bench.submit(1, model);
    await bench.completed(1);
    expect(bench.outcomes()).toEqual([[1, 'done']]);
  });
});

describe('a worker that cannot be replaced', () => {
  it('is missed by nobody who is left, and comes back with the next model', async () => {
    const bench = await LaneBench.open(2, reluctant);
    const model = await bench.models.load(benchRequest());
    onTestFinished(() => setEnvironmentData('lane-refusal', undefined as never));
    setEnvironmentData('lane-refusal', 'load');
    const { workers } = bench.threading;
    const refused = nextOf(workers.died, 'the failed replacement', ({ error }) =>
      error.message.includes('no memory for the model'),
    );
    endOneWorker('normal');
    await refused;
    expect(workers.count).toBe(1);
    for (const frameId of [1, 2, 3]) {
      bench.submit(frameId, model);
      await bench.completed(frameId);
    }
    expect(bench.outcomes()).toEqual([1, 2, 3].map((frameId) => [frameId, 'done']));
    setEnvironmentData('lane-refusal', undefined as never);
    await bench.models.load(benchRequest({ output_resolution: 'half' }));
    expect(workers.count).toBe(2);
  });

  it('is announced of the background lane too, and comes back with its next work', async () => {
    onTestFinished(() => setEnvironmentData('lane-refusal', undefined as never));
    const threading = await ThreadingManager.start({ realtime: 1, background: 1, entry: reluctant });
    onTestFinished(() => threading.shutdown());
    const envelope = (frameId: number): Envelope =>
      plainEnvelope(frameId, { lane: 'background', streamId: 'burst', stage: 'fusion-score' });
    setEnvironmentData('lane-refusal', 'background');
    const lost = nextOf(threading.died, 'the failed replacement', ({ error }) => error.message.includes('not this lane'));
    endOneWorker('lowest');
    await lost;
    setEnvironmentData('lane-refusal', undefined as never);
    const done = nextOf(threading.completed, 'the end of the work', ({ frameId }) => frameId === 1);
    await threading.background.submit(envelope(1), 1);
    // It reached a worker, which knows no such model.
    expect((await done).error?.message).toBe('Expected model model to be loaded');
  });
});
