import { z } from 'zod';
import { defineProcessor } from '../define-processor.ts';
import type { Prompt } from '../image-processor.ts';
import { runtime } from '../parameters.ts';

/** What a look changes: all 0 leave the picture as it is. */
export interface Look {
  /** Towards red and away from blue, from -1 to 1. */
  readonly warmth: number;
  /** Added to the saturation of 1; -1 is grey. */
  readonly saturation: number;
  /** Added to the contrast of 1. */
  readonly contrast: number;
  /** Stops of exposure, in encoded values a gain of 2^(x / 2.2). */
  readonly exposure: number;
}

const plainLook: Look = { warmth: 0, saturation: 0, contrast: 0, exposure: 0 };

/** What each word that is understood does at a weight of 1. */
const vocabulary: Readonly<Record<string, Partial<Look>>> = {
  warm: { warmth: 0.5 },
  sunset: { warmth: 0.8, saturation: 0.2 },
  cold: { warmth: -0.5 },
  winter: { warmth: -0.4, saturation: -0.3, exposure: 0.2 },
  vivid: { saturation: 0.5, contrast: 0.1 },
  faded: { saturation: -0.4, contrast: -0.3 },
  grey: { saturation: -1 },
  dramatic: { contrast: 0.5, exposure: -0.2 },
  soft: { contrast: -0.3 },
  bright: { exposure: 0.6 },
  dark: { exposure: -0.6 },
};

/** Words that {@link lookOf} understands. */
export const promptWords: readonly string[] = Object.keys(vocabulary);

/** The look that prompts ask for: the sum over their known words, each by its prompt's share of all weights. Unknown words do nothing. */
export function lookOf(prompts: readonly Prompt[]): Look {
  const total = prompts.reduce((sum, { weight }) => sum + weight, 0);
  const look = { ...plainLook };
  for (const { text, weight } of total > 0 ? prompts : []) {
    for (const word of text.toLowerCase().match(/[a-z]+/g) ?? []) {
      const change = Object.hasOwn(vocabulary, word) ? vocabulary[word] : {};
      for (const [key, value] of Object.entries(change ?? {})) look[key as keyof Look] += (value * weight) / total;
    }
  }
  return look;
}

/** An example of prompts and of a call: words become a look, which is a gain, a matrix and a contrast per pixel. */
export const promptStyle = defineProcessor({
  id: 'prompt-style',
  name: 'Prompt style',
  description: 'Follows words such as warm, vivid or dramatic: an example of a processor with prompts',
  version: '1.0.0',
  supportsPrompts: true,
  modes: { video: { default: true }, text: { defaults: { style_strength: 0.8 } } },
  usage: ['postprocessor'],
  params: {
    style_strength: runtime(z.number().min(0).max(2).default(1), {
      order: 1,
      label: 'Strength',
      category: 'Prompt style',
      help: 'How strongly the words act',
    }),
  },
  prepare: () => ({ inputSize: 1 }),
  call: ({ video, prompts, style_strength }) => {
    const { warmth, saturation, contrast, exposure } = lookOf(prompts);
    const gain = 2 ** ((exposure * style_strength) / 2.2);
    const balance = warmth * style_strength * 0.25;
    const gains = [gain * (1 + balance), gain, gain * (1 - balance)] as const;
    const vividness = Math.max(0, 1 + saturation * style_strength);
    const slope = Math.max(0, 1 + contrast * style_strength);
    const { data } = video;
    for (let index = 0; index < data.length; index += 3) {
      const red = (data[index] as number) * gains[0];
      const green = (data[index + 1] as number) * gains[1];
      const blue = (data[index + 2] as number) * gains[2];
      const luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
      const styled = (sample: number): number => (luma + (sample - luma) * vividness - 0.5) * slope + 0.5;
      data[index] = styled(red);
      data[index + 1] = styled(green);
      data[index + 2] = styled(blue);
    }
    return { video };
  },
});
