/** Blocks kept at most: the three of one stream that stopped and of another. */
const mostBlocks = 6;
/** Bytes kept at most. */
const mostBytes = 256 * 2 ** 20;

/**
 * Frame memory of pools that are gone, kept for pools of equal size. The engine frees shared memory long after its last
 * use, so that a stream which stops and starts again would otherwise grow the process by its pools each time. Used on the
 * thread that makes the pools; nobody else may touch a block that is here.
 */
export class SpareMemory {
  readonly #blocks: SharedArrayBuffer[] = [];

  /** A block of exactly that size with whatever was in it last, or undefined where there is none. */
  take(byteLength: number): SharedArrayBuffer | undefined {
    const index = this.#blocks.findIndex((block) => block.byteLength === byteLength);
    return index < 0 ? undefined : this.#blocks.splice(index, 1)[0];
  }

  /** Leaves every block to the engine. Returns how many bytes that were. */
  drop(): number {
    const { bytes } = this;
    this.#blocks.length = 0;
    return bytes;
  }

  /** Bytes that are kept. */
  get bytes(): number {
    return this.#blocks.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** Keeps a block; the oldest ones go where there is too much. */
  keep(block: SharedArrayBuffer): void {
    this.#blocks.push(block);
    while (this.#blocks.length > mostBlocks || this.bytes > mostBytes) this.#blocks.shift();
  }
}
