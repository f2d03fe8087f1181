import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { findHolders, listDevices, openDevice, V4l2Error } from '../../../native/v4l2-camera/index.ts';
import { vividCaptureNodes } from '../host-driver.ts';
import { cameraPath, openStill, record } from './camera.ts';
import { v4l2Ctl } from './v4l2-ctl.ts';

let otherProgram: ChildProcess | undefined;

/** Starts another program that streams from the device and resolves once it has its first frame. */
async function occupy(device: string): Promise<number> {
  const child = spawn('v4l2-ctl', ['--device', device, '--stream-mmap'], { stdio: ['ignore', 'pipe', 'pipe'] });
  otherProgram = child;
  // It shows a sign for every frame, on one output or the other, as its version has it.
  await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data')]);
  return child.pid ?? 0;
}

afterEach(async () => {
  const child = otherProgram;
  otherProgram = undefined;
  if (child === undefined) return;
  const ended = once(child, 'close');
  child.kill('SIGKILL');
  await ended;
});

describe('discovery', () => {
  it('refuses a path where no device is', async () => {
    await expect(openDevice('/dev/video999')).rejects.toMatchObject({ code: 'v4l2.not-found' });
  });

  it('lists the capture nodes of the driver and no output node', async () => {
    const devices = (await listDevices()).filter((device) => device.capability?.driver === 'vivid');
    expect(devices.map((device) => device.path)).toEqual(vividCaptureNodes());
    expect(devices.every((device) => device.capability?.captures && device.capability.streams)).toBe(true);
  });

  it('gives each node an identity of its own that stays', async () => {
    const [first, second] = [await listDevices(), await listDevices()];
    const identities = first.map((device) => device.identity);
    expect(new Set(identities).size).toBe(identities.length);
    expect(second.map((device) => device.identity)).toEqual(identities);
  });

  it('says of driver, card and bus what v4l2-ctl says', async () => {
    const path = cameraPath(1);
    const device = (await listDevices()).find((one) => one.path === path);
    const printed = await v4l2Ctl(path, '--info');
    const field = (name: string) => new RegExp(`${name}\\s*: (.*)`).exec(printed)?.[1];
    expect(device?.capability).toMatchObject({
      driver: field('Driver name'),
      card: field('Card type'),
      bus: field('Bus info'),
    });
  });

  it('links each node to its media controller', async () => {
    const devices = (await listDevices()).filter((device) => device.capability?.driver === 'vivid');
    expect(devices.map((device) => device.media?.path)).toEqual(devices.map(() => expect.stringMatching(/^\/dev\/media\d+$/)));
    expect(devices.map((device) => device.media?.entity)).toEqual(devices.map((device) => device.name));
  });
});

describe('a device that another program streams from', () => {
  it('names the holder', async () => {
    const path = cameraPath(0);
    const pid = await occupy(path);
    expect(await findHolders(path)).toEqual([{ pid, command: expect.stringContaining('v4l2-ctl') }]);
  });

  it('refuses to stream and says who holds it, and streams once it is free', async () => {
    const path = cameraPath(0);
    const camera = await openStill(path, 'RG10');
    try {
      const pid = await occupy(path);
      const refusal = await record(camera).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(refusal).toBeInstanceOf(V4l2Error);
      expect(refusal).toMatchObject({ code: 'v4l2.busy', message: expect.stringContaining(String(pid)) });
    } finally {
      await camera.close();
    }
  });
});
