import { InferenceSession, type Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import type { Kernel } from '../../../main/kernel/kernel.ts';
import type { LaneModel } from '../../../main/runtime/lane-protocol.ts';
import { type CreateSession, LaneSessions, type OpenKernel } from '../../../main/runtime/lane-sessions.ts';
import { LaneWorkers } from '../../../main/runtime/lane-workers.ts';
import { warmUpPlanes } from '../../../main/runtime/model-warm-up.ts';
import { laneModel } from './lane-model.ts';

/** A model whose kernel is nothing but a name: what runs in its place is the test's. */
function kernelModel(): Promise<LaneModel> {
  return laneModel({ provider: 'kernel', kernel: { wasm: new Uint8Array(8), outputs: [{ rows: 60 }] } as unknown as Kernel });
}

/** Sessions of ONNX Runtime and kernels of one thread, and which of them are open. */
class Sessions {
  readonly made: string[] = [];
  readonly open: string[] = [];
  runs = 0;
  /** How much too high bytes are that a kernel makes: every one of so many. */
  error = 0;
  errorEvery = 1;
  /** What a kernel throws when it runs. */
  failure: Error | undefined;
  #bytes: Uint8Array | undefined;

  readonly create: CreateSession = async (bytes, options) => {
    const session = await InferenceSession.create(bytes, options);
    const { release } = session;
    session.release = this.#releasing('session', () => release.call(session));
    return session;
  };

  /** Computes what the model's bytes say, as a kernel of them does. */
  readonly openKernel: OpenKernel = async () => {
    const session = await InferenceSession.create(this.#bytes as Uint8Array<ArrayBuffer>);
    const run = async (feeds: Record<string, Tensor>, fetches: Record<string, Tensor>): Promise<void> => {
      this.runs += 1;
      if (this.failure) throw this.failure;
      await session.run(feeds, fetches);
      const data = fetches['rgba']?.data as Uint8Array;
      for (let index = 0; index < data.length; index += this.errorEvery) {
        const value = data[index] as number;
        data[index] = value + this.error <= 255 ? value + this.error : value - this.error;
      }
    };
    return { run, endProfiling: () => undefined, release: this.#releasing('kernel', () => session.release()) };
  };

  async load(model: LaneModel): Promise<LaneSessions> {
    this.#bytes = model.bytes;
    const sessions = new LaneSessions(this.create, this.openKernel);
    await sessions.load(model);
    return sessions;
  }

  #releasing(kind: string, release: () => Promise<void>): () => Promise<void> {
    this.made.push(kind);
    this.open.push(kind);
    return () => {
      this.open.splice(this.open.indexOf(kind), 1);
      return release();
    };
  }
}

describe('a kernel of a worker', () => {
  it('that makes something else than ONNX Runtime is refused with the figure, and everything is freed', async () => {
    const sessions = new Sessions();
    sessions.error = 3;
    await expect(sessions.load(await kernelModel())).rejects.toMatchObject({
      code: 'model.wrong-result',
      message: 'Expected row kernels to agree with ONNX Runtime within 2/255 but their picture differs by 3/255',
      action: expect.stringContaining('ONNX Runtime on the CPU'),
    });
    // The kernel and its prologue, and the same graph in ONNX Runtime with a prologue of its own.
    expect([sessions.made.toSorted(), sessions.open]).toEqual([['kernel', 'session', 'session', 'session'], []]);
  });

  it('that ends in an error is refused with it, and everything is freed', async () => {
    const sessions = new Sessions();
    sessions.failure = new Error('memory access out of bounds');
    await expect(sessions.load(await kernelModel())).rejects.toMatchObject({
      code: 'model.no-provider',
      message: 'memory access out of bounds',
    });
    expect(sessions.open).toEqual([]);
  });

  it('that cannot be opened is refused with the reason', async () => {
    const openKernel: OpenKernel = () => Promise.reject(new RangeError('WebAssembly.Memory(): could not allocate memory'));
    const sessions = new Sessions();
    const loading = new LaneSessions(sessions.create, openKernel).load(await kernelModel());
    await expect(loading).rejects.toThrow('WebAssembly.Memory(): could not allocate memory');
    expect(sessions.made).toEqual([]);
  });

  it('has run often enough to be optimised when it is loaded, and runs the strips from then on', async () => {
    const sessions = new Sessions();
    const model = await kernelModel();
    const loaded = await sessions.load(model);
    expect(sessions.runs).toBeGreaterThanOrEqual(10);
    // ONNX Runtime keeps only what is run once for a frame.
    expect(sessions.open.toSorted()).toEqual(['kernel', 'session']);
    const before = sessions.runs;
    const { session } = loaded.of(model.hash);
    const frame = { ...warmUpPlanes(model, model.strips), parameters: await session.parameters(model.warmUpInputs) };
    for (let strip = 0; strip < model.strips; strip++) await session.run(strip, frame);
    expect(sessions.runs - before).toBe(model.strips);
    expect(new Set(frame.outputs[0]).size).toBeGreaterThan(100);
  });

  it('for a single frame is neither run nor compared before it', async () => {
    const sessions = new Sessions();
    sessions.error = 3;
    await sessions.load({ ...(await kernelModel()), isForOneFrame: true });
    expect([sessions.runs, sessions.open.toSorted()]).toEqual([0, ['kernel', 'session']]);
  });

  it('is freed when it is unloaded, once', async () => {
    const sessions = new Sessions();
    const model = await kernelModel();
    const loaded = await sessions.load(model);
    await loaded.unload(model.hash);
    await loaded.unload(model.hash);
    expect(sessions.open).toEqual([]);
  });

  it('is not compared again where another worker has done so', async () => {
    const sessions = new Sessions();
    sessions.error = 3;
    await sessions.load({ ...(await kernelModel()), isCompared: true });
    expect(sessions.made.toSorted()).toEqual(['kernel', 'session']);
  });
});

describe('the comparison of a kernel', () => {
  it('may have rounded one value in a thousand further off, which gains amplify, and no more', async () => {
    const sessions = new Sessions();
    sessions.error = 9;
    sessions.errorEvery = 2000;
    await sessions.load(await kernelModel());
    sessions.errorEvery = 500;
    await expect(sessions.load(await kernelModel())).rejects.toThrow('their picture differs by 9/255');
  });
});

describe('the workers of a lane', () => {
  /** They take the first load of all only uncompared, and every later one only compared. */
  const entry = new URL('comparing-lane-worker.ts', import.meta.url);

  it('compare a kernel once, also for those that come later', async () => {
    const workers = await LaneWorkers.start({ count: 3, priority: 'normal', entry }, new SharedArrayBuffer(4));
    try {
      await workers.load(await kernelModel());
    } finally {
      await workers.close();
    }
  });

  it('compare a device each', async () => {
    const workers = await LaneWorkers.start({ count: 2, priority: 'normal', entry }, new SharedArrayBuffer(4));
    try {
      await expect(workers.load(await laneModel({ provider: 'webgpu' }))).rejects.toThrow('load 2 is not compared');
    } finally {
      await workers.close();
    }
  });
});
