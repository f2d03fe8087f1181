import type { SensorDescription } from '../../frame/frame-meta.ts';

/** What a frame is chosen by. Comparable between frames of one scene and one format only. */
export interface FrameScore {
  /** Mean squared step between neighbouring green samples over the mean light squared, less what noise adds: higher is sharper. */
  readonly sharpness: number;
  /** Share of the samples at or above the white level, 0 to 1. */
  readonly clippedShare: number;
  /** Mean light, 0 black to 1 white. */
  readonly meanLevel: number;
}

/**
 * Scores a mosaic from every fourth row pair: one pass over a quarter of the samples. The step is taken between greens of the
 * same row, two samples apart, so that it never compares two colours.
 *
 * @param noiseVarianceDn2 variance of a sample at the mean level, DN squared; 0 where unknown
 */
export function scoreFrame(
  mosaic: Uint16Array,
  width: number,
  height: number,
  { cfa, blackLevels, whiteLevel }: SensorDescription,
  noiseVarianceDn2: number,
): FrameScore {
  const greenColumn = cfa.startsWith('G') ? 0 : 1;
  const black = blackLevels[greenColumn] as number;
  let sum = 0;
  let squares = 0;
  let steps = 0;
  let clipped = 0;
  let count = 0;
  for (let y = 0; y < height; y += 8) {
    const row = y * width + greenColumn;
    for (let x = 0; x + 2 < width; x += 2) {
      const sample = mosaic[row + x] as number;
      sum += sample - black;
      if (sample >= whiteLevel) clipped += 1;
      count += 1;
      if (x + 4 >= width) continue;
      const step = sample - (mosaic[row + x + 2] as number);
      squares += step * step;
      steps += 1;
    }
  }
  const mean = Math.max(1e-6, sum / Math.max(1, count));
  const detail = Math.max(0, squares / Math.max(1, steps) - 2 * noiseVarianceDn2);
  return { sharpness: detail / mean ** 2, clippedShare: clipped / Math.max(1, count), meanLevel: mean / (whiteLevel - black) };
}
