import { noHalo } from '../../graph/strips.ts';
import { expectLayout, type GraphOperator } from '../operator.ts';

/** Levels of a mosaic that a stage gives out, DN of 16 bits: light 0 lies high enough for noise below it to keep its mean. */
export const outputLevels = { bits: 16, black: 4096, white: 65535 } as const;

/** Name of the output that holds the corrected mosaic. */
export const correctedMosaicPort = 'corrected_mosaic';

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
    const count = samples.shape.reduce<number>((product, extent) => product * Number(extent), 1);
    const columns = count === geometry.rows * geometry.width ? geometry.width : geometry.width / 2;
    const mosaic = g.reshape(samples, [count / columns, columns]);
    g.output(correctedMosaicPort, mosaic, `Corrected Bayer mosaic, 16 bit, black ${black}, white ${white}`);
    return { ...x, value: mosaic };
  },
  inputs: () => ({}),
};
