import { z } from 'zod';
import { runtime } from '../../processor/parameters.ts';
import { expectLayout, type GraphOperator, numberIn } from '../operator.ts';
import { windowOf } from './demosaic-residual/cell-field.ts';
import { lumaWeights, mixCells } from './luma-cells.ts';

/** Binomial blur over 5x5 pixels. */
const taps = [1, 4, 6, 4, 1].map((tap) => tap / 16);

/** Luma of all four pixels of a cell minus its blur, as a convolution from four planes to four. */
function detailWeights(): Float32Array {
  const weights = new Float32Array(4 * 4 * 9);
  for (let output = 0; output < 4; output++) {
    taps.forEach((vertical, i) => {
      taps.forEach((horizontal, j) => {
        const [row, column] = [(output >> 1) + i - 2, (output & 1) + j - 2];
        const from = (row & 1) * 2 + (column & 1);
        const centre = i === 2 && j === 2 ? 1 : 0;
        weights[(output * 4 + from) * 9 + ((row >> 1) + 1) * 3 + (column >> 1) + 1] = centre - vertical * horizontal;
      });
    });
  }
  return weights;
}

/** Unsharp masking of luma on encoded cells of R, G, B; detail smaller than the core is taken for noise and left alone. */
export const coredSharpening: GraphOperator = {
  kind: 'graph',
  id: 'cored-sharpening',
  halo: { above: 2, below: 2 },
  params: {
    sharpen_amount: runtime(z.number().min(0).max(2).default(0.4), {
      order: 7,
      label: 'Sharpening',
      category: 'Detail',
      step: 0.01,
      help: 'Share of luminance detail that is added',
    }),
    sharpen_core: runtime(z.number().min(0).max(20).default(1.5), {
      order: 8,
      label: 'Sharpening core',
      category: 'Detail',
      unit: '/255',
      step: 0.1,
      help: 'Detail below this is noise and is not sharpened',
    }),
  },
  graph: ({ g, input }, x) => {
    expectLayout(x, 'cells', 'cored-sharpening');
    const amount = input('sharpen_amount', 'float32', [], 'Share of luminance detail that is added');
    const core = input('sharpen_core', 'float32', [], 'Detail that is left alone, of the full range');
    const luma = mixCells(g, x.value, [[...lumaWeights]]);
    const detail = g.convolve(luma, g.constant('float32', detailWeights(), [4, 4, 3, 3]), [1, 1]);
    const cored = g.subtract(detail, g.clip(detail, g.negative(core), core));
    const margin = x.margin / 2 - 1;
    const perChannel = mixCells(g, g.multiply(cored, amount), [[1], [1], [1]]);
    const sharp = g.add(windowOf(g, { value: x.value, margin: x.margin / 2 }, margin), perChannel);
    return { value: g.clip(sharp, g.scalar(0), g.scalar(1)), layout: 'cells', margin: 2 * margin };
  },
  inputs: (values) => ({
    sharpen_amount: Float32Array.of(numberIn(values, 'sharpen_amount')),
    sharpen_core: Float32Array.of(numberIn(values, 'sharpen_core') / 255),
  }),
};
