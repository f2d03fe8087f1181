import { describe, expect, it } from 'vitest';
import type { Tuning } from '../../../main/tuning/tuning-schema.ts';
import { changesBetween, updatedTuning } from '../../../main/tuning/tuning-update.ts';

const tuning: Tuning = {
  format: 'camera-lab-tuning',
  version: 2,
  camera: 'bench',
  whiteLevel: 1000,
  noise: [
    { gain: 1, slope: 0.5, offset: 2 },
    { gain: 4, slope: 2, offset: 9 },
  ],
  tone: { tone_contrast: 0.25 },
};

describe('a measurement in a tuning', () => {
  it('takes the place of the point at its gain, and leaves everything else as it was', () => {
    const after = updatedTuning(tuning, { noise: [{ gain: 4, slope: 2.5, offset: 8 }] });
    expect(after).toEqual({ ...tuning, noise: [tuning.noise?.[0], { gain: 4, slope: 2.5, offset: 8 }] });
    expect(changesBetween(tuning, after)).toEqual([
      {
        field: 'noise',
        at: 'gain 4',
        change: 'replaced',
        before: '{"slope":2,"offset":9}',
        after: '{"slope":2.5,"offset":8}',
      },
    ]);
  });

  it('stands in order beside the points that are there, and begins a list that is not', () => {
    const shading = [{ cctKelvin: 5000, rows: 2, columns: 2, gains: [0, 1, 2, 3].map(() => [1, 1, 1, 1]) }];
    const after = updatedTuning(tuning, { noise: [{ gain: 2, slope: 1, offset: 4 }], shading });
    expect(after.noise?.map(({ gain }) => gain)).toEqual([1, 2, 4]);
    expect(changesBetween(tuning, after).map(({ field, at, change }) => [field, at, change])).toEqual([
      ['noise', 'gain 2', 'added'],
      ['shading', '5000 K', 'added'],
    ]);
  });

  it('that says what is there changes nothing', () => {
    expect(changesBetween(tuning, updatedTuning(tuning, { noise: [{ gain: 1, slope: 0.5, offset: 2 }] }))).toEqual([]);
  });
});

describe('changes', () => {
  it('tell of fields that have gone, and cut long values off', () => {
    const { tone: _tone, ...rest } = tuning;
    const linearisation = Array.from({ length: 100 }, (_, index) => index);
    const changes = changesBetween(tuning, { ...rest, linearisation });
    expect(changes.map(({ field, change }) => [field, change])).toEqual([
      ['linearisation', 'added'],
      ['tone', 'removed'],
    ]);
    expect(changes[0]?.after).toMatch(/^\[0,1,2,.*…$/);
  });
});
