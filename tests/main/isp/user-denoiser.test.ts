import { describe, expect, it } from 'vitest';
import type { Graph } from '../../../main/graph/graph.ts';
import { GraphBuilder } from '../../../main/graph/graph-builder.ts';
import { readOnnxGraph } from '../../../main/graph/onnx-import.ts';
import { writeOnnxModel } from '../../../main/graph/onnx-model.ts';
import type { UserDenoiser } from '../../../main/isp/operators/user-denoiser.ts';
import { createSlowIsp, slowIsp } from '../../../main/isp/slow-isp.ts';
import { runStage } from '../../../main/live/single-frame.ts';
import { defaultValues } from '../../../main/processor/parameters.ts';
import { sharedLanes } from '../../support/shared-lanes.ts';
import { syntheticMosaic } from '../../support/synthetic-mosaic.ts';

const lanes = sharedLanes(2);

const values = { ...defaultValues(slowIsp.declaration.params), slow_strip_rows: 72 };

/** A model as a file would bring it: a 3x3 blur with borders of zeros, or nothing at all where `blur` is 0. */
function modelOf(channels: number, blur: number): Graph {
  const g = new GraphBuilder('blur');
  const x = g.input('x', 'float32', [1, channels, 'h', 'w'], 'Light');
  const kernel = Array.from({ length: channels * 9 }, (_, tap) => (tap % 9 === 4 ? 1 - (8 * blur) / 9 : blur / 9));
  const pads = g.constant('int64', BigInt64Array.from([0, 0, 1, 1, 0, 0, 1, 1], BigInt), [8]);
  const padded = g.padEdge(x, pads, [1, channels, 'ph', 'pw']);
  const weights = g.constant('float32', kernel, [channels, 1, 3, 3]);
  g.output('y', g.convolve(padded, weights, [1, 1], channels), 'Light');
  return readOnnxGraph(writeOnnxModel(g.build()).bytes);
}

describe('reading a foreign model', () => {
  it('refuses what is no model, by a sentence', () => {
    expect(() => readOnnxGraph(Uint8Array.of(255, 255, 255))).toThrow(/Expected an ONNX model/);
    expect(() => readOnnxGraph(new Uint8Array())).toThrow(/Expected an ONNX model with operators/);
  });

  it('refuses an operator set that it does not know', () => {
    const { bytes } = writeOnnxModel(modelOf(4, 0.5));
    const at = bytes.lastIndexOf(17);
    expect(() => readOnnxGraph(bytes.with(at, 9) as Uint8Array)).toThrow(
      'Expected an ONNX model of opset 13 to 21 but received opset 9',
    );
  });

  it('gives back what it reads: the same model, byte for byte', () => {
    const { graph } = slowIsp.plan({ width: 96, height: 96, sensor: syntheticMosaic('RGGB').sensor, values, cut: 'frame' });
    const { hash, bytes } = writeOnnxModel(graph);
    expect(writeOnnxModel(readOnnxGraph(bytes)).hash).toBe(hash);
  });
});

describe('a denoiser of the user', () => {
  it.each<[string, Partial<UserDenoiser>]>([
    ['Expected [1, 4, rows, columns] at x for denoiser blur but received [1, 3, h, w]', { graph: modelOf(3, 0.5) }],
    ['Expected a halo of 0 to 64 rows for denoiser blur but received -1', { halo: -1 }],
  ])('is refused where it does not fit: %s', (message, wrong) => {
    const fitting = { graph: modelOf(4, 0.5), layout: 'packed', halo: 1 } as const;
    expect(() => createSlowIsp({ ...fitting, ...wrong })).toThrow(message);
  });

  it('is refused with two outputs', () => {
    const graph = modelOf(4, 0.5);
    const twice = { ...graph, outputs: [...graph.outputs, ...graph.outputs] };
    expect(() => createSlowIsp({ graph: twice, layout: 'packed', halo: 1 })).toThrow(
      'Expected one output for denoiser blur but received 2',
    );
  });

  for (const [layout, channels] of [
    ['packed', 4],
    ['mosaic', 1],
    ['rgb', 3],
  ] as const) {
    it(`stands in the place of noise reduction, ${layout}, with the same bytes in strips and whole`, async () => {
      const mosaic = syntheticMosaic('GBRG', 96, 242);
      const stage = createSlowIsp({ graph: modelOf(channels, 0.5), layout, halo: 1 });
      const strips = await runStage(stage, mosaic, values, lanes());
      const whole = await runStage(stage, mosaic, { ...values, slow_strip_rows: 4096 }, lanes());
      expect(strips.event.statistics['strips']).toBeGreaterThan(2);
      expect(strips.planes).toEqual(whole.planes);
      const without = await runStage(slowIsp, mosaic, { ...values, nr_strength: 0 }, lanes());
      expect(strips.planes).not.toEqual(without.planes);
    });

    it(`changes nothing where the model does not, ${layout}`, async () => {
      const clean = syntheticMosaic('GRBG', 96, 120);
      const samples = clean.samples.map((sample) => Math.min(900, Math.max(70, sample)));
      const stage = createSlowIsp({ graph: modelOf(channels, 0), layout, halo: 1 });
      const made = await runStage(stage, { ...clean, samples }, values, lanes());
      const without = await runStage(slowIsp, { ...clean, samples }, { ...values, nr_strength: 0 }, lanes());
      const differences = (made.planes['rgba'] as Uint8Array).map((value, index) =>
        Math.abs(value - Number(without.planes['rgba']?.[index])),
      );
      expect(differences.reduce((most, difference) => Math.max(most, difference), 0)).toBeLessThanOrEqual(1);
    });
  }
});
