import { assert } from '../base/errors.ts';
import type { Expression } from './expression.ts';
import type { ExpressionWriter } from './expression-writer.ts';
import type { OutputOrder } from './output-order.ts';
import type { FunctionWriter, Local } from './wasm/function-writer.ts';

/** 1.5 * 2^23: added to a float up to 2^22, it leaves the nearest integer in the low bits, halves to the even one. */
const rounding = 12582912;
const roundingBits = 0x4b400000;

/** Four cells of one row of pixels, and where they go. */
export interface CellRow {
  /** One value for each element of a cell, in their order. */
  readonly elements: readonly Expression[];
  readonly here: Local;
  /** Bytes further on. */
  readonly offset: number;
}

/** Part of a vector: its number, and the element within it. */
type Pick = readonly [vector: number, element: number];

/** Writes pixels of four cells at a time: rounded, saturated and in the order of the output. Made after the row's prologue. */
export class PixelWriter {
  readonly #writer: FunctionWriter;
  readonly #expressions: ExpressionWriter;
  readonly #zero: Local;
  readonly #rounding: Local;
  readonly #roundingBits: Local;

  constructor(writer: FunctionWriter, expressions: ExpressionWriter) {
    this.#writer = writer;
    this.#expressions = expressions;
    this.#zero = expressions.fixed((fixed) => fixed.splat(0));
    this.#rounding = expressions.fixed((fixed) => fixed.splat(rounding));
    this.#roundingBits = expressions.fixed((fixed) => fixed.splatInteger(roundingBits));
  }

  write({ kind, isColumnReversed }: OutputOrder, row: CellRow): void {
    const cells = isColumnReversed ? [3, 2, 1, 0] : [0, 1, 2, 3];
    if (kind === 'uint8') this.#writeBytes(row, cells);
    else this.#writeSamples(row, cells);
  }

  /** One or two pixels of four bytes for each cell. */
  #writeBytes({ elements, here, offset }: CellRow, cells: readonly number[]): void {
    const pixels = [0, 4]
      .filter((first) => first < elements.length)
      .map((first) => this.#pixel(elements.slice(first, first + 4)));
    const order = cells.flatMap((cell) => pixels.map((_, pixel): Pick => [pixel, cell]));
    for (let first = 0; first < order.length; first += 4) {
      this.#writer.get(here);
      this.#gather(pixels, order.slice(first, first + 4), 4);
      this.#writer.access('v128.store', offset + 4 * first);
    }
  }

  /** Any even number of 16-bit elements for each cell. */
  #writeSamples({ elements, here, offset }: CellRow, cells: readonly number[]): void {
    const pairs = elements.flatMap((_, at) => {
      if (at % 2 !== 0) return [];
      for (const element of elements.slice(at, at + 2)) this.#integer(element, 65535);
      return [this.#kept('i16x8.narrow_i32x4_u')];
    });
    const order = cells.flatMap((cell) => elements.map((_, at): Pick => [at >> 1, 4 * (at & 1) + cell]));
    for (let first = 0; first < order.length; first += 8) {
      this.#writer.get(here);
      this.#gather(pairs, order.slice(first, first + 8), 2);
      this.#writer.access('v128.store', offset + 2 * first);
    }
  }

  /** Four channels of four pixels as bytes in the order of the pixels. */
  #pixel(channels: readonly Expression[]): Local {
    for (const pair of [channels.slice(0, 2), channels.slice(2, 4)]) {
      for (const channel of pair) this.#integer(channel, 255);
      this.#writer.do('i16x8.narrow_i32x4_s');
    }
    const planar = this.#kept('i8x16.narrow_i16x8_u');
    this.#writer.get(planar).get(planar);
    this.#writer.shuffle(Array.from({ length: 16 }, (_, at) => 4 * (at % 4) + Math.floor(at / 4)));
    const local = this.#writer.local('v128');
    this.#writer.set(local);
    return local;
  }

  #kept(instruction: 'i8x16.narrow_i16x8_u' | 'i16x8.narrow_i32x4_u'): Local {
    const local = this.#writer.local('v128');
    this.#writer.do(instruction).set(local);
    return local;
  }

  /** Leaves a vector of `elements`, of `bytes` each, out of several: the first two in one step, each other in one more. */
  #gather(vectors: readonly Local[], elements: readonly Pick[], bytes: number): void {
    const [first, ...others] = vectors;
    assert(first, 'Expected a vector to take elements of');
    this.#writer.get(first);
    const rest = others.length > 0 ? others : [first];
    rest.forEach((vector, index) => {
      const number = others.length > 0 ? index + 1 : 0;
      const isFirst = index === 0;
      this.#writer.get(vector);
      const places = elements.flatMap(([from, element], at) => {
        // What an earlier step has put into its place stays there.
        const begin = from === number && others.length > 0 ? 16 + bytes * element : isFirst ? bytes * element : bytes * at;
        return Array.from({ length: bytes }, (_, byte) => begin + byte);
      });
      this.#writer.shuffle(places);
    });
  }

  /**
   * The nearest integer to a value, at least 0: packing saturates it. Floats that are too large to be rounded in this way have bits that stand for a
   * larger integer, which is saturated as well.
   */
  #integer(value: Expression, highest: number): void {
    if (value.kind === 'constant') {
      this.#writer.splatInteger(Math.min(highest, Math.max(0, Math.round(value.value))));
      return;
    }
    this.#expressions.write(value);
    this.#writer.get(this.#zero).do('f32x4.pmax').get(this.#rounding).do('f32x4.add').get(this.#roundingBits).do('i32x4.sub');
  }
}
