import { expect, test } from 'vitest';
import { nearestGap, positionWithout } from '../../../renderer/panels/chain/drop-gap.ts';

const gaps = [
  { place: 'main', index: 0, y: 100 },
  { place: 'main', index: 1, y: 124 },
  { place: 'postprocessor', index: 0, y: 160 },
] as const;

test('without a gap there is nowhere to go', () => {
  expect(nearestGap([], 10)).toBeUndefined();
});

test('the nearest gap wins, above and below all of them too', () => {
  expect([-50, 111, 113, 143, 999].map((y) => nearestGap(gaps, y))).toEqual([
    { place: 'main', index: 0 },
    { place: 'main', index: 0 },
    { place: 'main', index: 1 },
    { place: 'postprocessor', index: 0 },
    { place: 'postprocessor', index: 0 },
  ]);
});

test('below its own place an entry counts one less, since it is no longer above', () => {
  const from = { place: 'main', index: 1 } as const;
  const at = (index: number) => positionWithout(from, { place: 'main', index }).index;
  expect([0, 1, 2, 3].map(at)).toEqual([0, 1, 1, 2]);
  expect(positionWithout(from, { place: 'postprocessor', index: 3 })).toEqual({ place: 'postprocessor', index: 3 });
});
