import { describe, expect, it } from 'vitest';
import { openFileCamera } from '../../../../main/camera/file/file-camera.ts';
import type { RawDescription } from '../../../../main/camera/file/raw-description.ts';
import { ManualClock } from '../manual-clock.ts';
import { RecordingSink } from '../recording-sink.ts';
import { temporaryFiles } from './temporary-files.ts';

const files = temporaryFiles();
const geometry: RawDescription = {
  width: 4,
  height: 2,
  cfa: 'BGGR',
  bits: 8,
  packing: 'unpacked',
  blackLevel: 3,
  whiteLevel: 255,
};
const modeId = '4x2@30';

async function opened() {
  const clock = new ManualClock();
  const path = await files.write('shot.raw', Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]));
  return { path, clock, camera: await openFileCamera(path, geometry, clock), sink: new RecordingSink(4, 2) };
}

describe('file camera', () => {
  it('refuses a file that cannot be read, an unknown mode and any control', async () => {
    await expect(openFileCamera('nowhere.raw', geometry)).rejects.toMatchObject({ code: 'file.missing' });
    const { camera, sink } = await opened();
    await expect(camera.start('8x8@30', sink)).rejects.toMatchObject({ code: 'camera.unknown-mode', exitCode: 2 });
    await expect(camera.writeControls(new Map([['exposure', 1]]))).rejects.toMatchObject({
      code: 'camera.unknown-control',
      exitCode: 2,
    });
    expect(camera.controls()).toEqual([]);
  });

  it('refuses to start twice and after close', async () => {
    const { camera, sink } = await opened();
    await camera.start(modeId, sink);
    await expect(camera.start(modeId, sink)).rejects.toThrow('start while streaming');
    await camera.close();
    await expect(camera.start(modeId, sink)).rejects.toThrow('start after close');
  });

  it('names itself, its only mode and its sensor', async () => {
    const { camera, path } = await opened();
    expect(camera).toMatchObject({ id: `file:${path}`, name: 'shot.raw', sensor: { cfa: 'BGGR', bits: 8 } });
    expect(camera.modes).toEqual([{ id: modeId, width: 4, height: 2, framesPerSecond: 30, pixelFormat: 'BGGR8' }]);
  });

  it('repeats its frame at 30 per second with running numbers and times', async () => {
    const { camera, clock, sink } = await opened();
    const startNs = clock.nowNs();
    await camera.start(modeId, sink);
    clock.advance(1001);
    expect(sink.frames.map(({ meta }) => meta.sequence)).toEqual([...Array(30).keys()]);
    expect(sink.frames.every(({ samples }) => samples.join() === '1,2,3,4,5,6,7,8')).toBe(true);
    expect(Number((sink.frames.at(-1)?.meta.timestampNs ?? 0n) - startNs) / 1e6).toBeCloseTo(1000, 3);
    await camera.stop();
    clock.advance(1000);
    expect([sink.frames.length, sink.slotsInUse, clock.pendingTimers]).toEqual([30, 0, 0]);
  });

  it('counts frames without a slot and frames that came too late', async () => {
    const { camera, clock } = await opened();
    const full = new RecordingSink(4, 2, 1);
    full.reserve();
    await camera.start(modeId, full);
    clock.advance(34);
    clock.block(201);
    expect(full.losses).toEqual([
      ['no-free-slot', 1],
      ['source-late', 2],
      ['no-free-slot', 1],
    ]);
    await camera.close();
  });
});
