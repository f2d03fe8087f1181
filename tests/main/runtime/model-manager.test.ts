import { describe, expect, it } from 'vitest';
import { fastIsp } from '../../../main/isp/fast-isp.ts';
import type { Stage } from '../../../main/processor/stage.ts';
import type { ExecutionProvider, LaneModel } from '../../../main/runtime/lane-protocol.ts';
import type { LaneWorkers } from '../../../main/runtime/lane-workers.ts';
import { ModelManager } from '../../../main/runtime/model-manager.ts';
import { benchRequest, LaneBench } from '../../support/lane-bench.ts';

/** Workers that only write down what they are told. */
class RecordingWorkers {
  readonly loaded: string[] = [];
  readonly unloaded: string[] = [];
  refusal: Error | undefined;

  async load({ hash, provider }: LaneModel): Promise<void> {
    await Promise.resolve();
    if (this.refusal) throw this.refusal;
    this.loaded.push(`${hash} on ${provider}`);
  }

  unload(hash: string): void {
    this.unloaded.push(hash);
  }
}

function recordingManager(): { models: ModelManager; workers: RecordingWorkers } {
  const workers = new RecordingWorkers();
  return { models: new ModelManager(workers as unknown as LaneWorkers), workers };
}

describe('a model that cannot be had', () => {
  it('is refused, known to nobody, and can be tried again', async () => {
    const { models, workers } = recordingManager();
    workers.refusal = new Error('no memory');
    await expect(models.load(benchRequest())).rejects.toThrow('no memory');
    workers.refusal = undefined;
    await models.load(benchRequest());
    expect(workers.loaded).toHaveLength(1);
  });

  it('is refused when it has more strips than a job can count', async () => {
    const { models } = recordingManager();
    const strips = new Array(9000).fill({ inputRow: 0, inputRows: 1, missingAbove: 0, missingBelow: 0, firstRow: 0 });
    const stage: Stage = {
      ...fastIsp,
      plan: (request) => ({ ...fastIsp.plan(request), strips: { rowsPerStrip: 2, halo: { above: 0, below: 0 }, strips } }),
    };
    await expect(models.load({ ...benchRequest(), stage })).rejects.toThrow('Expected at most 8191 strips but received 9000');
  });

  it('cannot be released more often than it was loaded', async () => {
    const { models } = recordingManager();
    const model = await models.load(benchRequest());
    models.release(model);
    expect(() => models.release(model)).toThrow(`Expected a loaded model but received ${model.hash}`);
  });

  it('is refused by a worker with its own words, and loaded nowhere', async () => {
    const bench = await LaneBench.open(2);
    const stage: Stage = { ...fastIsp, inputs: () => ({}) };
    await expect(bench.models.load({ ...benchRequest(), stage })).rejects.toMatchObject({
      code: 'runtime.model-refused',
      exitCode: 1,
    });
    await bench.models.load(benchRequest());
  });
});

describe('equal models', () => {
  it('are loaded once and unloaded with their last user', async () => {
    const { models, workers } = recordingManager();
    const [first, second] = [await models.load(benchRequest()), await models.load(benchRequest({ exposure_ev: 2 }))];
    expect(second.hash).toBe(first.hash);
    expect(workers.loaded).toEqual([`${first.hash} on cpu`]);
    models.release(first);
    expect(workers.unloaded).toEqual([]);
    models.release(second);
    expect(workers.unloaded).toEqual([first.hash]);
  });

  it('are loaded once although both are asked for at the same time', async () => {
    const { models, workers } = recordingManager();
    const [first, second] = await Promise.all([models.load(benchRequest()), models.load(benchRequest())]);
    expect(workers.loaded).toHaveLength(1);
    models.release(first);
    expect(workers.unloaded).toEqual([]);
    models.release(second);
    expect(workers.unloaded).toEqual([first.hash]);
  });

  it('differ by what shapes the graph, and by the size of the frame', async () => {
    const { models } = recordingManager();
    const requests = [
      benchRequest(),
      benchRequest({ strip_rows: 24 }),
      benchRequest({ output_resolution: 'half' }),
      { ...benchRequest(), width: 32 },
    ];
    const hashes = await Promise.all(requests.map(async (request) => (await models.load(request)).hash));
    expect(new Set(hashes).size).toBe(4);
  });
});

describe('a provider that this machine lacks', () => {
  it('falls back to the CPU and says why', async () => {
    const bench = await LaneBench.open(1);
    const model = await bench.models.load({ ...benchRequest(), provider: 'abacus' as ExecutionProvider });
    expect(model).toMatchObject({ provider: 'cpu', fallbackReason: expect.stringMatching(/^[^/]{10,160}$/) });
    bench.submit(1, model);
    await bench.completed(1);
    expect(bench.outcomes()).toEqual([[1, 'done']]);
  });

  it('gets the frame whole, and the CPU gets strips', async () => {
    const { models, workers } = recordingManager();
    const whole = await models.load({ ...benchRequest(), provider: 'webgpu' });
    const strips = await models.load(benchRequest());
    expect([whole.plan.strips.strips.length, strips.plan.strips.strips.length]).toEqual([1, 3]);
    expect(workers.loaded).toEqual([`${whole.hash} on webgpu`, `${strips.hash} on cpu`]);
    expect(whole.fallbackReason).toBeUndefined();
  });
});
