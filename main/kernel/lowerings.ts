import type { Node } from '../graph/graph.ts';
import type { Expression, Operation } from './expression.ts';
import { matrixProduct } from './lower-matrices.ts';
import { convolution, pool } from './lower-windows.ts';
import type { Lowering } from './lowering.ts';
import {
  concatenated,
  type Factor,
  hasRaster,
  planeOf,
  type RasterTensor,
  reshaped,
  shapeOf,
  sliced,
  tensorOf,
  transposed,
} from './raster-tensor.ts';
import { unsupported } from './unsupported.ts';

/** What becomes of a node: its output's tensor, or nothing where the lowering keeps it in another form. */
type Lower = (lowering: Lowering, node: Node) => RasterTensor | undefined;

const byElement =
  (operation: Operation, kind: RasterTensor['kind'] = 'float32'): Lower =>
  (lowering, node) =>
    lowering.elementwise(node, kind, floatsIn(lowering, node), (...planes) => lowering.pool.call(operation, ...planes));

/** An operation on masks. */
const ofMasks =
  (operation: Operation): Lower =>
  (lowering, node) => {
    const operands = lowering.operands(node);
    expectKind(node, operands, 'bool');
    return lowering.elementwise(node, 'bool', operands, (...planes) => lowering.pool.call(operation, ...planes));
  };

/** How each operator becomes expressions; what is not here no kernel can do. */
export const lowerings: Readonly<Record<string, Lower>> = {
  Add: byElement('add'),
  Sub: byElement('subtract'),
  Mul: byElement('multiply'),
  Div: byElement('divide'),
  Min: byElement('minimum'),
  Max: byElement('maximum'),
  Neg: byElement('negate'),
  Abs: byElement('absolute'),
  Sqrt: byElement('squareRoot'),
  Round: byElement('round'),
  Floor: byElement('floor'),
  Less: byElement('less', 'bool'),
  Equal: byElement('equal', 'bool'),
  And: ofMasks('both'),
  Or: ofMasks('either'),
  Greater: greater,
  Reciprocal: (lowering, node) => {
    const one = lowering.pool.constant(1);
    return lowering.elementwise(node, 'float32', floatsIn(lowering, node), (x) =>
      lowering.pool.call('divide', one, x as Expression),
    );
  },
  Clip: (lowering, node) => {
    if (node.inputs.length !== 3) throw unsupported(node.name, 'both limits', `${node.inputs.length - 1}`);
    return lowering.elementwise(node, 'float32', floatsIn(lowering, node), (...planes) => {
      const [x, lowest, highest] = planes as [Expression, Expression, Expression];
      return lowering.pool.call('minimum', lowering.pool.call('maximum', x, lowest), highest);
    });
  },
  Where: (lowering, node) => {
    const operands = numbersIn(lowering, node);
    if (operands[0]?.kind !== 'bool') throw unsupported(node.name, 'a condition of truth values', String(operands[0]?.kind));
    expectKind(node, operands.slice(1), 'float32');
    return lowering.elementwise(node, 'float32', operands, (...planes) => {
      const [mask, yes, no] = planes as [Expression, Expression, Expression];
      return lowering.pool.choice(mask, yes, no);
    });
  },
  Cast: cast,
  Pad: pad,
  Slice: slice,
  Reshape: reshape,
  Expand: expand,
  Transpose: (lowering, node) =>
    transposed(lowering.tensor(node.name, node.inputs[0] as string), node.attributes['perm'] as readonly number[]),
  Concat: (lowering, node) => concatenated(node.name, numbersIn(lowering, node), Number(node.attributes['axis'])),
  ReduceMax: reduction('maximum'),
  ReduceMin: reduction('minimum'),
  ReduceSum: reduction('add'),
  ReduceMean: reduction('add', true),
  MatMul: matrixProduct,
  Conv: convolution,
  AveragePool: pool('add'),
  MaxPool: pool('maximum'),
  ScatterElements: listPlaces,
  QuantizeLinear: quantise,
};

/** A node's operands, of which those that are listed places become numbers: 1 where one lies, however often it is listed. */
function numbersIn(lowering: Lowering, node: Node): readonly RasterTensor[] {
  return lowering.operands(node).map((operand) => {
    if (operand.kind !== 'mask') return operand;
    const planes = operand.planes.map((plane) => lowering.pool.call('toFloat', plane));
    return lowering.computed(node.name, { ...operand, kind: 'float32', planes });
  });
}

/** The same for what computes with numbers. */
function floatsIn(lowering: Lowering, node: Node): readonly RasterTensor[] {
  const operands = numbersIn(lowering, node);
  expectKind(node, operands, 'float32');
  return operands;
}

function expectKind(node: Node, operands: readonly RasterTensor[], expected: RasterTensor['kind']): void {
  const odd = operands.find(({ kind }) => kind !== expected);
  if (odd) throw unsupported(node.name, `operands of ${expected}`, odd.kind);
}

/** Listed places compared with 0 are truth values as they are. */
function greater(lowering: Lowering, node: Node): RasterTensor {
  const [a, b] = lowering.operands(node) as [RasterTensor, RasterTensor];
  const [limit] = b.planes;
  const isWithZero = b.planes.length === 1 && limit?.kind === 'constant' && limit.value === 0;
  if (a.kind === 'mask' && isWithZero) return { ...a, kind: 'bool' };
  return byElement('greater', 'bool')(lowering, node) as RasterTensor;
}

function cast(lowering: Lowering, node: Node): RasterTensor | undefined {
  const name = node.inputs[0] as string;
  const input = lowering.planeInput(name);
  const [output] = node.outputs;
  if (output?.type === 'uint16' && !input) return toSamples(lowering, node);
  if (output?.type !== 'float32') throw unsupported(node.name, 'a conversion to float32', `one to ${output?.type}`);
  if (input) {
    lowering.passOn(input, output.name);
    return undefined;
  }
  const tensor = lowering.tensor(node.name, name);
  if (tensor.kind === 'float32') return tensor;
  if (tensor.kind !== 'bool') throw unsupported(node.name, 'truth values or samples to convert', tensor.kind);
  return lowering.elementwise(node, 'float32', [tensor], (x) => lowering.pool.call('toFloat', x as Expression));
}

/** Samples of 16 bits, cut off towards 0; what is rounded already stays. They are saturated where they are written. */
function toSamples(lowering: Lowering, node: Node): RasterTensor {
  return lowering.elementwise(node, 'uint16', floatsIn(lowering, node), (x) => lowering.pool.call('floor', x as Expression));
}

/** The mosaic, mirrored on all sides: its rows are mirrored when they are handed to the kernel. */
function pad(lowering: Lowering, node: Node): RasterTensor {
  const input = lowering.planeInput(node.inputs[0] as string);
  const [, , rows, columns] = lowering.shape(node);
  if (!input || rows === undefined || columns === undefined || node.attributes['mode'] !== 'reflect') {
    throw unsupported(node.name, 'the mosaic to be mirrored', String(node.inputs[0]));
  }
  const margin = (columns - input.width) / 2;
  if (rows % 2 !== 0 || columns % 2 !== 0 || margin % 2 !== 0) {
    throw unsupported(node.name, 'whole cells of the mosaic', `${columns}x${rows} with a margin of ${margin}`);
  }
  const raster = { rows: rows / 2, columns: columns / 2 };
  const pads = node.inputs[1] as string;
  const field = lowering.field(input.name, raster, { kind: 'mosaic', planeCount: 4, margin, pads });
  const positions: Factor = { axis: 'plane', size: 2 };
  const dims: Factor[][] = [
    [],
    [],
    [{ axis: 'row', size: raster.rows }, positions],
    [{ axis: 'column', size: raster.columns }, positions],
  ];
  const here = { rows: 0, columns: 0 };
  return tensorOf('float32', dims, (indices) =>
    lowering.pool.sample(field, 2 * (indices[2] as number) + (indices[3] as number), here),
  );
}

function slice(lowering: Lowering, node: Node): RasterTensor {
  const tensor = lowering.tensor(node.name, node.inputs[0] as string);
  const [starts, ends, axes] = [1, 2, 3].map((input) => lowering.numbers(node, input)) as [number[], number[], number[]];
  const steps = node.inputs.length > 4 ? lowering.numbers(node, 4) : axes.map(() => 1);
  return axes.reduce((part: RasterTensor, axis, index) => {
    const extent = shapeOf(part)[axis] as number;
    const step = steps[index] as number;
    const [start, end] = [starts[index], ends[index]].map((bound) => Number(bound) + (Number(bound) < 0 ? extent : 0)) as [
      number,
      number,
    ];
    if (step === -1) return sliced(lowering.pool, node.name, part, { axis, start: 0, count: extent, step });
    const from = Math.min(Math.max(start, 0), extent);
    const count = Math.ceil((Math.min(end, extent) - from) / step);
    if (from === 0 && step === 1 && count === extent) return part;
    return sliced(lowering.pool, node.name, part, { axis, start: from, count, step });
  }, tensor);
}

function reshape(lowering: Lowering, node: Node): RasterTensor {
  const name = node.inputs[0] as string;
  const shape = lowering.shape(node);
  const listed = lowering.listed(name);
  if (!listed) return reshaped(node.name, lowering.tensor(node.name, name), shape);
  const [rows, columns] = shape.slice(-2) as [number, number];
  const planeCount = listed.count / (rows * columns);
  const { places, counts } = listed;
  const field = lowering.field(node.name, { rows, columns }, { kind: 'mask', planeCount, places, counts });
  const dims = shape.map((size, axis): Factor[] => {
    if (axis >= shape.length - 2) return [{ axis: axis === shape.length - 2 ? 'row' : 'column', size }];
    return size === 1 ? [] : [{ axis: 'plane', size }];
  });
  const planes = Array.from({ length: planeCount }, (_, plane) => lowering.pool.sample(field, plane, { rows: 0, columns: 0 }));
  return { kind: 'mask', dims, planes };
}

/** What is the same for all pixels may be repeated over the last two dimensions, as rows and columns. */
function expand(lowering: Lowering, node: Node): RasterTensor {
  const tensor = lowering.tensor(node.name, node.inputs[0] as string);
  const shape = lowering.shape(node);
  const missing = shape.length - tensor.dims.length;
  const dims = shape.map((size, axis): readonly Factor[] => {
    const own = tensor.dims[axis - missing] ?? [];
    if (own.length > 0 || size === 1) return own;
    if (!hasRaster(tensor) && axis >= shape.length - 2) return [{ axis: axis === shape.length - 2 ? 'row' : 'column', size }];
    return [{ axis: 'plane', size }];
  });
  return tensorOf(tensor.kind, dims, (indices) => {
    const own = indices.slice(missing).map((index, axis) => (tensor.dims[axis]?.length ? index : 0));
    return planeOf(tensor, own);
  });
}

function reduction(operation: Operation, isMean = false): Lower {
  return (lowering, node) => {
    const [tensor] = floatsIn(lowering, node) as [RasterTensor];
    const axes = (node.attributes['axes'] as readonly number[] | undefined) ?? lowering.numbers(node, 1);
    const isMixed = axes.some((axis) => tensor.dims[axis]?.some((factor) => factor.axis !== 'plane'));
    if (isMixed) throw unsupported(node.name, 'a reduction of planes', `one along [${axes.join(', ')}]`);
    const extents = shapeOf(tensor);
    const dims = tensor.dims.map((dim, axis) => (axes.includes(axis) ? [] : dim));
    const made = tensorOf(tensor.kind, dims, (indices) => {
      const combined = axes.reduce<readonly (readonly number[])[]>(
        (list, axis) => list.flatMap((at) => Array.from({ length: extents[axis] as number }, (_, index) => at.with(axis, index))),
        [indices],
      );
      const planes = combined.map((at) => planeOf(tensor, at));
      if (operation !== 'add') return planes.reduce((a, b) => lowering.pool.call(operation, a, b));
      const weight = isMean ? 1 / planes.length : 1;
      return lowering.pool.weightedSum(planes.map((expression) => ({ expression, weight })));
    });
    return lowering.computed(node.name, made);
  };
}

/** A list of places on planes that are 0 elsewhere. */
function listPlaces(lowering: Lowering, node: Node): undefined {
  const [data, places, counts] = node.inputs as [string, string, string];
  const isEmpty = lowering.tensor(node.name, data).planes.every((plane) => plane.kind === 'constant' && plane.value === 0);
  if (!isEmpty || lowering.isConstant(places) || lowering.isConstant(counts)) {
    throw unsupported(node.name, 'a list of places on a constant plane of zeros', data);
  }
  const shape = lowering.shape(node);
  if (node.attributes['reduction'] !== 'add' || shape.length !== 1) {
    throw unsupported(node.name, 'a list of places that add up', `${node.attributes['reduction'] ?? 'one that replaces'}`);
  }
  const [count] = shape as [number];
  lowering.list((node.outputs[0] as { name: string }).name, { count, places, counts });
}

/** Bytes of a picture; saturated and rounded where they are written. */
function quantise(lowering: Lowering, node: Node): RasterTensor {
  const [tensor] = floatsIn(lowering, node) as [RasterTensor];
  const [scales, zeroPoints] = [lowering.numbers(node, 1), lowering.numbers(node, 2)];
  const axis = Number(node.attributes['axis']);
  const made = tensorOf('uint8', tensor.dims, (indices) => {
    const channel = scales.length === 1 ? 0 : (indices[axis] as number);
    const factor = lowering.pool.constant(1 / (scales[channel] as number));
    const scaled = lowering.pool.call('multiply', planeOf(tensor, indices), factor);
    return lowering.pool.call('add', scaled, lowering.pool.constant(zeroPoints[channel] as number));
  });
  return lowering.computed(node.name, made);
}
