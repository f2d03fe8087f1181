import { expect, test } from 'vitest';
import type { EventPayload, SessionEntry } from '../../../preload/contract.ts';
import { reduceEvent, withSession } from '../../../renderer/store/reduce-event.ts';
import { createLabStore } from '../../../renderer/store/store.ts';
import { fakeProcessor } from '../../support/fake-lab/descriptions.ts';
import { deviceControls } from '../../support/fake-lab/device-controls.ts';

const state = createLabStore().getState();
const session = (id: number, frames = 0): SessionEntry => ({
  id,
  name: `Session ${id}`,
  source: 'chart',
  startedAt: '2025-01-01T00:00:00Z',
  frames,
  developed: 0,
  lost: {},
  stageEvents: 0,
  parameterChanges: 0,
  lostRows: 0,
});

test('a parameter state that was overtaken does not win', () => {
  const newer = { processorId: 'fast-isp', version: 5, values: { gain: 2 } };
  const known = { ...state, parameters: { 'fast-isp': newer } };
  expect(reduceEvent(known, { name: 'parameter.changed', payload: { ...newer, version: 4 } })).toEqual({});
});

test('sessions stay newest first, each once', () => {
  const sessions = [session(1), session(3)].reduce(withSession, [session(2)]);
  expect(withSession(sessions, session(2, 9)).map(({ id, frames }) => [id, frames])).toEqual([
    [3, 0],
    [2, 9],
    [1, 0],
  ]);
});

test('the same notice is not repeated below itself, another one is added', () => {
  const notice: EventPayload<'notice'> = { level: 'warning', code: 'disk.low', message: 'The disk is nearly full.' };
  const once = { ...state, ...reduceEvent(state, { name: 'notice', payload: notice }) };
  const twice = { ...once, ...reduceEvent(once, { name: 'notice', payload: notice }) };
  const other = { ...twice, ...reduceEvent(twice, { name: 'notice', payload: { ...notice, message: 'The disk is full.' } }) };
  expect(other.notices.map(({ id, message }) => [id, message])).toEqual([
    [1, 'The disk is nearly full.'],
    [2, 'The disk is full.'],
  ]);
});

test('notices do not grow without end', () => {
  let grown = state;
  for (let index = 0; index < 200; index++) {
    const payload = { level: 'info' as const, code: 'page.done', message: `Notice ${index}` };
    grown = { ...grown, ...reduceEvent(grown, { name: 'notice', payload }) };
  }
  expect(grown.notices).toHaveLength(50);
  expect(grown.notices.at(-1)?.message).toBe('Notice 199');
});

test('a changed processor stands where the old one stood', () => {
  const known = { ...state, processors: [fakeProcessor, { ...fakeProcessor, id: 'other' }] };
  const changed = { ...fakeProcessor, name: 'FastISP 2' };
  const next = reduceEvent(known, { name: 'processor.changed', payload: changed });
  expect(next.processors?.map(({ name }) => name)).toEqual(['FastISP 2', 'FastISP']);
});

test('controls that an announcement does not change stay the objects they were', () => {
  const known = { ...state, controls: deviceControls };
  const payload = deviceControls.map((control) => (control.id === 'hue' ? { ...control, value: 9 } : { ...control }));
  const next = reduceEvent(known, { name: 'control.changed', payload }).controls ?? [];
  const replaced = next.filter((control, index) => control !== deviceControls[index]);
  expect(replaced.map(({ id, value }) => [id, value])).toEqual([['hue', 9]]);
});

test('of a processor that is gone nothing is kept', () => {
  const known = {
    ...state,
    parameters: {
      'fast-isp': { processorId: 'fast-isp', version: 3, values: {} },
      'unsharp-mask': { processorId: 'unsharp-mask', version: 9, values: { unsharp_amount: 2 } },
    },
    drafts: { 'unsharp-mask': { unsharp_radius: 4 } },
    edits: { 'fast-isp': { exposure_ev: 1 }, 'unsharp-mask': { unsharp_amount: 3 } },
  };
  const next = reduceEvent(known, { name: 'processor.listed', payload: [fakeProcessor] });
  expect(next.processors).toEqual([fakeProcessor]);
  expect([next.parameters, next.drafts, next.edits].map((record) => Object.keys(record ?? {}))).toEqual([
    ['fast-isp'],
    [],
    ['fast-isp'],
  ]);
});

test('a chain that an answer brings too late does not replace what was said since, of a newer revision or of the same', () => {
  const said = { revision: 5, stateNumber: 9, entries: [], isBuilding: false };
  const known = { ...state, chain: said };
  for (const late of [
    { ...said, revision: 4, stateNumber: 7, isBuilding: true },
    { ...said, stateNumber: 8, isBuilding: true },
    { ...said },
  ]) {
    expect(reduceEvent(known, { name: 'chain.changed', payload: late })).toEqual({});
  }
  const newer = { ...said, stateNumber: 10, isBuilding: true };
  expect(reduceEvent(known, { name: 'chain.changed', payload: newer })).toEqual({ chain: newer });
});
