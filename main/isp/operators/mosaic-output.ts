import type { Value } from '../../graph/graph.ts';
import type { GraphBuilder } from '../../graph/graph-builder.ts';
import { noHalo } from '../../graph/strips.ts';
import { elementCount } from '../../graph/tensor-type.ts';
import { expectLayout, type GraphOperator, type RasterGeometry } from '../operator.ts';

/** Levels of a mosaic that a stage gives out, DN of 16 bits: light 0 lies high enough for noise below it to keep its mean. */
export const outputLevels = { bits: 16, black: 4096, white: 65535 } as const;

/** Name of the output that holds the corrected mosaic. */
const correctedMosaicPort = 'corrected_mosaic';

/**
 * Linear light as 16-bit samples: 0 becomes {@link outputLevels}' black, 1 its white, and what is brighter is clipped there, so that
 * whatever saturates reads as saturated. Light below black is kept down to -1/15.
 */
export const mosaicOutput: GraphOperator = {
  kind: 'graph',
  id: 'mosaic-output',
  params: {},
  halo: noHalo,
  outputs: [{ name: correctedMosaicPort, type: 'uint16', channels: 1 }],
  graph: ({ g, geometry }, x) => {
    expectLayout(x, 'mosaic', 'mosaic-output');
    const { black, white } = outputLevels;
    // A cast cuts off: half a step more makes it round.
    const scaled = g.add(g.multiply(x.value, g.scalar(white - black)), g.scalar(black + 0.5));
    const samples = g.cast(g.clip(scaled, g.scalar(0), g.scalar(white)), 'uint16');
    const mosaic = withoutMargin(g, samples, { ...geometry, margin: x.margin });
    g.output(correctedMosaicPort, mosaic, `Corrected Bayer mosaic, 16 bit, black ${black}, white ${white}`);
    return { ...x, value: mosaic, margin: 0 };
  },
  inputs: () => ({}),
};

/** The samples of the strip, [rows, columns], of those with a margin; a binned mosaic has half of each. */
function withoutMargin(
  g: GraphBuilder,
  samples: Value,
  { rows, width, margin }: Pick<RasterGeometry, 'rows' | 'width' | 'margin'>,
): Value {
  const [allRows, allColumns] = [rows + 2 * margin, width + 2 * margin];
  const scale = elementCount(samples.shape) === allRows * allColumns ? 1 : 1 / 2;
  const raster = g.reshape(samples, [scale * allRows, scale * allColumns]);
  if (margin === 0) return raster;
  const cut = scale * margin;
  return g.slice(
    raster,
    [0, 1].map((axis) => ({ axis, start: cut, end: scale * (axis === 0 ? allRows : allColumns) - cut })),
  );
}
