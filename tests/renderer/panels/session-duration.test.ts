import { expect, test } from 'vitest';
import { sessionDuration } from '../../../renderer/panels/sessions/session-duration.ts';

const session = {
  id: 1,
  name: 'Session 1',
  source: 'chart',
  startedAt: '2025-01-01T00:00:00Z',
  frames: 0,
  developed: 0,
  lost: {},
  stageEvents: 0,
  parameterChanges: 0,
  lostRows: 0,
};

test('a session without an end is being recorded, or ended with the program', () => {
  expect([sessionDuration(session, true), sessionDuration(session, false)]).toEqual(['recording', 'interrupted']);
});

test('a finished session took what lies between its ends', () => {
  expect(sessionDuration({ ...session, endedAt: '2025-01-01T00:02:05Z' }, false)).toBe('2:05');
});
