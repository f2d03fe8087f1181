import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listSources, openCamera } from '../../../main/camera/catalogue.ts';
import { temporaryFiles } from './file/temporary-files.ts';

const files = temporaryFiles();

async function sysfs(): Promise<string> {
  const folder = join(files.folder(), 'video4linux');
  for (const [device, bus] of [
    ['video10', 'vivid.0'],
    ['video2', '1-2:1.0'],
  ]) {
    await mkdir(join(folder, device as string), { recursive: true });
    await mkdir(join(files.folder(), bus as string), { recursive: true });
    await symlink(join(files.folder(), bus as string), join(folder, device as string, 'device'));
    await files.write(`video4linux/${device}/name`, `Camera ${device}\n`);
  }
  await files.write('video4linux/video2/index', '1\n');
  await mkdir(join(folder, 'v4l-subdev0'));
  return folder;
}

describe('openCamera', () => {
  it.each(['', 'simulator:none', 'v4l2:nowhere#0'])('refuses the unknown source "%s"', async (id) => {
    await expect(openCamera(id)).rejects.toMatchObject({ code: 'camera.unknown-source', exitCode: 2 });
  });

  it('refuses a file that is not there', async () => {
    await expect(openCamera('file:nowhere.raw')).rejects.toMatchObject({ code: 'file.missing' });
    await expect(openCamera({ path: 'nowhere.raw' })).rejects.toMatchObject({ code: 'file.missing' });
  });

  it('opens the simulator and a file with its geometry', async () => {
    const path = await files.write('tiny.raw', new Uint8Array(4));
    const geometry = { width: 2, height: 2, cfa: 'RGGB', bits: 8, packing: 'unpacked', blackLevel: 0, whiteLevel: 255 } as const;
    await using simulator = await openCamera('simulator:chart');
    await using file = await openCamera({ path, geometry });
    expect([simulator.id, file.id]).toEqual(['simulator:chart', `file:${path}`]);
  });
});

describe('listSources', () => {
  it('has the simulator alone on a machine without V4L2', async () => {
    const sources = await listSources(join(files.folder(), 'absent'));
    expect(sources).toMatchObject([{ id: 'simulator:chart', kind: 'simulator', available: true }]);
  });

  it('shows V4L2 devices by number, with stable identity, bus path and the reason why they cannot be opened', async () => {
    const [, ...devices] = await listSources(await sysfs());
    expect(devices).toMatchObject([
      { id: 'v4l2:1-2:1.0#1', kind: 'v4l2', name: 'Camera video2', detail: '/dev/video2 on 1-2:1.0', available: false },
      { id: 'v4l2:vivid.0#0', name: 'Camera video10', detail: '/dev/video10 on vivid.0', available: false },
    ]);
    expect(devices.every(({ reason }) => reason?.includes('v4l2-camera addon'))).toBe(true);
  });
});
