import type { CfaOrder } from '../../main/frame/pixel-format.ts';
import type { ReferenceMosaic } from './reference-fast-isp.ts';

/** A sensor without colour of its own: 12 bits, nothing below black, nothing above white but by intent. */
export const plainSensor = { cfa: 'RGGB', bits: 12, blackLevels: [256, 256, 256, 256], whiteLevel: 4000 } as const;

/** A colour matrix as strong as a phone's. */
export const strongMatrix = [1.9, -0.8, -0.1, -0.4, 1.8, -0.4, 0.1, -0.9, 1.8] as const;

/** A linear congruential generator in [0, 1): the same numbers everywhere, for ever. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Ramps, edges and noise over the whole range, with values below black and beyond white. */
export function syntheticMosaic(cfa: CfaOrder, width = 96, height = 74): ReferenceMosaic {
  const random = seededRandom(12345);
  const samples = Uint16Array.from({ length: width * height }, (_, index) => {
    const [row, column] = [Math.floor(index / width), index % width];
    const ramp = (column / width) * 700 * (row % 17 < 9 ? 1 : 0.4);
    return Math.min(1023, Math.max(0, Math.round(50 + ramp + random() * 220)));
  });
  const sensor = { cfa, bits: 10, blackLevels: [64, 60, 66, 64], whiteLevel: 1000 } as const;
  return { width, height, samples, sensor: { ...sensor, srgbFromCamera: [1.6, -0.5, -0.1, -0.3, 1.5, -0.2, 0, -0.6, 1.6] } };
}
