import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { ResourceError } from '../../../main/base/errors.ts';
import { fastIsp } from '../../../main/isp/fast-isp.ts';
import { type Kernel, KernelError } from '../../../main/kernel/kernel.ts';
import type { Stage } from '../../../main/processor/stage.ts';
import type { ExecutionProvider, LaneModel } from '../../../main/runtime/lane-protocol.ts';
import type { LaneWorkers } from '../../../main/runtime/lane-workers.ts';
import { ModelManager, type ModelOptions } from '../../../main/runtime/model-manager.ts';
import { benchRequest, LaneBench } from '../../support/lane-bench.ts';

/** Workers that only write down what they are told. */
class RecordingWorkers {
  readonly count = 2;
  readonly loaded: string[] = [];
  readonly unloaded: string[] = [];
  refusal: Error | undefined;
  /** The provider that is refused; all where it is undefined. */
  refused: string | undefined;

  async load({ hash, provider }: LaneModel): Promise<void> {
    await Promise.resolve();
    if (this.refusal && provider === (this.refused ?? provider)) throw this.refusal;
    this.loaded.push(`${hash} on ${provider}`);
  }

  unload(hash: string): void {
    this.unloaded.push(hash);
  }
}

/** A manager of such workers, on a machine that has every provider unless the test says why not. */
function recordingManager(options: ModelOptions = {}): { models: ModelManager; workers: RecordingWorkers } {
  const workers = new RecordingWorkers();
  return {
    models: new ModelManager(workers as unknown as LaneWorkers, { obstacle: async () => undefined, ...options }),
    workers,
  };
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
  it('are loaded once, and unloaded with their last user where there is no room for what nobody uses', async () => {
    const { models, workers } = recordingManager({ budgetBytes: 0 });
    const [first, second] = [await models.load(benchRequest()), await models.load(benchRequest({ exposure_ev: 2 }))];
    expect(second.hash).toBe(first.hash);
    expect(workers.loaded).toEqual([`${first.hash} on cpu`]);
    models.release(first);
    expect(workers.unloaded).toEqual([]);
    models.release(second);
    expect(workers.unloaded).toEqual([first.hash]);
  });

  it('are loaded once although both are asked for at the same time', async () => {
    const { models, workers } = recordingManager({ budgetBytes: 0 });
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

describe('a setting that is switched to and fro', () => {
  const [full, half] = [benchRequest(), benchRequest({ output_resolution: 'half' })];

  it('loads each model once', async () => {
    const { models, workers } = recordingManager();
    let running = await models.load(full);
    for (const request of [half, full, half, full]) {
      const next = await models.load(request);
      models.release(running);
      running = next;
    }
    expect(workers.loaded).toHaveLength(2);
    expect(workers.unloaded).toEqual([]);
    expect(models.models.map(({ uses }) => uses)).toEqual([1, 0]);
  });

  it('loads again what had to go for another one, and never lets go of what runs', async () => {
    const { models, workers } = recordingManager({ budgetBytes: 1 });
    const running = await models.load(full);
    const other = await models.load(half);
    models.release(other);
    expect(workers.unloaded).toEqual([other.hash]);
    await models.load(half);
    expect(workers.loaded).toHaveLength(3);
    expect(workers.unloaded).not.toContain(running.hash);
  });

  it('counts a model for each worker that has it, and more for a larger frame', async () => {
    const { models } = recordingManager();
    for (const height of [48, 96]) await models.load({ ...full, height, values: { ...full.values, strip_rows: 4096 } });
    const [small, large] = models.models.map(({ bytes }) => bytes) as [number, number];
    expect(large).toBeGreaterThan(1.5 * small);
    // Eight bytes of float samples, at the least, in each of two workers.
    expect(small).toBeGreaterThan(64 * 48 * 8 * 2);
  });

  it('runs frames on the real workers after every switch, and makes each session once', async () => {
    const bench = await LaneBench.open(1);
    const loads = vi.spyOn(bench.threading.workers, 'load');
    for (const [index, request] of [full, half, full, half].entries()) {
      const model = await bench.models.load(request);
      bench.submit(index, model);
      await bench.completed(index + 1);
      bench.models.release(model);
    }
    expect(bench.outcomes().map(([, status]) => status)).toEqual(['done', 'done', 'done', 'done']);
    expect(loads).toHaveBeenCalledTimes(2);
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

  it.each(['webgpu', 'cuda', 'tensorrt'] as const)('is not even tried where the build has none: %s', async (provider) => {
    const { models, workers } = recordingManager({ obstacle: async (asked) => `no ${asked} here` });
    const model = await models.load({ ...benchRequest(), provider });
    expect(model).toMatchObject({ provider: 'cpu', fallbackReason: `no ${provider} here` });
    expect(workers.loaded).toEqual([`${model.hash} on cpu`]);
  });

  it('falls back where it computes something else, with the figure', async () => {
    const { models, workers } = recordingManager();
    const message = 'Expected webgpu to agree with the CPU within 2/255 but its picture differs by 9/255';
    workers.refusal = new ResourceError('model.wrong-result', message);
    workers.refused = 'webgpu';
    const model = await models.load({ ...benchRequest(), provider: 'webgpu' });
    expect(model).toMatchObject({ provider: 'cpu', fallbackReason: message });
  });
});

describe('row kernels', () => {
  const kernel = { wasm: new Uint8Array(8), memoryBytes: 64 } as unknown as Kernel;
  const sentence =
    'Expected rows to stay whole but received rotate/Transpose_3 of operator turn, which makes columns of them; '.repeat(2);

  it('that cannot be compiled leave the model to ONNX Runtime, with the whole sentence and nothing else loaded', async () => {
    const compile = (): never => {
      throw new KernelError(sentence);
    };
    const { models, workers } = recordingManager({ compile });
    const model = await models.load({ ...benchRequest(), provider: 'kernel' });
    expect(model).toMatchObject({ provider: 'cpu', fallbackReason: sentence });
    expect(workers.loaded).toEqual([`${model.hash} on cpu`]);
    expect((await models.load(benchRequest())).hash).toBe(model.hash);
  });

  it('that make something else leave the model to ONNX Runtime, with the figure', async () => {
    const { models, workers } = recordingManager({ compile: () => kernel });
    const message = 'Expected row kernels to agree with ONNX Runtime within 2/255 but their picture differs by 9/255';
    workers.refusal = new ResourceError('model.wrong-result', message);
    workers.refused = 'kernel';
    const model = await models.load({ ...benchRequest(), provider: 'kernel' });
    expect(model).toMatchObject({ provider: 'cpu', fallbackReason: message });
    expect(models.models.map(({ key }) => key)).toEqual([model.hash]);
  });

  it('do not hide what is wrong with the request itself', async () => {
    const { models } = recordingManager();
    const tooSmall = { ...benchRequest(), provider: 'kernel', height: 2 } as const;
    await expect(models.load(tooSmall)).rejects.toMatchObject({ code: 'fast-isp.too-small', exitCode: 2 });
  });

  it('get strips, and the hash of the kernel is not that of the session', async () => {
    const { models, workers } = recordingManager({ compile: () => kernel });
    const model = await models.load({ ...benchRequest(), provider: 'kernel' });
    expect(model.plan.strips.strips).toHaveLength(3);
    expect(model.fallbackReason).toBeUndefined();
    expect(workers.loaded).toEqual([`${model.hash} on kernel`]);
    expect((await models.load(benchRequest())).hash).not.toBe(model.hash);
  });
});

const chromiumVulkan = '/usr/lib/chromium/vk_swiftshader_icd.json';

describe('WebGPU on a device', () => {
  // In a process of its own: the driver is chosen once per process, and a device may be there that is not to be relied on.
  const reason = existsSync(chromiumVulkan) ? '' : `, skipped: ${chromiumVulkan} is missing`;

  it.skipIf(reason !== '')(`agrees with the CPU on the warm-up frame${reason}`, async () => {
    const script = new URL('webgpu-check.ts', import.meta.url).pathname;
    const env = { ...process.env, VK_DRIVER_FILES: chromiumVulkan };
    const { stdout } = await promisify(execFile)(process.execPath, [script], { env });
    expect(JSON.parse(stdout)).toEqual({ provider: 'webgpu' });
  });
});
