import type { Node } from '../graph/graph.ts';
import type { Expression } from './expression.ts';
import type { Lowering } from './lowering.ts';
import { type Factor, hasRaster, planeOf, type RasterTensor, tensorOf } from './raster-tensor.ts';
import { unsupported } from './unsupported.ts';

/** A matrix times the samples of planes, or the product of two inputs that are a raster together. */
export function matrixProduct(lowering: Lowering, node: Node): RasterTensor {
  const [left, right] = node.inputs as [string, string];
  const shapes = [left, right].map((name) => lowering.shapeOfInput(name));
  const [rowShape, columnShape] = shapes;
  if (rowShape?.length === 3 && columnShape?.length === 3) return rowsByColumns(lowering, node, rowShape, columnShape);
  const [matrix, samples] = lowering.operands(node) as [RasterTensor, RasterTensor];
  if (hasRaster(matrix) || samples.kind !== 'float32') throw unsupported(node.name, 'a matrix by samples', 'another product');
  return mixedPlanes(lowering, node, matrix, samples);
}

function rowsByColumns(
  lowering: Lowering,
  node: Node,
  [planeCount, rows, points]: readonly number[],
  [columnPlanes, , columns]: readonly number[],
): RasterTensor {
  if (columnPlanes !== planeCount) {
    throw unsupported(node.name, 'as many planes by row as by column', `${planeCount} and ${columnPlanes}`);
  }
  const [perRow, perColumn] = node.inputs as [string, string];
  const raster = { rows: Number(rows), columns: Number(columns) };
  const parts = { kind: 'product', planeCount: Number(planeCount), points: Number(points), perRow, perColumn } as const;
  const field = lowering.field(node.name, raster, parts);
  const dims: Factor[][] = [
    [{ axis: 'plane', size: parts.planeCount }],
    [{ axis: 'row', size: raster.rows }],
    [{ axis: 'column', size: raster.columns }],
  ];
  return tensorOf('float32', dims, ([plane]) => lowering.pool.sample(field, Number(plane), { rows: 0, columns: 0 }));
}

/** The last dimension but one of `samples` are planes, of which every output is a weighted sum. */
function mixedPlanes(lowering: Lowering, node: Node, matrix: RasterTensor, samples: RasterTensor): RasterTensor {
  const rank = samples.dims.length;
  const mixed = samples.dims[rank - 2] ?? [];
  if (rank < 2 || mixed.some(({ axis }) => axis !== 'plane')) {
    throw unsupported(node.name, 'planes as the rows of the right matrix', 'rows or columns of the raster');
  }
  const outputs = lowering.shape(node).at(-2) as number;
  const dims = samples.dims.with(rank - 2, outputs === 1 ? [] : [{ axis: 'plane', size: outputs }]);
  const inputs =
    samples.planes.length /
    tensorOf('float32', samples.dims.with(rank - 2, []), () => samples.planes[0] as Expression).planes.length;
  const made = tensorOf('float32', dims, (indices) => {
    const products = Array.from({ length: inputs }, (_, input) => {
      const own = indices.with(rank - 2, input).slice(rank - matrix.dims.length);
      const at = own.with(-2, indices[rank - 2] as number).with(-1, input);
      return {
        factor: planeOf(
          matrix,
          at.map((index, axis) => (matrix.dims[axis]?.length ? index : 0)),
        ),
        sample: planeOf(samples, indices.with(rank - 2, input)),
      };
    });
    return weighted(lowering, products);
  });
  return lowering.computed(node.name, made);
}

function weighted(
  lowering: Lowering,
  products: readonly { readonly factor: Expression; readonly sample: Expression }[],
): Expression {
  const { pool } = lowering;
  const constants = products.flatMap(({ factor, sample }) =>
    factor.kind === 'constant' ? [{ expression: sample, weight: factor.value }] : [],
  );
  if (constants.length === products.length) return pool.weightedSum(constants);
  return products
    .map(({ factor, sample }) => pool.call('multiply', sample, factor))
    .reduce((sum, product) => pool.call('add', sum, product));
}
