import { expect, test } from 'vitest';
import { shownValue } from '../../../renderer/store/selectors.ts';
import { connectToFakeLab } from '../../support/fake-lab/page-services.ts';

const id = 'fast-isp';

async function openPage() {
  const page = await connectToFakeLab();
  const { store, presets, parameters, history } = page.services;
  const names = () => store.getState().presets[id]?.map(({ name }) => name);
  const gain = () => shownValue(store.getState(), id, 'wb_red_gain');
  return { ...page, store, presets, parameters, history, names, gain };
}

test('a preset that the lab does not have is told', async () => {
  const { presets, store } = await openPage();
  await presets.apply(id, { name: 'gone', processorId: id, values: {}, savedAt: '2025-01-01T00:00:00Z' });
  expect(store.getState().notices.map(({ level }) => level)).toEqual(['error']);
});

test('presets are kept, renamed and deleted', async () => {
  const { presets, names } = await openPage();
  await presets.refresh(id);
  expect(names()).toEqual([]);
  await presets.save(id, 'noon');
  await presets.save(id, 'dusk');
  expect(await presets.rename(id, 'noon', 'midday')).toBe(true);
  expect(names()).toEqual(['midday', 'dusk']);
  await presets.delete(id, 'dusk');
  expect(names()).toEqual(['midday']);
});

test('applying one is a single step to undo, for its runtime values', async () => {
  const { presets, parameters, history, store, gain, animationFrame } = await openPage();
  parameters.set(id, { wb_red_gain: 3, exposure_ev: 1 });
  await animationFrame();
  await presets.save(id, 'bright');
  parameters.set(id, { wb_red_gain: 1, exposure_ev: 0 });
  await animationFrame();
  const [bright] = store.getState().presets[id] ?? [];
  if (!bright) throw new Error('Expected a preset');
  await presets.apply(id, bright);
  expect(gain()).toBe(3);
  history.undo();
  await animationFrame();
  expect([gain(), shownValue(store.getState(), id, 'exposure_ev')]).toEqual([1, 0]);
  history.redo();
  await animationFrame();
  expect(gain()).toBe(3);
});
