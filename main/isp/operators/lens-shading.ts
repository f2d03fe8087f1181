import { z } from 'zod';
import { assert, InputError } from '../../base/errors.ts';
import type { SensorDescription, ShadingGrid } from '../../frame/frame-meta.ts';
import type { Value } from '../../graph/graph.ts';
import { noHalo } from '../../graph/strips.ts';
import { loadTime, runtime } from '../../processor/parameters.ts';
import { type GraphOperator, numberIn, type OperatorContext, type Raster } from '../operator.ts';
import { firstRowOf, mirroredPositions } from '../strip-position.ts';

/** Parameters of {@link lensShading}; whether it is there at all, and how much of the shading it takes away. */
export const shadingParameters = {
  shading_correction: loadTime(z.boolean().default(false), {
    order: 39,
    label: 'Lens shading',
    category: 'Lens shading',
    help: "Corrects the lens' fall-off where the sensor's tuning has measured it",
  }),
  shading_strength: runtime(z.number().min(0).max(1).default(1), {
    order: 40,
    label: 'Shading correction',
    category: 'Lens shading',
    step: 0.01,
    help: 'Share of the measured fall-off that is given back; 1 makes the corners as bright as the centre',
  }),
};

/**
 * Multiplies every sample by its gain from the sensor's grid. The gains of a strip are a matrix product, hat(rows) · grid · hat(columns)^T
 * for each position of the cell, with the hat functions of bilinear interpolation: exact, whatever rows a strip has. The columns come first,
 * since they are the same for all strips of a frame. Grid and strength are inputs; only the number of grid points shapes the graph. Reads mosaics and packed planes.
 */
export function lensShading({ rows: gridRows, columns: gridColumns }: Pick<ShadingGrid, 'rows' | 'columns'>): GraphOperator {
  assert(gridRows >= 2 && gridColumns >= 2, `Expected a shading grid of at least 2x2 but received ${gridRows}x${gridColumns}`);
  return {
    kind: 'graph',
    id: 'lens-shading',
    halo: noHalo,
    params: shadingParameters,
    graph: (context, x) => {
      const { g, input } = context;
      const help = 'Shading gains by position of the 2x2 cell, corner to corner of the frame';
      const measured = input('shading_gains', 'float32', [4, gridRows, gridColumns], help);
      const strength = input('shading_strength', 'float32', [], 'Share of the shading that is corrected, 0 to 1');
      const grid = g.add(g.multiply(g.subtract(measured, g.scalar(1)), strength), g.scalar(1));
      return x.layout === 'packed' ? shadePlanes(context, x, grid) : shadeMosaic(context, x, grid);
    },
    inputs: (values, sensor) => ({
      shading_gains: gainsOf(sensor, gridRows, gridColumns),
      shading_strength: Float32Array.of(numberIn(values, 'shading_strength')),
    }),
  };
}

function gainsOf({ shading }: SensorDescription, rows: number, columns: number): Float32Array {
  if (shading?.rows === rows && shading.columns === columns && shading.gains.length === 4 * rows * columns) return shading.gains;
  const received = shading ? `${shading.rows}x${shading.columns} points and ${shading.gains.length} gains` : 'none';
  const message = `Expected a shading grid of ${rows}x${columns} points for the sensor but received ${received}`;
  throw new InputError('isp.shading-grid', message, 'Load the stage again for the new grid.');
}

function shadePlanes(context: OperatorContext, x: Raster, grid: Value): Raster {
  const { g } = context;
  const [, gridRows, gridColumns] = grid.shape as [number, number, number];
  const perRow = hatsOf(context, x, { axis: 'rows', points: gridRows, phases: [0, 0, 1, 1] });
  const perColumn = hatsOf(context, x, { axis: 'columns', points: gridColumns, phases: [0, 1, 0, 1] });
  const gains = g.matrixMultiply(perRow, g.matrixMultiply(grid, g.transpose(perColumn, [0, 2, 1])));
  return { ...x, value: g.multiply(x.value, g.reshape(gains, [1, ...(gains.shape as number[])])) };
}

/** The hats of both phases side by side, each blind for the other's samples, make one product of twice the size. */
function shadeMosaic(context: OperatorContext, x: Raster, grid: Value): Raster {
  const { g } = context;
  assert(x.layout === 'mosaic', `Expected a mosaic or packed raster for operator lens-shading but received ${x.layout}`);
  const [, gridRows, gridColumns] = grid.shape as [number, number, number];
  const blocks = g.transpose(g.reshape(grid, [2, 2, gridRows, gridColumns]), [0, 2, 1, 3]);
  const perRow = onOwnPhase(context, hatsOf(context, x, { axis: 'rows', points: gridRows }));
  const perColumn = onOwnPhase(context, hatsOf(context, x, { axis: 'columns', points: gridColumns }));
  const inner = g.reshape(blocks, [2 * gridRows, 2 * gridColumns]);
  const gains = g.matrixMultiply(perRow, g.matrixMultiply(inner, g.transpose(perColumn, [1, 0])));
  const [rows, columns] = gains.shape as [number, number];
  return { ...x, value: g.multiply(g.reshape(x.value, [rows, columns]), gains) };
}

/** Hats [samples, points] as [samples, 2 * points]: the points of the even phase, then those of the odd one. */
function onOwnPhase({ g }: OperatorContext, hat: Value): Value {
  const [count, points] = hat.shape as [number, number];
  const own = Float32Array.from({ length: 2 * count }, (_, at) => ((at >> 1) % 2 === at % 2 ? 1 : 0));
  const both = g.multiply(g.reshape(hat, [count, 1, points]), g.constant('float32', own, [count, 2, 1]));
  return g.reshape(both, [count, 2 * points]);
}

interface HatAxis {
  readonly axis: 'rows' | 'columns';
  /** Grid points along the axis. */
  readonly points: number;
  /** For packed planes, the place of each plane's samples in the cell; where it is not said, every sample of the mosaic is meant. */
  readonly phases?: readonly number[];
}

/** Weights of grid points at samples of the raster, margin included: max(0, 1 - |position - point|), [samples, points], for each plane. */
function hatsOf(context: OperatorContext, x: Raster, { axis, points, phases }: HatAxis): Value {
  const { g, geometry } = context;
  const [extent, made] = axis === 'rows' ? [geometry.height, geometry.rows] : [geometry.width, geometry.width];
  const origin = axis === 'rows' ? firstRowOf(context) : g.scalar(0);
  const step = phases ? 2 : 1;
  const count = (made + 2 * x.margin) / step;
  const begins = g.constant(
    'float32',
    (phases ?? [0]).map((phase) => phase - x.margin),
    phases ? [phases.length, 1] : [],
  );
  const positions = mirroredPositions(context, g.add(origin, begins), { count, step, extent });
  const onGrid = g.multiply(positions, g.scalar((points - 1) / (extent - 1)));
  const knots = g.constant(
    'float32',
    Float32Array.from({ length: points }, (_, index) => index),
    [1, points],
  );
  const perSample = g.reshape(onGrid, [...(onGrid.shape as number[]), 1]);
  const distances = g.absolute(g.subtract(perSample, knots));
  return g.maximum(g.subtract(g.scalar(1), distances), g.scalar(0));
}
