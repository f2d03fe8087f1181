import { InferenceSession } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import type { Graph } from '../../../main/graph/graph.ts';
import { type Kernel, KernelError } from '../../../main/kernel/kernel.ts';
import type { Stage, StageRequest } from '../../../main/processor/stage.ts';
import { modelSource } from '../../../main/runtime/model-source.ts';
import { benchMosaic, benchRequest } from '../../support/lane-bench.ts';

const kernel = { wasm: new Uint8Array(1000), memoryBytes: 3_000_000 } as unknown as Kernel;

/** A compiler that makes the same of everything and keeps what it was given. */
function keepingCompiler() {
  const given: { readonly graph: Graph; readonly planes: readonly string[] }[] = [];
  const compile = (graph: Graph, planes: readonly string[]): Kernel => {
    given.push({ graph, planes });
    return kernel;
  };
  return { given, compile };
}

describe('a model for row kernels', () => {
  it('is not made of a file, which says so before anybody reads it', async () => {
    const { given, compile } = keepingCompiler();
    await expect(modelSource({ ...benchRequest(), file: 'mine.onnx' }, 'kernel', compile)).rejects.toMatchObject({
      code: 'kernel.unsupported',
      message: 'Expected a graph of the lab for row kernels but received mine.onnx, which ONNX Runtime runs whole',
    });
    expect(given).toEqual([]);
  });

  it('is refused with what the compiler says', async () => {
    const refusal = new KernelError('Expected rows to stay whole but received turn/Transpose_3');
    const compile = (): Kernel => {
      throw refusal;
    };
    await expect(modelSource(benchRequest(), 'kernel', compile)).rejects.toBe(refusal);
  });

  it('is planned in rows, and others are not', async () => {
    const cuts: StageRequest['cut'][] = [];
    const { stage } = benchRequest();
    const watched: Stage = {
      ...stage,
      plan: (request) => {
        cuts.push(request.cut);
        return stage.plan(request);
      },
    };
    for (const provider of ['kernel', 'cpu', 'webgpu'] as const) {
      await modelSource({ ...benchRequest(), stage: watched }, provider, keepingCompiler().compile);
    }
    expect(cuts).toEqual(['rows', 'strips', 'frame']);
  });

  it.each([
    ['several strips', 16],
    ['a single one', 4096],
  ])('is compiled without what depends on parameters alone, for %s', async (_, strip_rows) => {
    const { given, compile } = keepingCompiler();
    const { model, plan } = await modelSource(benchRequest({ strip_rows }), 'kernel', compile);
    expect(model.strips).toBe(Math.ceil(benchMosaic.height / strip_rows));
    const [{ graph, planes }] = given as [(typeof given)[0]];
    expect(planes).toEqual(['mosaic']);
    const parameters = Object.keys(model.inputShapes);
    const read = new Set(graph.nodes.flatMap(({ inputs }) => inputs));
    const hoisted = model.prologue?.inputs ?? [];
    expect(hoisted.length).toBeGreaterThan(3);
    expect(hoisted.filter((name) => parameters.includes(name) && read.has(name))).toEqual([]);
    expect(graph.nodes.length).toBeLessThan(plan.graph.nodes.length);
  });

  it('brings the same graph for ONNX Runtime, under a hash of its own', async () => {
    const { given, compile } = keepingCompiler();
    const { model } = await modelSource(benchRequest(), 'kernel', compile);
    expect(model).toMatchObject({ provider: 'kernel', kernel });
    const session = await InferenceSession.create(model.bytes as Uint8Array<ArrayBuffer>);
    const [{ graph }] = given as [(typeof given)[0]];
    expect(session.inputNames.toSorted()).toEqual(graph.inputs.map(({ name }) => name).toSorted());
    expect(model.inputs.map(({ name }) => name).toSorted()).toEqual(session.inputNames.toSorted());
    await session.release();
    expect(model.hash).not.toBe((await modelSource(benchRequest(), 'cpu')).model.hash);
  });
});

describe('the identity and cost of a model for row kernels', () => {
  it('has another hash when the same graph was compiled to other code', async () => {
    const compiled = async (wasm: Uint8Array<ArrayBuffer>): Promise<string> =>
      (await modelSource(benchRequest(), 'kernel', () => ({ ...kernel, wasm }))).model.hash;
    expect(await compiled(Uint8Array.of(1, 2))).toBe(await compiled(Uint8Array.of(1, 2)));
    expect(await compiled(Uint8Array.of(1, 2))).not.toBe(await compiled(Uint8Array.of(1, 3)));
  });

  it('costs its memory and a small share of that', async () => {
    const { sessionBytes } = await modelSource(benchRequest(), 'kernel', keepingCompiler().compile);
    expect(sessionBytes).toBeGreaterThanOrEqual(3_001_000);
    expect(sessionBytes).toBeLessThan(3_100_000);
  });
});
