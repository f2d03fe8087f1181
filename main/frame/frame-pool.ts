import { assert } from '../base/errors.ts';

/** Names one use of one slot. A handle outlives its use without harm: resolving it then fails instead of showing another frame. */
export interface SlotHandle {
  readonly poolId: string;
  readonly slot: number;
  readonly generation: number;
}

/** What another thread needs to reach the same slots: structured-cloneable, the memory is shared and not copied. */
export interface SharedFramePool {
  readonly poolId: string;
  readonly slotBytes: number;
  readonly slotCount: number;
  readonly memory: SharedArrayBuffer;
  /** One generation counter per slot. Odd: in use; even: free. */
  readonly generations: SharedArrayBuffer;
}

const slotAlignment = 4096;

/** Lays out a pool of equal slots in memory from `allocate` (shared and zeroed); slots start on page boundaries. */
export function createSharedFramePool(
  poolId: string,
  slotBytes: number,
  slotCount: number,
  allocate = (byteLength: number): SharedArrayBuffer => new SharedArrayBuffer(byteLength),
): SharedFramePool {
  assert(slotBytes > 0 && slotCount > 0, `Expected positive sizes for pool ${poolId} but received ${slotCount} x ${slotBytes}`);
  const stride = strideOf(slotBytes);
  return {
    poolId,
    slotBytes,
    slotCount,
    memory: allocate(stride * slotCount),
    generations: allocate(4 * slotCount),
  };
}

function strideOf(slotBytes: number): number {
  return Math.ceil(slotBytes / slotAlignment) * slotAlignment;
}

/**
 * The view that any thread has of a shared pool. Only the ResourceManager's thread takes and gives back slots; every
 * thread resolves handles, and a stale handle throws.
 */
export class FramePool {
  readonly shared: SharedFramePool;
  readonly #generations: Int32Array;
  readonly #stride: number;

  constructor(shared: SharedFramePool) {
    this.shared = shared;
    this.#generations = new Int32Array(shared.generations);
    this.#stride = strideOf(shared.slotBytes);
  }

  get id(): string {
    return this.shared.poolId;
  }

  /** Takes a free slot, or undefined when none is. */
  take(): SlotHandle | undefined {
    for (let slot = 0; slot < this.shared.slotCount; slot++) {
      const generation = Atomics.load(this.#generations, slot);
      if (generation % 2 !== 0) continue;
      Atomics.store(this.#generations, slot, generation + 1);
      return { poolId: this.id, slot, generation: generation + 1 };
    }
    return undefined;
  }

  /** Gives a slot back: every handle of that use is stale from now on. */
  giveBack(handle: SlotHandle): void {
    this.#check(handle);
    Atomics.store(this.#generations, handle.slot, handle.generation + 1);
  }

  get slotsInUse(): number {
    return this.#generations.reduce((count, generation) => count + (generation % 2), 0);
  }

  /** The slot's first `byteLength` bytes (all by default), in place. */
  bytes(handle: SlotHandle, byteLength = this.shared.slotBytes): Uint8Array {
    this.#check(handle);
    assert(byteLength <= this.shared.slotBytes, `Expected at most ${this.shared.slotBytes} bytes but received ${byteLength}`);
    return new Uint8Array(this.shared.memory, handle.slot * this.#stride, byteLength);
  }

  /** The slot's first `length` 16-bit samples, in place. */
  samples(handle: SlotHandle, length = this.shared.slotBytes / 2): Uint16Array {
    this.#check(handle);
    assert(length * 2 <= this.shared.slotBytes, `Expected at most ${this.shared.slotBytes / 2} samples but received ${length}`);
    return new Uint16Array(this.shared.memory, handle.slot * this.#stride, length);
  }

  /** All of the slot as elements of a type, in place; a rest that is no whole element is left out. */
  elements(handle: SlotHandle, type: 'uint8' | 'uint16' | 'float32'): Uint8Array | Uint16Array | Float32Array {
    this.#check(handle);
    const { memory, slotBytes } = this.shared;
    const offset = handle.slot * this.#stride;
    if (type === 'uint8') return new Uint8Array(memory, offset, slotBytes);
    if (type === 'uint16') return new Uint16Array(memory, offset, Math.floor(slotBytes / 2));
    return new Float32Array(memory, offset, Math.floor(slotBytes / 4));
  }

  #check(handle: SlotHandle): void {
    assert(handle.poolId === this.id, `Expected a handle of pool ${this.id} but received one of ${handle.poolId}`);
    const current = Atomics.load(this.#generations, handle.slot);
    assert(
      current === handle.generation,
      `Expected generation ${current} for slot ${handle.slot} of pool ${this.id} but received ${handle.generation}: the handle is stale`,
    );
  }
}
