import type { Tensor } from 'onnxruntime-node';
import { assert } from '../base/errors.ts';
import type { KernelMask } from './kernel.ts';

/** Keeps the bytes of a kernel's mask: all bits set at the places of a list, 0 elsewhere. Costs as much as the lists are long. */
export class MaskMarks {
  readonly #mask: KernelMask;
  readonly #memory: Uint8Array;
  #marked: number[] = [];

  constructor(mask: KernelMask, memory: Uint8Array) {
    this.#mask = mask;
    this.#memory = memory;
  }

  get places(): string {
    return this.#mask.places;
  }

  get counts(): string {
    return this.#mask.counts;
  }

  /** Marks the places (int64, into the planes one after the other) whose count is not 0, in the stead of those before. Throws for what is no place. */
  mark(places: Tensor, counts: Tensor): void {
    for (const address of this.#marked) this.#memory[address] = 0;
    this.#marked = [];
    const [list, isCounted] = [places.data as BigInt64Array, counts.data as Float32Array];
    for (let index = 0; index < list.length; index++) {
      if (isCounted[index] === 0) continue;
      const address = this.#addressOf(Number(list[index]));
      this.#marked.push(address);
      this.#memory[address] = 0xff;
    }
  }

  #addressOf(place: number): number {
    const { offset, planes, rows, columns, stride } = this.#mask;
    const end = planes * rows * columns;
    assert(place >= 0 && place < end, `Expected a place below ${end} in ${this.places} but received ${place}`);
    const plane = Math.floor(place / (rows * columns));
    const row = Math.floor(place / columns) % rows;
    return offset + (row * planes + plane) * stride + (place % columns);
  }
}
