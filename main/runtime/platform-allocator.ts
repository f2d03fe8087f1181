import { assert, messageOf, ResourceError } from '../base/errors.ts';
import type { Closeable } from '../base/lifetime.ts';

/**
 * What memory can do. `threads`: JavaScript threads of this process work in it in place. `processes`: a descriptor leads other
 * processes to it. `dma-buf`: devices read and write it through that descriptor.
 */
export type MemoryCapability = 'threads' | 'processes' | 'dma-buf';

/** Zeroed memory of one allocation. What its allocator cannot do is undefined here. */
export interface PlatformMemory extends Closeable {
  readonly byteLength: number;
  /** The memory itself, for `threads`. */
  readonly shared: SharedArrayBuffer | undefined;
  /** The file descriptor, for `processes` and `dma-buf`; open until the memory is closed. */
  readonly descriptor: number | undefined;
  /** Copies from `byteOffset` on into `target`. Throws beyond the end and after closing. */
  read(byteOffset: number, target: Uint8Array): void;
  /** Copies `source` to `byteOffset`. Throws beyond the end and after closing. */
  write(byteOffset: number, source: Uint8Array): void;
}

/** Where frame memory comes from. The lab asks for it once per pool, before any frame flows. */
export interface PlatformAllocator {
  readonly name: string;
  readonly capabilities: readonly MemoryCapability[];
  /** Why this machine has no such memory, or undefined where it has. Allocates nothing. */
  obstacle(): string | undefined;
  /** Throws ResourceError when there is not enough. */
  allocate(byteLength: number): PlatformMemory;
}

/** An allocator that was passed over, and why. */
export interface Refusal {
  readonly name: string;
  readonly reason: string;
}

/** What came of looking for memory: the first allocator that fits, if any, and those before it that do not. */
export interface Negotiation {
  readonly allocator: PlatformAllocator | undefined;
  readonly refusals: readonly Refusal[];
}

/** Picks the first allocator that has every capability needed and works on this machine; later ones are not asked. */
export function negotiate(allocators: readonly PlatformAllocator[], needs: readonly MemoryCapability[]): Negotiation {
  const refusals: Refusal[] = [];
  for (const allocator of allocators) {
    const { name, capabilities } = allocator;
    const lacking = needs.filter((need) => !capabilities.includes(need));
    const reason = lacking.length > 0 ? `cannot do ${lacking.join(', ')}` : allocator.obstacle();
    if (reason === undefined) return { allocator, refusals };
    refusals.push({ name, reason });
  }
  return { allocator: undefined, refusals };
}

/** The same where there has to be one: throws ResourceError with the reason of each that does not fit. */
export function requireAllocator(
  allocators: readonly PlatformAllocator[],
  needs: readonly MemoryCapability[],
): PlatformAllocator {
  const { allocator, refusals } = negotiate(allocators, needs);
  if (allocator) return allocator;
  const reasons = refusals.map(({ name, reason }) => `${name}: ${reason}`).join('; ') || 'no allocator at all';
  throw new ResourceError('runtime.no-memory-kind', `Expected memory for ${needs.join(', ')} but received ${reasons}`);
}

/** Allocates memory that threads share. Throws ResourceError for an allocator whose memory they cannot. */
export function allocateShared(allocator: PlatformAllocator, byteLength: number): SharedArrayBuffer {
  const { shared } = requireAllocator([allocator], ['threads']).allocate(byteLength);
  assert(shared, `Expected shared memory of ${allocator.name} but it gave none`);
  return shared;
}

/** Memory from the JavaScript engine: works everywhere, crosses threads but not processes. It is freed when nobody refers to it. */
export const sharedMemoryAllocator: PlatformAllocator = {
  name: 'shared-array-buffer',
  capabilities: ['threads'],
  obstacle: () => undefined,
  allocate: (byteLength) => sharedMemory(sharedArrayBuffer(byteLength)),
};

/** Shared memory that exists already, as an allocator hands it out. Closing it ends copies only: whoever has the memory keeps it. */
export function sharedMemory(shared: SharedArrayBuffer): PlatformMemory {
  const { byteLength } = shared;
  let isOpen = true;
  const range = (byteOffset: number, length: number): Uint8Array => {
    assert(isOpen, 'Expected open memory but it was closed');
    const fits = Number.isInteger(byteOffset) && byteOffset >= 0 && byteOffset + length <= byteLength;
    assert(fits, `Expected a range within ${byteLength} bytes but received ${length} bytes from ${byteOffset} on`);
    return new Uint8Array(shared, byteOffset, length);
  };
  const close = (): void => {
    isOpen = false;
  };
  return {
    byteLength,
    shared,
    descriptor: undefined,
    read: (byteOffset, target) => target.set(range(byteOffset, target.length)),
    write: (byteOffset, source) => range(byteOffset, source.length).set(source),
    close,
    [Symbol.dispose]: close,
  };
}

function sharedArrayBuffer(byteLength: number): SharedArrayBuffer {
  try {
    return new SharedArrayBuffer(byteLength);
  } catch (cause) {
    const mebibytes = Math.ceil(byteLength / 2 ** 20);
    throw new ResourceError(
      'runtime.out-of-memory',
      `Expected ${mebibytes} MiB of shared memory but received: ${messageOf(cause)}`,
      'Choose a smaller resolution or close other programs.',
      cause,
    );
  }
}
