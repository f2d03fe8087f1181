import { expect, it } from 'vitest';
import { threadMicros } from '../../../main/runtime/thread-time.ts';

it('sees the least of work, and nothing of the time for which others run', () => {
  // Read without a pause, the kernel's account stands still for some milliseconds, so that most of these would be equal.
  const readings = Array.from({ length: 20 }, () => threadMicros());
  expect(new Set(readings).size).toBe(20);
  expect(readings).toEqual([...readings].sort((one, other) => one - other));
  expect(readings.every(Number.isInteger)).toBe(true);
});
