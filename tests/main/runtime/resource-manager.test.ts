import { describe, expect, it } from 'vitest';
import { sharedMemoryAllocator } from '../../../main/runtime/platform-allocator.ts';
import { type Lease, ResourceManager } from '../../../main/runtime/resource-manager.ts';
import { MockAllocator } from '../../support/mock-allocator.ts';

function taken(resources: ResourceManager, poolId: string, owner = 'test'): Lease {
  const lease = resources.lease(poolId, owner);
  if (!lease) throw new Error('Expected a free slot');
  return lease;
}

function pinnedFor(lease: Lease, owner: string): Lease {
  const pinned = lease.pin(owner);
  if (!pinned) throw new Error('Expected room for a pin');
  return pinned;
}

describe('memory that cannot be had', () => {
  it('is refused with its size and what to do', () => {
    const refused = { code: 'runtime.out-of-memory', action: 'Choose a smaller resolution or close other programs.' };
    expect(() => sharedMemoryAllocator.allocate(2 ** 53)).toThrow(expect.objectContaining(refused));
    expect(() => sharedMemoryAllocator.allocate(2 ** 53)).toThrow(/^Expected \d+ MiB of shared memory but received: /);
  });

  it('leaves no pool behind', () => {
    const allocator = new MockAllocator();
    allocator.failsAfter = 0;
    const resources = new ResourceManager({ allocator });
    expect(() => resources.createPool('mosaic', 64, 2)).toThrow('bytes of mock memory but there are none');
    expect(resources.usages()).toEqual([]);
  });

  it('is refused where threads could not work in it, without asking for any', () => {
    const allocator = new MockAllocator('memfd', ['processes']);
    const resources = new ResourceManager({ allocator });
    expect(() => resources.createPool('mosaic', 64, 2)).toThrow(
      'Expected memory for threads but received memfd: cannot do threads',
    );
    expect([allocator.asked, resources.usages()]).toEqual([[], []]);
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
    const pinned = pinnedFor(earlier, 'view');
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
    const view = pinnedFor(lane, 'view main');
    expect(resources.usage(poolId)).toMatchObject({ slotsTotal: 2, slotsInUse: 1, owners: ['realtime lane', 'view main'] });
    expect(resources.usage(poolId).states).toEqual({ free: 1, reserved: 0, allocated: 0, pinned: 1, released: 0 });
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
    const pinned = pinnedFor(first, 'view');
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

describe('the memory of a retired pool', () => {
  it('is kept up to a quarter of a gibibyte', () => {
    const resources = new ResourceManager();
    for (const mebibytes of [200, 100, 150]) {
      resources.retirePool(resources.createPool('mosaic', mebibytes * 2 ** 20, 1).poolId, () => undefined);
    }
    expect(resources.dropSpareMemory()).toBe(250 * 2 ** 20);
  });

  it('says nothing of the slots of a pool whose counters lie in it', () => {
    const resources = new ResourceManager();
    const { poolId } = resources.createPool('mosaic', 4096, 1);
    const lease = taken(resources, poolId);
    lease.bytes().fill(1);
    lease.close();
    resources.retirePool(poolId, () => undefined);
    const fresh = resources.createPool('picture', 16, 1024).poolId;
    expect(resources.usage(fresh).slotsInUse).toBe(0);
    expect(resources.lease(fresh, 'camera')).toBeDefined();
  });

  const frameMemory = (asked: readonly number[]): number[] => asked.filter((byteLength) => byteLength >= 4096);

  it('is not used again while a lease on it is open', () => {
    const allocator = new MockAllocator();
    const resources = new ResourceManager({ allocator });
    const first = resources.createPool('picture', 4096, 2);
    const view = taken(resources, first.poolId, 'view');
    resources.retirePool(first.poolId, () => undefined);
    expect(resources.createPool('picture', 4096, 2).memory).not.toBe(first.memory);
    view.close();
    expect(resources.createPool('picture', 4096, 2).memory).toBe(first.memory);
    expect(frameMemory(allocator.asked)).toEqual([8192, 8192]);
  });

  it('serves every later pool of equal size, whose slots are free and whose handles are its own', () => {
    const allocator = new MockAllocator();
    const resources = new ResourceManager({ allocator });
    const earlier: Lease[] = [];
    for (let start = 0; start < 100; start++) {
      const pools = [resources.createPool('mosaic', 4096, 3), resources.createPool('picture', 8192, 3)];
      const leases = pools.map(({ poolId }) => taken(resources, poolId));
      expect(resources.usages().map(({ slotsInUse }) => slotsInUse)).toEqual([1, 1]);
      for (const lease of leases) lease.close();
      for (const { poolId } of pools) resources.retirePool(poolId, () => undefined);
      earlier.push(...leases);
    }
    expect(frameMemory(allocator.asked)).toEqual([12_288, 24_576]);
    for (const lease of earlier) expect(() => lease.bytes()).toThrow('received a closed one');
  });

  it('is given up, the oldest first, where pools of other sizes follow', () => {
    const allocator = new MockAllocator();
    const resources = new ResourceManager({ allocator });
    for (const pages of [1, 2, 3, 4, 5, 6, 7, 7, 2, 1]) {
      resources.retirePool(resources.createPool('mosaic', pages * 4096, 1).poolId, () => undefined);
    }
    expect(frameMemory(allocator.asked).map((byteLength) => byteLength / 4096)).toEqual([1, 2, 3, 4, 5, 6, 7, 1]);
  });
});

describe('a plan that cannot be had', () => {
  it('is refused at once where the pool or the budget could never give it', async () => {
    const resources = new ResourceManager();
    const { poolId } = resources.createPool('mosaic', 4096, 4);
    const ask = (count: number) => resources.reserveForPlan({ owner: 'burst', slots: { [poolId]: count } });
    await expect(ask(5)).rejects.toThrow(`Expected at most the 4 slots of ${poolId} for burst but received 5`);
    resources.budgets.limit('fusion', 8192);
    await expect(ask(3)).rejects.toThrow('Expected at most 8192 bytes of frame memory for burst but received 12288');
    expect(resources.usage(poolId).slotsInUse).toBe(0);
  });

  it('is sent away when its pool goes', async () => {
    const resources = new ResourceManager();
    const { poolId } = resources.createPool('mosaic', 4096, 2);
    const lease = taken(resources, poolId);
    const waiting = resources.reserveForPlan({ owner: 'burst', slots: { [poolId]: 2 } });
    const other = resources.reserveForPlan({ owner: 'bracket', slots: { [poolId]: 2 } });
    resources.retirePool(poolId, () => undefined);
    await expect(waiting).rejects.toThrow(`Expected a pool in use for burst but ${poolId} is gone`);
    await expect(other).rejects.toMatchObject({ code: 'runtime.pool-gone' });
    lease.close();
    expect(resources.usages()).toEqual([]);
  });

  it('allocates no more than it reserved, and nothing after it was closed', async () => {
    const resources = new ResourceManager();
    const { poolId } = resources.createPool('mosaic', 4096, 2);
    const reservation = await resources.reserveForPlan({ owner: 'burst', slots: { [poolId]: 2 } });
    const lease = reservation.allocate(poolId);
    expect(resources.usage(poolId).states).toMatchObject({ reserved: 1, allocated: 1 });
    reservation.close();
    expect(() => reservation.allocate(poolId)).toThrow(`Expected a reserved slot of ${poolId} for burst but none is left`);
    expect(lease.bytes(1)).toHaveLength(1);
    lease.close();
    expect(resources.usage(poolId).states).toMatchObject({ free: 2 });
    expect(resources.budgets.usages().every(({ bytes }) => bytes === 0)).toBe(true);
  });
});

describe('a plan', () => {
  it.each([-100, 1.5, Number.NaN])('is refused for %s slots, and nothing is charged', async (count) => {
    const resources = new ResourceManager();
    const { poolId } = resources.createPool('mosaic', 64, 4);
    const asked = resources.reserveForPlan({ owner: 'burst', slots: { [poolId]: count } });
    await expect(asked).rejects.toThrow(`Expected a whole number of slots of ${poolId} for burst but received ${count}`);
    expect(resources.budgets.usages().every(({ bytes }) => bytes === 0)).toBe(true);
  });

  it('is listed once granted, with its owner and place, for what it has not taken yet', async () => {
    const resources = new ResourceManager();
    const { poolId } = resources.createPool('mosaic', 64, 4);
    const ask = () => resources.reserveForPlan({ owner: 'burst', slots: { [poolId]: 2 } });
    const [first, second] = [await ask(), await ask()];
    first.allocate(poolId);
    expect(resources.openReservations()).toMatchObject([
      { owner: 'burst', bytes: 64 },
      { owner: 'burst', bytes: 128 },
    ]);
    expect(resources.openReservations()[0]?.askedAt()).toContain('resource-manager.test.ts');
    first.allocate(poolId);
    second.close();
    expect(resources.openReservations()).toEqual([]);
  });

  it('rejects for a pool that does not exist', async () => {
    const asked = new ResourceManager().reserveForPlan({ owner: 'burst', slots: { nowhere: 1 } });
    await expect(asked).rejects.toThrow('Expected an existing pool but received nowhere');
  });

  it('is granted as soon as its budget has room, whatever made it', async () => {
    const resources = new ResourceManager();
    const { poolId } = resources.createPool('mosaic', 4096, 4);
    resources.budgets.limit('fusion', 4096);
    const frame = taken(resources, poolId);
    const kept = frame.pin('ring', 'fusion');
    const first = resources.reserveForPlan({ owner: 'first', slots: { [poolId]: 1 } });
    const second = resources.reserveForPlan({ owner: 'second', slots: { [poolId]: 1 } });
    expect(resources.waitingPlans).toHaveLength(2);
    // The slot stays in use: only the room comes free.
    kept?.close();
    expect(resources.waitingPlans.map(({ owner }) => owner)).toEqual(['second']);
    resources.budgets.limit('fusion', 2 * 4096);
    expect(resources.waitingPlans).toEqual([]);
    expect([(await first).owner, (await second).owner]).toEqual(['first', 'second']);
  });

  it('waits for slots and for its budget', async () => {
    const resources = new ResourceManager();
    const { poolId } = resources.createPool('mosaic', 4096, 4);
    resources.budgets.limit('fusion', 2 * 4096);
    const first = await resources.reserveForPlan({ owner: 'first', slots: { [poolId]: 2 } });
    const second = resources.reserveForPlan({ owner: 'second', slots: { [poolId]: 1 } });
    expect(resources.waitingPlans.map(({ owner }) => owner)).toEqual(['second']);
    expect(resources.usage(poolId).states).toMatchObject({ free: 2, reserved: 2 });
    first.close();
    expect((await second).remaining(poolId)).toBe(1);
  });
});

describe('an open lease', () => {
  it('tells who took it, when and where', () => {
    const resources = new ResourceManager();
    const { poolId } = resources.createPool('picture', 4096, 1);
    const lease = taken(resources, poolId, 'realtime lane');
    lease.pin('view main', 'view');
    const [first, second] = resources.openLeases();
    expect(first).toMatchObject({ owner: 'realtime lane', consumer: 'lane', bytes: 4096 });
    expect(second).toMatchObject({ owner: 'view main', consumer: 'view' });
    expect(first?.takenAt()).toMatch(/resource-manager\.test\.ts:\d+:\d+/);
    expect(second?.takenAt()).toMatch(/resource-manager\.test\.ts:\d+:\d+/);
    expect((second?.takenNs ?? 0n) >= (first?.takenNs ?? 0n)).toBe(true);
  });

  it('makes what is kept for fusions give way to a camera, and to nobody else', () => {
    const resources = new ResourceManager();
    const { poolId } = resources.createPool('mosaic', 4096, 2);
    const ring = [0, 1].map(() => resources.lease(poolId, 'frame ring', 'fusion') as Lease);
    resources.budgets.limit('fusion', 2 * 4096, () => {
      const oldest = ring.shift();
      oldest?.close();
      return oldest !== undefined;
    });
    expect(resources.lease(poolId, 'realtime lane')).toBeUndefined();
    expect(resources.lease(poolId, 'camera', 'camera')).toBeDefined();
    expect(ring).toHaveLength(1);
    expect(resources.budgets.usages().find(({ consumer }) => consumer === 'fusion')).toMatchObject({ evictions: 1, bytes: 4096 });
  });

  it('is refused to a consumer without room, and harms nobody else', () => {
    const resources = new ResourceManager();
    const { poolId } = resources.createPool('picture', 4096, 2);
    resources.budgets.limit('recorder', 4096);
    const lease = taken(resources, poolId);
    const kept = lease.pin('recorder', 'recorder');
    // A slot that it holds already costs nothing more.
    const again = lease.pin('recorder', 'recorder');
    expect(lease.isShared()).toBe(true);
    again?.close();
    expect(resources.lease(poolId, 'recorder', 'recorder')).toBeUndefined();
    expect(lease.pin('view', 'view')).toBeDefined();
    kept?.close();
    expect(lease.pin('recorder', 'recorder')).toBeDefined();
  });
});

describe('the budget of a consumer', () => {
  it('that was lowered below what is held costs nothing for a plan without slots', async () => {
    const resources = new ResourceManager();
    const { poolId } = resources.createPool('mosaic', 4096, 1);
    const kept = resources.lease(poolId, 'ring', 'fusion');
    resources.budgets.limit('fusion', 0, () => expect.fail('Expected nothing to be given up'));
    using plan = await resources.reserveForPlan({ owner: 'empty', slots: {} });
    expect([plan.remaining(poolId), resources.budgets.usages().every(({ refusals }) => refusals === 0)]).toEqual([0, true]);
    kept?.close();
  });

  it.each(['view', 'recorder', 'fusion', 'plug-ins'] as const)(
    'keeps %s to it, whatever the pool: what it gives up and what it is refused is counted for it alone',
    (consumer) => {
      const resources = new ResourceManager();
      const [small, large] = [resources.createPool('mosaic', 4096, 8), resources.createPool('picture', 8192, 8)] as const;
      const held: Lease[] = [];
      let isStubborn = false;
      resources.budgets.limit(consumer, 12_288, () => {
        const oldest = isStubborn ? undefined : held.shift();
        oldest?.close();
        return oldest !== undefined;
      });
      const take = ({ poolId }: { poolId: string }): boolean => {
        const lease = resources.lease(poolId, 'greedy', consumer);
        if (lease) held.push(lease);
        return lease !== undefined;
      };
      const usage = () => resources.budgets.usages().find((account) => account.consumer === consumer);
      expect([take(small), take(large)]).toEqual([true, true]);
      expect(usage()).toMatchObject({ bytes: 12_288, evictions: 0, refusals: 0 });
      // A large one costs the small one and the large one before it.
      expect(take(large)).toBe(true);
      expect(usage()).toMatchObject({ bytes: 8192, evictions: 2, refusals: 0 });
      isStubborn = true;
      expect([take(large), take(small), take(small)]).toEqual([false, true, false]);
      expect(usage()).toMatchObject({ bytes: 12_288, peakBytes: 12_288, evictions: 2, refusals: 2 });
      const others = resources.budgets.usages().filter((account) => account.consumer !== consumer);
      expect(others.filter(({ bytes, evictions, refusals }) => bytes + evictions + refusals > 0)).toEqual([]);
      for (const lease of held) lease.close();
      expect([usage()?.bytes, resources.openLeases()]).toEqual([0, []]);
    },
  );
});
