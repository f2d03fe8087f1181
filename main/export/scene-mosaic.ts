import { assert } from '../base/errors.ts';
import { identity3, inverse3, type Triple } from '../base/matrix3.ts';
import type { SensorDescription } from '../frame/frame-meta.ts';
import type { CfaOrder } from '../frame/pixel-format.ts';
import type { Graph, Value } from '../graph/graph.ts';
import { GraphBuilder } from '../graph/graph-builder.ts';
import { cfaColourAt } from '../isp/cfa.ts';
import { processorPorts } from '../processor/processor-plan.ts';
import { stagePorts } from '../processor/stage.ts';
import type { FrameSize } from './sized-graph.ts';

/** A sensor as it would be behind a perfect lens: what belongs to one lens and one chip is left out. */
export function idealSensor({ shading: _, defects: __, linearisation: ___, ...sensor }: SensorDescription): SensorDescription {
  return sensor;
}

/**
 * What a sensor would have recorded of an sRGB frame taken for the scene, without noise: [1, rows, columns, 3] in [0, 1] to a mosaic in DN.
 * The frame is decoded to light, taken back through the camera's colour matrix and its white balance `gains`, cut by the CFA,
 * and scaled from the black levels to white; so an ISP with that matrix and balance gives the frame's own colours. A matrix that has
 * no inverse counts as none. Rows and columns are even.
 */
export function sceneMosaic({ width, height }: FrameSize, sensor: SensorDescription, gains: Triple): Graph {
  const g = new GraphBuilder('scene-mosaic');
  const video = g.input(processorPorts.video, 'float32', [1, height, width, 3], 'The scene: an sRGB frame in [0, 1]');
  const camera = cameraLight(g, decoded(g, video), sensor);
  const cells = g.reshape(camera, [height / 2, 2, width / 2, 6]);
  const samples = g.matrixMultiply(cells, g.constant('float32', selection(sensor, gains), [2, 6, 2]));
  const black = g.constant('float32', [...sensor.blackLevels], [2, 1, 2]);
  const levels = g.clip(g.round(g.add(samples, black)), g.scalar(0), g.scalar(sensor.whiteLevel));
  g.output(stagePorts.mosaic, g.reshape(g.cast(levels, 'uint16'), [1, 1, height, width]), 'Bayer mosaic of the scene, DN');
  return g.build();
}

/** sRGB to linear light, IEC 61966-2-1. */
function decoded(g: GraphBuilder, x: Value): Value {
  const curve = g.power(g.multiply(g.add(x, g.scalar(0.055)), g.scalar(1 / 1.055)), g.scalar(2.4));
  return g.where(g.greater(x, g.scalar(0.04045)), curve, g.multiply(x, g.scalar(1 / 12.92)));
}

/** White-balanced camera RGB in [0, 1]; colours that the camera's filters cannot tell are clipped. */
function cameraLight(g: GraphBuilder, light: Value, { srgbFromCamera = identity3 }: SensorDescription): Value {
  const [a, b, c, d, e, f, h, i, j] = inverse3(srgbFromCamera) ?? identity3;
  // Pixels are rows, so the matrix stands on their right, transposed.
  const transposed = g.constant('float32', [a, d, h, b, e, i, c, f, j], [3, 3]);
  return g.clip(g.matrixMultiply(light, transposed), g.scalar(0), g.scalar(1));
}

/**
 * For each row of the cell, [two pixels of RGB, two samples]: which channel a position records, and DN for its full light. The gains are
 * taken as the ISP takes them, the smallest as 1, so that white is white in every channel and none clips before.
 */
function selection({ cfa, blackLevels, whiteLevel }: SensorDescription, gains: Triple): number[] {
  const smallest = Math.min(...gains);
  assert(smallest > 0, `Expected positive gains but received ${gains}`);
  return [0, 1].flatMap((row) =>
    [0, 1, 2, 3, 4, 5].flatMap((channel) =>
      [0, 1].map((column) => {
        const wanted = 3 * column + channelAt(cfa, row, column);
        const range = whiteLevel - (blackLevels[2 * row + column] as number);
        return channel === wanted ? (range * smallest) / (gains[wanted % 3] as number) : 0;
      }),
    ),
  );
}

function channelAt(cfa: CfaOrder, row: number, column: number): 0 | 1 | 2 {
  return ({ R: 0, G: 1, B: 2 } as const)[cfaColourAt(cfa, row, column)];
}
