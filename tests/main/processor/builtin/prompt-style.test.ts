import { describe, expect, it } from 'vitest';
import { lookOf, promptStyle } from '../../../../main/processor/builtin/prompt-style.ts';
import { called, largestError, lumaOf, randomVideo, reference, sampleOf } from './processed.ts';

describe('prompts that say nothing', () => {
  it.each([[[]], [[{ text: 'quixotic constructor', weight: 1 }]], [[{ text: 'warm', weight: 0 }]]])(
    'leave the picture as it is: %j',
    async (prompts) => {
      const video = randomVideo(17);
      expect(largestError(await called(promptStyle, video, {}, prompts), [...video])).toBeLessThan(1e-6);
    },
  );
});

describe('prompts', () => {
  it('are weighed against each other', () => {
    const look = lookOf([
      { text: 'Warm, vivid', weight: 3 },
      { text: 'cold', weight: 1 },
    ]);
    expect(look).toEqual({ warmth: 0.25, saturation: 0.375, contrast: 0.07500000000000001, exposure: 0 });
  });

  it('turn the picture grey, dark and soft', async () => {
    const video = randomVideo(18);
    const made = await called(promptStyle, video, { style_strength: 1 }, [{ text: 'grey dark soft', weight: 2 }]);
    const expected = reference((row, column) => 0.7 * (lumaOf(video, row, column) * 2 ** (-0.6 / 2.2) - 0.5) + 0.5);
    expect(largestError(made, expected)).toBeLessThan(1e-6);
  });

  it('shift the balance between red and blue', async () => {
    const video = randomVideo(19).map((value) => value * 0.8);
    const made = await called(promptStyle, video, { style_strength: 2 }, [{ text: 'warm', weight: 1 }]);
    const gains = [1.25, 1, 0.75];
    const expected = reference((row, column, channel) => sampleOf(video, row, column, channel) * (gains[channel] as number));
    expect(largestError(made, expected)).toBeLessThan(1e-6);
  });
});
