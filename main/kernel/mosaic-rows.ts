import type { Tensor } from 'onnxruntime-node';
import { assert } from '../base/errors.ts';
import type { KernelMosaic } from './kernel.ts';

/** Fills the ring of a kernel's mosaic rows from a strip of the frame, mirrored about its edges. */
export class MosaicRows {
  readonly #mosaic: KernelMosaic;
  readonly #memory: Uint16Array<ArrayBuffer>;
  /** Bytes of the memory, and of the samples of the strip: a Buffer copies from shared memory at once, and not word by word. */
  readonly #bytes: Buffer;
  #samples = Buffer.alloc(0);
  #rows = 0;
  #missingAbove = 0;
  /** The next row of cells to fill. */
  #next = 0;

  constructor(mosaic: KernelMosaic, memory: Uint16Array<ArrayBuffer>) {
    this.#mosaic = mosaic;
    this.#memory = memory;
    this.#bytes = Buffer.from(memory.buffer, memory.byteOffset, memory.byteLength);
  }

  /** Begins a strip: its rows as far as they exist, and how many are mirrored. */
  begin(samples: Tensor, pads: Tensor): void {
    const { buffer, byteOffset, byteLength } = samples.data as Uint16Array<ArrayBuffer>;
    this.#samples = Buffer.from(buffer, byteOffset, byteLength);
    this.#rows = samples.dims[2] as number;
    this.#missingAbove = Number((pads.data as BigInt64Array)[2]);
    this.#next = 0;
  }

  /** Fills rows of cells up to `until`, or to the last. */
  fill(until: number): void {
    const { rows, ringRows, offset, rowBytes, mosaicRowBytes } = this.#mosaic;
    const last = Math.min(until, rows);
    for (; this.#next < last; this.#next++) {
      const begin = offset + (this.#next & (ringRows - 1)) * rowBytes;
      this.#copyRow(2 * this.#next, begin / 2);
      this.#copyRow(2 * this.#next + 1, (begin + mosaicRowBytes) / 2);
    }
  }

  /** Copies one row of the padded mosaic to an element of memory. */
  #copyRow(row: number, to: number): void {
    const { columns, margin } = this.#mosaic;
    const width = columns - 2 * margin;
    const from = 2 * width * mirrored(row - this.#missingAbove, this.#rows);
    const [first, end] = [to + margin, to + margin + width];
    this.#samples.copy(this.#bytes, 2 * first, from, from + 2 * width);
    for (let by = 1; by <= margin; by++) {
      this.#memory[first - by] = this.#memory[first + by] as number;
      this.#memory[end - 1 + by] = this.#memory[end - 1 - by] as number;
    }
  }
}

/** The index that a row beyond an edge is mirrored to; the outermost row is not repeated. */
function mirrored(row: number, rows: number): number {
  const inside = Math.abs(row) < rows ? Math.abs(row) : 2 * (rows - 1) - row;
  assert(inside >= 0 && inside < rows, `Expected a row of ${rows} but received ${row}`);
  return inside;
}
