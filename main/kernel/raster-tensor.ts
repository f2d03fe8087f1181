import type { Expression, Shift } from './expression.ts';
import type { ExpressionPool } from './expression-pool.ts';
import { unsupported } from './unsupported.ts';

/** Part of a dimension: the rows of the raster, its columns, or planes. */
export interface Factor {
  readonly axis: 'plane' | 'row' | 'column';
  readonly size: number;
  /** Rows or columns count from the last to the first. */
  readonly isReversed?: true;
}

/** What the elements of a tensor are; `mask` are listed places, read as truth values. */
export type TensorKind = 'float32' | 'uint8' | 'uint16' | 'bool' | 'mask';

/**
 * A tensor of the graph as planes over the raster. Every dimension is made of factors, the outermost first: a mosaic's rows are the rows
 * of cells times two. Planes are numbered in the order of the plane factors of all dimensions. So whatever only moves elements about (reshaping,
 * transposing, slicing, joining) is a change of names and costs the kernel nothing.
 */
export interface RasterTensor {
  readonly kind: TensorKind;
  readonly dims: readonly (readonly Factor[])[];
  readonly planes: readonly Expression[];
}

/** The product of sizes. */
export function sizeOf(factors: readonly Factor[]): number {
  return factors.reduce((product, { size }) => product * size, 1);
}

/** Extents of a tensor's dimensions. */
export function shapeOf({ dims }: Pick<RasterTensor, 'dims'>): readonly number[] {
  return dims.map(sizeOf);
}

/** Whether a tensor has rows and columns, so that it is not the same for all pixels. */
export function hasRaster({ dims }: RasterTensor): boolean {
  return dims.flat().some(({ axis }) => axis !== 'plane');
}

/** Rows and columns of a tensor. */
export function rasterOf({ dims }: Pick<RasterTensor, 'dims'>): { readonly rows: number; readonly columns: number } {
  const extent = (axis: Factor['axis']): number => dims.flat().find((factor) => factor.axis === axis)?.size ?? 1;
  return { rows: extent('row'), columns: extent('column') };
}

/** Plane factors of one dimension as one, and what else it has. */
export function planesIn(dim: readonly Factor[]): number {
  return sizeOf(dim.filter(({ axis }) => axis === 'plane'));
}

/** Numbers of planes by dimension, the outermost first: how `planes` are indexed. */
export function planeExtents(dims: RasterTensor['dims']): readonly number[] {
  return dims.map(planesIn);
}

/** Index of each extent for a running number, the last running fastest. */
export function indicesOf(number: number, extents: readonly number[]): readonly number[] {
  const indices: number[] = [];
  let rest = number;
  for (const extent of extents.toReversed()) {
    indices.unshift(rest % extent);
    rest = Math.floor(rest / extent);
  }
  return indices;
}

/** The running number of indices. */
export function numberOf(indices: readonly number[], extents: readonly number[]): number {
  return indices.reduce((number, index, at) => number * (extents[at] as number) + index, 0);
}

/** How many combinations extents have. */
export function countOf(extents: readonly number[]): number {
  return extents.reduce((product, extent) => product * extent, 1);
}

/** A tensor with planes by their indices in each dimension. */
export function tensorOf(
  kind: TensorKind,
  dims: RasterTensor['dims'],
  planeAt: (indices: readonly number[]) => Expression,
): RasterTensor {
  const extents = planeExtents(dims);
  const planes = Array.from({ length: countOf(extents) }, (_, number) => planeAt(indicesOf(number, extents)));
  return { kind, dims, planes };
}

/** The plane of a tensor by its indices in each dimension. */
export function planeOf({ dims, planes }: RasterTensor, indices: readonly number[]): Expression {
  return planes[numberOf(indices, planeExtents(dims))] as Expression;
}

/** The same elements in the same order under another shape; rows and columns stay whole. */
export function reshaped(node: string, tensor: RasterTensor, shape: readonly number[]): RasterTensor {
  const rest = merged(tensor.dims.flat());
  const dims = shape.map((extent) => {
    const dim: Factor[] = [];
    let missing = extent;
    while (missing > 1) {
      const factor = rest.shift();
      if (!factor) throw unsupported(node, 'a shape of as many elements', `[${shape.join(', ')}]`);
      if (missing % factor.size === 0) {
        dim.push(factor);
        missing /= factor.size;
      } else if (factor.axis === 'plane' && factor.size % missing === 0) {
        dim.push({ axis: 'plane', size: missing });
        rest.unshift({ axis: 'plane', size: factor.size / missing });
        missing = 1;
      } else {
        throw unsupported(node, 'a shape that keeps rows and columns whole', `[${shape.join(', ')}]`);
      }
    }
    return dim;
  });
  return { ...tensor, dims };
}

/** A tensor with its dimensions in another order. */
export function transposed(tensor: RasterTensor, permutation: readonly number[]): RasterTensor {
  const dims = permutation.map((axis) => tensor.dims[axis] as readonly Factor[]);
  return tensorOf(tensor.kind, dims, (indices) => {
    const original = permutation.map((_, axis) => indices[permutation.indexOf(axis)] as number);
    return planeOf(tensor, original);
  });
}

/** Tensors side by side along an axis of planes. */
export function concatenated(node: string, tensors: readonly RasterTensor[], axis: number): RasterTensor {
  const shaped = tensors.find(hasRaster) ?? (tensors[0] as RasterTensor);
  if (shaped.dims[axis]?.some((factor) => factor.axis !== 'plane')) {
    throw unsupported(node, 'planes to join', `axis ${axis}, which has rows or columns`);
  }
  const lying = ({ dims }: RasterTensor): string => dims.with(axis, []).map(signature).join(', ');
  const odd = tensors.find((tensor) => lying(tensor) !== lying(shaped));
  if (odd) throw unsupported(node, 'tensors that lie alike', 'tensors of different rasters');
  const owners = tensors.flatMap((tensor) =>
    Array.from({ length: planesIn(tensor.dims[axis] ?? []) }, (_, index) => ({ tensor, index })),
  );
  const dims = shaped.dims.with(axis, [{ axis: 'plane', size: owners.length }]);
  return tensorOf(shaped.kind, dims, (indices) => {
    const { tensor, index } = owners[indices[axis] as number] as (typeof owners)[number];
    return planeOf(tensor, indices.with(axis, index));
  });
}

/** Part of one axis: `count` elements from `start` on, every `step`-th. */
export interface AxisPart {
  readonly axis: number;
  readonly start: number;
  readonly count: number;
  readonly step: number;
}

/** Part of a tensor. Along rows and columns it moves samples, in whole cells or in one position of each. */
export function sliced(
  pool: ExpressionPool,
  node: string,
  tensor: RasterTensor,
  { axis, start, count, step }: AxisPart,
): RasterTensor {
  const dim = tensor.dims[axis] as readonly Factor[];
  if (step === -1 && count === sizeOf(dim)) return reversed(tensor, axis);
  const along = dim.find((factor) => factor.axis !== 'plane');
  const cell = planesIn(dim);
  if (!along) {
    const dims = tensor.dims.with(axis, [{ axis: 'plane', size: count }]);
    return tensorOf(tensor.kind, dims, (indices) =>
      planeOf(tensor, indices.with(axis, start + step * (indices[axis] as number))),
    );
  }
  const isWhole = step === 1 && start % cell === 0 && count % cell === 0;
  const isPhase = step === cell;
  const isPlain = dim[0] === along && dim.filter((factor) => factor.axis !== 'plane').length === 1 && !along.isReversed;
  if (!isPlain || !(isWhole || isPhase)) {
    throw unsupported(node, `whole cells of ${cell} along axis ${axis}`, `every ${step} from ${start} on`);
  }
  const first = Math.floor(start / cell);
  const cut = { ...along, size: isPhase ? count : count / cell };
  const dims = tensor.dims.with(axis, isPhase ? [cut] : [cut, ...dim.slice(1)]);
  const by = along.axis === 'row' ? { rows: first, columns: 0 } : { rows: 0, columns: first };
  return tensorOf(tensor.kind, dims, (indices) => {
    const original = isPhase ? indices.with(axis, start % cell) : indices;
    return shiftedBy(pool, planeOf(tensor, original), by);
  });
}

function reversed(tensor: RasterTensor, axis: number): RasterTensor {
  const dim = tensor.dims[axis] as readonly Factor[];
  const turned = dim.map((factor): Factor => {
    if (factor.axis === 'plane') return factor;
    const { isReversed, ...forwards } = factor;
    return isReversed ? forwards : { ...forwards, isReversed: true };
  });
  const last = planesIn(dim) - 1;
  return tensorOf(tensor.kind, tensor.dims.with(axis, turned), (indices) =>
    planeOf(tensor, indices.with(axis, last - (indices[axis] as number))),
  );
}

/** A plane of a tensor as it is read further on; what is the same everywhere stays. */
export function shiftedBy(pool: ExpressionPool, plane: Expression, by: Shift): Expression {
  if (plane.kind !== 'sample') return plane;
  const shift = { rows: plane.shift.rows + by.rows, columns: plane.shift.columns + by.columns };
  return pool.sample(plane.field, plane.plane, shift);
}

/** The dimensions of what tensors make together, element by element, by ONNX's broadcasting. */
export function broadcastDims(node: string, tensors: readonly RasterTensor[]): RasterTensor['dims'] {
  const rank = Math.max(...tensors.map(({ dims }) => dims.length));
  return Array.from({ length: rank }, (_, axis) => {
    const candidates = tensors.map(({ dims }) => dims[axis - (rank - dims.length)] ?? []).filter((dim) => sizeOf(dim) > 1);
    const [first = [], ...others] = candidates;
    const odd = others.find((dim) => signature(dim) !== signature(first));
    if (odd) throw unsupported(node, `operands that lie alike along axis ${axis}`, `${signature(first)} and ${signature(odd)}`);
    return first;
  });
}

/** How a dimension lies, for comparison. */
function signature(dim: readonly Factor[]): string {
  return merged(dim)
    .map(({ axis, size, isReversed }) => `${axis} ${size}${isReversed ? ' reversed' : ''}`)
    .join(' x ');
}

/** Factors with planes that follow each other as one. */
function merged(factors: readonly Factor[]): Factor[] {
  const list: Factor[] = [];
  for (const factor of factors.filter(({ size }) => size > 1)) {
    const before = list.at(-1);
    if (before?.axis === 'plane' && factor.axis === 'plane')
      list.splice(-1, 1, { axis: 'plane', size: before.size * factor.size });
    else list.push(factor);
  }
  return list;
}

/** The plane of an operand for a plane of the result of {@link broadcastDims}. */
export function broadcastPlane(tensor: RasterTensor, indices: readonly number[]): Expression {
  const own = indices.slice(indices.length - tensor.dims.length);
  return planeOf(
    tensor,
    own.map((index, axis) => (planesIn(tensor.dims[axis] ?? []) === 1 ? 0 : index)),
  );
}
