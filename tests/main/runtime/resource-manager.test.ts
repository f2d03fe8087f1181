import { describe, expect, it } from 'vitest';
import { sharedMemoryAllocator } from '../../../main/runtime/platform-allocator.ts';
import { type Lease, ResourceManager } from '../../../main/runtime/resource-manager.ts';

function taken(resources: ResourceManager, poolId: string, owner = 'test'): Lease {
  const lease = resources.lease(poolId, owner);
  if (!lease) throw new Error('Expected a free slot');
  return lease;
}

describe('memory that cannot be had', () => {
  it('is refused with its size and what to do', () => {
    const refused = { code: 'runtime.out-of-memory', action: 'Choose a smaller resolution or close other programs.' };
    expect(() => sharedMemoryAllocator.allocate(2 ** 53)).toThrow(expect.objectContaining(refused));
    expect(() => sharedMemoryAllocator.allocate(2 ** 53)).toThrow(/^Expected \d+ MiB of shared memory but received: /);
  });

  it('leaves no pool behind', () => {
    const resources = new ResourceManager({ name: 'none', allocate: () => sharedMemoryAllocator.allocate(2 ** 53) });
    expect(() => resources.createPool('mosaic', 64, 2)).toThrow('MiB of shared memory');
    expect(resources.usages()).toEqual([]);
  });
});

describe('a lease that is misused', () => {
  it('does nothing any more once it is closed', () => {
    const resources = new ResourceManager();
    const lease = taken(resources, resources.createPool('mosaic', 64, 2).poolId, 'camera');
    lease.close();
    for (const use of [() => lease.bytes(), () => lease.samples(), () => lease.pin('view'), () => lease.close()]) {
      expect(use).toThrow('Expected an open lease of camera but received a closed one');
    }
  });

  it('never shows the frame that came after', () => {
    const resources = new ResourceManager();
    const { poolId } = resources.createPool('mosaic', 64, 1);
    const earlier = taken(resources, poolId);
    const pinned = earlier.pin('view');
    earlier.close();
    pinned.close();
    const later = taken(resources, poolId, 'later');
    later.bytes().fill(9);
    expect(later.handle.slot).toBe(earlier.handle.slot);
    expect(() => earlier.bytes()).toThrow('received a closed one');
    expect(() => pinned.samples()).toThrow('received a closed one');
    expect(later.handle.generation).not.toBe(earlier.handle.generation);
  });

  it('cannot be had from a pool that does not exist or is retired', () => {
    const resources = new ResourceManager();
    const { poolId } = resources.createPool('mosaic', 64, 1);
    const lease = taken(resources, poolId);
    resources.retirePool(poolId, () => undefined);
    expect(() => resources.lease(poolId, 'camera')).toThrow(`Expected a pool in use but received ${poolId}, which is retired`);
    lease.close();
    expect(() => resources.lease(poolId, 'camera')).toThrow(`Expected an existing pool but received ${poolId}`);
  });
});

describe('leases', () => {
  it('keep a slot until the last one is closed, and name their owners', () => {
    const resources = new ResourceManager();
    const { poolId } = resources.createPool('picture', 64, 2);
    const lane = taken(resources, poolId, 'realtime lane');
    const view = lane.pin('view main');
    expect(resources.usage(poolId)).toEqual({ poolId, slotsTotal: 2, slotsInUse: 1, owners: ['realtime lane', 'view main'] });
    lane.bytes().fill(7);
    lane.close();
    expect(resources.usage(poolId)).toMatchObject({ slotsInUse: 1, owners: ['view main'] });
    expect(view.bytes(2)).toEqual(Uint8Array.of(7, 7));
    view.close();
    expect(resources.usage(poolId)).toMatchObject({ slotsInUse: 0, owners: [] });
  });

  it('run out without an error, and come back', () => {
    const resources = new ResourceManager();
    const { poolId } = resources.createPool('picture', 64, 2);
    const [first] = [taken(resources, poolId), taken(resources, poolId)];
    expect(resources.lease(poolId, 'one too many')).toBeUndefined();
    first.close();
    expect(resources.lease(poolId, 'again')).toBeDefined();
  });

  it('end with their scope', () => {
    const resources = new ResourceManager();
    const { poolId } = resources.createPool('picture', 64, 1);
    {
      using lease = taken(resources, poolId);
      expect(lease.samples(4)).toHaveLength(4);
    }
    expect(resources.usage(poolId).slotsInUse).toBe(0);
  });
});

describe('a pool that is retired', () => {
  it('is forgotten at once where nothing is lent', () => {
    const resources = new ResourceManager();
    const { poolId } = resources.createPool('mosaic', 64, 1);
    const forgotten: string[] = [];
    resources.retirePool(poolId, () => forgotten.push(poolId));
    expect([forgotten, resources.usages()]).toEqual([[poolId], []]);
  });

  it('waits for the last lease, pins included', () => {
    const resources = new ResourceManager();
    const { poolId } = resources.createPool('mosaic', 64, 2);
    const [first, second] = [taken(resources, poolId), taken(resources, poolId)];
    const pinned = first.pin('view');
    const forgotten: string[] = [];
    resources.retirePool(poolId, () => forgotten.push(poolId));
    first.close();
    second.close();
    expect(forgotten).toEqual([]);
    expect(pinned.bytes()).toHaveLength(64);
    pinned.close();
    expect(forgotten).toEqual([poolId]);
  });

  it('is never mistaken for its successor', () => {
    const resources = new ResourceManager();
    const ids = [resources.createPool('mosaic', 64, 1).poolId, resources.createPool('mosaic', 64, 1).poolId];
    expect(ids).toEqual(['mosaic-1', 'mosaic-2']);
  });
});
