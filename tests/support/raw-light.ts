import type { SensorDescription } from '../../main/frame/frame-meta.ts';
import { noHalo } from '../../main/graph/strips.ts';
import type { GraphOperator, Operator } from '../../main/isp/operator.ts';
import { blackLevel } from '../../main/isp/operators/black-level.ts';
import { rasterInput } from '../../main/isp/operators/raster-input.ts';
import { planStage } from '../../main/isp/stage-plan.ts';
import type { ParameterValues } from '../../preload/contract.ts';
import type { ReferenceMosaic } from './reference-fast-isp.ts';
import { runGraph } from './run-graph.ts';

/** Linear light of a mosaic in double precision, row by row. */
export interface Light {
  readonly width: number;
  readonly height: number;
  readonly samples: ArrayLike<number>;
}

/** Gives the mosaic of a chain of operators out as it is, in float. */
const lightOutput: GraphOperator = {
  kind: 'graph',
  id: 'light-output',
  params: {},
  halo: noHalo,
  outputs: [{ name: 'light', type: 'float32', channels: 1 }],
  graph: ({ g, geometry }, x) => {
    // Operators may leave margin, which a stage's output cuts off; a binned mosaic has none.
    const [rows, columns] = [geometry.rows + 2 * x.margin, geometry.width + 2 * x.margin];
    const inside = (axis: number, extent: number) => ({ axis, start: x.margin, end: extent - x.margin });
    const light = x.margin > 0 ? g.slice(g.reshape(x.value, [rows, columns]), [inside(0, rows), inside(1, columns)]) : x.value;
    g.output('light', g.multiply(light, g.scalar(1)), 'linear light');
    return x;
  },
  inputs: () => ({}),
};

/**
 * What operators make of a mosaic's linear light in ONNX Runtime, whole frame; `before` stand before the black level. With the cut `rows`
 * by dense graphs, for a frame that is one strip.
 */
export async function runOperators(
  { width, height, samples, sensor }: ReferenceMosaic,
  operators: readonly Operator[],
  values: ParameterValues = {},
  before: readonly Operator[] = [],
  cut: 'frame' | 'rows' = 'frame',
): Promise<number[]> {
  const all = [rasterInput, ...before, blackLevel, ...operators, lightOutput];
  const parts = { id: 'probe', name: 'Probe', operators: all, stripRows: height };
  const { graph, strips } = planStage(parts, { width, height, sensor, values, cut });
  const inputs = Object.assign({}, ...all.map((operator) => operator.inputs(values, sensor)));
  const margin = strips.halo.above;
  const pads = BigInt64Array.from([0, 0, margin, margin, 0, 0, margin, margin], BigInt);
  const position = { pads, first_row: Float32Array.of(0) };
  // A strip leaves open how many of its rows there are; here they are all.
  const ports = graph.inputs.map((port) => (port.name === 'mosaic' ? { ...port, shape: [1, 1, height, width] } : port));
  const { light } = await runGraph({ ...graph, inputs: ports }, { ...inputs, ...position, mosaic: samples });
  return light as number[];
}

/** Linear light of a mosaic: (DN - black) / (white - black). */
export function lightOf({ width, height, samples, sensor }: ReferenceMosaic): Light {
  return { width, height, samples: Float64Array.from(samples, (dn, index) => lightAt(sensor, width, index, dn)) };
}

function lightAt({ blackLevels, whiteLevel }: SensorDescription, width: number, index: number, dn: number): number {
  const black = blackLevels[(Math.floor(index / width) % 2) * 2 + ((index % width) % 2)] as number;
  return (dn - black) / (whiteLevel - black);
}

/** Samples of a light by row and column; beyond an edge they are mirrored about the outermost sample. */
export function mirrored({ width, height, samples }: Light): (row: number, column: number) => number {
  const inside = (index: number, extent: number): number => {
    const positive = Math.abs(index);
    return positive < extent ? positive : 2 * (extent - 1) - positive;
  };
  return (row, column) => samples[inside(row, height) * width + inside(column, width)] as number;
}

/** A light of the same size, each sample made by its row and column. */
export function mapLight({ width, height }: Light, make: (row: number, column: number) => number): Float64Array {
  return Float64Array.from({ length: width * height }, (_, index) => make(Math.floor(index / width), index % width));
}

/** Largest difference between two lights. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = 0;
  for (let index = 0; index < a.length; index++) {
    largest = Math.max(largest, Math.abs((a[index] as number) - (b[index] as number)));
  }
  return a.length === b.length ? largest : Number.NaN;
}
