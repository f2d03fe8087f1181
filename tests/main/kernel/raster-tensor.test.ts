import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Expression, Field } from '../../../main/kernel/expression.ts';
import { ExpressionPool } from '../../../main/kernel/expression-pool.ts';
import {
  broadcastDims,
  broadcastPlane,
  concatenated,
  type Factor,
  type RasterTensor,
  rasterOf,
  reshaped,
  shapeOf,
  sliced,
  tensorOf,
  transposed,
} from '../../../main/kernel/raster-tensor.ts';

const pool = new ExpressionPool();
const here = { rows: 0, columns: 0 };

/** A field that only has a name: what lies at its places is their coordinates. */
function fieldNamed(id: number): Field {
  return { id, name: `field ${id}`, rows: 100, columns: 100, kind: 'computed', planes: [], isShared: false };
}

const field = fieldNamed(1);

/** A tensor whose planes are those of a field, one after the other. */
function tensorWith(dims: readonly (readonly Factor[])[], of = field): RasterTensor {
  let next = 0;
  return tensorOf('float32', dims, () => pool.sample(of, next++, here));
}

/** ONNX's arithmetic of dense arrays, element by element. */
interface Dense {
  readonly shape: readonly number[];
  readonly elements: readonly string[];
}

function every(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (list, extent) => list.flatMap((at) => [...Array(extent).keys()].map((index) => [...at, index])),
    [[]],
  );
}

function at({ shape, elements }: Dense, indices: readonly number[]): string {
  return elements[indices.reduce((place, index, axis) => place * (shape[axis] as number) + index, 0)] as string;
}

function denseOf(shape: readonly number[], elementAt: (indices: readonly number[]) => string): Dense {
  return { shape, elements: every(shape).map(elementAt) };
}

/** Where an element comes from: field, plane, row and column, counting the factors of every dimension by hand. */
function dense(tensor: RasterTensor): Dense {
  const factors = tensor.dims.flat();
  const elements = every(factors.map(({ size }) => size)).map((digits) => {
    let [plane, row, column] = [0, 0, 0];
    for (const [index, { axis, size, isReversed }] of factors.entries()) {
      const digit = digits[index] as number;
      if (axis === 'plane') plane = plane * size + digit;
      else if (axis === 'row') row = isReversed ? size - 1 - digit : digit;
      else column = isReversed ? size - 1 - digit : digit;
    }
    return nameOf(tensor.planes[plane] as Expression, row, column);
  });
  const shape = tensor.dims.map((dim) => dim.reduce((product, { size }) => product * size, 1));
  return { shape, elements };
}

function nameOf(plane: Expression, row: number, column: number): string {
  if (plane.kind === 'constant') return String(plane.value);
  if (plane.kind !== 'sample') throw new Error(`Expected a sample but received ${plane.kind}`);
  return `${plane.field.id}/${plane.plane}@${row + plane.shift.rows},${column + plane.shift.columns}`;
}

const [rows, columns] = [5, 7];
const raster: readonly Factor[] = [
  { axis: 'row', size: rows },
  { axis: 'column', size: columns },
];

/** Dimensions with one row factor, one column factor and up to three of planes, in any order and grouping. */
const anyDims: fc.Arbitrary<Factor[][]> = fc
  .array(fc.integer({ min: 1, max: 4 }), { minLength: 0, maxLength: 3 })
  .chain((sizes) => {
    const planes = sizes.map((size): Factor => ({ axis: 'plane', size }));
    const factors = [...planes, ...raster];
    return fc.tuple(
      fc.shuffledSubarray(factors, { minLength: factors.length }),
      fc.array(fc.nat({ max: factors.length }), { minLength: 1, maxLength: 4 }),
    );
  })
  .map(([factors, cuts]) => {
    const borders = [0, ...cuts.toSorted((a, b) => a - b), factors.length];
    return borders.slice(1).map((end, index) => factors.slice(borders[index], end));
  });

/** Extents of which some are multiplied into the one before. */
function joined(extents: readonly number[], isJoined: readonly boolean[]): number[] {
  const shape: number[] = [];
  for (const [index, extent] of extents.entries()) {
    if (isJoined[index] && shape.length > 0) shape.push((shape.pop() as number) * extent);
    else shape.push(extent);
  }
  return shape;
}

describe('what a raster tensor cannot be', () => {
  const plain = tensorWith([[], [{ axis: 'plane', size: 6 }], ...raster.map((factor) => [factor])]);
  const cells = tensorWith([[], [], [raster[0] as Factor, { axis: 'plane', size: 2 }], [raster[1] as Factor]]);

  it('is of another number of elements', () => {
    expect(() => reshaped('a/Reshape_1', plain, [6, 5, 7, 2])).toThrow(
      'Expected a shape of as many elements for node a/Reshape_1 of a kernel but received [6, 5, 7, 2]',
    );
  });

  it('is one with rows or columns in parts', () => {
    const whole = 'Expected a shape that keeps rows and columns whole for node a/Reshape_1 of a kernel but received';
    expect(() => reshaped('a/Reshape_1', plain, [7, 30])).toThrow(`${whole} [7, 30]`);
    expect(() => reshaped('a/Reshape_1', plain, [4, 105])).toThrow(`${whole} [4, 105]`);
  });

  it('is part of a cell, or every third sample', () => {
    const whole = 'Expected whole cells of 2 along axis 2 for node a/Slice_1 of a kernel but received every';
    expect(() => sliced(pool, 'a/Slice_1', cells, { axis: 2, start: 1, count: 4, step: 1 })).toThrow(`${whole} 1 from 1 on`);
    expect(() => sliced(pool, 'a/Slice_1', cells, { axis: 2, start: 2, count: 3, step: 1 })).toThrow(`${whole} 1 from 2 on`);
    expect(() => sliced(pool, 'a/Slice_1', cells, { axis: 2, start: 0, count: 3, step: 3 })).toThrow(`${whole} 3 from 0 on`);
    const reversed = sliced(pool, 'a/Slice_1', plain, { axis: 3, start: 0, count: columns, step: -1 });
    expect(() => sliced(pool, 'a/Slice_2', reversed, { axis: 3, start: 1, count: 2, step: 1 })).toThrow('for node a/Slice_2');
  });

  it('is joined along rows or columns', () => {
    expect(() => concatenated('a/Concat_1', [plain, plain], 3)).toThrow(
      'Expected planes to join for node a/Concat_1 of a kernel but received axis 3, which has rows or columns',
    );
  });

  it('is joined to what does not lie as it does', () => {
    const turned = tensorWith([[], [{ axis: 'plane', size: 2 }], [raster[1] as Factor], [raster[0] as Factor]]);
    const numbers = tensorOf(
      'float32',
      [[], [], ...raster.map(({ size }): Factor[] => [{ axis: 'plane', size }])],
      ([, , row, column]) => pool.constant(10 * Number(row) + Number(column)),
    );
    for (const other of [turned, numbers]) {
      expect(() => concatenated('a/Concat_1', [plain, other], 1)).toThrow('for node a/Concat_1 of a kernel');
      expect(() => concatenated('a/Concat_1', [other, plain], 1)).toThrow('for node a/Concat_1 of a kernel');
    }
  });

  it('is combined with what does not lie as it does', () => {
    const turned = tensorWith([[], [{ axis: 'plane', size: 6 }], [raster[1] as Factor], [raster[0] as Factor]]);
    expect(() => broadcastDims('a/Add_1', [plain, turned])).toThrow(
      'Expected operands that lie alike along axis 2 for node a/Add_1 of a kernel but received row 5 and column 7',
    );
    const reversed = sliced(pool, 'a/Slice_1', plain, { axis: 2, start: 0, count: rows, step: -1 });
    expect(() => broadcastDims('a/Add_1', [plain, reversed])).toThrow('row 5 and row 5 reversed');
  });
});

describe('a raster tensor names the elements that ONNX would move there', () => {
  it('reshaped', () => {
    const withShape = anyDims.chain((dims) => {
      // Any grouping of the same factors, with some of the planes in two parts.
      const parts = dims.flat().flatMap(({ axis, size }) => (axis === 'plane' && size === 4 ? [2, 2] : [size]));
      return fc
        .tuple(fc.constant(dims), fc.array(fc.boolean(), { minLength: parts.length, maxLength: parts.length }))
        .map(([own, joins]) => ({
          dims: own,
          shape: joined(parts, joins),
        }));
    });
    fc.assert(
      fc.property(withShape, ({ dims, shape }) => {
        const tensor = tensorWith(dims);
        const result = dense(reshaped('node', tensor, shape));
        expect(result.shape).toEqual(shape);
        expect(result.elements).toEqual(dense(tensor).elements);
      }),
    );
  });

  it('reshaped after channels have been transposed, however they are divided then', () => {
    const pairs = tensorWith([[{ axis: 'plane', size: 2 }], [{ axis: 'plane', size: 3 }], ...raster.map((factor) => [factor])]);
    const turned = reshaped('node', transposed(pairs, [1, 0, 2, 3]), [1, 6, rows, columns]);
    const divided = reshaped('node', turned, [2, 3, rows, columns]);
    expect(dense(divided)).toEqual({ shape: [2, 3, rows, columns], elements: dense(turned).elements });
  });

  it('transposed', () => {
    const withOrder = anyDims.chain((dims) =>
      fc.tuple(fc.constant(dims), fc.shuffledSubarray([...dims.keys()], { minLength: dims.length })),
    );
    fc.assert(
      fc.property(withOrder, ([dims, order]) => {
        const tensor = tensorWith(dims);
        const before = dense(tensor);
        const shape = order.map((axis) => before.shape[axis] as number);
        const expected = denseOf(shape, (indices) =>
          at(
            before,
            [...dims.keys()].map((axis) => indices[order.indexOf(axis)] as number),
          ),
        );
        expect(dense(transposed(tensor, order))).toEqual(expected);
      }),
    );
  });
});

describe('a reversed or cut raster tensor names the elements that ONNX would move there', () => {
  it('reversed, once or twice', () => {
    const withAxes = anyDims.chain((dims) =>
      fc.tuple(fc.constant(dims), fc.array(fc.nat({ max: dims.length - 1 }), { maxLength: 3 })),
    );
    fc.assert(
      fc.property(withAxes, ([dims, axes]) => {
        let tensor = tensorWith(dims);
        let expected = dense(tensor);
        for (const axis of axes) {
          const { shape } = expected;
          const extent = shape[axis] as number;
          tensor = sliced(pool, 'node', tensor, { axis, start: 0, count: extent, step: -1 });
          const before = expected;
          expected = denseOf(shape, (indices) => at(before, indices.with(axis, extent - 1 - (indices[axis] as number))));
        }
        expect(dense(tensor)).toEqual(expected);
      }),
    );
  });

  it('sliced: channels by any step, whole cells of rows and columns, one position of each', () => {
    const side = fc.constantFrom(1, 2, 3);
    const withPart = fc.tuple(side, side, fc.constantFrom(0, 1, 2), fc.boolean(), fc.nat(), fc.nat());
    fc.assert(
      fc.property(withPart, ([rowsPerCell, columnsPerCell, axis, isPhase, from, length]) => {
        const cell = [1, rowsPerCell, columnsPerCell][axis] as number;
        const tensor = tensorWith([
          [{ axis: 'plane', size: 6 }],
          [raster[0] as Factor, { axis: 'plane', size: rowsPerCell }],
          [raster[1] as Factor, { axis: 'plane', size: columnsPerCell }],
        ]);
        const before = dense(tensor);
        const cells = (before.shape[axis] as number) / cell;
        const step = isPhase ? (axis === 0 ? 2 : cell) : 1;
        const unit = isPhase || axis === 0 ? 1 : cell;
        const start = unit * (from % (axis === 0 ? 6 : isPhase ? cell * 2 : cells));
        const most = Math.ceil(((before.shape[axis] as number) - start) / step / unit);
        const count = unit * (1 + (length % most));
        const result = dense(sliced(pool, 'node', tensor, { axis, start, count, step }));
        const expected = denseOf(before.shape.with(axis, count), (indices) =>
          at(before, indices.with(axis, start + step * (indices[axis] as number))),
        );
        expect(result).toEqual(expected);
      }),
    );
  });
});

describe('raster tensors together name the elements that ONNX would move there', () => {
  it('concatenated along planes', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(sizes, fc.constantFrom(0, 1, 2), fc.integer({ min: 1, max: 3 }), (extents, axis, other) => {
        const tensors = extents.map((size, index) => {
          const rest: Factor[][] = [[raster[0] as Factor], [{ axis: 'plane', size: other }, raster[1] as Factor]];
          return tensorWith(rest.toSpliced(axis, 0, size === 1 ? [] : [{ axis: 'plane', size }]), fieldNamed(index));
        });
        const before = tensors.map(dense);
        const total = extents.reduce((sum, size) => sum + size, 0);
        const shape = (before[0] as Dense).shape.with(axis, total);
        const expected = denseOf(shape, (indices) => {
          // Every number of planes along the axis belongs to the tensor that has the one before, or to the next.
          const owners = extents.flatMap((size, index) => Array.from({ length: size }, (_, own) => [index, own] as const));
          const [owner, own] = owners[indices[axis] as number] as (typeof owners)[number];
          return at(before[owner] as Dense, indices.with(axis, own));
        });
        expect(dense(concatenated('node', tensors, axis))).toEqual(expected);
      }),
    );
  });

  it('broadcast', () => {
    const shapes = fc.constantFrom<readonly (readonly Factor[])[][]>(
      [
        [[{ axis: 'plane', size: 3 }], ...raster.map((factor) => [factor])],
        [raster.map((factor) => factor).slice(0, 1), []],
      ],
      [
        [[], [{ axis: 'plane', size: 4 }], [raster[0] as Factor], [raster[1] as Factor]],
        [[{ axis: 'plane', size: 4 }], [], []],
      ],
      [
        [[{ axis: 'plane', size: 2 }], [], [raster[0] as Factor], []],
        [[], [{ axis: 'plane', size: 3 }], [], [raster[1] as Factor]],
      ],
      [[], [[raster[0] as Factor, { axis: 'plane', size: 2 }], [raster[1] as Factor]]],
    );
    fc.assert(
      fc.property(shapes, fc.boolean(), (operands, isTurned) => {
        const tensors = (isTurned ? operands.toReversed() : operands).map((dims, index) => tensorWith(dims, fieldNamed(index)));
        const rank = Math.max(...tensors.map(({ dims }) => dims.length));
        const dims = broadcastDims('node', tensors);
        for (const tensor of tensors) {
          const before = dense(tensor);
          const padded = [...Array(rank - before.shape.length).fill(1), ...before.shape] as number[];
          const expected = denseOf(shapeOf({ dims }), (indices) =>
            at(
              { ...before, shape: padded },
              indices.map((index, axis) => (padded[axis] === 1 ? 0 : index)),
            ),
          );
          const spread = dense(tensorOf('float32', dims, (indices) => broadcastPlane(tensor, indices)));
          expect(spread.shape).toEqual(expected.shape);
          expect(spread.elements.map(withoutMissing(tensor))).toEqual(expected.elements.map(withoutMissing(tensor)));
        }
      }),
    );
  });
});

/** Rows or columns that a tensor does not have are 0 in its own elements, and any in what is made of it. */
function withoutMissing(tensor: RasterTensor): (element: string) => string {
  const has = (axis: Factor['axis']): boolean => tensor.dims.flat().some((factor) => factor.axis === axis);
  return (element) => {
    const [plane, place] = element.split('@') as [string, string];
    const [row, column] = place.split(',');
    return `${plane}@${has('row') ? row : '-'},${has('column') ? column : '-'}`;
  };
}

describe('the raster of a tensor', () => {
  it('has the rows and columns wherever they lie', () => {
    const tensor = tensorWith([[raster[1] as Factor], [{ axis: 'plane', size: 3 }, raster[0] as Factor]]);
    expect(rasterOf(tensor)).toEqual({ rows, columns });
    expect(shapeOf(tensor)).toEqual([columns, 3 * rows]);
  });
});
