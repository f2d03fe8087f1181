import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ControlValues } from '../../../../preload/contract.ts';
import { temporaryFolder } from '../../telemetry/telemetry-folder.ts';
import { attached, bench } from './desk-bench.ts';
import { describedControl, everyKind, ScriptedDevice } from './scripted-device.ts';

/** The disk stays real: only what waits for a time is the test's to let pass. */
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** As long as a display shows one picture. */
function passDisplayedFrame(): void {
  vi.advanceTimersByTime(34);
}

/** What a user set in an earlier run, as the next run finds it. */
async function leftBehind(values: ControlValues): Promise<string> {
  const folder = join(temporaryFolder(), 'controls');
  const { desk } = await attached(new ScriptedDevice(), folder);
  await desk.set(values);
  await desk.detach();
  return folder;
}

describe('misuse', () => {
  it('is refused without a camera, which leaves Algos and frames without effect', async () => {
    const { desk } = bench();
    const refusal = { code: 'control.no-camera', exitCode: 2 };
    await expect(desk.set({ gain: 2 })).rejects.toMatchObject(refusal);
    await expect(desk.reset(['gain'])).rejects.toMatchObject(refusal);
    expect(await desk.propose([{ origin: 'algo:ae', values: new Map([['gain', 2]]) }])).toEqual([]);
    desk.frameArrived({ sequence: 0, timestampNs: 0n });
    expect(desk.controls()).toEqual([]);
  });

  it('writes and keeps nothing of a set that is refused', async () => {
    const { desk, device, control, profiles } = await attached();
    await expect(desk.set({ gain: 2, exposure: 50_000 })).rejects.toThrow('for exposure but received 50000');
    await expect(desk.set({ gain: 2, iris: 1 })).rejects.toThrow('but received iris');
    expect(device.requests).toEqual([]);
    device.refused.add('flip');
    await expect(desk.set({ gain: 2, flip: 1 })).rejects.toThrow('but received flip');
    expect(control('gain')).not.toHaveProperty('desired');
    await desk.detach();
    expect(await profiles.load(device)).toEqual({});
  });

  it('resets nothing where a control is unknown or cannot be written', async () => {
    const { desk, device } = await attached();
    await expect(desk.reset(['gain', 'iris'])).rejects.toMatchObject({ code: 'camera.unknown-control' });
    await expect(desk.reset(['temperature'])).rejects.toThrow('temperature is read-only');
    device.refused.add('gain');
    await expect(desk.reset(['gain'])).rejects.toThrow('but received gain');
    expect(device.valueOf('gain')).toBe(1);
  });
});

describe('what the user sets', () => {
  it('goes to the device in one request, and is shown with what came of it', async () => {
    const { desk, device, control, lists } = await attached();
    device.holds.set('gain', () => 8);
    const reports = await desk.set({ gain: 9, matrix: [1, 2, 3, 4], trigger: 1 });
    expect(device.requests).toEqual([{ gain: 9, matrix: [1, 2, 3, 4], trigger: 1 }]);
    expect(reports).toEqual([
      { id: 'gain', requested: 9, applied: 8 },
      { id: 'trigger', requested: 1, applied: 1 },
      { id: 'matrix', requested: [1, 2, 3, 4], applied: [1, 2, 3, 4] },
    ]);
    expect(control('gain')).toMatchObject({ value: 8, desired: 9, drifted: false });
    expect(control('trigger')).not.toHaveProperty('desired');
    passDisplayedFrame();
    expect(lists.at(-1)?.find(({ id }) => id === 'gain')).toMatchObject({ value: 8, desired: 9 });
  });

  it('is shown with its first frame, which ends with the next write and with the stream', async () => {
    const { desk, control, lists } = await attached();
    desk.streamStarting();
    await desk.streamStarted(30);
    await desk.set({ gain: 2 });
    desk.frameArrived({ sequence: 5, timestampNs: process.hrtime.bigint() });
    expect(control('gain').effectiveAtSequence).toBe(5);
    passDisplayedFrame();
    expect(lists.at(-1)?.find(({ id }) => id === 'gain')?.effectiveAtSequence).toBe(5);
    expect(await desk.set({ gain: 3 })).toEqual([{ id: 'gain', requested: 3, applied: 3 }]);
    expect(control('gain')).not.toHaveProperty('effectiveAtSequence');
    desk.frameArrived({ sequence: 6, timestampNs: process.hrtime.bigint() });
    desk.streamStarting();
    expect(control('gain')).not.toHaveProperty('effectiveAtSequence');
  });
});

describe('what the user has set', () => {
  it('is forgotten by a reset, of one control or of all that can be written now', async () => {
    const { desk, device, control } = await attached();
    await desk.set({ gain: 2, flip: 1, mask: 1 });
    device.describe({ mask: { grabbed: true } });
    expect(await desk.reset(['gain'])).toEqual([{ id: 'gain', requested: 1, applied: 1 }]);
    expect(control('gain')).not.toHaveProperty('desired');
    expect(control('flip').desired).toBe(1);
    const ids = (await desk.reset()).map(({ id }) => id);
    expect(ids).toEqual(['auto_exposure', 'gain', 'flip', 'link_frequency', 'label', 'matrix', 'area', 'blob']);
    expect(desk.controls().filter(({ desired }) => desired !== undefined)).toEqual([]);
    expect([device.valueOf('flip'), device.valueOf('mask')]).toEqual([0, 1]);
  });

  it('is not kept of an act, which would be done again at the next opening', async () => {
    const controls = [...everyKind, describedControl({ id: 'pan_relative', type: 'integer', momentary: true })];
    const { desk, device, control, profiles } = await attached(new ScriptedDevice(controls));
    await desk.set({ pan_relative: 5, trigger: 1 });
    expect(control('pan_relative')).not.toHaveProperty('desired');
    await desk.reset(['pan_relative', 'trigger']);
    expect((await desk.reset()).map(({ id }) => id)).not.toContain('pan_relative');
    expect(device.requests[0]).toEqual({ trigger: 1, pan_relative: 5 });
    await desk.detach();
    expect(await profiles.load(device)).toEqual({});
  });

  it('stays where a reset of all is refused for it, which is said', async () => {
    const { desk, device, control, notices } = await attached();
    await desk.set({ gain: 2, mask: 1 });
    device.refused.add('mask');
    expect((await desk.reset()).map(({ id }) => id)).not.toContain('mask');
    expect([control('gain').desired, control('mask').desired, device.valueOf('gain')]).toEqual([undefined, 1, 1]);
    expect(notices.map(({ message }) => message)).toEqual([expect.stringContaining('mask of Scripted device to be reset')]);
  });

  it('resets automatic exposure and the exposure time that it then takes over, when both are named', async () => {
    const { desk, device } = await attached();
    await desk.set({ auto_exposure: 1, exposure: 500 });
    await desk.reset(['auto_exposure', 'exposure']);
    expect([device.valueOf('auto_exposure'), device.valueOf('exposure')]).toEqual([0, 10_000]);
  });
});

describe('a device that starts afresh', () => {
  it('is set as the user left it, in the order of its own dependencies', async () => {
    const folder = await leftBehind({ auto_exposure: 1, exposure: 500, label: 'mine' });
    const { device, control, notices } = await attached(new ScriptedDevice(), folder);
    expect(device.requests).toEqual([{ auto_exposure: 1, label: 'mine' }, { exposure: 500 }]);
    expect(control('exposure')).toMatchObject({ value: 500, desired: 500, drifted: false, inactive: false });
    expect(notices).toEqual([]);
  });

  it('is left alone where it holds all of it, and where it is only looked at', async () => {
    const folder = await leftBehind({ gain: 2 });
    const device = new ScriptedDevice();
    device.put({ gain: 2 });
    expect((await attached(device, folder)).control('gain')).toMatchObject({ desired: 2, drifted: false });
    const other = new ScriptedDevice();
    const { desk, control } = bench(folder);
    await desk.adopt(other);
    expect(control('gain')).toMatchObject({ value: 1, desired: 2, drifted: true });
    expect([...device.requests, ...other.requests]).toEqual([]);
  });

  it('gets everything else where one control is refused, has another range by now, or is gone', async () => {
    const folder = await leftBehind({ gain: 9, flip: 1, mask: 1, label: 'mine' });
    const controls = everyKind.filter(({ id }) => id !== 'label');
    const device = new ScriptedDevice(controls.map((control) => (control.id === 'gain' ? { ...control, maximum: 4 } : control)));
    device.refused.add('mask');
    const { notices, control } = await attached(device, folder);
    expect(device.valueOf('flip')).toBe(1);
    expect(control('gain')).toMatchObject({ value: 1, desired: 9, drifted: true });
    expect(notices.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^Expected gain of Scripted device to be set as you left it but received: .*from 1 to 4/),
      expect.stringMatching(/^Expected mask of Scripted device to be set as you left it but received: /),
    ]);
  });

  it('is told again what another control of the same request has overturned', async () => {
    const controls = [...everyKind, describedControl({ id: 'preset', type: 'integer' })];
    const folder = await leftBehind({ gain: 4 });
    const { desk } = await attached(new ScriptedDevice(controls), folder);
    await desk.set({ preset: 5 });
    await desk.detach();
    const device = new ScriptedDevice(controls);
    device.holds.set('preset', (value) => {
      // Choosing a preset sets the gain, once.
      if (device.valueOf('preset') === 0) queueMicrotask(() => device.put({ gain: 1 }));
      return value;
    });
    const { control } = await attached(device, folder);
    expect(device.requests.at(-1)).toEqual({ gain: 4 });
    expect(control('gain')).toMatchObject({ value: 4, drifted: false });
  });
});

describe('a device that forgets', () => {
  it('is not told again of what it held otherwise from the beginning, and what lies between its steps is no drift', async () => {
    const folder = await leftBehind({ auto_exposure: 1, exposure: 5004 });
    const device = new ScriptedDevice();
    device.put({ auto_exposure: 1, exposure: 5000 });
    device.holds.set('gain', () => 8);
    const { desk, control } = bench(folder);
    await desk.adopt(device);
    expect(control('exposure')).toMatchObject({ value: 5000, desired: 5004, drifted: false });
    await desk.set({ gain: 9 });
    desk.streamStarting();
    await desk.streamStarted(30);
    expect(device.requests.flatMap((request) => Object.keys(request))).not.toContain('auto_exposure');
    expect(device.requests.filter((request) => 'gain' in request)).toEqual([{ gain: 9 }]);
  });

  it('is told again when starting a stream made it forget, and after it was unplugged', async () => {
    const { desk, device, control } = await attached();
    await desk.set({ auto_exposure: 1, exposure: 500, gain: 2 });
    desk.streamStarting();
    device.put({ auto_exposure: 0, exposure: 10_000 });
    await desk.streamStarted(30);
    expect(device.requests.slice(1)).toEqual([{ auto_exposure: 1 }, { exposure: 500 }]);
    device.put({ auto_exposure: 0, exposure: 10_000, gain: 1 });
    await desk.returned();
    expect(device.requests.slice(3)).toEqual([{ auto_exposure: 1, gain: 2 }, { exposure: 500 }]);
    expect(control('exposure')).toMatchObject({ value: 500, drifted: false });
  });

  it('keeps an exposure that the user gave up for automatic exposure, and does not write it', async () => {
    const folder = await leftBehind({ auto_exposure: 1, exposure: 500 });
    const { desk } = await attached(new ScriptedDevice(), folder);
    await desk.set({ auto_exposure: 0 });
    await desk.detach();
    const { device, control } = await attached(new ScriptedDevice(), folder);
    expect(device.requests).toEqual([]);
    expect(control('exposure')).toMatchObject({ value: 10_000, desired: 500, drifted: false, inactive: true });
  });
});

describe('a change by another program', () => {
  it('is announced as drift, never written over, not even by the next start, and ends when the user sets it', async () => {
    const { desk, device, control, lists } = await attached();
    await desk.set({ gain: 2, flip: 1 });
    device.changeFromOutside({ gain: 5 });
    passDisplayedFrame();
    expect(lists.at(-1)?.find(({ id }) => id === 'gain')).toMatchObject({ value: 5, desired: 2, drifted: true });
    desk.streamStarting();
    await desk.streamStarted(30);
    expect(device.requests).toHaveLength(1);
    expect(device.valueOf('gain')).toBe(5);
    await desk.set({ gain: 2 });
    expect(control('gain')).toMatchObject({ value: 2, drifted: false });
  });

  it('is no drift where the value is the one that was asked for, or that of nobody', async () => {
    const { desk, device, control } = await attached();
    device.holds.set('gain', () => 8);
    await desk.set({ gain: 9 });
    device.changeFromOutside({ gain: 9, mask: 4, temperature: 40 });
    expect(control('gain').drifted).toBe(false);
    expect([control('mask').drifted, control('temperature').drifted]).toEqual([undefined, undefined]);
    device.changeFromOutside({ gain: 7 });
    expect(control('gain').drifted).toBe(true);
  });

  it('is heard no more after the device is detached', async () => {
    const { desk, device, lists } = await attached();
    await desk.detach();
    const heard = lists.length;
    device.changeFromOutside({ gain: 5 });
    expect(lists).toHaveLength(heard);
  });
});

describe('Algos', () => {
  const algo = (values: Readonly<Record<string, number>>) => [
    { origin: 'algo:ae', values: new Map(Object.entries(values)) } as const,
  ];

  it('never touch what the user has set, also while that write is under way', async () => {
    const { desk, device } = await attached();
    const release = device.hold();
    const set = desk.set({ gain: 2 });
    const proposed = desk.propose(algo({ gain: 1.25, flip: 1 }));
    release();
    await Promise.all([set, proposed]);
    await desk.propose(algo({ gain: 1.25 }));
    expect(device.requests).toEqual([{ gain: 2 }, { flip: 1 }]);
    expect(device.valueOf('gain')).toBe(2);
    await desk.reset(['gain']);
    expect(await desk.propose(algo({ gain: 1.25 }))).toMatchObject([{ id: 'gain', applied: 1.25 }]);
  });

  it('leave nothing behind in the profile', async () => {
    const { desk, device, profiles, control } = await attached();
    await desk.propose(algo({ gain: 1.25 }));
    expect(control('gain')).not.toHaveProperty('desired');
    await desk.detach();
    expect(await profiles.load(device)).toEqual({});
  });

  it('have a quicker control held back until the frame on which the slower one takes effect', async () => {
    const { desk, device } = await attached();
    device.controlDelayFrames = { exposure: 2, gain: 1 };
    desk.streamStarting();
    await desk.streamStarted(30);
    desk.frameArrived({ sequence: 10, timestampNs: 0n });
    await desk.propose(algo({ exposure: 12_000, gain: 1.25 }));
    expect(device.requests).toEqual([{ exposure: 12_000 }]);
    desk.frameArrived({ sequence: 11, timestampNs: 0n });
    expect(device.requests).toEqual([{ exposure: 12_000 }, { gain: 1.25 }]);
  });

  it('give way with what they hold back to the user, and it is not lost when the stream stops', async () => {
    const { desk, device } = await attached();
    device.controlDelayFrames = { exposure: 2 };
    desk.streamStarting();
    await desk.streamStarted(30);
    await desk.propose(algo({ exposure: 12_000, gain: 1.25, flip: 1 }));
    await desk.set({ gain: 3 });
    desk.streamStopped();
    await desk.detach();
    expect(device.requests).toEqual([{ exposure: 12_000 }, { gain: 3 }, { flip: 1 }]);
  });
});
