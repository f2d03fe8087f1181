import { InferenceSession } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { type CreateSession, LaneSessions } from '../../../main/runtime/lane-sessions.ts';
import { ModelManager } from '../../../main/runtime/model-manager.ts';
import { benchMosaic, benchRequest, LaneBench } from '../../support/lane-bench.ts';
import { onnxBytes, port } from '../../support/onnx-bytes.ts';
import { laneModel } from './lane-model.ts';

/** Makes real sessions on the CPU, whatever provider is asked for, and knows which were given back; a model in strips has two. */
function countingSessions(): { readonly made: string[]; readonly released: string[]; readonly create: CreateSession } {
  const made: string[] = [];
  const released: string[] = [];
  const create: CreateSession = async (bytes, options) => {
    const provider = String(options.executionProviders?.[0]);
    const session = await InferenceSession.create(bytes, { ...options, executionProviders: ['cpu'] });
    made.push(provider);
    const release = session.release.bind(session);
    session.release = () => {
      released.push(provider);
      return release();
    };
    return session;
  };
  return { made, released, create };
}

describe('the sessions of a worker', () => {
  it('refuse an unknown hash by its name', async () => {
    const sessions = new LaneSessions();
    expect(() => sessions.of('nobody')).toThrow('Expected model nobody to be loaded');
    await sessions.unload('nobody');
    expect(sessions.hashes).toEqual([]);
  });

  it('are freed when they are unloaded, and unknown from then on', async () => {
    const { create, released } = countingSessions();
    const sessions = new LaneSessions(create);
    const model = await laneModel();
    await sessions.load(model);
    expect(sessions.of(model.hash).model).toBe(model);
    await sessions.unload(model.hash);
    expect(released).toEqual(['cpu', 'cpu']);
    expect(() => sessions.of(model.hash)).toThrow(`Expected model ${model.hash} to be loaded`);
  });

  it('keep one session per hash, however often it is loaded', async () => {
    const { create, made, released } = countingSessions();
    const sessions = new LaneSessions(create);
    const model = await laneModel();
    await sessions.load(model);
    await sessions.load(model);
    expect([made.length, released.length, sessions.hashes]).toEqual([4, 2, [model.hash]]);
    await sessions.unload(model.hash);
    expect(released).toHaveLength(4);
  });

  it('leave nothing behind when the warm-up fails, and keep the earlier session', async () => {
    const { create, made, released } = countingSessions();
    const sessions = new LaneSessions(create);
    const model = await laneModel();
    await sessions.load(model);
    await expect(sessions.load({ ...model, warmUpInputs: {} })).rejects.toThrow('Expected a value for graph input');
    expect([made.length, released.length]).toEqual([4, 2]);
    expect(sessions.of(model.hash).model).toBe(model);
  });
});

describe('a lane worker', () => {
  it('fails an envelope whose model it does not have, by its hash, and goes on', async () => {
    const bench = await LaneBench.open(2);
    const model = await bench.models.load(benchRequest());
    bench.submit(1, { ...model, hash: 'feedface' });
    await bench.completed(1);
    expect(bench.completions[0]?.error?.message).toBe('Expected model feedface to be loaded');
    bench.submit(2, model);
    await bench.completed(2);
    expect(bench.outcomes()).toEqual([
      [1, 'failed'],
      [2, 'done'],
    ]);
  });

  it('does not know a model any more after it was unloaded', async () => {
    const bench = await LaneBench.open(1);
    const model = await bench.models.load(benchRequest());
    bench.threading.workers.unload(model.hash);
    bench.submit(1, model);
    await bench.completed(1);
    expect(bench.completions[0]?.error?.message).toBe(`Expected model ${model.hash} to be loaded`);
  });

  it('does not have a model any more that had to go for another one', async () => {
    const bench = await LaneBench.open(1);
    const models = new ModelManager(bench.threading.workers, { budgetBytes: 0 });
    const first = await models.load(benchRequest());
    models.release(first);
    const second = await models.load(benchRequest({ output_resolution: 'half' }));
    bench.submit(1, first);
    await bench.completed(1);
    expect(bench.completions[0]?.error?.message).toBe(`Expected model ${first.hash} to be loaded`);
    bench.submit(2, second);
    await bench.completed(2);
    expect(bench.completions[1]?.status).toBe('done');
  });

  it('makes the same picture whatever it did before', async () => {
    const bench = await LaneBench.open(1);
    const [full, half] = [
      await bench.models.load(benchRequest()),
      await bench.models.load(benchRequest({ output_resolution: 'half' })),
    ];
    const pictures: Uint8Array[] = [];
    for (const [index, model] of [full, half, full].entries()) {
      const slots = bench.lease();
      bench.threading.submit(bench.envelope(index, model, slots), model.plan.strips.strips.length);
      await bench.completed(index + 1);
      pictures.push(slots.picture.bytes().slice());
    }
    expect(bench.outcomes().map(([, status]) => status)).toEqual(['done', 'done', 'done']);
    expect(pictures[2]).toEqual(pictures[0]);
    expect(pictures[1]).not.toEqual(pictures[0]);
  });
});

describe('a node that fails on a frame', () => {
  const { width, height } = benchMosaic;
  const ports = {
    inputs: [port('mosaic', 'uint16', [1, 1, height, width])],
    outputs: [port('rgba', 'uint8', [height, width, 4])],
  };
  /** Every sample says which column of its row to show: one beyond the row's end has none. */
  const bytes = onnxBytes({
    ...ports,
    nodes: [
      { name: 'columns', opType: 'Cast', input: ['mosaic'], output: ['columns'], attribute: [{ name: 'to', type: 2, i: 7 }] },
      {
        name: 'look_up',
        opType: 'GatherElements',
        input: ['mosaic', 'columns'],
        output: ['found'],
        attribute: [{ name: 'axis', type: 2, i: 3 }],
      },
      { name: 'narrow', opType: 'Cast', input: ['found'], output: ['byte'], attribute: [{ name: 'to', type: 2, i: 2 }] },
      {
        name: 'pixels',
        opType: 'Concat',
        input: ['byte', 'byte', 'byte', 'byte'],
        output: ['planes'],
        attribute: [{ name: 'axis', type: 2, i: 1 }],
      },
      {
        name: 'interleave',
        opType: 'Transpose',
        input: ['planes'],
        output: ['rows'],
        attribute: [{ name: 'perm', type: 7, ints: [0, 2, 3, 1] }],
      },
      { name: 'picture', opType: 'Squeeze', input: ['rows'], output: ['rgba'] },
    ],
  });

  it('is named in the completion, and the worker goes on', async () => {
    const bench = await LaneBench.open(1);
    const planes = {
      inputs: [{ name: 'mosaic', type: 'uint16', windows: [{ offset: 0, shape: [1, 1, height, width] }] }],
      outputs: [{ name: 'rgba', type: 'uint8', windows: [{ offset: 0, shape: [height, width, 4] }] }],
    } as const;
    const whole = { planes, strips: 1, inputShapes: {}, warmUpInputs: {}, warmUpLevel: width - 1 };
    const { pads: _, prologue: __, ...model } = await laneModel({ ...ports, ...whole, bytes, hash: 'look-up' });
    await bench.threading.workers.load(model);
    const stage = await bench.models.load(benchRequest());
    const envelope = { ...bench.envelope(1, stage), modelHash: 'look-up' };
    bench.threading.submit(envelope, 1);
    await bench.completed(1);
    bench.submit(2, stage);
    await bench.completed(2);
    expect(bench.completions[0]?.error).toMatchObject({
      code: 'model.failed',
      message: 'Node look_up (GatherElements) failed: GatherElements op: Out of range value in index tensor',
    });
    expect(bench.outcomes()).toEqual([
      [1, 'failed'],
      [2, 'done'],
    ]);
  });
});
