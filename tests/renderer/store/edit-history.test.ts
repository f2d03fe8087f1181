import { expect, test } from 'vitest';
import type { HistoryStep } from '../../../renderer/store/edit-history.ts';
import { EditHistory } from '../../../renderer/store/edit-history.ts';
import type { EditedValues } from '../../../renderer/store/same-value.ts';

function historyUnderTest() {
  const applied: EditedValues[] = [];
  const step = (before: EditedValues, after: EditedValues, subject = 'processor:fast-isp'): HistoryStep => ({
    subject,
    before,
    after,
    apply: (values) => applied.push(values),
  });
  return { history: new EditHistory(), applied, step };
}

test('an empty history sets nothing', () => {
  const { history } = historyUnderTest();
  history.undo();
  history.redo();
  expect([history.canUndo, history.canRedo]).toEqual([false, false]);
});

test('a step that changes nothing is none, equal arrays included', () => {
  const { history, step } = historyUnderTest();
  history.record(step({ gain: 1 }, { gain: 1 }), 'gesture', 0);
  history.record(step({ table: [1, 2] }, { table: [1, 2] }), 'gesture', 0);
  expect(history.canUndo).toBe(false);
  history.record(step({ table: [1, 2] }, { table: [1, 3] }), 'gesture', 0);
  expect(history.canUndo).toBe(true);
});

test('steps of parameters and controls come back in reverse and go forward again', () => {
  const { history, applied, step } = historyUnderTest();
  history.record(step({ gain: 1 }, { gain: 2 }), 'gesture', 0);
  history.record(step({ brightness: 5 }, { brightness: 6 }, 'device:a'), 'gesture', 10);
  history.undo();
  history.undo();
  history.redo();
  history.redo();
  expect(applied).toEqual([{ brightness: 5 }, { gain: 1 }, { gain: 2 }, { brightness: 6 }]);
});

test('a new step ends the way forward', () => {
  const { history, step } = historyUnderTest();
  history.record(step({ gain: 1 }, { gain: 2 }), 'gesture', 0);
  history.undo();
  history.record(step({ gain: 1 }, { gain: 5 }), 'gesture', 10);
  expect(history.canRedo).toBe(false);
});

test('a held key is one step; a pause, another setting or another subject ends it', () => {
  const { history, applied, step } = historyUnderTest();
  history.record(step({ gain: 1 }, { gain: 2 }), 'keyboard', 0);
  history.record(step({ gain: 2 }, { gain: 3 }), 'keyboard', 100);
  history.record(step({ gain: 3 }, { gain: 4 }), 'keyboard', 5_000);
  history.record(step({ tone: 0 }, { tone: 1 }), 'keyboard', 5_100);
  history.record(step({ tone: 7 }, { tone: 8 }, 'device:a'), 'keyboard', 5_200);
  while (history.canUndo) history.undo();
  expect(applied).toEqual([{ tone: 7 }, { tone: 0 }, { gain: 3 }, { gain: 1 }]);
});

test('what cannot be set any more is forgotten, done or undone', () => {
  const { history, applied, step } = historyUnderTest();
  history.record(step({ gain: 1 }, { gain: 2 }), 'gesture', 0);
  history.record(step({ hue: 1 }, { hue: 2 }, 'device:a'), 'gesture', 1);
  history.record(step({ hue: 2 }, { hue: 3 }, 'device:a'), 'gesture', 2);
  history.undo();
  history.forget('device:a');
  expect(history.canRedo).toBe(false);
  history.undo();
  expect(applied).toEqual([{ hue: 2 }, { gain: 1 }]);
});

test('a step that takes time is over before the next one begins, and one that fails holds nothing up', async () => {
  const { history, applied, step } = historyUnderTest();
  const { promise, reject } = Promise.withResolvers<void>();
  history.record(step({ gain: 1 }, { gain: 2 }), 'gesture', 0);
  history.record({ ...step({ present: true }, { present: false }, 'chain:a'), apply: () => promise }, 'gesture', 1);
  history.undo();
  history.undo();
  expect([applied, history.canUndo]).toEqual([[], true]);
  reject(new Error('refused'));
  await promise.catch(() => undefined);
  await new Promise((resolve) => setImmediate(resolve));
  expect([applied, history.canUndo]).toEqual([[{ gain: 1 }], false]);
});

test('a step whose subject is gone when its turn comes is dropped, and the next is taken', () => {
  const { history, applied, step } = historyUnderTest();
  let isThere = true;
  history.record(step({ gain: 1 }, { gain: 2 }), 'gesture', 0);
  history.record({ ...step({ hue: 1 }, { hue: 2 }, 'processor:a'), canApply: () => isThere }, 'gesture', 1);
  isThere = false;
  expect(history.canUndo).toBe(true);
  history.undo();
  expect(applied).toEqual([{ gain: 1 }]);
  isThere = true;
  expect(history.canUndo).toBe(false);
});
