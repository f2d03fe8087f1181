import type { Expression } from './expression.ts';
import { ExpressionWriter } from './expression-writer.ts';
import { chunkRows } from './kernel.ts';
import type { MemoryMap } from './memory-map.ts';
import type { RasterTensor } from './raster-tensor.ts';
import type { Step } from './schedule.ts';
import { forColumns, lanes } from './step-code.ts';
import { unsupported } from './unsupported.ts';
import { FunctionWriter, type Local } from './wasm/function-writer.ts';

/** How the elements of a picture follow each other: rows of cells, rows of pixels in each, columns of cells, bytes of each. */
export interface PictureOrder {
  readonly rows: number;
  readonly columns: number;
  readonly rowsPerCell: number;
  /** Bytes of a cell in one row of pixels: 4 for each pixel. */
  readonly cellBytes: 4 | 8;
  readonly isRowReversed: boolean;
  readonly isColumnReversed: boolean;
}

/** The order of a graph's output. Throws KernelError where it is none of rows of pixels with four channels. */
export function pictureOrder(output: string, { kind, dims, planes }: RasterTensor): PictureOrder {
  const factors = dims.flat().filter(({ size }) => size > 1);
  const [row, column] = (['row', 'column'] as const).map((axis) => factors.findIndex((factor) => factor.axis === axis)) as [
    number,
    number,
  ];
  const product = (from: number, to: number): number => factors.slice(from, to).reduce((size, factor) => size * factor.size, 1);
  const [rowsPerCell, cellBytes] = [product(1, column), product(column + 1, factors.length)];
  const isPicture = kind === 'uint8' && row === 0 && column > 0 && (cellBytes === 4 || cellBytes === 8);
  const columns = factors[column]?.size ?? 0;
  if (!isPicture || columns < lanes || planes.length !== rowsPerCell * cellBytes) {
    throw unsupported(
      output,
      'rows of pixels of four bytes',
      `${kind} of ${factors.map(({ axis, size }) => `${axis} ${size}`).join(' x ')}`,
    );
  }
  return {
    rows: factors[0]?.size ?? 0,
    columns,
    rowsPerCell,
    cellBytes,
    isRowReversed: factors[0]?.isReversed === true,
    isColumnReversed: factors[column]?.isReversed === true,
  };
}

/** 1.5 * 2^23: added to a float up to 2^22, it leaves the nearest integer in the low bits, halves to the even one. */
const rounding = 12582912;
const roundingBits = 0x4b400000;

/** What bytes are rounded with. */
type ByteNumbers = Readonly<Record<'zero' | 'rounding' | 'roundingBits', Local>>;

function byteNumbers(expressions: ExpressionWriter): ByteNumbers {
  return {
    zero: expressions.fixed((writer) => writer.splat(0)),
    rounding: expressions.fixed((writer) => writer.splat(rounding)),
    roundingBits: expressions.fixed((writer) => writer.splatInteger(roundingBits)),
  };
}

/** Writes the function that makes one row of cells of the picture: its parameter is that row. */
export function writePicture({ planes }: Step, order: PictureOrder, memory: MemoryMap): FunctionWriter {
  const writer = new FunctionWriter(['i32']);
  const expressions = new ExpressionWriter(writer, memory, [...planes.values()]);
  expressions.prologue(writer.parameter(0));
  const numbers = byteNumbers(expressions);
  const pixelRowBytes = order.columns * order.cellBytes;
  const target = writer.local('i32');
  writer
    .get(writer.parameter(0))
    .integer(chunkRows - 1)
    .do('i32.and');
  writer
    .integer(pixelRowBytes * order.rowsPerCell)
    .do('i32.mul')
    .integer(memory.pictureOffset)
    .do('i32.add')
    .set(target);
  const here = writer.local('i32');
  forColumns(writer, order.columns, (column) => {
    expressions.begin(column);
    writer.get(target);
    if (order.isColumnReversed)
      writer
        .integer(order.columns - lanes)
        .get(column)
        .do('i32.sub');
    else writer.get(column);
    writer.integer(order.cellBytes).do('i32.mul', 'i32.add').set(here);
    for (let pixelRow = 0; pixelRow < order.rowsPerCell; pixelRow++) {
      const bytes = Array.from(
        { length: order.cellBytes },
        (_, byte) => planes.get(pixelRow * order.cellBytes + byte) as Expression,
      );
      writePixels(writer, expressions, numbers, {
        bytes,
        here,
        offset: pixelRow * pixelRowBytes,
        isReversed: order.isColumnReversed,
      });
    }
  });
  return writer;
}

interface Pixels {
  readonly bytes: readonly Expression[];
  readonly here: Local;
  readonly offset: number;
  readonly isReversed: boolean;
}

/** Four cells of one row of pixels: of one pixel each, or of two side by side. */
function writePixels(
  writer: FunctionWriter,
  expressions: ExpressionWriter,
  numbers: ByteNumbers,
  { bytes, here, offset, isReversed }: Pixels,
): void {
  const pixels = [0, 4]
    .filter((first) => first < bytes.length)
    .map((first) => {
      const local = writer.local('v128');
      interleave(writer, expressions, numbers, bytes.slice(first, first + 4));
      writer.set(local);
      return local;
    });
  const order = isReversed ? [3, 2, 1, 0] : [0, 1, 2, 3];
  const [first, second] = pixels as [Local, Local?];
  const words = (picked: readonly (readonly [vector: 0 | 1, lane: number])[]): number[] =>
    picked.flatMap(([vector, lane]) => [0, 1, 2, 3].map((byte) => 16 * vector + 4 * lane + byte));
  if (!second) {
    writer
      .get(here)
      .get(first)
      .get(first)
      .shuffle(words(order.map((lane) => [0, lane])))
      .access('v128.store', offset);
    return;
  }
  for (const half of [0, 1]) {
    const cells = order.slice(2 * half, 2 * half + 2);
    const lanesOf = words(cells.flatMap((lane) => [[0, lane] as const, [1, lane] as const]));
    writer
      .get(here)
      .get(first)
      .get(second)
      .shuffle(lanesOf)
      .access('v128.store', offset + 16 * half);
  }
}

/** Four channels of four pixels as bytes in the order of the pixels. */
function interleave(
  writer: FunctionWriter,
  expressions: ExpressionWriter,
  numbers: ByteNumbers,
  channels: readonly Expression[],
): void {
  const pair = (from: number): void => {
    for (const channel of channels.slice(from, from + 2)) writeByte(writer, expressions, numbers, channel);
    writer.do('i16x8.narrow_i32x4_s');
  };
  pair(0);
  pair(2);
  writer.do('i8x16.narrow_i16x8_u');
  const planar = writer.local('v128');
  writer.tee(planar).get(planar);
  writer.shuffle(Array.from({ length: 16 }, (_, at) => 4 * (at % 4) + Math.floor(at / 4)));
}

/**
 * The nearest integer to a value, at least 0: packing saturates it to a byte. Floats that are too large to be rounded in this way have bits that
 * stand for a larger integer, which is saturated as well.
 */
function writeByte(writer: FunctionWriter, expressions: ExpressionWriter, numbers: ByteNumbers, value: Expression): void {
  if (value.kind === 'constant') {
    writer.splatInteger(Math.min(255, Math.max(0, Math.round(value.value))));
    return;
  }
  expressions.write(value);
  writer.get(numbers.zero).do('f32x4.pmax').get(numbers.rounding).do('f32x4.add').get(numbers.roundingBits).do('i32x4.sub');
}
