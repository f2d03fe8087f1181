import { describe, expect, it } from 'vitest';
import { openCamera, openControls } from '../../../../main/camera/catalogue.ts';
import { ControlDesk } from '../../../../main/camera/control/control-desk.ts';
import { V4l2Error } from '../../../../native/v4l2-camera/index.ts';
import { nextOf } from '../../../support/next-announcement.ts';
import { controlOf, formatNamed, ScriptedDriver, sizeOf, summaryOf } from './scripted-driver.ts';

/** A webcam: no mosaic, and exposure that is automatic until it is switched to manual. */
function webcam(): ScriptedDriver {
  const driver = new ScriptedDriver();
  driver.formats = [formatNamed('YUYV', [sizeOf(32, 24, [30])])];
  const exposure = (isInactive: boolean) =>
    controlOf(3, 'Exposure Time, Absolute', { maximum: 5000, defaultValue: 156, flags: { inactive: isInactive } });
  const menu = ['Auto', 'Manual'].map((label, index) => ({ index, label }));
  const auto = controlOf(2, 'Auto Exposure', { type: 'menu', maximum: 1, defaultValue: 0, menu, flags: { update: true } });
  driver.controls = [exposure(true), auto];
  driver.values.set(2, 0).set(3, 156);
  driver.afterWrite = () => {
    driver.controls = [exposure(driver.values.get(2) === 0), auto];
  };
  return driver;
}

describe('misuse', () => {
  it('rejects with the reason where the device cannot be opened, is unknown or one of several, and leaves nothing open', async () => {
    const driver = webcam();
    driver.openError = new V4l2Error('v4l2.permission', 'No permission for /dev/video0');
    await expect(openControls('/dev/video0', { face: driver })).rejects.toThrow('No permission for /dev/video0');
    await expect(openControls('/dev/video7', { face: driver })).rejects.toMatchObject({ code: 'camera.unknown-source' });
    driver.summaries = [summaryOf(), summaryOf({ path: '/dev/video1', identity: 'other' })];
    await expect(openControls('Bench camera', { face: driver })).rejects.toMatchObject({ code: 'camera.ambiguous-name' });
    expect(driver.devices).toEqual([]);
  });
});

describe('a device that gives no mosaic', () => {
  it('is no camera, and has controls all the same', async () => {
    const driver = webcam();
    await expect(openCamera('/dev/video0', { face: driver })).rejects.toMatchObject({ code: 'camera.unavailable' });
    const source = await openControls('/dev/video0', { face: driver });
    expect([source.id, source.name]).toEqual(['v4l2:usb-1 bench', 'Bench camera']);
    expect(source.controls().map(({ id, value }) => [id, value])).toEqual([
      ['exposure_time_absolute', 156],
      ['auto_exposure', 0],
    ]);
    await source.close();
    await source.close();
    expect([driver.device.closed, driver.device.requests, driver.device.streams]).toEqual([true, [], []]);
  });

  it('is set in the order of its dependencies, and tells what another program changes', async () => {
    const driver = webcam();
    const source = await openControls('v4l2:usb-1 bench', { face: driver });
    const desk = new ControlDesk();
    await desk.adopt(source);
    await desk.set({ auto_exposure: 1 });
    await desk.set({ exposure_time_absolute: 300 });
    driver.values.set(2, 0).set(3, 156);
    driver.afterWrite?.();
    const relisted = nextOf(desk.changed, 'the drift', (list) => list.some(({ drifted }) => drifted));
    driver.device.change(2, 0, { rangeChanged: true });
    await relisted;
    await desk.returned();
    expect(driver.writes.slice(2).map((values) => [...values])).toEqual([[[2, 1]], [[3, 300]]]);
    await desk.detach();
    await source.close();
  });
});

describe('a source that is no device', () => {
  it('is opened as a camera', async () => {
    const source = await openControls('simulator:chart', { face: webcam() });
    expect(source.controls().map(({ id }) => id)).toContain('exposure');
    await source.close();
  });
});
