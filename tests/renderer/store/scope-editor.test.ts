import { expect, test } from 'vitest';
import type { ChainState } from '../../../preload/contract.ts';
import { scopePanelOf, scopeTargets } from '../../../renderer/store/scope-selectors.ts';
import { shownValue } from '../../../renderer/store/selectors.ts';
import { glowSchema } from '../../support/fake-lab/fake-scope.ts';
import { connectToFakeLab } from '../../support/fake-lab/page-services.ts';

const id = 'scope:unsharp-mask';
const text = JSON.stringify(glowSchema);

async function openPage() {
  const page = await connectToFakeLab();
  const { store, scope, history } = page.services;
  const value = (name: string) => shownValue(store.getState(), id, name);
  const notices = () => store.getState().notices.map(({ level, message }) => [level, message]);
  return { ...page, store, scope, history, value, notices };
}

test('what is no schema is refused where it was given: in the dialog, or as a notice', async () => {
  const { scope, store, notices } = await openPage();
  await expect(scope.import({ text: '{}' })).rejects.toThrow('Expected the schema of a pipeline of Scope');
  expect(notices()).toEqual([]);
  expect(await scope.importDropped(Promise.resolve('{}'))).toBeUndefined();
  expect(await scope.importDropped(Promise.reject(new Error('Expected one file of JSON but received 2')))).toBeUndefined();
  expect(notices()).toEqual([
    ['error', expect.stringContaining('Expected the schema of a pipeline of Scope')],
    ['error', 'Expected one file of JSON but received 2'],
  ]);
  expect(store.getState().scopePanels).toEqual([]);
});

test('an imported pipeline has its values at once, and is gone with them when it is closed', async () => {
  const { scope, store, value } = await openPage();
  const panel = await scope.import({ text });
  expect(scopePanelOf(store.getState(), id)).toEqual(panel);
  expect([value('unsharp_amount'), value('glow_passes'), value('unsharp_sigma')]).toEqual([0.6, 2, 2.5]);
  await scope.close(id);
  expect([store.getState().scopePanels, store.getState().parameters[id]]).toEqual([[], undefined]);
});

test('another page hears of it, and a page that comes later asks', async () => {
  const first = await openPage();
  const second = await connectToFakeLab(first.lab);
  await first.scope.import({ text });
  const third = await connectToFakeLab(first.lab);
  for (const { services } of [second, third]) {
    expect(services.store.getState().scopePanels.map(({ version }) => version)).toEqual(['0.3.0']);
    expect(services.store.getState().parameters[id]?.values).toMatchObject({ unsharp_amount: 0.6 });
  }
});

test('values that are loaded or reset are one step to undo, of both kinds', async () => {
  const { scope, history, value, animationFrame } = await openPage();
  const panel = await scope.import({ text });
  await expect(scope.loadValues(panel, { text: '{ "unsharp_sigma": 1 }' })).rejects.toThrow('which is part of the model');
  expect(history.canUndo).toBe(false);
  await scope.loadValues(panel, { text: '{ "unsharp_amount": 2, "glow_passes": 4 }' });
  scope.resetAll(panel);
  await animationFrame();
  expect([value('unsharp_amount'), value('glow_passes')]).toEqual([0.6, 2]);
  for (const expected of [
    [2, 4],
    [0.6, 2],
  ]) {
    history.undo();
    await animationFrame();
    expect([value('unsharp_amount'), value('glow_passes')]).toEqual(expected);
  }
});

test('steps of a pipeline that was closed, here or on another page, are no steps any more', async () => {
  const { lab, services, scope, store, history, value, notices, animationFrame } = await openPage();
  const other = await connectToFakeLab(lab);
  const exposure = () => shownValue(store.getState(), 'fast-isp', 'exposure_ev');
  const before = exposure();
  for (const closer of [services, other.services]) {
    services.parameters.set('fast-isp', { exposure_ev: 1 });
    await scope.import({ text });
    services.parameters.set(id, { unsharp_amount: 2 });
    services.parameters.set(id, { glow_on: false });
    await animationFrame();
    expect([value('unsharp_amount'), exposure()]).toEqual([2, 1]);
    await closer.scope.close(id);
    history.undo();
    await animationFrame();
    // The one step that is left is that of the stage.
    expect([exposure(), history.canUndo, notices()]).toEqual([before, false, []]);
  }
});

test('values are copied as JSON without what is part of the model, and saving says where', async () => {
  const { scope, copied, notices } = await openPage();
  const panel = await scope.import({ text });
  await scope.copyValues(panel);
  const kept = { unsharp_amount: 0.6, glow_shape: 'round', glow_on: true, glow_passes: 2 };
  expect(JSON.parse(copied[0] as string)).toEqual({ ...kept, glow_seed: null, constructor: true });
  await scope.saveValues(panel);
  expect(notices().at(-1)).toEqual(['info', 'Saved values of Glow: /data/camera-lab/exports/unsharp-mask-values.json']);
});

test('values go to the entries that the pipeline has the id of, and come back, each a step to undo', async () => {
  const { scope, store, services, history, value, notices, animationFrame } = await openPage();
  const panel = await scope.import({ text });
  expect(scopeTargets(panel, store.getState())).toEqual([]);
  await services.chain.add('unsharp-mask');
  const [target] = scopeTargets(panel, store.getState());
  if (!target) throw new Error('Expected an entry of the pipeline');
  expect(target).toEqual({ id: 'unsharp-mask', name: 'Unsharp mask' });
  const entry = () => shownValue(store.getState(), target.id, 'unsharp_amount');
  const before = entry();
  await scope.loadValues(panel, { text: '{ "unsharp_amount": 2 }' });
  await scope.exchange(panel, target, 'apply');
  expect(entry()).toBe(2);
  expect(notices().at(-1)?.[1]).toMatch(/^Set 1 value of Unsharp mask\. Left as they are: .*glow_shape: no such parameter/);
  history.undo();
  await animationFrame();
  expect(entry()).toBe(before);
  await scope.exchange(panel, target, 'take');
  expect(value('unsharp_amount')).toBe(before);
});

test('the stage is a counterpart of its own export, and no entry of another name', async () => {
  const { scope, store } = await openPage();
  const panel = await scope.import({ text: JSON.stringify({ ...glowSchema, id: 'fast-isp' }) });
  expect(scopeTargets(panel, store.getState())).toEqual([{ id: 'fast-isp', name: 'FastISP' }]);
});

test('a value that is not set can be given, undone, given again and reset', async () => {
  const { services, scope, history, value, animationFrame } = await openPage();
  const panel = await scope.import({ text });
  const step = async (act: () => void) => {
    act();
    await animationFrame();
    return [value('glow_seed'), value('constructor')];
  };
  expect([value('glow_seed'), value('constructor')]).toEqual([undefined, true]);
  expect(await step(() => services.parameters.set(id, { glow_seed: 3, constructor: false }))).toEqual([3, false]);
  expect(await step(() => history.undo())).toEqual([undefined, true]);
  expect(await step(() => history.redo())).toEqual([3, false]);
  expect(await step(() => scope.resetAll(panel))).toEqual([undefined, true]);
  expect(await step(() => history.undo())).toEqual([3, false]);
  await scope.loadValues(panel, { text: '{ "glow_seed": null }' });
  expect(value('glow_seed')).toBeUndefined();
  expect(await step(() => history.undo())).toEqual([3, false]);
});

test('a pipeline of a model belongs to the processor that it was exported from', async () => {
  const { scope, store } = await openPage();
  const { config_schema: config } = glowSchema;
  const schema = {
    ...glowSchema,
    id: 'unsharp-mask-denoise',
    config_schema: { ...config, camera_lab: { processor: 'unsharp-mask' } },
  };
  const panel = await scope.import({ text: JSON.stringify(schema) });
  const entries = [
    { key: 'unsharp-mask', processorId: 'unsharp-mask', name: 'Unsharp mask' },
  ] as unknown as ChainState['entries'];
  const targets = scopeTargets(panel, { processors: [], chain: { ...store.getState().chain, entries } });
  expect([panel.pipelineId, targets.map(({ id: target }) => target)]).toEqual(['unsharp-mask-denoise', ['unsharp-mask']]);
});
