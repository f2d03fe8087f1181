import { describe, expect, it } from 'vitest';
import { falseColour } from '../../../../main/processor/builtin/false-colour.ts';
import { height, largestError, processed, randomVideo, width } from './processed.ts';

const grey = (level: number): Float32Array => new Float32Array(width * height * 3).fill(level);

describe('false colour', () => {
  // Read off the declared stops: halfway between two of them their mean, within a step of the table.
  const cases: [string, Record<string, number | string>, number, [number, number, number]][] = [
    ['the first stop', { false_map: 'iron' }, 0, [0, 0, 0]],
    ['the last stop', { false_map: 'iron' }, 1, [1, 1, 1]],
    ['between stops', { false_map: 'iron' }, 0.45, [0.65, 0.15, 0.35]],
    ['a stop', { false_map: 'spectrum' }, 0.6, [0.2, 0.9, 0.1]],
    ['below a range', { false_low: 0.4, false_high: 0.6, false_map: 'spectrum' }, 0.3, [0, 0, 0.4]],
    ['within a range', { false_low: 0.4, false_high: 0.6, false_map: 'spectrum' }, 0.52, [0.2, 0.9, 0.1]],
    ['a range without width', { false_low: 0.5, false_high: 0.5, false_map: 'iron' }, 0.6, [1, 1, 1]],
    ['the clipping zone', { false_map: 'zones' }, 0.99, [1, 0, 0]],
    ['the zone of middle grey', { false_map: 'zones' }, 0.42, [0, 0.7, 0]],
    ['half mixed', { false_mix: 0.5, false_map: 'iron' }, 0.3, [0.35, 0.15, 0.45]],
  ];
  it.each(cases)('shows %s', async (_, values, level, expected) => {
    const made = await processed(falseColour, grey(level), values);
    expect(largestError(made.slice(0, 3), expected)).toBeLessThan(0.015);
  });

  it('takes the level from luma', async () => {
    const red = grey(0).map((_, index) => (index % 3 === 0 ? 1 : 0));
    const made = await processed(falseColour, red, { false_map: 'iron' });
    // 0.2126 of the way to the stop at 0.3.
    expect(largestError(made.slice(0, 3), [0.2835, 0, 0.4252])).toBeLessThan(0.005);
  });

  it('is not there at a mix of 0', async () => {
    const video = randomVideo(10);
    expect(await processed(falseColour, video, { false_mix: 0 })).toEqual([...video]);
  });
});
