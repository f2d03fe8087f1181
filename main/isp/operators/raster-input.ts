import { noHalo } from '../../graph/strips.ts';
import { stagePorts } from '../../processor/stage.ts';
import type { GraphOperator, OperatorContext, Raster } from '../operator.ts';

/** Declares the graph's mosaic: rows of 16-bit samples, as many as exist of those the strip needs. */
export function mosaicInput({ g, geometry }: OperatorContext): Raster {
  const rows = geometry.whole ? geometry.rows : 'rows';
  const value = g.input(stagePorts.mosaic, 'uint16', [1, 1, rows, geometry.width], 'Bayer mosaic, unpacked samples, DN');
  return { value, layout: 'mosaic', margin: 0 };
}

/** Converts the mosaic to float and mirrors it by the margin, so that every later operator finds its neighbours. */
export const rasterInput: GraphOperator = {
  kind: 'graph',
  id: 'raster-input',
  params: {},
  halo: noHalo,
  graph: ({ g, geometry }, x) => {
    const { rows, width, margin, whole } = geometry;
    const pads = whole
      ? g.constant('int64', BigInt64Array.from([0, 0, margin, margin, 0, 0, margin, margin], BigInt), [8])
      : g.input(stagePorts.pads, 'int64', [8], 'Mirrored samples: begin of batch, channel, row, column, then end of each');
    const padded = g.padReflect(g.cast(x.value, 'float32'), pads, [1, 1, rows + 2 * margin, width + 2 * margin]);
    return { value: padded, layout: 'mosaic', margin };
  },
  inputs: () => ({}),
};
