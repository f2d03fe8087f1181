import { expect, test } from 'vitest';
import { entriesAt, entryOf } from '../../../renderer/store/chain-selectors.ts';
import { shownPrompts, shownValue } from '../../../renderer/store/selectors.ts';
import { connectToFakeLab, settle } from '../../support/fake-lab/page-services.ts';

async function openPage() {
  const page = await connectToFakeLab();
  const { store, history, chain } = page.services;
  const asked = (name: string) => page.lab.received.filter((call) => call.name === name).map(({ payload }) => payload);
  const order = () => store.getState().chain.entries.map(({ key, place }) => `${place} ${key}`);
  /** Undo and redo take several calls. */
  const undo = async () => {
    history.undo();
    for (let turn = 0; turn < 20; turn++) await settle();
  };
  const redo = async () => {
    history.redo();
    for (let turn = 0; turn < 20; turn++) await settle();
  };
  return { ...page, store, history, chain, asked, order, undo, redo };
}

test('what the lab refuses is told and changes nothing, and is nothing to undo', async () => {
  const { chain, store, history, order } = await openPage();
  expect(await chain.add('no-such-processor')).toBeUndefined();
  await chain.add('unsharp-mask');
  await chain.move('unsharp-mask', { place: 'preprocessor', index: 0 });
  expect(order()).toEqual(['postprocessor unsharp-mask']);
  expect(store.getState().notices.map(({ level }) => level)).toEqual(['error', 'error']);
  history.undo();
  expect(history.canUndo).toBe(false);
});

test('an entry is added with its key, and its parameters are known at once', async () => {
  const { chain, store } = await openPage();
  expect(await chain.add('unsharp-mask')).toBe('unsharp-mask');
  expect(await chain.add('unsharp-mask')).toBe('unsharp-mask-2');
  await settle();
  expect(shownValue(store.getState(), 'unsharp-mask-2', 'unsharp_amount')).toBe(0.6);
});

test('moves, bypass and solo are steps back and forth', async () => {
  const { chain, order, store, undo, redo } = await openPage();
  await chain.add('temporal-denoise');
  await chain.add('unsharp-mask');
  await chain.move('temporal-denoise', { place: 'preprocessor', index: 0 });
  await chain.setBypass('unsharp-mask', true);
  await chain.setSolo('temporal-denoise', true);
  await chain.setSolo('temporal-denoise', true);
  const flags = () => store.getState().chain.entries.map(({ bypass, solo }) => [bypass, solo]);
  expect([order(), flags()]).toEqual([
    ['preprocessor temporal-denoise', 'postprocessor unsharp-mask'],
    [
      [false, true],
      [true, false],
    ],
  ]);
  await undo();
  await undo();
  expect(flags().flat()).toEqual([false, false, false, false]);
  await undo();
  expect(order()).toEqual(['postprocessor temporal-denoise', 'postprocessor unsharp-mask']);
  await redo();
  await redo();
  expect([order()[0], flags()[1]]).toEqual(['preprocessor temporal-denoise', [true, false]]);
});

test('keys that move one entry again and again are one step', async () => {
  const { chain, order, undo } = await openPage();
  for (const id of ['prompt-style', 'temporal-denoise', 'unsharp-mask']) await chain.add(id);
  await chain.move('prompt-style', { place: 'postprocessor', index: 1 }, 'keyboard');
  await chain.move('prompt-style', { place: 'postprocessor', index: 2 }, 'keyboard');
  expect(order().at(-1)).toBe('postprocessor prompt-style');
  await undo();
  expect(order()[0]).toBe('postprocessor prompt-style');
});

test('an entry that was removed comes back where it was with all that it was', async () => {
  const { chain, services, store, order, undo, redo, animationFrame } = await openPage();
  for (const id of ['temporal-denoise', 'prompt-style', 'unsharp-mask']) await chain.add(id);
  await settle();
  services.parameters.set('prompt-style', { style_strength: 1.5 });
  chain.changePrompts('prompt-style', [{ text: 'warm', weight: 40 }]);
  await animationFrame();
  await chain.setBypass('prompt-style', true);
  await chain.remove('prompt-style');
  expect(order()).toEqual(['postprocessor temporal-denoise', 'postprocessor unsharp-mask']);
  await undo();
  expect(order()[1]).toBe('postprocessor prompt-style');
  expect(entryOf(store.getState().chain, 'prompt-style')).toMatchObject({
    bypass: true,
    prompts: [{ text: 'warm', weight: 40 }],
  });
  expect(store.getState().parameters['prompt-style']?.values).toEqual({ style_strength: 1.5 });
  await redo();
  expect(entriesAt(store.getState().chain, 'postprocessor')).toHaveLength(2);
});

test('adding is undone by taking away', async () => {
  const { chain, order, undo, redo } = await openPage();
  await chain.add('unsharp-mask');
  await undo();
  expect(order()).toEqual([]);
  await redo();
  expect(order()).toEqual(['postprocessor unsharp-mask']);
});

test('prompts show at once, leave once per animation frame, and a drag of a weight is one step', async () => {
  const { chain, store, asked, undo, animationFrame } = await openPage();
  await chain.add('prompt-style');
  const shown = () => shownPrompts(store.getState(), 'prompt-style');
  for (const weight of [90, 60, 30]) chain.changePrompts('prompt-style', [{ text: 'warm', weight }]);
  expect(shown()).toEqual([{ text: 'warm', weight: 30 }]);
  chain.commitPrompts('prompt-style');
  await animationFrame();
  expect(asked('chain.setPrompts')).toEqual([{ key: 'prompt-style', prompts: [{ text: 'warm', weight: 30 }] }]);
  expect(store.getState().promptEdits).toEqual({});
  await undo();
  await animationFrame();
  expect(shown()).toEqual([]);
});

test('entries of one processor come back as who they were, in whatever order they were taken out', async () => {
  const { chain, services, store, order, undo, animationFrame } = await openPage();
  for (const _ of [1, 2]) await chain.add('unsharp-mask');
  await settle();
  services.parameters.set('unsharp-mask-2', { unsharp_amount: 2 });
  await animationFrame();
  // The first one leaves its key free, which is the one that a new entry would get.
  await chain.remove('unsharp-mask');
  await chain.remove('unsharp-mask-2');
  await undo();
  expect(order()).toEqual(['postprocessor unsharp-mask-2']);
  await undo();
  expect(order()).toEqual(['postprocessor unsharp-mask', 'postprocessor unsharp-mask-2']);
  await undo();
  await animationFrame();
  const amountOf = (key: string) => store.getState().parameters[key]?.values['unsharp_amount'];
  expect([amountOf('unsharp-mask'), amountOf('unsharp-mask-2')]).toEqual([0.6, 0.6]);
  expect(store.getState().notices).toEqual([]);
});

test('steps that are undone faster than the lab answers wait for what brings their entry back', async () => {
  const { chain, services, store, history, order, animationFrame } = await openPage();
  await chain.add('unsharp-mask');
  await settle();
  services.parameters.set('unsharp-mask', { unsharp_amount: 2 });
  await animationFrame();
  await chain.setBypass('unsharp-mask', true);
  await chain.remove('unsharp-mask');
  for (const _ of ['removal', 'bypass', 'value']) {
    expect(history.canUndo).toBe(true);
    history.undo();
  }
  for (let turn = 0; turn < 40; turn++) await settle();
  await animationFrame();
  expect([order(), entryOf(store.getState().chain, 'unsharp-mask')?.bypass]).toEqual([['postprocessor unsharp-mask'], false]);
  expect(store.getState().parameters['unsharp-mask']?.values).toMatchObject({ unsharp_amount: 0.6 });
  expect(store.getState().notices).toEqual([]);
});

test('a value that is undone and whose entry goes at once is sent to nobody', async () => {
  const { chain, services, store, history, asked, animationFrame } = await openPage();
  await chain.add('unsharp-mask');
  await settle();
  services.parameters.set('unsharp-mask', { unsharp_amount: 2 });
  await animationFrame();
  history.undo();
  history.undo();
  for (let turn = 0; turn < 20; turn++) await settle();
  await animationFrame();
  expect([asked('chain.remove'), asked('parameter.set').length, store.getState().notices]).toEqual([
    [{ key: 'unsharp-mask' }],
    1,
    [],
  ]);
});

test('steps on an entry that another page has taken out are passed over, so that undo does what can be seen', async () => {
  const { lab, chain, services, store, history, undo, animationFrame } = await openPage();
  services.parameters.set('fast-isp', { exposure_ev: 1 });
  await chain.add('unsharp-mask');
  await settle();
  services.parameters.set('unsharp-mask', { unsharp_amount: 2 });
  await chain.setBypass('unsharp-mask', true);
  await animationFrame();
  await lab.call('chain.remove', { key: 'unsharp-mask' });
  await settle();
  await undo();
  await animationFrame();
  expect(shownValue(store.getState(), 'fast-isp', 'exposure_ev')).toBe(0);
  expect([history.canUndo, store.getState().notices]).toEqual([false, []]);
});

test('an answer that comes after what was announced since does not take it back', async () => {
  const { chain, lab, store } = await openPage();
  const adding = chain.add('unsharp-mask');
  // Built, with the revision of the answer, before the answer is here.
  const { state } = lab.chain;
  const entries = state.entries.map((entry) => ({ ...entry, state: 'failed' as const }));
  lab.announce('chain.changed', { ...state, stateNumber: state.stateNumber + 1, entries });
  expect(await adding).toBe('unsharp-mask');
  expect(store.getState().chain.entries.map(({ key, state: now }) => [key, now])).toEqual([['unsharp-mask', 'failed']]);
});

test('a lab that was restarted is believed though its numbers begin anew, and so is what it announces while it is asked', async () => {
  const { lab, store, transport } = await openPage();
  const told = () => store.getState().chain;
  const { state } = lab.chain;
  lab.announce('chain.changed', { ...state, revision: 80, stateNumber: 99 });
  expect(told().stateNumber).toBe(99);
  transport.listener?.connection('connected');
  await settle();
  expect(told()).toEqual(state);
  transport.listener?.connection('connected');
  lab.announce('chain.changed', { ...state, stateNumber: state.stateNumber + 1, isBuilding: true });
  await settle();
  expect(told().isBuilding).toBe(true);
});
