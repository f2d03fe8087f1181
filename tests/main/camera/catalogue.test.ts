import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CatalogueOptions, listSources, openCamera } from '../../../main/camera/catalogue.ts';
import { V4l2Error } from '../../../native/v4l2-camera/index.ts';
import { temporaryFiles } from './file/temporary-files.ts';
import { formatNamed, ScriptedDriver, sizeOf, summaryOf } from './v4l2/scripted-driver.ts';

const files = temporaryFiles();

async function sysfs(name: string): Promise<string> {
  const folder = join(files.folder(), name);
  for (const [device, bus] of [
    ['video10', 'vivid.0'],
    ['video2', '1-2:1.0'],
  ]) {
    await mkdir(join(folder, device as string), { recursive: true });
    await mkdir(join(files.folder(), bus as string), { recursive: true });
    await symlink(join(files.folder(), bus as string), join(folder, device as string, 'device'));
    await files.write(`${name}/${device}/name`, `Camera ${device}\n`);
  }
  await files.write(`${name}/video2/index`, '1\n');
  await mkdir(join(folder, 'v4l-subdev0'));
  return folder;
}

const bars = (fourcc: string) => [formatNamed(fourcc, [sizeOf(32, 24, [30])])];

/** What is listed behind the simulator's scenes. */
async function devicesOf(options: CatalogueOptions) {
  return (await listSources(options)).filter(({ kind }) => kind !== 'simulator');
}

describe('openCamera', () => {
  it.each(['', 'simulator:none', 'v4l2:nowhere#0', '/dev/video99'])('refuses the unknown source "%s"', async (id) => {
    const driver = new ScriptedDriver();
    await expect(openCamera(id, { face: driver })).rejects.toMatchObject({ code: 'camera.unknown-source', exitCode: 2 });
    expect(driver.watches).toBe(0);
  });

  it('refuses a file that is not there', async () => {
    await expect(openCamera('file:nowhere.raw')).rejects.toMatchObject({ code: 'file.missing' });
    await expect(openCamera({ path: 'nowhere.raw' })).rejects.toMatchObject({ code: 'file.missing' });
  });

  it('refuses a name that several devices have and lists their ids', async () => {
    const driver = new ScriptedDriver();
    driver.summaries = [summaryOf(), summaryOf({ path: '/dev/video1', identity: 'usb-2 bench' })];
    await expect(openCamera('Bench camera', { face: driver })).rejects.toMatchObject({
      code: 'camera.ambiguous-name',
      message: expect.stringContaining('v4l2:usb-1 bench, v4l2:usb-2 bench'),
    });
    expect(driver.devices).toEqual([]);
  });

  it('says why a device cannot be opened: closed to this user, or an addon that is not there', async () => {
    const driver = new ScriptedDriver();
    driver.summaries = [summaryOf({ failure: new V4l2Error('v4l2.permission', 'Join the group video') })];
    const refused = { code: 'camera.unavailable', action: 'Join the group video', exitCode: 2 };
    await expect(openCamera('/dev/video0', { face: driver })).rejects.toMatchObject(refused);
    driver.obstacleText = 'The addon is not built';
    const withoutAddon = { face: driver, v4l2Folder: await sysfs('opened') };
    const unavailable = { code: 'camera.unavailable', action: 'The addon is not built' };
    for (const choice of ['/dev/video2', 'Camera video2', 'v4l2:1-2:1.0#1']) {
      await expect(openCamera(choice, withoutAddon)).rejects.toMatchObject(unavailable);
    }
  });

  it('opens the simulator and a file with its geometry', async () => {
    const path = await files.write('tiny.raw', new Uint8Array(4));
    const geometry = { width: 2, height: 2, cfa: 'RGGB', bits: 8, packing: 'unpacked', blackLevel: 0, whiteLevel: 255 } as const;
    await using simulator = await openCamera('simulator:chart');
    await using named = await openCamera('Sensor simulator');
    await using star = await openCamera('simulator:siemens-star');
    await using file = await openCamera({ path, geometry });
    expect([simulator.id, named.id, star.id, file.id]).toEqual([
      'simulator:chart',
      'simulator:chart',
      'simulator:siemens-star',
      `file:${path}`,
    ]);
  });

  it.each(['v4l2:usb-1 bench', '/dev/video0', 'Bench camera'])('opens the device that "%s" names', async (choice) => {
    await using camera = await openCamera(choice, { face: new ScriptedDriver() });
    expect(camera).toMatchObject({ id: 'v4l2:usb-1 bench', name: 'Bench camera' });
    expect(camera.modes).toHaveLength(2);
  });
});

describe('listSources', () => {
  it("has the simulator's scenes alone on a machine without V4L2, the chart first", async () => {
    const driver = new ScriptedDriver();
    driver.obstacleText = 'V4L2 cameras exist on Linux only';
    const sources = await listSources({ face: driver, v4l2Folder: join(files.folder(), 'absent') });
    expect(sources.map(({ id }) => id)).toEqual([
      ...['simulator:chart', 'simulator:slanted-edge', 'simulator:siemens-star', 'simulator:zone-plate'],
      ...['simulator:dead-leaves', 'simulator:dead-leaves-saturated', 'simulator:noise-patches', 'simulator:hdr'],
      ...['simulator:motion', 'simulator:flat-field', 'simulator:user-image'],
    ]);
    expect(sources.every(({ kind, available }) => kind === 'simulator' && available)).toBe(true);
    expect(new Set(sources.map(({ name }) => name)).size).toBe(sources.length);
  });

  it('shows devices by number with the obstacle where the addon cannot be used', async () => {
    const driver = new ScriptedDriver();
    driver.obstacleText = 'The addon is not built';
    const devices = await devicesOf({ face: driver, v4l2Folder: await sysfs('listed') });
    expect(devices).toMatchObject([
      { id: 'v4l2:1-2:1.0#1', kind: 'v4l2', name: 'Camera video2', detail: '/dev/video2 on 1-2:1.0', available: false },
      { id: 'v4l2:vivid.0#0', name: 'Camera video10', detail: '/dev/video10 on vivid.0', available: false },
    ]);
    expect(devices.every(({ reason }) => reason === 'The addon is not built')).toBe(true);
  });

  it('shows what a device gives, and why one cannot be shown', async () => {
    const driver = new ScriptedDriver();
    const [camera] = await devicesOf({ face: driver });
    expect(camera).toEqual({
      ...{ id: 'v4l2:usb-1 bench', kind: 'v4l2', name: 'Bench camera', available: true },
      detail: '/dev/video0 on usb-1: RG10',
    });
    driver.formats = bars('YUYV');
    expect((await devicesOf({ face: driver }))[0]).toMatchObject({
      available: false,
      reason: expect.stringMatching(/^It gives YUYV .*lab capture \/dev\/video0/),
    });
    driver.openError = new V4l2Error('v4l2.busy', '/dev/video0 is held by obs (17)');
    expect((await devicesOf({ face: driver }))[0]).toMatchObject({
      available: false,
      reason: '/dev/video0 is held by obs (17)',
    });
    expect(driver.devices.every(({ closed }) => closed)).toBe(true);
  });
});
