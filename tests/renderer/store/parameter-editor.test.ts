import { expect, test } from 'vitest';
import { draftChanges, loadTimeLocked, refusalOf, shownValue } from '../../../renderer/store/selectors.ts';
import { connectToFakeLab, settle } from '../../support/fake-lab/page-services.ts';

const id = 'fast-isp';
const gain = 'wb_red_gain';

async function openPage() {
  const page = await connectToFakeLab();
  const sets = () => page.lab.received.filter(({ name }) => name === 'parameter.set').map(({ payload }) => payload);
  const shown = (name: string) => shownValue(page.services.store.getState(), id, name);
  return {
    ...page,
    sets,
    shown,
    parameters: page.services.parameters,
    history: page.services.history,
    store: page.services.store,
  };
}

test('a refused value goes back to the lab’s own and says why', async () => {
  const { parameters, store, shown, animationFrame } = await openPage();
  parameters.set(id, { [gain]: 99 });
  expect(shown(gain)).toBe(99);
  await animationFrame();
  expect(shown(gain)).toBe(1.9);
  expect(store.getState().notices.at(-1)?.message).toContain('Expected 0.25 to 8 for wb_red_gain but received 99');
});

test('a drag shows at once, leaves once per animation frame, and is one step to undo', async () => {
  const { parameters, history, sets, shown, animationFrame } = await openPage();
  for (const value of [2, 2.5, 3]) parameters.change(id, gain, value);
  await animationFrame();
  for (const value of [3.5, 4]) parameters.change(id, gain, value);
  parameters.commit(id);
  await animationFrame();
  expect(sets()).toEqual([3, 4].map((value) => ({ processorId: id, values: { [gain]: value } })));
  history.undo();
  expect([shown(gain), history.canUndo, history.canRedo]).toEqual([1.9, false, true]);
  await animationFrame();
  history.redo();
  await animationFrame();
  expect(sets().at(-1)).toEqual({ processorId: id, values: { [gain]: 4 } });
});

test('what the lab announces during a drag does not move the control under the hand', async () => {
  const { parameters, lab, shown } = await openPage();
  parameters.change(id, gain, 3);
  lab.announce('parameter.changed', { processorId: id, version: 9, values: { ...lab.parameters.values, [gain]: 1 } });
  expect(shown(gain)).toBe(3);
});

test('what the hand holds stays under it after the lab has answered, and is the lab’s again when it lets go', async () => {
  const { parameters, lab, shown, animationFrame } = await openPage();
  parameters.change(id, gain, 3);
  await animationFrame();
  lab.announce('parameter.changed', { processorId: id, version: 9, values: { ...lab.parameters.values, [gain]: 1 } });
  expect(shown(gain)).toBe(3);
  parameters.commit(id);
  expect(shown(gain)).toBe(1);
});

test('a refusal under the hand is told beside the control, and as a notice only if the hand leaves it there', async () => {
  const { parameters, store, shown, animationFrame } = await openPage();
  const told = () => [refusalOf(store.getState(), id, gain), refusalOf(store.getState(), id, 'exposure_ev')];
  parameters.change(id, gain, 99);
  await animationFrame();
  expect(told()).toEqual([expect.stringContaining('received 99'), undefined]);
  expect([shown(gain), store.getState().notices]).toEqual([99, []]);
  parameters.change(id, gain, 5);
  await animationFrame();
  expect(told()).toEqual([undefined, undefined]);
  parameters.change(id, gain, 77);
  await animationFrame();
  parameters.commit(id);
  expect(told()).toEqual([undefined, undefined]);
  expect([shown(gain), store.getState().notices.map(({ message }) => message)]).toEqual([
    5,
    [expect.stringContaining('received 77')],
  ]);
});

test('reset all sets back what differs, as one step', async () => {
  const { parameters, history, sets, shown, animationFrame } = await openPage();
  parameters.set(id, { [gain]: 3 });
  parameters.set(id, { exposure_ev: 1 });
  await animationFrame();
  parameters.resetAll(id);
  await animationFrame();
  expect(sets().at(-1)).toEqual({ processorId: id, values: { [gain]: 1.9, exposure_ev: 0 } });
  history.undo();
  expect([shown(gain), shown('exposure_ev')]).toEqual([3, 1]);
});

test('load-time settings are locked while streaming until the user asks, then wait in a draft for apply', async () => {
  const { parameters, lab, store, services } = await openPage();
  await services.actions.openSource('simulator:chart');
  expect(loadTimeLocked(store.getState(), id)).toBe(true);
  parameters.editLoadTime(id);
  expect(loadTimeLocked(store.getState(), id)).toBe(false);
  parameters.draftLoadTime(id, 'output_resolution', 'half');
  parameters.draftLoadTime(id, 'strip_rows', 60);
  expect(draftChanges(store.getState(), id)).toEqual({ output_resolution: 'half' });
  await parameters.applyLoadTime(id);
  expect(lab.received.at(-1)).toEqual({
    name: 'parameter.applyLoadTime',
    payload: { processorId: id, values: { output_resolution: 'half' } },
  });
  expect(loadTimeLocked(store.getState(), id)).toBe(true);
});

test('a draft that the lab refuses stays open to be mended', async () => {
  const { parameters, store } = await openPage();
  parameters.draftLoadTime(id, 'strip_rows', 9999);
  await parameters.applyLoadTime(id);
  expect(draftChanges(store.getState(), id)).toEqual({ strip_rows: 9999 });
  expect(store.getState().notices).toHaveLength(1);
});

test('a new connection asks for everything again and forgets the versions of the lab before', async () => {
  const { transport, store, lab } = await openPage();
  store.setState({ parameters: { [id]: { processorId: id, version: 99, values: {} } } });
  transport.listener?.connection('disconnected');
  expect(store.getState().connection).toBe('disconnected');
  transport.listener?.connection('connected');
  await settle();
  expect(store.getState().parameters[id]).toEqual(lab.parameters);
});
