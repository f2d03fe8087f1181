import { z } from 'zod';
import { assert } from '../../base/errors.ts';
import type { Value } from '../../graph/graph.ts';
import { noHalo } from '../../graph/strips.ts';
import { runtime } from '../../processor/parameters.ts';
import { encodedNoise } from '../encoded-noise.ts';
import { expectLayout, type GraphOperator, numberIn, type OperatorContext, type Raster } from '../operator.ts';

/**
 * The raster with the fourth channel of every position, [positions, 1, samples], taken aside. It stays where it was as well, except in a
 * dense graph, where leaving it out costs nothing and saves what would be computed of it.
 */
function splitDetail({ g, geometry }: OperatorContext, x: Raster): Raster & { readonly detail: Value } {
  expectLayout(x, 'cells', 'detail split');
  const [, channels, rows, columns] = x.value.shape as [number, number, number, number];
  assert(channels % 4 === 0, `Expected four channels per position before the detail split but received ${channels} in all`);
  const positions = g.reshape(x.value, [channels / 4, 4, rows * columns]);
  const detail = g.slice(positions, [{ axis: 1, start: 3, end: 4 }]);
  if (!geometry.dense) return { ...x, detail };
  const colours = g.slice(positions, [{ axis: 1, start: 0, end: 3 }]);
  return { ...x, value: g.reshape(colours, [1, (channels / 4) * 3, rows, columns]), detail };
}

/** Takes the luminance detail aside unchanged, where colour goes on in another domain. */
export const detailSplit: GraphOperator = {
  kind: 'graph',
  id: 'detail-split',
  params: {},
  halo: noHalo,
  graph: splitDetail,
  inputs: () => ({}),
};

/**
 * Takes the luminance detail aside and cores it: what is smaller than the threshold is dropped, the rest comes nearer to zero by
 * the threshold, so that sharpening leaves noise alone and nothing jumps.
 */
export const detailCoring: GraphOperator = {
  kind: 'graph',
  id: 'detail-coring',
  params: {
    sharpen_threshold: runtime(z.number().min(0).max(8).default(1), {
      order: 11,
      label: 'Coring',
      category: 'Detail',
      unit: 'σ',
      step: 0.05,
      help: 'Detail below this many standard deviations of the noise at mid-grey is not sharpened; needs Sharpening with coring',
    }),
  },
  halo: noHalo,
  graph: (context, x) => {
    const { g, input } = context;
    const { detail, ...rest } = splitDetail(context, x);
    const threshold = input('detail_threshold', 'float32', [], 'Luminance detail that is not sharpened, 0 to 1 encoded');
    return { ...rest, detail: g.subtract(detail, g.clip(detail, g.negative(threshold), threshold)) };
  },
  inputs: (values, sensor) => ({
    detail_threshold: Float32Array.of(numberIn(values, 'sharpen_threshold') * encodedNoise(sensor)),
  }),
};
