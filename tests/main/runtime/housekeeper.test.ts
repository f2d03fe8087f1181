import { describe, expect, it } from 'vitest';
import type { Envelope } from '../../../main/runtime/envelope.ts';
import {
  Housekeeper,
  type HousekeeperParts,
  type HousekeepingReport,
  housekeepingIntervalMillis,
} from '../../../main/runtime/housekeeper.ts';
import { type HousekeepingLimits, usualLimits } from '../../../main/runtime/housekeeping-checks.ts';
import type { Lease } from '../../../main/runtime/lease.ts';
import { ResourceManager } from '../../../main/runtime/resource-manager.ts';
import { faultsOfTest } from '../../support/faults.ts';
import { plainEnvelope } from '../../support/scripted-runner.ts';
import { ManualClock } from '../camera/manual-clock.ts';

/** A lab whose state the test sets, and its housekeeper on a clock that the test moves. Leases are taken at the real time. */
function bench(parts: Partial<HousekeeperParts> = {}, limits: Partial<HousekeepingLimits> = {}) {
  const clock = new ManualClock();
  // Leases are dated by the real clock: the housekeeper's begins there.
  const startNs = process.hrtime.bigint() - clock.nowNs();
  const state = {
    envelopes: [] as Envelope[],
    waiting: 0,
    unannounced: 0,
    plans: [] as { planId: number; state: string }[],
    cancelled: [] as number[],
    diskFreeBytes: (2 ** 40) as number | undefined,
    residentBytes: 1,
  };
  const resources = new ResourceManager();
  const housekeeper = new Housekeeper(
    {
      resources,
      dispatcher: { open: () => state.envelopes },
      queues: { 'background-lane': () => state.waiting, 'frames-to-announce': () => state.unannounced },
      plans: { active: () => state.plans, cancel: (planId) => state.cancelled.push(planId) },
      diskFreeBytes: async () => state.diskFreeBytes,
      memory: () => ({ residentBytes: state.residentBytes, totalBytes: 100 }),
      ...parts,
    },
    { limits, now: () => startNs + clock.nowNs(), timer: (millis, callback) => clock.after(millis, callback) },
  );
  const reports: HousekeepingReport[] = [];
  housekeeper.reported.subscribe((report) => reports.push(report));
  const codes = (): string[] => reports.map(({ state: what, finding }) => `${what} ${finding.code.split('.')[1]}`);
  const now = (): bigint => startNs + clock.nowNs();
  return { clock, state, resources, housekeeper, reports, codes, now };
}

function leaseOf(resources: ResourceManager, owner: string, consumer: Parameters<ResourceManager['lease']>[2] = 'view'): Lease {
  const pool = resources.createPool('picture', 64, 4);
  return resources.lease(pool.poolId, owner, consumer) as Lease;
}

describe('a lab in order', () => {
  it('is looked at round after round, and nothing is said', async () => {
    const { housekeeper, clock, reports, resources, state, now } = bench();
    leaseOf(resources, 'view 1');
    state.envelopes = [plainEnvelope(1, { queuedNs: now() })];
    state.plans = [{ planId: 1, state: 'created' }];
    for (let round = 0; round < 3; round++) {
      expect(clock.pendingTimers).toBe(1);
      clock.advance(housekeepingIntervalMillis);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect([reports, housekeeper.findings]).toEqual([[], []]);
  });

  it('is left alone once the housekeeper is closed, also in the middle of a round', async () => {
    const disk = Promise.withResolvers<number>();
    const { housekeeper, clock, reports } = bench({ diskFreeBytes: () => disk.promise });
    clock.advance(housekeepingIntervalMillis);
    housekeeper.close();
    disk.resolve(0);
    await new Promise((resolve) => setImmediate(resolve));
    expect([reports, clock.pendingTimers]).toEqual([[], 0]);
  });

  it('says nothing of a disk that does not tell', async () => {
    const { housekeeper, state, reports } = bench();
    state.diskFreeBytes = undefined;
    await housekeeper.sweep();
    expect(reports).toEqual([]);
  });
});

describe('a lease past its time to live', () => {
  it('is reported once by owner, with where it was taken, and once more when it is gone', async () => {
    const { housekeeper, clock, resources, reports } = bench();
    const leases = [leaseOf(resources, 'view 3'), leaseOf(resources, 'view 3')];
    leaseOf(resources, 'frame ring', 'fusion');
    clock.advance(usualLimits.leaseMillis.view + 5000);
    await housekeeper.sweep();
    await housekeeper.sweep();
    expect(reports).toHaveLength(1);
    expect(reports[0]).toMatchObject({
      state: 'found',
      finding: {
        level: 'warning',
        area: 'memory',
        code: 'housekeeping.lease-overdue',
        message:
          '0 MiB of frame memory have been in use by a page that shows the picture for 65 s; live frames may be dropped for want of it.',
        technical: expect.stringMatching(
          /^view 3 holds 2 frame slots for up to 65 s; the oldest was taken at .*housekeeper\.test\.ts/,
        ),
        detail: { owner: 'view 3', consumer: 'view', leases: 2, bytes: 128, seconds: 65 },
      },
    });
    for (const lease of leases) lease.close();
    await housekeeper.sweep();
    expect(reports.map(({ state }) => state)).toEqual(['found', 'gone']);
    expect(reports[1]?.finding).toEqual(reports[0]?.finding);
  });

  it('is given up by a consumer that knows what it can do without, and never taken from another', async () => {
    const { housekeeper, clock, resources, codes } = bench();
    const kept = [1, 2].map(() => leaseOf(resources, 'frame ring', 'fusion'));
    leaseOf(resources, 'recorder', 'recorder');
    resources.budgets.limit('fusion', 1000, () => {
      kept[0]?.close();
      return kept.shift() !== undefined;
    });
    clock.advance(usualLimits.leaseMillis.fusion + 1000);
    await housekeeper.sweep();
    expect([kept.length, codes()]).toEqual([1, ['found lease-overdue', 'found lease-overdue']]);
    for (let round = 0; round < 3; round++) await housekeeper.sweep();
    expect(kept).toEqual([]);
    expect(resources.openLeases().map(({ owner }) => owner)).toEqual(['recorder']);
    expect(codes().slice(2)).toEqual(['gone lease-overdue']);
  });
});

describe('a plan', () => {
  it('that waits for slots gets those that fusions keep for later', async () => {
    const { housekeeper, clock, resources, codes, reports } = bench();
    const pool = resources.createPool('mosaic', 64, 1);
    const kept = [resources.lease(pool.poolId, 'frame ring', 'fusion') as Lease];
    resources.budgets.limit('fusion', 1000, () => {
      kept[0]?.close();
      return kept.shift() !== undefined;
    });
    const reservation = resources.reserveForPlan({ owner: 'fusion plan 7', slots: { [pool.poolId]: 1 } });
    await housekeeper.sweep();
    clock.advance(usualLimits.reservationMillis);
    await housekeeper.sweep();
    expect(kept).toHaveLength(1);
    clock.advance(1);
    await housekeeper.sweep();
    await expect(reservation).resolves.toMatchObject({ owner: 'fusion plan 7' });
    expect(reports[0]?.finding.message).toBe('A merge has waited 10 s for free frame memory.');
    expect(reports[0]?.finding.technical).toBe(`fusion plan 7 has waited 10 s for frame slots (1 of ${pool.poolId}).`);
    await housekeeper.sweep();
    expect(codes()).toEqual(['found reservation-waits', 'gone reservation-waits']);
  });

  it('that nobody drives any more is cancelled; one that moves on is not', async () => {
    const { housekeeper, clock, state, codes } = bench();
    state.plans = [
      { planId: 1, state: 'selected' },
      { planId: 2, state: 'created' },
    ];
    await housekeeper.sweep();
    clock.advance(usualLimits.planMillis);
    state.plans = [
      { planId: 1, state: 'selected' },
      { planId: 2, state: 'reserved' },
    ];
    await housekeeper.sweep();
    expect(state.cancelled).toEqual([]);
    clock.advance(1);
    await housekeeper.sweep();
    expect(state.cancelled).toEqual([1]);
    state.plans = [];
    await housekeeper.sweep();
    expect(codes()).toEqual(['found plan-dead', 'gone plan-dead']);
  });
});

describe('envelopes that never complete', () => {
  it('are reported together by lane and stage, each lane after its own time', async () => {
    const { housekeeper, clock, state, reports, now } = bench();
    const queuedNs = now();
    state.envelopes = [
      plainEnvelope(5, { stage: 'fast-isp', queuedNs: queuedNs + 1n }),
      plainEnvelope(4, { stage: 'fast-isp', queuedNs }),
      plainEnvelope(6, { stage: 'fusion-merge', lane: 'background', queuedNs }),
    ];
    clock.advance(usualLimits.envelopeMillis.realtime + 1);
    await housekeeper.sweep();
    expect(reports).toHaveLength(1);
    expect(reports[0]?.finding).toMatchObject({
      level: 'error',
      code: 'housekeeping.envelope-stuck',
      message: 'The processing of a frame (fast-isp) has not ended for 10 s: the picture may stand still.',
      technical: 'fast-isp has not completed 2 frames of the realtime lane; the oldest, 4, waits for 10 s.',
      detail: { frameId: 4, envelopes: 2, lane: 'realtime' },
    });
    clock.advance(usualLimits.envelopeMillis.background);
    await housekeeper.sweep();
    expect(reports.map(({ finding }) => finding.detail['stage'])).toEqual(['fast-isp', 'fusion-merge']);
  });
});

describe('a queue', () => {
  it('is reported when it grows round after round, and not when it is only long', async () => {
    const { housekeeper, state, codes } = bench();
    const rounds = async (lengths: readonly number[]): Promise<void> => {
      for (const length of lengths) {
        state.waiting = length;
        await housekeeper.sweep();
      }
    };
    await rounds([50, 50, 50, 50, 50, 55, 54, 60, 62]);
    expect(codes()).toEqual([]);
    await rounds([63, 63]);
    expect(codes()).toEqual(['found queue-grows']);
    await rounds([10]);
    expect(codes()).toEqual(['found queue-grows', 'gone queue-grows']);
  });

  it.each([
    ['waiting', 'background-lane', /^Work behind the live picture piles up: 40 steps wait/, /^Let merges/],
    ['unannounced', 'frames-to-announce', /^The picture is held up: 40 finished frames wait/, /^If the picture stands still/],
  ] as const)(
    'that is %s is told without a word of lanes and lines, which are for the log',
    async (count, name, message, action) => {
      const { housekeeper, state, reports } = bench();
      for (const length of [0, 10, 20, 30, 40]) {
        state[count] = length;
        await housekeeper.sweep();
      }
      const { finding } = reports[0] as HousekeepingReport;
      expect(finding).toMatchObject({ message: expect.stringMatching(message), action: expect.stringMatching(action) });
      expect(`${finding.message} ${finding.action} ${finding.goneMessage}`).not.toMatch(
        /lane|announce|slot|lease|envelope|plan\b/,
      );
      expect(finding.technical).toContain(`${name} grew by 40 to 40`);
    },
  );
});

describe('a granted reservation', () => {
  it('is reported when nobody uses it in time, until it is closed', async () => {
    const { clock, resources, housekeeper, reports, codes } = bench();
    const { poolId } = resources.createPool('mosaic', 64, 4);
    const reservation = await resources.reserveForPlan({ owner: 'fusion plan 7', slots: { [poolId]: 4 } });
    await housekeeper.sweep();
    clock.advance(usualLimits.leaseMillis.fusion + 1000);
    await housekeeper.sweep();
    expect(reports.at(-1)?.finding).toMatchObject({
      technical: expect.stringMatching(/^fusion plan 7 has not used the frame slots that it reserved 30\d s ago at /),
      detail: { owner: 'fusion plan 7', bytes: 256, askedAt: expect.stringContaining('housekeeper.test.ts') },
    });
    reservation.close();
    await housekeeper.sweep();
    expect(codes()).toEqual(['found reservation-overdue', 'gone reservation-overdue']);
  });
});

describe('a round that fails', () => {
  it('is a fault that is told, and the next one comes', async () => {
    const faults = faultsOfTest();
    let rounds = 0;
    const { clock, housekeeper } = bench({
      diskFreeBytes: async () => {
        rounds += 1;
        throw new Error('no such disk');
      },
    });
    for (const round of [1, 2]) {
      clock.advance(housekeepingIntervalMillis);
      expect(rounds).toBe(round);
      // The next round is ordered when this one has ended.
      await new Promise((resolve) => setImmediate(resolve));
    }
    housekeeper.close();
    expect(faults).toMatchObject([{ message: 'no such disk' }, { message: 'no such disk' }]);
  });
});

describe('a watermark', () => {
  it('of the disk is crossed once, in either direction, however the space goes up and down about it', async () => {
    const { housekeeper, state, codes, reports } = bench();
    const mebibytes = [2000, 1020, 1030, 1020, 1100, 190, 210, 230, 250, 1300];
    for (const free of mebibytes) {
      state.diskFreeBytes = free * 2 ** 20;
      await housekeeper.sweep();
    }
    expect(codes()).toEqual([
      'found disk-low',
      'gone disk-low',
      'found disk-full',
      'gone disk-full',
      'found disk-low',
      'gone disk-low',
    ]);
    expect(reports[0]?.finding).toMatchObject({
      level: 'warning',
      message: '1020 MiB are left on the disk that recordings go to.',
    });
    expect(reports[2]?.finding.level).toBe('error');
  });

  it('of the memory gives up what is kept for the next stream', async () => {
    const { housekeeper, state, resources, codes } = bench();
    const pool = resources.createPool('mosaic', 4096, 4);
    resources.retirePool(pool.poolId, () => undefined);
    for (const resident of [80, 81, 70, 66]) {
      state.residentBytes = resident;
      await housekeeper.sweep();
    }
    expect(codes()).toEqual(['found memory-high', 'gone memory-high']);
    expect(resources.dropSpareMemory()).toBe(0);
    resources.retirePool(resources.createPool('mosaic', 4096, 4).poolId, () => undefined);
    expect(resources.dropSpareMemory()).toBe(pool.memory.byteLength);
  });
});
