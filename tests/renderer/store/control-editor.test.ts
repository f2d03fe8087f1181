import { expect, test } from 'vitest';
import type { CallOutcome } from '../../../preload/contract.ts';
import { lastWriteEffect, shownControlValue } from '../../../renderer/store/selectors.ts';
import { FakeLab } from '../../support/fake-lab/fake-lab.ts';
import { connectToFakeLab, settle } from '../../support/fake-lab/page-services.ts';

async function openDevice(lab = new FakeLab()) {
  const page = await connectToFakeLab(lab);
  await page.services.actions.openSource('v4l2:usb-2');
  await settle();
  const { controls, history, store } = page.services;
  const writes = () => lab.received.filter(({ name }) => name === 'control.set').map(({ payload }) => payload);
  const shown = (id: string) => shownControlValue(store.getState(), id);
  const held = (id: string) => lab.controls.find((control) => control.id === id)?.value;
  return { ...page, controls, history, store, writes, shown, held };
}

/** A lab whose answers to writes wait until the test lets them go. */
class SlowLab extends FakeLab {
  readonly waiting: (() => void)[] = [];

  override async call(name: string, payload: unknown): Promise<CallOutcome<unknown>> {
    const outcome = await super.call(name, payload);
    if (name === 'control.set') await new Promise<void>((resolve) => this.waiting.push(resolve));
    return outcome;
  }

  async answer(): Promise<void> {
    for (const resolve of this.waiting.splice(0)) resolve();
    await settle();
  }
}

test('a refused value goes back to the device’s own and says why', async () => {
  const { controls, store, shown, animationFrame } = await openDevice();
  controls.set('brightness', 999);
  expect(shown('brightness')).toBe(999);
  await animationFrame();
  expect(shown('brightness')).toBe(128);
  expect(store.getState().notices.at(-1)?.message).toContain('Expected 0 to 255 for brightness but received 999');
});

test('one refused control of several does not keep the others from the device', async () => {
  const { controls, held, store, animationFrame } = await openDevice();
  controls.set('brightness', 999);
  controls.set('contrast', 7);
  await animationFrame();
  await settle();
  expect([held('brightness'), held('contrast')]).toEqual([128, 7]);
  expect(store.getState().notices.map(({ message }) => message)).toEqual(['Expected 0 to 255 for brightness but received 999.']);
});

test('a drag shows at once, leaves once per animation frame, and is one step to undo', async () => {
  const { controls, history, writes, shown, animationFrame } = await openDevice();
  for (const value of [130, 140, 150]) controls.change('brightness', value);
  expect(shown('brightness')).toBe(150);
  await animationFrame();
  for (const value of [160, 170]) controls.change('brightness', value);
  controls.commit('brightness');
  await animationFrame();
  expect(writes()).toEqual([{ values: { brightness: 150 } }, { values: { brightness: 170 } }]);
  history.undo();
  await animationFrame();
  expect([shown('brightness'), history.canUndo, history.canRedo]).toEqual([128, false, true]);
  expect(writes().at(-1)).toEqual({ values: { brightness: 128 } });
});

test('another program does not move the control under the hand, and shows as soon as the hand lets go', async () => {
  const { controls, lab, shown, animationFrame } = await openDevice();
  controls.change('brightness', 150);
  await animationFrame();
  lab.changeControl('brightness', { value: 20 });
  lab.changeControl('contrast', { value: 21 });
  expect([shown('brightness'), shown('contrast')]).toEqual([150, 21]);
  controls.commit('brightness');
  expect(shown('brightness')).toBe(20);
});

test('the final value lands although the device is slow, and shows until the device has answered', async () => {
  const lab = new SlowLab();
  const { controls, writes, shown, animationFrame } = await openDevice(lab);
  controls.change('brightness', 10);
  await animationFrame();
  controls.change('brightness', 11);
  controls.change('brightness', 12);
  controls.commit('brightness');
  await lab.answer();
  expect(shown('brightness')).toBe(12);
  await animationFrame();
  await lab.answer();
  expect(writes()).toEqual([{ values: { brightness: 10 } }, { values: { brightness: 12 } }]);
  expect(shown('brightness')).toBe(12);
});

test('a reset goes by the device’s defaults, is one step, and undo writes the values again', async () => {
  const { controls, history, lab, held, animationFrame } = await openDevice();
  await controls.reset(['power_line_frequency']);
  expect(lab.received.at(-1)).toEqual({ name: 'control.reset', payload: { ids: ['power_line_frequency'] } });
  expect([held('power_line_frequency'), held('u8_pixel_array')]).toEqual([1, expect.arrayContaining([0, 3, 6])]);
  await controls.reset();
  expect(held('u8_pixel_array')).toEqual(Array.from({ length: 64 }, () => 128));
  history.undo();
  history.undo();
  await animationFrame();
  expect([held('power_line_frequency'), held('u8_pixel_array')]).toEqual([2, expect.arrayContaining([0, 3, 6])]);
});

test('a button is pressed and is nothing to undo', async () => {
  const { controls, history, writes } = await openDevice();
  await controls.act('button', 1);
  expect([writes(), history.canUndo]).toEqual([[{ values: { button: 1 } }], false]);
});

test('the steps of a closed device are gone, those of parameters stay', async () => {
  const { controls, history, services, animationFrame } = await openDevice();
  services.parameters.set('fast-isp', { exposure_ev: 1 });
  controls.set('brightness', 10);
  await animationFrame();
  await services.actions.openSource('simulator:chart');
  history.undo();
  expect([history.canUndo, services.store.getState().edits['fast-isp']?.exposure_ev]).toEqual([false, 0]);
});

test('the last write tells from which frame on it is in effect', async () => {
  const { controls, store, animationFrame } = await openDevice();
  expect(lastWriteEffect(store.getState())).toBeUndefined();
  controls.set('brightness', 10);
  await animationFrame();
  expect(lastWriteEffect(store.getState())).toBe(100);
});
