import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ControlWrite, PlannedWrite } from '../../../../main/camera/control/control-write.ts';
import { IoctlApplier } from '../../../../main/camera/control/ioctl-applier.ts';
import type { ControlValue } from '../../../../preload/contract.ts';
import { ScriptedDevice } from './scripted-device.ts';

const setOf = (values: Readonly<Record<string, ControlValue>>): Map<string, PlannedWrite> =>
  new Map(Object.entries(values).map(([id, value]) => [id, { origin: 'user', requested: value, value }]));

interface Bench {
  readonly device: ScriptedDevice;
  readonly applier: IoctlApplier;
  /** Ids and first frames of what settled, in order. */
  readonly settled: (readonly [id: string, applied: ControlValue, sequence: number | undefined])[];
  /** The clock that stamps the writes. */
  readonly clock: { nowNs: bigint };
}

function bench(device = new ScriptedDevice()): Bench {
  const clock = { nowNs: 100n };
  const applier = new IoctlApplier(
    device,
    (id) => device.controlDelayFrames[id] ?? 0,
    () => clock.nowNs,
  );
  const settled: [string, ControlValue, number | undefined][] = [];
  applier.settled.subscribe((writes: readonly ControlWrite[]) => {
    for (const { report } of writes) settled.push([report.id, report.applied, report.effectiveAtSequence]);
  });
  return { device, applier, settled, clock };
}

describe('a write that the device refuses', () => {
  it('rejects with the control named, and the next one is written all the same', async () => {
    const { device, applier } = bench();
    device.refused.add('gain');
    await expect(applier.apply(setOf({ gain: 2, flip: 1 }))).rejects.toThrow('but received gain');
    expect(await applier.apply(setOf({ flip: 1 }))).toEqual([{ id: 'flip', requested: 1, applied: 1 }]);
    expect(applier.isWriting).toBe(false);
  });

  it('costs those that waited with it nothing', async () => {
    const { device, applier } = bench();
    device.refused.add('gain');
    const release = device.hold();
    const results = Promise.allSettled([
      applier.apply(setOf({ mask: 1 })),
      applier.apply(setOf({ exposure: 5000 })),
      applier.apply(setOf({ gain: 2, exposure: 6000 })),
      applier.apply(setOf({ flip: 1 })),
    ]);
    release();
    expect((await results).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect([device.valueOf('exposure'), device.valueOf('flip'), device.valueOf('gain')]).toEqual([5000, 1, 1]);
  });
});

describe('writes', () => {
  it('go one at a time, what waits goes together, and the newest value of each control counts', async () => {
    const { device, applier } = bench();
    const release = device.hold();
    const first = applier.apply(setOf({ gain: 2 }));
    const waiting = [3, 4, 5].map((gain) => applier.apply(setOf({ gain, flip: gain % 2 })));
    const other = applier.apply(setOf({ mask: 4 }));
    expect(device.requests).toEqual([{ gain: 2 }]);
    release();
    expect(await first).toEqual([{ id: 'gain', requested: 2, applied: 2 }]);
    expect(await Promise.all(waiting)).toEqual(
      [3, 4, 5].map((requested) => [
        { id: 'gain', requested, applied: 5 },
        { id: 'flip', requested: requested % 2, applied: 1 },
      ]),
    );
    expect(await other).toEqual([{ id: 'mask', requested: 4, applied: 4 }]);
    expect(device.requests).toEqual([{ gain: 2 }, { gain: 5, flip: 1, mask: 4 }]);
  });

  it('report what the device made of them', async () => {
    const { device, applier } = bench();
    device.holds.set('gain', () => 8);
    expect(await applier.apply(setOf({ gain: 9 }))).toEqual([{ id: 'gain', requested: 9, applied: 8 }]);
    expect(await applier.apply(new Map())).toEqual([]);
    expect(device.requests).toHaveLength(1);
  });

  it('always end with the last value of each control, whatever is refused in between', async () => {
    const gains = fc.array(fc.record({ gain: fc.integer({ min: 1, max: 16 }), isPaused: fc.boolean() }), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(gains, fc.boolean(), async (steps, isRefused) => {
        const { device, applier } = bench();
        if (isRefused) device.refused.add('mask');
        const writes: Promise<unknown>[] = [];
        for (const { gain, isPaused } of steps) {
          writes.push(applier.apply(setOf({ gain })), applier.apply(setOf({ mask: 1 })));
          if (isPaused) await Promise.allSettled(writes.slice(-2));
        }
        await Promise.allSettled(writes);
        expect(device.valueOf('gain')).toBe(steps.at(-1)?.gain);
        expect(device.valueOf('mask')).toBe(isRefused ? 0 : 1);
      }),
      { seed: 6, numRuns: 60 },
    );
  });
});

describe('the first frame of a write', () => {
  it('is the first whose exposure began after the device had answered', async () => {
    const { applier, settled } = bench();
    await applier.apply(setOf({ gain: 2 }));
    applier.frameArrived({ sequence: 7, timestampNs: 99n });
    expect(settled).toEqual([]);
    applier.frameArrived({ sequence: 8, timestampNs: 100n });
    applier.frameArrived({ sequence: 9, timestampNs: 200n });
    expect(settled).toEqual([['gain', 2, 8]]);
  });

  it('comes as many frames later as the sensor takes', async () => {
    const { device, applier, settled } = bench();
    device.controlDelayFrames = { exposure: 2 };
    await applier.apply(setOf({ exposure: 5000, gain: 2 }));
    applier.frameArrived({ sequence: 3, timestampNs: 150n });
    expect(settled).toEqual([
      ['exposure', 5000, 5],
      ['gain', 2, 3],
    ]);
  });

  it('is the first of the stream for what was written before it, whatever its time stamp', async () => {
    const { device, applier, settled, clock } = bench();
    device.controlDelayFrames = { gain: 2 };
    await applier.apply(setOf({ gain: 2 }));
    applier.streamStarting();
    clock.nowNs = 500n;
    await applier.apply(setOf({ flip: 1 }));
    applier.frameArrived({ sequence: 0, timestampNs: 90n });
    expect(settled).toEqual([['gain', 2, 0]]);
    applier.frameArrived({ sequence: 1, timestampNs: 501n });
    expect(settled.at(-1)).toEqual(['flip', 1, 1]);
  });

  it('never comes for a write that a newer one overtook', async () => {
    const { applier, settled } = bench();
    await applier.apply(setOf({ gain: 2 }));
    await applier.apply(setOf({ gain: 3 }));
    expect(settled).toEqual([['gain', 2, undefined]]);
    applier.frameArrived({ sequence: 4, timestampNs: 100n });
    expect(settled.slice(1)).toEqual([['gain', 3, 4]]);
  });
});
