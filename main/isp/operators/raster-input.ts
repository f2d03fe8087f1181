import { noHalo } from '../../graph/strips.ts';
import { stagePorts } from '../../processor/stage.ts';
import type { GraphOperator, OperatorContext, Raster } from '../operator.ts';

/** Declares the graph's mosaic: rows of 16-bit samples, as many as exist of those the strip needs. */
export function mosaicInput({ g, geometry }: OperatorContext): Raster {
  const { whole, frame } = geometry;
  const shape = [1, 1, whole ? frame.height : 'rows', frame.width];
  const value = g.input(stagePorts.mosaic, 'uint16', shape, 'Bayer mosaic, unpacked samples, DN');
  return { value, layout: 'mosaic', margin: 0 };
}

/** Converts the mosaic to float and mirrors it by the margin, so that every later operator finds its neighbours; then crops. */
export const rasterInput: GraphOperator = {
  kind: 'graph',
  id: 'raster-input',
  params: {},
  halo: noHalo,
  graph: ({ g, geometry }, x) => {
    const { rows, width, margin, whole, frame } = geometry;
    const pads = whole
      ? g.constant('int64', BigInt64Array.from([0, 0, margin, margin, 0, 0, margin, margin], BigInt), [8])
      : g.input(stagePorts.pads, 'int64', [8], 'Mirrored samples: begin of batch, channel, row, column, then end of each');
    const paddedRows = (whole ? frame.height : rows) + 2 * margin;
    const padded = g.padReflect(g.cast(x.value, 'float32'), pads, [1, 1, paddedRows, frame.width + 2 * margin]);
    const columns = { axis: 3, start: frame.left, end: frame.left + width + 2 * margin };
    // A strip's rows are chosen when it is read.
    const cropped = [...(whole ? [{ axis: 2, start: frame.top, end: frame.top + rows + 2 * margin }] : []), columns];
    const isCropped = width !== frame.width || (whole && rows !== frame.height);
    return { value: isCropped ? g.slice(padded, cropped) : padded, layout: 'mosaic', margin };
  },
  inputs: () => ({}),
};
