import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../../telemetry/telemetry-folder.ts';
import { attached, bench } from './desk-bench.ts';
import { everyKind, ScriptedDevice } from './scripted-device.ts';

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

describe('announcements', () => {
  it('come at once and then at most once a displayed frame, the last one always, and none of a device that is gone', async () => {
    const { desk, device, lists } = await attached();
    expect(lists).toHaveLength(1);
    passDisplayedFrame();
    device.changeFromOutside({ gain: 2 });
    expect(lists).toHaveLength(2);
    for (let gain = 3; gain <= 10; gain++) device.changeFromOutside({ gain });
    expect(lists).toHaveLength(2);
    passDisplayedFrame();
    expect(lists).toHaveLength(3);
    expect(lists.at(-1)?.find(({ id }) => id === 'gain')?.value).toBe(10);
    device.changeFromOutside({ gain: 11 });
    await desk.detach();
    passDisplayedFrame();
    expect(lists).toHaveLength(3);
  });
});

describe('controls that the device changes by itself', () => {
  it('are read about once a second from when somebody looks, until the device is gone, also of the next one', async () => {
    const { desk, device } = await attached();
    vi.advanceTimersByTime(5000);
    expect(device.volatileReads).toBe(0);
    desk.controls();
    desk.controls();
    vi.advanceTimersByTime(3000);
    expect(device.volatileReads).toBe(3);
    const next = new ScriptedDevice();
    await desk.attach(next);
    vi.advanceTimersByTime(2000);
    expect([device.volatileReads, next.volatileReads]).toEqual([3, 2]);
    await desk.detach();
    vi.advanceTimersByTime(2000);
    expect(next.volatileReads).toBe(2);
  });

  it('that are none are not asked for, and a device that does not answer disturbs nothing', async () => {
    const still = await attached(new ScriptedDevice(everyKind.filter((control) => !control.volatile)));
    const silent = await attached();
    silent.device.answersReads = false;
    still.desk.controls();
    silent.desk.controls();
    await vi.advanceTimersByTimeAsync(2000);
    expect([still.device.volatileReads, silent.device.volatileReads]).toEqual([0, 2]);
    expect(silent.notices).toEqual([]);
  });
});

describe('what the user writes down of a device', () => {
  it('is handed to it: levels by format; and delays count from then on', async () => {
    const folder = join(temporaryFolder(), 'controls');
    const device = new ScriptedDevice();
    const { profiles } = bench(folder);
    profiles.changeLevels(device, 'RG10', { black: 64, white: 1000 });
    profiles.changeLevels(device, 'RG12', { black: [1, 2, 3, 4] });
    await profiles.saved();
    const path = profiles.pathOf(device.id);
    await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), controlDelayFrames: { gain: 2 } }));
    const { desk, control } = await attached(device, folder);
    expect(device.levels).toEqual({
      RG10: { blackLevels: [64, 64, 64, 64], whiteLevel: 1000 },
      RG12: { blackLevels: [1, 2, 3, 4] },
    });
    desk.streamStarting();
    await desk.streamStarted(30);
    await desk.set({ gain: 2 });
    desk.frameArrived({ sequence: 5, timestampNs: process.hrtime.bigint() });
    expect(control('gain').effectiveAtSequence).toBe(7);
    await desk.detach();
    // Keeping a control keeps what else is there.
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({
      levels: { RG10: { black: 64, white: 1000 } },
      controlDelayFrames: { gain: 2 },
      controls: { gain: 2 },
    });
  });
});
