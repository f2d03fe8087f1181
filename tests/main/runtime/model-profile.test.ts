import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { rowsOfTraces } from '../../../main/runtime/model-profile.ts';
import { profileModel } from '../../../main/runtime/model-profiler.ts';
import { benchRequest, LaneBench } from '../../support/lane-bench.ts';

/** A trace as ONNX Runtime writes it: a session, then one run at `ts` with the kernels given. */
function traceOf(
  runs: readonly { readonly ts: number; readonly kernels: readonly [name: string, operator: string, micros: number][] }[],
): string {
  const events = runs.flatMap(({ ts, kernels }) => [
    ...kernels.map(([name, operator, dur]) => ({
      cat: 'Node',
      name: `${name}_kernel_time`,
      ts: ts + 1,
      dur,
      args: { op_name: operator },
    })),
    { cat: 'Session', name: 'SequentialExecutor::Execute', ts, dur: 900, args: {} },
    { cat: 'Session', name: 'model_run', ts, dur: 1000, args: {} },
  ]);
  return JSON.stringify([{ cat: 'Session', name: 'session_initialization', ts: 1, dur: 500, args: {} }, ...events]);
}

describe('the rows of a trace', () => {
  it('cannot be had from something else', () => {
    expect(() => rowsOfTraces([''], { frames: 1, warmUpRuns: 0 })).toThrow('Expected a trace of ONNX Runtime');
    expect(() => rowsOfTraces(['[]'], { frames: 0, warmUpRuns: 0 })).toThrow('Expected at least one frame but received 0');
  });

  it('are empty where nothing ran beyond the warm-up', () => {
    const trace = traceOf([{ ts: 1000, kernels: [['a', 'Add', 10]] }]);
    expect(rowsOfTraces([trace], { frames: 1, warmUpRuns: 1 })).toEqual({ nodes: [], operators: [] });
  });

  it('are means per frame without the warm-up, by node and by operator, the dearest first', () => {
    const kernels: [string, string, number][] = [
      ['a', 'Add', 10],
      ['b', 'Conv', 60],
      ['c', 'Add', 30],
    ];
    const warmUp: [string, string, number][] = [['a', 'Add', 5000]];
    const trace = traceOf([{ ts: 1000, kernels: warmUp }, ...[9000, 11_000, 13_000, 15_000].map((ts) => ({ ts, kernels }))]);
    // Two frames of two strips.
    expect(rowsOfTraces([trace], { frames: 2, warmUpRuns: 1 })).toEqual({
      nodes: [
        { name: 'b', operator: 'Conv', runsPerFrame: 2, microsPerFrame: 120, share: 0.6 },
        { name: 'c', operator: 'Add', runsPerFrame: 2, microsPerFrame: 60, share: 0.3 },
        { name: 'a', operator: 'Add', runsPerFrame: 2, microsPerFrame: 20, share: 0.1 },
      ],
      operators: [
        { name: 'Conv', operator: 'Conv', runsPerFrame: 2, microsPerFrame: 120, share: 0.6 },
        { name: 'Add', operator: 'Add', runsPerFrame: 4, microsPerFrame: 80, share: 0.4 },
      ],
    });
  });
});

describe('the profile of a model', () => {
  const leftOvers = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('camera-lab-profile-'));

  it('is refused for no frames, for too many, and for a provider that is not there', async () => {
    const { models } = await LaneBench.open(1);
    for (const runs of [0, 1.5, Number.NaN, 1001]) {
      await expect(models.profile(benchRequest(), { runs })).rejects.toMatchObject({ code: 'model.frames', exitCode: 2 });
    }
    const missing = { ...benchRequest(), provider: 'abacus' as 'cuda' };
    await expect(models.profile(missing, { runs: 1 })).rejects.toThrow('this build of ONNX Runtime has no abacus');
  });

  it('of row kernels, which have no times by node, is that of ONNX Runtime on the CPU', async () => {
    const { models } = await LaneBench.open(1);
    const request = { ...benchRequest(), provider: 'kernel' } as const;
    await expect(profileModel(request, 1)).rejects.toThrow(
      'Expected a provider of ONNX Runtime for a profile but received kernel',
    );
    const { provider, strips, nodes } = await models.profile(request, { runs: 1 });
    expect([provider, strips]).toEqual(['cpu', 3]);
    expect(nodes.length).toBeGreaterThan(10);
  });

  it('that fails says why, and leaves no file and no model', async () => {
    const { models } = await LaneBench.open(1);
    const before = leftOvers();
    const stage = { ...benchRequest().stage, inputs: () => ({}) };
    await expect(models.profile({ ...benchRequest(), stage }, { runs: 1 })).rejects.toThrow('Expected a value for graph input');
    expect(leftOvers()).toEqual(before);
    expect(models.models).toEqual([]);
  });

  it('tells every node of every strip, and frames go on beside it', async () => {
    const bench = await LaneBench.open(1);
    const before = leftOvers();
    const model = await bench.models.load(benchRequest());
    const profiling = bench.models.profile(benchRequest(), { runs: 4 });
    bench.submit(1, model);
    await bench.completed(1);
    const profile = await profiling;
    expect(bench.outcomes()).toEqual([[1, 'done']]);
    expect(profile).toMatchObject({ provider: 'cpu', frames: 4, strips: 3, hash: model.hash });
    expect(profile.operators.find(({ name }) => name === 'Conv')).toMatchObject({ runsPerFrame: 3 });
    for (const rows of [profile.nodes, profile.operators]) {
      const micros = rows.map(({ microsPerFrame }) => microsPerFrame);
      expect(micros).toEqual([...micros].sort((a, b) => b - a));
      expect(rows.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
    }
    // What depends on parameters alone runs once for a frame.
    const runsOf = (part: string): number[] =>
      profile.nodes.filter(({ name }) => name.startsWith(part)).map(({ runsPerFrame }) => runsPerFrame);
    expect(new Set(runsOf('tone/'))).toEqual(new Set([3]));
    expect(runsOf('colour-mix/Concat')).toEqual([1, 1]);
    expect(new Set(profile.nodes.map(({ runsPerFrame }) => runsPerFrame))).toEqual(new Set([1, 3]));
    expect(profile.medianFrameMicros).toBeGreaterThan(0);
    expect(leftOvers()).toEqual(before);
  });
});
