import { describe, expect, it } from 'vitest';
import { allocateShared, negotiate, requireAllocator, sharedMemoryAllocator } from '../../../main/runtime/platform-allocator.ts';
import { MockAllocator } from '../../support/mock-allocator.ts';

describe('memory that is misused', () => {
  it('is refused beyond its end, before its beginning and after closing', () => {
    const memory = sharedMemoryAllocator.allocate(16);
    expect(() => memory.read(15, new Uint8Array(2))).toThrow('Expected a range within 16 bytes but received 2 bytes from 15 on');
    expect(() => memory.write(-1, new Uint8Array(1))).toThrow('Expected a range within 16 bytes');
    expect(() => memory.write(0.5, new Uint8Array(1))).toThrow('Expected a range within 16 bytes');
    memory.close();
    memory.close();
    expect(() => memory.read(0, new Uint8Array(1))).toThrow('Expected open memory but it was closed');
    expect(() => memory.write(0, new Uint8Array(1))).toThrow('Expected open memory but it was closed');
  });

  it('is not given to threads that could not reach it', () => {
    const allocator = new MockAllocator('memfd', ['processes']);
    expect(() => allocateShared(allocator, 64)).toThrow('Expected memory for threads but received memfd: cannot do threads');
    expect(allocator.asked).toEqual([]);
  });
});

describe('shared memory of the engine', () => {
  it('is zeroed, in place for threads, and can be copied', () => {
    const { byteLength, shared, descriptor, read, write } = sharedMemoryAllocator.allocate(4);
    expect([byteLength, descriptor]).toEqual([4, undefined]);
    const bytes = new Uint8Array(shared as SharedArrayBuffer);
    expect([...bytes]).toEqual([0, 0, 0, 0]);
    write(1, Uint8Array.of(7, 8));
    expect([...bytes]).toEqual([0, 7, 8, 0]);
    const copy = new Uint8Array(2);
    read(2, copy);
    expect([...copy]).toEqual([8, 0]);
  });
});

describe('negotiating for memory', () => {
  const threads = new MockAllocator('engine', ['threads']);
  const descriptors = new MockAllocator('memfd', ['processes']);
  const devices = new MockAllocator('udmabuf', ['processes', 'dma-buf']);
  const heap = new MockAllocator('dma-heap:system', ['processes', 'dma-buf']);

  it('without any allocator, or any that fits, says why of each', () => {
    expect(negotiate([], ['threads'])).toEqual({ allocator: undefined, refusals: [] });
    expect(() => requireAllocator([], ['threads'])).toThrow('Expected memory for threads but received no allocator at all');
    expect(negotiate([threads, descriptors], ['dma-buf', 'threads'])).toEqual({
      allocator: undefined,
      refusals: [
        { name: 'engine', reason: 'cannot do dma-buf' },
        { name: 'memfd', reason: 'cannot do dma-buf, threads' },
      ],
    });
    expect(() => requireAllocator([threads, descriptors], ['dma-buf'])).toThrow(
      expect.objectContaining({
        code: 'runtime.no-memory-kind',
        message: 'Expected memory for dma-buf but received engine: cannot do dma-buf; memfd: cannot do dma-buf',
      }),
    );
  });

  it('picks the first that has all, and tells of those before it', () => {
    const { allocator, refusals } = negotiate([threads, descriptors, devices, heap], ['processes', 'dma-buf']);
    expect(allocator).toBe(devices);
    expect(refusals.map(({ name }) => name)).toEqual(['engine', 'memfd']);
    expect(requireAllocator([threads, devices], [])).toBe(threads);
  });

  it('passes over what this machine lacks, with its reason', () => {
    devices.missing = 'This kernel has no udmabuf';
    expect(negotiate([devices, heap], ['dma-buf'])).toEqual({
      allocator: heap,
      refusals: [{ name: 'udmabuf', reason: 'This kernel has no udmabuf' }],
    });
    devices.missing = undefined;
  });

  it('allocates nothing', () => {
    negotiate([threads, descriptors, devices, heap], ['dma-buf']);
    expect([threads, descriptors, devices, heap].flatMap(({ asked }) => asked)).toEqual([]);
  });
});

describe('the mock', () => {
  it('counts what is asked for and what is open, and fails on demand', () => {
    const allocator = new MockAllocator();
    allocator.failsAfter = 2;
    const memories = [allocator.allocate(8), allocator.allocate(16)];
    expect(() => allocator.allocate(32)).toThrow(expect.objectContaining({ code: 'runtime.out-of-memory' }));
    expect([allocator.asked, allocator.open]).toEqual([[8, 16, 32], 2]);
    for (const memory of memories) memory.close();
    memories[0]?.close();
    expect(allocator.open).toBe(0);
  });
});
