import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Camera } from '../../../main/camera/camera.ts';
import { systemFace } from '../../../main/camera/v4l2/device-face.ts';
import { openV4l2Camera } from '../../../main/camera/v4l2/v4l2-camera.ts';
import { listDevices, openDevice } from '../../../native/v4l2-camera/index.ts';
import { RecordingSink } from '../../main/camera/recording-sink.ts';
import { nextOf } from '../../support/next-announcement.ts';
import { cameraPath, capture, openStill, press, smallSize } from './camera.ts';

const path = cameraPath(0);

/** Buffers of a driver that this process has mapped. */
function driverMappings(): number {
  return readFileSync('/proc/self/maps', 'utf8')
    .split('\n')
    .filter((line) => line.includes('/dev/video')).length;
}

async function labCamera(): Promise<Camera> {
  const summary = (await listDevices()).find((device) => device.path === path);
  if (summary === undefined) throw new Error(`Expected ${path} in the list of devices`);
  return openV4l2Camera(summary, systemFace);
}

function sinkOfSmallSize(): RecordingSink {
  return new RecordingSink(smallSize.width, smallSize.height, 8);
}

describe('memory of the lab’s camera', () => {
  it('is written by the driver itself where samples have 16 bits, and copied to elsewhere', async () => {
    await using still = await openStill(path, 'RG10');
    const [copied] = await capture(still, 1);
    await using camera = await labCamera();
    const direct = sinkOfSmallSize();
    await camera.start('320x180@10 RG10', direct);
    await direct.until(() => direct.frames.length >= 8);
    expect([driverMappings(), direct.slotsInUse]).toEqual([0, 6]);
    await camera.stop();
    const { content = new Uint8Array() } = copied ?? {};
    for (const { samples } of direct.frames) expect(Buffer.compare(new Uint8Array(samples.buffer), content)).toBe(0);
    expect([direct.slotsInUse, direct.failures]).toEqual([0, []]);
    const unpacked = sinkOfSmallSize();
    await camera.start('320x180@10 RGGB', unpacked);
    await unpacked.until(() => unpacked.frames.length >= 2);
    expect([driverMappings() > 0, unpacked.slotsInUse]).toEqual([true, 4]);
    await camera.stop();
  });

  it('is left alone by a driver that is unplugged, from when its slots are free', async () => {
    await using camera = await labCamera();
    const sink = sinkOfSmallSize();
    await camera.start('320x180@10 RG10', sink);
    await sink.until(() => sink.frames.length >= 2);
    const gone = nextOf(camera.availability as NonNullable<Camera['availability']>, 'the loss', (state) => state === 'unplugged');
    const presser = await openDevice(path);
    await press(presser, 'Disconnect');
    await gone;
    expect(sink.slotsInUse).toBe(0);
    const memory = new Uint16Array(sink.pool.memory).fill(0xabcd);
    // Longer than the unplugged driver would take for all of its six buffers.
    await using clock = await openStill(cameraPath(1), 'RG10');
    await clock.setFrameInterval({ numerator: 1, denominator: 10 });
    await capture(clock, 8);
    expect(memory.every((sample) => sample === 0xabcd)).toBe(true);
    await presser.close();
  });
});
