import type { SensorDescription } from '../../main/frame/frame-meta.ts';
import type { Value } from '../../main/graph/graph.ts';
import { GraphBuilder } from '../../main/graph/graph-builder.ts';
import type { GraphOperator, OperatorContext, RasterLayout } from '../../main/isp/operator.ts';
import { defaultValues } from '../../main/processor/parameters.ts';
import type { ParameterValues } from '../../preload/contract.ts';
import { runGraph } from './run-graph.ts';

/** Planes in double precision, asked sample by sample. */
export interface Planes {
  readonly channels: number;
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

/** What an operator is run on by itself. */
export interface OperatorRun {
  readonly layout: Exclude<RasterLayout, 'mosaic'>;
  readonly planes: Planes;
  readonly values?: ParameterValues;
  readonly sensor: SensorDescription;
  /** Inputs that neighbours of the operator would declare and fill. */
  readonly inputs?: Readonly<Record<string, Float32Array>>;
}

/** What the operator makes of planes whose outermost cells are margin; the result has lost what the halo took. */
export async function runOperator(operator: GraphOperator, run: OperatorRun): Promise<Planes> {
  const { layout, planes, sensor } = run;
  const { channels, rows, columns, data } = planes;
  const g = new GraphBuilder('operator');
  const margin = operator.halo.above;
  const values = { ...defaultValues(operator.params), ...run.values };
  const declared = new Map<string, Value>();
  const input: OperatorContext['input'] = (name, type, shape, help) => {
    const value = declared.get(name) ?? g.input(name, type, shape, help);
    declared.set(name, value);
    return value;
  };
  const x = g.input('samples', 'float32', [1, channels, rows, columns], 'Samples');
  const size = { width: 2 * columns - 2 * margin, height: 2 * rows - 2 * margin };
  const region = { left: 0, top: 0, ...size };
  const geometry = {
    cfa: sensor.cfa,
    ...size,
    region,
    orientation: 'upright',
    rows: size.height,
    margin,
    whole: true,
    dense: false,
  } as const;
  const marginAfter = margin - operator.halo.above;
  const out = operator.graph({ g, geometry, values, marginAfter, input }, { value: x, layout, margin });
  g.output('result', out.value, 'Result');
  const feeds = { ...operator.inputs(values, sensor), ...run.inputs, samples: Float32Array.from(data) };
  const { result } = await runGraph(g.build(), feeds);
  const [, made, madeRows, madeColumns] = out.value.shape.map(Number) as [number, number, number, number];
  return { channels: made, rows: madeRows, columns: madeColumns, data: Float64Array.from(result as number[]) };
}

/** One sample. */
export function sampleAt({ rows, columns, data }: Planes, channel: number, row: number, column: number): number {
  return data[(channel * rows + row) * columns + column] as number;
}

/** Planes filled by a function of channel, row and column. */
export function planesOf(
  channels: number,
  rows: number,
  columns: number,
  fill: (channel: number, row: number, column: number) => number,
): Planes {
  const data = Float64Array.from({ length: channels * rows * columns }, (_, index) => {
    const within = index % (rows * columns);
    return fill(Math.floor(index / (rows * columns)), Math.floor(within / columns), within % columns);
  });
  return { channels, rows, columns, data };
}

/** The mean of `of` over the square of cells that reaches `reach` around (row, column). */
export function windowMean(row: number, column: number, reach: number, of: (row: number, column: number) => number): number {
  let sum = 0;
  for (let r = -reach; r <= reach; r++) for (let c = -reach; c <= reach; c++) sum += of(row + r, column + c);
  return sum / (2 * reach + 1) ** 2;
}

/** The largest difference between `actual` and a function that is asked in the coordinates of the operator's input. */
export function worstDifference(
  actual: Planes,
  cellsTaken: number,
  expected: (channel: number, row: number, column: number) => number,
): number {
  let worst = 0;
  for (let channel = 0; channel < actual.channels; channel++) {
    for (let row = 0; row < actual.rows; row++) {
      for (let column = 0; column < actual.columns; column++) {
        const wanted = expected(channel, row + cellsTaken, column + cellsTaken);
        worst = Math.max(worst, Math.abs(sampleAt(actual, channel, row, column) - wanted));
      }
    }
  }
  return worst;
}
