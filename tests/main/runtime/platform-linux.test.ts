import { fstatSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { linuxAllocators, type MemoryAccess } from '../../../main/runtime/linux-allocators.ts';
import { negotiate, type PlatformAllocator } from '../../../main/runtime/platform-allocator.ts';
import { obstacle } from '../../../native/v4l2-camera/index.ts';

/** A machine with one heap and without udmabuf, whose allocations fail. */
const machine: MemoryAccess = {
  obstacle: () => undefined,
  reportAllocators: () => [
    { name: 'memfd', available: true, reason: '' },
    { name: 'udmabuf', available: false, reason: 'No such file' },
    { name: 'dma-heap:system', available: true, reason: '' },
  ],
  allocateMemory: () => {
    throw new Error('Cannot allocate memory');
  },
};

describe('the allocators of Linux', () => {
  it('are all missing with one reason where the addon is', () => {
    const allocators = linuxAllocators({ ...machine, obstacle: () => 'The addon is not built' });
    expect(allocators.map(({ name, obstacle: missing }) => [name, missing()])).toEqual([
      ['memfd', 'The addon is not built'],
      ['udmabuf', 'The addon is not built'],
      ['dma-heap', 'The addon is not built'],
    ]);
    expect(() => allocators[0]?.allocate(4096)).toThrow('Expected memfd memory but: The addon is not built');
  });

  it('offer what the kernel has, and nothing to threads', () => {
    const allocators = linuxAllocators(machine);
    expect(negotiate(allocators, ['processes']).allocator?.name).toBe('memfd');
    expect(negotiate(allocators, ['dma-buf'])).toMatchObject({
      allocator: { name: 'dma-heap:system' },
      refusals: [
        { name: 'memfd', reason: 'cannot do dma-buf' },
        { name: 'udmabuf', reason: 'No such file' },
      ],
    });
    expect(negotiate(allocators, ['threads']).allocator).toBeUndefined();
  });

  it('say what could not be allocated', () => {
    expect(() => linuxAllocators(machine)[0]?.allocate(4096)).toThrow(
      expect.objectContaining({
        code: 'runtime.out-of-memory',
        message: 'Expected 4096 bytes of memfd memory but received: Cannot allocate memory',
      }),
    );
  });
});

const skipped = obstacle() === undefined ? '' : `, skipped: ${obstacle()}`;

describe.skipIf(skipped !== '')(`memory behind a descriptor${skipped}`, () => {
  const memfd = (): PlatformAllocator => negotiate(linuxAllocators(), ['processes']).allocator as PlatformAllocator;

  it('is zeroed, is what another process sees through the descriptor, and can be copied both ways', () => {
    using memory = memfd().allocate(5000);
    expect([memory.byteLength, memory.shared, fstatSync(memory.descriptor as number).size]).toEqual([5000, undefined, 5000]);
    const target = new Uint8Array(new SharedArrayBuffer(3));
    memory.read(4997, target);
    expect([...target]).toEqual([0, 0, 0]);
    memory.write(4998, Uint8Array.of(5, 6));
    expect([...readFileSync(`/proc/self/fd/${memory.descriptor}`).subarray(4997)]).toEqual([0, 5, 6]);
    memory.read(4997, target);
    expect([...target]).toEqual([0, 5, 6]);
  });

  it('is refused beyond its end and after closing, and closed once', () => {
    const memory = memfd().allocate(16);
    const { descriptor } = memory;
    expect(() => memory.write(10, new Uint8Array(7))).toThrow('Expected at most 6 bytes from offset 10 on');
    memory.close();
    memory.close();
    expect(() => fstatSync(descriptor as number)).toThrow('EBADF');
    expect(() => memory.read(0, new Uint8Array(1))).toThrow('Expected open memory but it was closed');
  });
});
