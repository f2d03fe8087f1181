import { describe, expect, it } from 'vitest';
import { FrameFates } from '../../../main/runtime/frame-fates.ts';

function fatesBench(): { fates: FrameFates; lost: number[] } {
  const fates = new FrameFates();
  const lost: number[] = [];
  fates.lost.subscribe((frameId) => lost.push(frameId));
  return { fates, lost };
}

describe('a frame that no view was offered', () => {
  it('is never lost, whoever settles it', () => {
    const { fates, lost } = fatesBench();
    fates.offer(1, 0);
    fates.settle(1, 'replaced');
    fates.settle(2, 'replaced');
    expect(lost).toEqual([]);
  });
});

describe('a frame of several views', () => {
  it.each([
    [['replaced', 'replaced', 'replaced'], true],
    [['replaced', 'shown', 'replaced'], false],
    [['shown', 'shown', 'shown'], false],
    [['dismissed', 'replaced', 'dismissed'], true],
    [['dismissed', 'dismissed', 'dismissed'], false],
  ] as const)('that made %j of it is lost: %j', (made, isLost) => {
    const { fates, lost } = fatesBench();
    fates.offer(7, made.length);
    for (const [index, fate] of made.entries()) {
      expect(lost).toEqual([]);
      fates.settle(7, fate);
      if (index < made.length - 1) expect(lost).toEqual([]);
    }
    expect(lost).toEqual(isLost ? [7] : []);
    fates.settle(7, 'replaced');
    expect(lost).toEqual(isLost ? [7] : []);
  });
});
