import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type DeviceChange, listDevices, openDevice, watchDevices } from '../../../native/v4l2-camera/index.ts';
import { vividCaptureNodes } from '../host-driver.ts';
import { cameraPath, capture, openStill, record } from './camera.ts';

const driverFolder = '/sys/bus/platform/drivers/vivid';
/** The host's driver serves others too; only a guest's may be torn out. */
const isGuest = process.env.CAMERA_LAB_GUEST !== undefined;

function unbind(): void {
  writeFileSync(`${driverFolder}/unbind`, 'vivid.0');
}

function bind(): void {
  writeFileSync(`${driverFolder}/bind`, 'vivid.0');
}

/** Collects what the watch announces and resolves once a change of that kind came for every path. */
function announcements() {
  const changes: DeviceChange[] = [];
  const listeners = new Set<() => void>();
  const watch = watchDevices((change) => {
    changes.push(change);
    for (const listener of listeners) listener();
  });
  const seen = (kind: DeviceChange['kind'], paths: readonly string[]) => {
    const done = Promise.withResolvers<void>();
    const check = () => {
      if (paths.every((path) => changes.some((change) => change.kind === kind && change.path === path))) done.resolve();
    };
    listeners.add(check);
    check();
    return done.promise;
  };
  return { seen, close: () => watch.close() };
}

describe.skipIf(!isGuest)('a driver that is torn out and put back', () => {
  it('announces its nodes as they go and come', async () => {
    const nodes = vividCaptureNodes();
    const announced = announcements();
    unbind();
    await announced.seen('removed', nodes);
    expect((await listDevices()).map((device) => device.path)).toEqual([]);
    bind();
    await announced.seen('added', nodes);
    announced.close();
    expect((await listDevices()).map((device) => device.path)).toEqual(nodes);
  });

  it('ends a running stream as unplugged, and the camera streams again after it came back', async () => {
    const path = cameraPath(0);
    const identity = (await listDevices()).find((device) => device.path === path)?.identity;
    const unplugged = Promise.withResolvers<void>();
    await (await openStill(path, 'RG10')).close();
    const camera = await openDevice(path, { onUnplugged: () => unplugged.resolve() });
    const recording = await record(camera);
    await recording.atLeast(2);
    unbind();
    await unplugged.promise;
    expect(recording.stream.state).toBe('unplugged');
    await camera.close();
    bind();
    expect((await listDevices()).find((device) => device.path === path)?.identity).toBe(identity);
    const returned = await openStill(path, 'RG10');
    expect((await capture(returned, 2)).length).toBe(2);
    await returned.close();
  });
});
