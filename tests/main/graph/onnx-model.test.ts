import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { compose } from '../../../main/graph/composition.ts';
import type { Graph } from '../../../main/graph/graph.ts';
import { GraphBuilder } from '../../../main/graph/graph-builder.ts';
import { writeOnnxModel } from '../../../main/graph/onnx-model.ts';
import { fastIsp } from '../../../main/isp/fast-isp.ts';
import { defaultValues } from '../../../main/processor/parameters.ts';
import { runGraph } from '../../support/run-graph.ts';

const run = promisify(execFile);
const python = '/usr/bin/python3';
const sensor = { cfa: 'GRBG', bits: 10, blackLevels: [64, 64, 64, 64], whiteLevel: 1023 } as const;

function root(from = 'x', to = 'y'): Graph {
  const g = new GraphBuilder('root');
  g.output(to, g.squareRoot(g.input(from, 'float32', [4], 'values of at least 0')), 'square roots');
  return g.build();
}

function fastIspGraph(cut: 'strips' | 'frame', values: Record<string, string> = {}): Graph {
  const all = { ...defaultValues(fastIsp.declaration.params), ...values };
  return fastIsp.plan({ width: 64, height: 48, sensor, values: all, cut }).graph;
}

describe('a written model', () => {
  it('loads in ONNX Runtime and computes', async () => {
    expect(await runGraph(root(), { x: Float32Array.of(0, 1, 4, 9) })).toEqual({ y: [0, 1, 2, 3] });
  });

  it('is the same bytes for the same graph, and others for another', () => {
    const [once, again, other] = [writeOnnxModel(root()), writeOnnxModel(root()), writeOnnxModel(root('z'))];
    expect(again).toEqual(once);
    expect(once.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(other.hash).not.toBe(once.hash);
  });

  it('hashes FastISP equally for equal load-time values and differently for others', () => {
    const hash = (values: Record<string, string>): string => writeOnnxModel(fastIspGraph('strips', values)).hash;
    expect(hash({})).toBe(hash({ output_resolution: 'full' }));
    expect(hash({ output_resolution: 'half' })).not.toBe(hash({}));
  });
});

const checker = await run(python, ['-c', 'import onnx; print(onnx.__version__)']).then(
  ({ stdout }) => stdout.trim(),
  () => undefined,
);
const isPromised = process.env['CI'] === 'true';
if (checker === undefined) console.warn(`Not checked by the ONNX checker: ${python} has no module onnx (Debian's python3-onnx)`);

describe("the ONNX project's own checker", () => {
  const models: Record<string, () => Graph> = {
    'FastISP for whole frames': () => fastIspGraph('frame'),
    'FastISP for strips': () => fastIspGraph('strips'),
    'FastISP at half resolution': () => fastIspGraph('frame', { output_resolution: 'half' }),
    'a composed graph': () => compose(root('x', 'y'), root('y', 'z'), { y: 'y' }),
  };
  for (const [name, graph] of Object.entries(models)) {
    it(`accepts ${name}`, async ({ skip }) => {
      if (checker === undefined && !isPromised) skip(`${python} has no module onnx; install python3-onnx`);
      const folder = await mkdtemp(join(tmpdir(), 'camera-lab-onnx-'));
      try {
        const path = join(folder, 'model.onnx');
        await writeFile(path, writeOnnxModel(graph()).bytes);
        const program = 'import sys, onnx; onnx.checker.check_model(sys.argv[1], full_check=True); print("accepted")';
        const { stdout } = await run(python, ['-c', program, path]);
        expect(stdout.trim()).toBe('accepted');
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  }
});
