import { describe, expect, it } from 'vitest';
import { FailureStreaks, failuresUntilSuspension } from '../../../main/runtime/failure-streaks.ts';

const error = { code: 'test.broken', message: 'It broke' };

describe('FailureStreaks', () => {
  it('suspends after ten failures in a row and says so once', () => {
    const streaks = new FailureStreaks();
    const notes = Array.from({ length: failuresUntilSuspension + 2 }, () => streaks.note('denoise', error));
    expect(notes.filter((note) => note !== undefined)).toEqual([{ processor: 'denoise', failures: 10, error }]);
    expect(notes[9]).toBeDefined();
    expect(streaks.suspension('denoise')).toMatchObject({ error });
  });

  it('begins anew after a success, and counts each processor for itself', () => {
    const streaks = new FailureStreaks();
    for (let round = 1; round < failuresUntilSuspension; round++) streaks.note('denoise', error);
    streaks.note('denoise', undefined);
    for (let round = 1; round < failuresUntilSuspension; round++) streaks.note('denoise', error);
    streaks.note('sharpen', error);
    expect([streaks.suspension('denoise'), streaks.suspension('sharpen')]).toEqual([undefined, undefined]);
  });

  it('forgives', () => {
    const streaks = new FailureStreaks();
    for (let round = 0; round < failuresUntilSuspension; round++) streaks.note('denoise', error);
    streaks.forgive('denoise');
    expect(streaks.suspension('denoise')).toBeUndefined();
  });
});
