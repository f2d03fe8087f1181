import { describe, expect, it } from 'vitest';
import { createSharedFramePool, FramePool, type SlotHandle } from '../../../main/frame/frame-pool.ts';

function poolOf(slotBytes: number, slotCount: number): FramePool {
  return new FramePool(createSharedFramePool('test', slotBytes, slotCount));
}

describe('a frame pool that is misused', () => {
  it('cannot be made without slots or bytes', () => {
    expect(() => createSharedFramePool('test', 0, 2)).toThrow('Expected positive sizes for pool test but received 2 x 0');
    expect(() => createSharedFramePool('test', 8, 0)).toThrow('Expected positive sizes for pool test but received 0 x 8');
  });

  it('refuses handles of another pool, of a free slot and of an earlier use', () => {
    const pool = poolOf(8, 1);
    expect(() => pool.bytes({ poolId: 'other', slot: 0, generation: 1 })).toThrow(
      'Expected a handle of pool test but received one of other',
    );
    const earlier = pool.take() as SlotHandle;
    pool.giveBack(earlier);
    expect(() => pool.bytes(earlier)).toThrow('the handle is stale');
    expect(() => pool.giveBack(earlier)).toThrow('the handle is stale');
    pool.take();
    expect(() => pool.samples(earlier)).toThrow('the handle is stale');
  });

  it('shows no more of a slot than there is', () => {
    const pool = poolOf(8, 2);
    const handle = pool.take() as SlotHandle;
    expect(() => pool.bytes(handle, 9)).toThrow('Expected at most 8 bytes but received 9');
    expect(() => pool.samples(handle, 5)).toThrow('Expected at most 4 samples but received 5');
  });
});

describe('a frame pool', () => {
  it('lends every slot once and then none', () => {
    const pool = poolOf(8, 3);
    const handles = [pool.take(), pool.take(), pool.take()];
    expect(new Set(handles.map((handle) => handle?.slot)).size).toBe(3);
    expect([pool.take(), pool.slotsInUse]).toEqual([undefined, 3]);
    pool.giveBack(handles[1] as SlotHandle);
    expect([pool.take()?.slot, pool.slotsInUse]).toEqual([handles[1]?.slot, 3]);
  });

  it('lays slots apart, on page boundaries, over shared memory', () => {
    const pool = poolOf(5000, 2);
    const [first, second] = [pool.take() as SlotHandle, pool.take() as SlotHandle];
    pool.bytes(first).fill(1);
    pool.bytes(second).fill(2);
    expect([pool.bytes(first)[4999], pool.bytes(second)[0]]).toEqual([1, 2]);
    expect([pool.bytes(first).byteOffset % 4096, pool.bytes(second).byteOffset % 4096]).toEqual([0, 0]);
    expect(pool.bytes(first).buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  it('shows the same slots to whoever has the shared description', () => {
    const pool = poolOf(8, 1);
    const handle = pool.take() as SlotHandle;
    const elsewhere = new FramePool(structuredClone({ ...pool.shared, memory: undefined, generations: undefined }) as never);
    expect(elsewhere.id).toBe('test');
    const view = new FramePool(pool.shared);
    view.samples(handle)[3] = 65535;
    expect([...pool.bytes(handle)]).toEqual([0, 0, 0, 0, 0, 0, 255, 255]);
    pool.giveBack(handle);
    expect(() => view.bytes(handle)).toThrow('the handle is stale');
  });
});
