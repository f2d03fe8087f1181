import { linuxAllocators } from '../../runtime/linux-allocators.ts';
import { type MemoryCapability, type PlatformAllocator, sharedMemoryAllocator } from '../../runtime/platform-allocator.ts';
import type { Finding } from './doctor-finding.ts';

const uses: Readonly<Record<MemoryCapability, string>> = {
  threads: 'frames of the lab',
  processes: 'frames for other processes',
  'dma-buf': 'frames that devices fill',
};

/** One finding per kind of memory: what it is for, or why this machine has none. Allocates nothing. */
export function checkMemory(allocators: readonly PlatformAllocator[] = [sharedMemoryAllocator, ...linuxAllocators()]): Finding[] {
  return allocators.map((allocator) => {
    const subject = `Memory ${allocator.name}`;
    const use = allocator.capabilities.map((capability) => uses[capability]).join(', ');
    const obstacle = allocator.obstacle();
    if (obstacle === undefined) return { subject, state: 'works', detail: use };
    return { subject, state: 'missing', detail: `${obstacle} (for ${use})`, fix: 'the live picture does without' };
  });
}
