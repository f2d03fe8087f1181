import { describe, expect, it } from 'vitest';
import { mergeBurst } from '../../../../main/runtime/fusion/merge.ts';
import { type FrameFinding, scoreBurst } from '../../../../main/runtime/fusion/score-burst.ts';
import { createSimulatedBurst, equalSpec, noiseAt, psnr, sensor } from './burst.ts';

const width = 640;
const height = 360;
const margin = 80;
const gain = 8;
const exposure = { analogueGain: gain, exposureMicros: 10_000 / gain, motion: true };
const sequences = [10, 11, 12, 13, 14, 15, 16, 17];

/** A camera that is held by hand: from frame to frame it moves by that many pixels, and star and ball move as well. */
function handHeld(pixelsPerFrame: number, noise: boolean): Uint16Array[] {
  const wide = width + 2 * margin;
  const shoot = createSimulatedBurst(wide, height + 2 * margin);
  return sequences.map((sequence, index) => {
    const mosaic = shoot({ sequence, ...exposure, noise });
    const shift = pixelsPerFrame * index;
    const cropped = new Uint16Array(width * height);
    for (let row = 0; row < height; row++) {
      const start = (row + margin - Math.round(shift / 4) * 2) * wide + shift;
      cropped.set(mosaic.subarray(start, start + width), row * width);
    }
    return cropped;
  });
}

const score = (mosaics: readonly Uint16Array[]): FrameFinding[] =>
  scoreBurst({ width, height, sensor, exposures: mosaics.map(() => 1) }, mosaics);

describe('scoreBurst', () => {
  it('refuses another number of mosaics than it is told of, and ends when it is not wanted any more', () => {
    expect(() => scoreBurst({ width, height, sensor, exposures: [1, 1] }, [])).toThrow('Expected 2 mosaics but received 0');
    const mosaics = handHeld(0, true).slice(0, 2);
    const stop = (): void => {
      throw new Error('cancelled');
    };
    expect(() => scoreBurst({ width, height, sensor, exposures: [1, 1] }, mosaics, stop)).toThrow('cancelled');
  });

  it.each([0, 6, 10])('measures noise and sharpness alike while the hand moves by %d pixels a frame', (pixelsPerFrame) => {
    const findings = score(handHeld(pixelsPerFrame, true));
    const built = noiseAt(gain);
    const variance = ({ shotDn, readVarianceDn2 } = built): number => shotDn * 150 + readVarianceDn2;
    for (const { noise } of findings) {
      expect(variance(noise) / variance()).toBeGreaterThan(0.8);
      expect(variance(noise) / variance()).toBeLessThan(1.25);
    }
    const sharpness = findings.map((finding) => finding.sharpness);
    expect(Math.min(...sharpness) / Math.max(...sharpness)).toBeGreaterThan(0.75);
  });

  it.each([0, 6, 10])('leads to a merge without ghosts while the hand moves by %d pixels a frame', (pixelsPerFrame) => {
    const mosaics = handHeld(pixelsPerFrame, true);
    const clean = handHeld(pixelsPerFrame, false);
    const truth = clean[0] as Uint16Array;
    const frames = score(mosaics).map(({ noise }) => ({ exposure: 1, noise }));
    const spec = { ...equalSpec(width, height, mosaics.length, gain), frames };
    const output = new Uint16Array(width * height);
    mergeBurst(spec, mosaics, output);
    const single = mosaics[0] as Uint16Array;
    expect(psnr(output, spec.outputScale, truth) - psnr(single, 1, truth)).toBeGreaterThan(5);
    // What moves in the scene itself: where two frames without noise differ although the hand is still.
    const still = createSimulatedBurst(width + 2 * margin, height + 2 * margin);
    const [before, after] = [sequences[0], sequences.at(-1)].map((sequence) => {
      return still({ sequence: sequence as number, ...exposure, noise: false });
    }) as [Uint16Array, Uint16Array];
    const moves = (index: number): boolean => {
      const at = (Math.floor(index / width) + margin) * (width + 2 * margin) + (index % width);
      return Math.abs((before[at] as number) - (after[at] as number)) > 2;
    };
    expect(truth.filter((_, index) => moves(index)).length).toBeGreaterThan(1000);
    expect(psnr(output, spec.outputScale, truth, moves)).toBeGreaterThan(psnr(single, 1, truth, moves) - 1);
  });
});
