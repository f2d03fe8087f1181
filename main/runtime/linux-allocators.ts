import * as v4l2 from '../../native/v4l2-camera/index.ts';
import { messageOf, ResourceError } from '../base/errors.ts';
import type { MemoryCapability, PlatformAllocator, PlatformMemory } from './platform-allocator.ts';

/** What the allocators need of the addon, so that a test can be the machine. */
export type MemoryAccess = Pick<typeof v4l2, 'obstacle' | 'reportAllocators' | 'allocateMemory'>;

const capabilitiesOf = (name: string): readonly MemoryCapability[] =>
  name === 'memfd' ? ['processes'] : ['processes', 'dma-buf'];

/** The kinds that a kernel can have, named where the addon that could tell is not there. */
const kinds = ['memfd', 'udmabuf', 'dma-heap'] as const;

/**
 * The kinds of memory that Linux gives behind a file descriptor, in the order in which they should be chosen; those that this machine
 * lacks are among them with the reason. `memfd` is for other processes, `udmabuf` and the heaps (`dma-heap:system`…) are dma-bufs, which
 * a V4L2 stream can fill as well.
 *
 * None of it is for threads. JavaScript can only share memory that its engine has made: Node-API cannot turn a mapping into a
 * SharedArrayBuffer, and Electron refuses memory of native code altogether. So what is offered is the descriptor, and copies in both
 * directions through the addon. Frames that the lab works on stay in the engine's memory; this is for those that leave it.
 */
export function linuxAllocators(access: MemoryAccess = v4l2): readonly PlatformAllocator[] {
  const missing = access.obstacle();
  if (missing !== undefined) return kinds.map((name) => linuxAllocator(name, missing, access));
  return access
    .reportAllocators()
    .map(({ name, available, reason }) => linuxAllocator(name, available ? undefined : reason, access));
}

function linuxAllocator(name: string, obstacle: string | undefined, access: MemoryAccess): PlatformAllocator {
  return {
    name,
    capabilities: capabilitiesOf(name),
    obstacle: () => obstacle,
    allocate: (byteLength) => {
      if (obstacle !== undefined) throw new ResourceError('runtime.no-memory-kind', `Expected ${name} memory but: ${obstacle}`);
      return descriptorMemory(name, byteLength, access);
    },
  };
}

function descriptorMemory(name: string, byteLength: number, access: MemoryAccess): PlatformMemory {
  try {
    const { fd, ...memory } = access.allocateMemory(name, byteLength);
    return { ...memory, shared: undefined, descriptor: fd };
  } catch (cause) {
    const message = `Expected ${byteLength} bytes of ${name} memory but received: ${messageOf(cause)}`;
    throw new ResourceError('runtime.out-of-memory', message, 'Choose a smaller resolution or close other programs.', cause);
  }
}
