import { describe, expect, it } from 'vitest';
import type { Camera } from '../../../../main/camera/camera.ts';
import { openV4l2Camera } from '../../../../main/camera/v4l2/v4l2-camera.ts';
import { V4l2Error } from '../../../../native/v4l2-camera/index.ts';
import { nextOf } from '../../../support/next-announcement.ts';
import { RecordingSink } from '../recording-sink.ts';
import { ScriptedDriver, summaryOf } from './scripted-driver.ts';

const modeId = '32x24@30 RG10';

async function openedOn(driver: ScriptedDriver): Promise<{ camera: Camera; sink: RecordingSink }> {
  return { camera: await openV4l2Camera(summaryOf(), driver), sink: new RecordingSink(32, 24, 8) };
}

describe('a driver that refuses both kinds of memory', () => {
  it('is quoted with what it said of its own, and no slot is lost', async () => {
    const driver = new ScriptedDriver();
    driver.startError = new V4l2Error('v4l2.no-memory', 'No buffers');
    const { camera, sink } = await openedOn(driver);
    await expect(camera.start(modeId, sink)).rejects.toMatchObject({ code: 'v4l2.no-memory', message: /No buffers/ });
    expect([sink.slotsInUse, driver.device.streams.length]).toEqual([0, 0]);
    await camera.close();
  });

  it('is asked once where it is gone', async () => {
    const driver = new ScriptedDriver();
    driver.writesIntoSlots = true;
    driver.startError = new V4l2Error('v4l2.unplugged', 'gone');
    const { camera, sink } = await openedOn(driver);
    await expect(camera.start(modeId, sink)).rejects.toMatchObject({ code: 'camera.unplugged' });
    expect([sink.slotsInUse, driver.starts]).toEqual([0, ['user-pointer']]);
    await camera.close();
  });
});

describe('a driver that refuses slots', () => {
  it('keeps its own memory: four slots are to be copied into, and the rest goes back', async () => {
    const driver = new ScriptedDriver();
    const { camera, sink } = await openedOn(driver);
    await camera.start(modeId, sink);
    expect(driver.starts).toEqual(['user-pointer', 'mmap']);
    expect(driver.device.stream.options).toMatchObject({ memoryMode: 'mmap', pendingFrames: 3 });
    expect([driver.device.stream.slots.length, sink.slotsInUse]).toEqual([4, 4]);
    await camera.close();
    expect(sink.slotsInUse).toBe(0);
  });
});

describe('a driver that takes slots', () => {
  async function direct(): Promise<{ driver: ScriptedDriver; camera: Camera; sink: RecordingSink }> {
    const driver = new ScriptedDriver();
    driver.writesIntoSlots = true;
    const { camera, sink } = await openedOn(driver);
    await camera.start(modeId, sink);
    return { driver, camera, sink };
  }

  it('writes into them: each that it has is leased, and three stay with it while others wait for a late lab', async () => {
    const { driver, camera, sink } = await direct();
    const { stream } = driver.device;
    const { slots, memoryMode, bufferCount, pendingFrames } = stream.options;
    expect([memoryMode, bufferCount, pendingFrames]).toEqual(['user-pointer', 6, 3]);
    expect([slots?.length, sink.slotsInUse]).toEqual([6, 6]);
    for (let sequence = 0; sequence < 10; sequence++) stream.deliver({ sequence }, sequence);
    expect(sink.frames.map(({ samples }) => samples[0])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect([new Set(stream.slots).size, sink.slotsInUse]).toEqual([6, 6]);
    await camera.stop();
    expect(sink.slotsInUse).toBe(0);
    await camera.close();
  });

  it('keeps them, once it is unplugged, until its device is closed, and what it lost is reported', async () => {
    const { driver, camera, sink } = await direct();
    const held: number[] = [];
    driver.closing = () => held.push(sink.slotsInUse);
    driver.device.stream.counts = { ...driver.device.stream.counts, driverGaps: 2 };
    const gone = nextOf(camera.availability as NonNullable<Camera['availability']>, 'the loss', (state) => state === 'unplugged');
    driver.device.unplug();
    await gone;
    expect([held, sink.slotsInUse, sink.losses]).toEqual([[6], 0, [['driver-gap', 2]]]);
    expect(sink.failures).toMatchObject([{ code: 'camera.unplugged' }]);
    await camera.close();
  });
});
