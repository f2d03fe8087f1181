import { describe, expect, it } from 'vitest';
import { colourBlindness } from '../../../../main/processor/builtin/colour-blindness.ts';
import { largestError, processed, randomVideo, reference, sampleOf } from './processed.ts';

const light = (v: number): number => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
const code = (v: number): number => (v <= 0.0031308 ? v * 12.92 : 1.055 * v ** (1 / 2.4) - 0.055);
const clamp = (v: number): number => Math.min(1, Math.max(0, v));

// The table of Machado, Oliveira and Fernandes for a severity of 1.
const matrices = {
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

describe('colour-blind simulation', () => {
  it.each(['protan', 'deutan', 'tritan'] as const)('mixes linear light by its matrix: %s', async (kind) => {
    const video = randomVideo(12);
    const expected = reference((row, column, channel) => {
      const rgb = [0, 1, 2].map((c) => light(sampleOf(video, row, column, c)));
      const weights = matrices[kind][channel] as number[];
      const seen = weights.reduce((sum, weight, c) => sum + weight * (rgb[c] as number), 0);
      return code(clamp(0.25 * (rgb[channel] as number) + 0.75 * seen));
    });
    const made = await processed(colourBlindness, video, { blind_kind: kind, blind_severity: 0.75 });
    expect(largestError(made, expected)).toBeLessThan(1e-5);
  });

  it('keeps greys grey', async () => {
    const video = randomVideo(13).map((_, index, all) => all[index - (index % 3)] as number);
    for (const blind_kind of ['protan', 'deutan', 'tritan']) {
      expect(largestError(await processed(colourBlindness, video, { blind_kind }), [...video])).toBeLessThan(2e-5);
    }
  });
});
