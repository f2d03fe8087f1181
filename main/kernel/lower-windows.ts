import type { Node } from '../graph/graph.ts';
import type { Expression, Operation } from './expression.ts';
import type { Lowering } from './lowering.ts';
import { type Factor, type RasterTensor, shiftedBy, tensorOf } from './raster-tensor.ts';
import { unsupported } from './unsupported.ts';

/** Planes [1, channels, rows, columns], as windows read them. */
function expectPlanes(node: Node, { kind, dims }: RasterTensor): void {
  const [batch, , rows, columns] = dims;
  const isPlain =
    dims.length === 4 && batch?.length === 0 && isAxis(rows, 'row') && isAxis(columns, 'column') && kind === 'float32';
  if (!isPlain) throw unsupported(node.name, 'planes of rows and columns', `${kind} in ${dims.length} dimensions`);
}

function isAxis(dim: readonly Factor[] | undefined, axis: Factor['axis']): boolean {
  return dim?.length === 1 && dim[0]?.axis === axis && !dim[0].isReversed;
}

/** What says of a window that it has no more than its extent: other attributes mean something else. */
const understood = new Set(['kernel_shape', 'strides', 'group']);

function expectPlainWindows(node: Node): void {
  const strides = (node.attributes['strides'] ?? [1, 1]) as readonly number[];
  if (strides.some((stride) => stride !== 1)) {
    throw unsupported(node.name, 'windows at every sample', `one every ${strides.join('x')}`);
  }
  const odd = Object.keys(node.attributes).find((name) => !understood.has(name));
  if (odd !== undefined) throw unsupported(node.name, 'windows without padding', `the attribute ${odd}`);
  if (!Array.isArray(node.attributes['kernel_shape'])) throw unsupported(node.name, 'a kernel_shape', 'none');
}

/** Dimensions without what windows of these extents have no room for. */
function within({ dims }: RasterTensor, [height, width]: readonly [number, number], channels: number): RasterTensor['dims'] {
  const shorter = (dim: readonly Factor[] | undefined, by: number): Factor[] =>
    (dim ?? []).map((factor) => ({ ...factor, size: factor.size - by }));
  return [
    [],
    channels === 1 ? [] : [{ axis: 'plane', size: channels }],
    shorter(dims[2], height - 1),
    shorter(dims[3], width - 1),
  ];
}

/** A convolution with constant weights: one weighted sum for each output. */
export function convolution(lowering: Lowering, node: Node): RasterTensor {
  const tensor = lowering.tensor(node.name, node.inputs[0] as string);
  expectPlanes(node, tensor);
  expectPlainWindows(node);
  if (Number(node.attributes['group'] ?? 1) !== 1 || node.inputs.length !== 2) {
    throw unsupported(node.name, 'a convolution of one group without bias', `${node.inputs.length} inputs`);
  }
  const weights = lowering.numbers(node, 1);
  const [height, width] = node.attributes['kernel_shape'] as readonly [number, number];
  const perOutput = tensor.planes.length * height * width;
  const dims = within(tensor, [height, width], weights.length / perOutput);
  const made = tensorOf('float32', dims, (indices) => {
    const first = (indices[1] as number) * perOutput;
    const terms = Array.from({ length: perOutput }, (_, at) => {
      const plane = tensor.planes[Math.floor(at / (height * width))] as Expression;
      const by = { rows: Math.floor(at / width) % height, columns: at % width };
      return { expression: shiftedBy(lowering.pool, plane, by), weight: weights[first + at] as number };
    });
    return lowering.pool.weightedSum(terms);
  });
  return lowering.computed(node.name, made);
}

/** Means or extremes of windows: down the columns first, then along the rows of what that gave. */
export function pool(operation: Extract<Operation, 'add' | 'maximum'>) {
  return (lowering: Lowering, node: Node): RasterTensor => {
    const tensor = lowering.tensor(node.name, node.inputs[0] as string);
    expectPlanes(node, tensor);
    expectPlainWindows(node);
    const [height, width] = node.attributes['kernel_shape'] as readonly [number, number];
    const along = (from: RasterTensor, extent: number, axis: 'rows' | 'columns', weight: number): RasterTensor => {
      if (extent === 1 && weight === 1) return from;
      const dims = within(from, axis === 'rows' ? [extent, 1] : [1, extent], from.planes.length);
      const made = tensorOf('float32', dims, (indices) => {
        const plane = from.planes[indices[1] as number] as Expression;
        const window = Array.from({ length: extent }, (_, by) =>
          shiftedBy(lowering.pool, plane, { rows: 0, columns: 0, [axis]: by }),
        );
        if (operation === 'maximum') return window.reduce((a, b) => lowering.pool.call('maximum', a, b));
        return lowering.pool.weightedSum(window.map((expression) => ({ expression, weight })));
      });
      return lowering.computed(`${node.name} ${axis}`, made, axis === 'rows' && extent > 1);
    };
    return along(along(tensor, height, 'rows', 1), width, 'columns', operation === 'add' ? 1 / (height * width) : 1);
  };
}
