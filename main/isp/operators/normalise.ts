import { z } from 'zod';
import type { Value } from '../../graph/graph.ts';
import type { GraphBuilder } from '../../graph/graph-builder.ts';
import { noHalo } from '../../graph/strips.ts';
import { runtime } from '../../processor/parameters.ts';
import { cfaColourAt } from '../cfa.ts';
import { numberIn, type Operator, type RasterGeometry } from '../operator.ts';

const gain = z.number().min(0.25).max(8);

/**
 * DN to linear light in [0, 1]: black level, white balance and exposure, clipped where the sensor saturates.
 *
 * Gains are divided by the smallest, so that all three channels reach the clipping point and a blown highlight stays
 * neutral; a negative exposure lowers that point with the picture. The mosaic is viewed as rows of two, which makes the
 * four phases one contiguous pattern and every step a plain vector operation.
 */
export const normalise: Operator = {
  id: 'normalise',
  halo: noHalo,
  params: {
    wb_red_gain: runtime(gain.default(1), {
      order: 1,
      label: 'Red gain',
      category: 'White balance',
      unit: '×',
      step: 0.01,
      help: 'Gain of red relative to green',
    }),
    wb_blue_gain: runtime(gain.default(1), {
      order: 2,
      label: 'Blue gain',
      category: 'White balance',
      unit: '×',
      step: 0.01,
      help: 'Gain of blue relative to green',
    }),
    exposure_ev: runtime(z.number().min(-4).max(4).default(0), {
      order: 3,
      label: 'Exposure',
      category: 'Tone',
      unit: 'EV',
      step: 0.05,
      help: 'Exposure compensation, applied in linear light',
    }),
  },
  graph: ({ g, geometry }, x) => {
    const black = g.input('black_levels', 'float32', [2, 2], 'Black level per position of the 2x2 cell, DN');
    const white = g.input('white_level', 'float32', [], 'First saturated value, DN');
    const gains = g.input('wb_gains', 'float32', [3, 1], 'White-balance gains of red, green and blue');
    const exposure = g.input('exposure_ev', 'float32', [], 'Exposure compensation, EV');
    const brightness = g.power(g.scalar(2), exposure);
    const cellGains = gainsPerPhase(g, geometry, gains);
    const scale = g.multiply(g.divide(cellGains, g.subtract(white, black)), brightness);
    const rows = g.reshape(x.value, [1, 1, -1, 2 * (geometry.width + 2 * x.margin)]);
    const scaled = g.multiply(rows, alongTwoRows(g, x.margin, geometry, scale));
    const light = g.subtract(scaled, alongTwoRows(g, x.margin, geometry, g.multiply(black, scale)));
    return { ...x, value: g.clip(light, g.scalar(0), g.minimum(g.scalar(1), brightness)) };
  },
  inputs: (values, sensor) => ({
    black_levels: Float32Array.from(sensor.blackLevels),
    white_level: Float32Array.of(sensor.whiteLevel),
    wb_gains: Float32Array.of(numberIn(values, 'wb_red_gain'), 1, numberIn(values, 'wb_blue_gain')),
    exposure_ev: Float32Array.of(numberIn(values, 'exposure_ev')),
  }),
};

function gainsPerPhase(g: GraphBuilder, { cfa }: RasterGeometry, gains: Value): Value {
  const normalised = g.divide(gains, g.reduceMinimum(gains, [0]));
  const selection = [0, 1, 2, 3].flatMap((phase) => {
    const colour = cfaColourAt(cfa, phase >> 1, phase & 1);
    return ['R', 'G', 'B'].map((candidate) => (candidate === colour ? 1 : 0));
  });
  return g.reshape(g.matrixMultiply(g.constant('float32', selection, [4, 3]), normalised), [2, 2]);
}

/** Repeats a 2x2 cell along two whole rows that lie one after the other in memory. */
function alongTwoRows(g: GraphBuilder, margin: number, { width }: RasterGeometry, cell: Value): Value {
  const columns = width + 2 * margin;
  return g.reshape(g.expand(g.reshape(cell, [2, 1, 2]), [2, columns / 2, 2]), [1, 1, 1, 2 * columns]);
}
