import { expect, test } from 'vitest';
import { ParameterHistory } from '../../../renderer/store/parameter-history.ts';

const step = (before: number, after: number, name = 'gain') => ({
  processorId: 'fast-isp',
  before: { [name]: before },
  after: { [name]: after },
});

test('an empty history gives nothing back', () => {
  const history = new ParameterHistory();
  expect([history.undo(), history.redo(), history.canUndo, history.canRedo]).toEqual([undefined, undefined, false, false]);
});

test('a step that changes nothing is none', () => {
  const history = new ParameterHistory();
  history.record(step(1, 1), 'gesture', 0);
  expect(history.canUndo).toBe(false);
});

test('steps come back in reverse and go forward again', () => {
  const history = new ParameterHistory();
  history.record(step(1, 2), 'gesture', 0);
  history.record(step(2, 3), 'gesture', 10);
  expect([history.undo(), history.undo(), history.undo()]).toEqual([step(2, 3), step(1, 2), undefined]);
  expect([history.redo(), history.redo(), history.redo()]).toEqual([step(1, 2), step(2, 3), undefined]);
});

test('a new step ends the way forward', () => {
  const history = new ParameterHistory();
  history.record(step(1, 2), 'gesture', 0);
  history.undo();
  history.record(step(1, 5), 'gesture', 10);
  expect(history.canRedo).toBe(false);
});

test('a held key is one step; a pause, another parameter or an undo ends it', () => {
  const history = new ParameterHistory();
  history.record(step(1, 2), 'keyboard', 0);
  history.record(step(2, 3), 'keyboard', 100);
  history.record(step(3, 4), 'keyboard', 5_000);
  history.record(step(0, 1, 'tone'), 'keyboard', 5_100);
  expect([history.undo(), history.undo(), history.undo(), history.undo()]).toEqual([
    step(0, 1, 'tone'),
    step(3, 4),
    step(1, 3),
    undefined,
  ]);
});
