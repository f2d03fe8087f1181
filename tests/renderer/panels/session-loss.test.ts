import { expect, test } from 'vitest';
import { sessionLoss } from '../../../renderer/panels/sessions/session-loss.ts';

test('a whole session has nothing to tell', () => {
  expect(sessionLoss({ lost: {}, lostRows: 0 })).toBeUndefined();
  expect(sessionLoss({ lost: { expired: 0 }, lostRows: 0 })).toBeUndefined();
});

test('lost frames are summed up in short and named by reason', () => {
  const loss = sessionLoss({ lost: { 'source-late': 2, 'replaced-in-lane': 1200 }, lostRows: 0 });
  expect(loss?.short).toBe('1\u202f202 lost');
  expect(loss?.long).toBe('2 · Source was late\n1\u202f200 · Replaced by a newer frame before the stage');
});

test('rows that could not be stored are told, with lost frames and without', () => {
  expect(sessionLoss({ lost: {}, lostRows: 1 })?.short).toBe('1 row not stored');
  expect(sessionLoss({ lost: { expired: 1 }, lostRows: 7 })?.short).toBe('1 lost · 7 rows not stored');
});
