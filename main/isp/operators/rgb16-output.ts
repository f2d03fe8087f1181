import { noHalo } from '../../graph/strips.ts';
import { stagePorts } from '../../processor/stage.ts';
import { expectLayout, type GraphOperator } from '../operator.ts';
import { windowOf } from './demosaic-residual/cell-field.ts';
import { opaqueCells } from './opaque-cells.ts';
import { rgba8Output } from './rgba8-output.ts';

/** The name of the plane that {@link pictureOutputs} writes beside RGBA8: uint16, three channels. */
export const deepPicture = 'rgb16';

/**
 * Cells of R, G, B in [0, 1] as two planes: RGBA8, which views show, and RGB16 (65535 is white), which keeps what 8 bits would
 * round away. Both interleave by transposes that move contiguous runs. What margin operators have left is cut off before.
 */
export const pictureOutputs: GraphOperator = {
  kind: 'graph',
  id: 'picture-outputs',
  params: {},
  halo: noHalo,
  outputs: [...(rgba8Output.outputs ?? []), { name: deepPicture, type: 'uint16', channels: 3 }],
  graph: (context, x) => {
    expectLayout(x, 'cells', 'picture-outputs');
    const { g, geometry } = context;
    const inner = { ...x, value: windowOf(g, { value: x.value, margin: x.margin / 2 }, 0), margin: 0 };
    const picture = rgba8Output.graph(context, opaqueCells.graph(context, inner));
    const [, , rows, columns] = inner.value.shape as [number, number, number, number];
    const clipped = g.clip(inner.value, g.scalar(0), g.scalar(1));
    const steps = g.cast(g.round(g.multiply(clipped, g.scalar(65535))), 'uint16');
    const pixels = g.transpose(g.reshape(steps, [2, 6, rows, columns]), [0, 2, 3, 1]);
    const interleaved = g.transpose(g.reshape(pixels, [2, rows, columns * 6]), [1, 0, 2]);
    const deep = geometry.whole ? g.reshape(interleaved, [2 * rows, 2 * columns, 3]) : interleaved;
    g.output(deepPicture, deep, `sRGB picture beside ${stagePorts.picture}, rows x columns x RGB, 16 bit, 65535 is white`);
    return picture;
  },
  inputs: () => ({}),
};
