import type { SensorDescription } from '../../frame/frame-meta.ts';

/** A picture of one value per pixel, row by row. */
export interface LumaImage {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

/** Halvings after the first level: the coarsest sees a motion of 16 mosaic pixels as one of its own. */
export const pyramidLevels = 4;

/**
 * Brightness of a mosaic at half resolution and below, finest first: the mean of each 2x2 cell above black, times `gain` (which
 * brings frames of different exposure to one scale), limited to `limitDn` so that a highlight clipped in one frame looks the
 * same in all. A level that would be smaller than 16 pixels is left out.
 */
export function lumaPyramid(
  mosaic: Uint16Array,
  width: number,
  height: number,
  sensor: SensorDescription,
  gain: number,
  limitDn: number,
): readonly LumaImage[] {
  const levels = [cellMeans(mosaic, width, height, sensor, gain, limitDn)];
  while (levels.length < pyramidLevels) {
    const finest = levels.at(-1) as LumaImage;
    if (Math.min(finest.width, finest.height) < 32) break;
    levels.push(halved(finest));
  }
  return levels;
}

function cellMeans(
  mosaic: Uint16Array,
  width: number,
  height: number,
  { blackLevels }: SensorDescription,
  gain: number,
  limitDn: number,
): LumaImage {
  const columns = width >> 1;
  const rows = height >> 1;
  const black = blackLevels[0] + blackLevels[1] + blackLevels[2] + blackLevels[3];
  const values = new Float32Array(columns * rows);
  for (let y = 0; y < rows; y++) {
    const upper = 2 * y * width;
    for (let x = 0; x < columns; x++) {
      const at = upper + 2 * x;
      const top = (mosaic[at] as number) + (mosaic[at + 1] as number);
      const bottom = (mosaic[at + width] as number) + (mosaic[at + width + 1] as number);
      values[y * columns + x] = Math.min(((top + bottom - black) / 4) * gain, limitDn);
    }
  }
  return { width: columns, height: rows, values };
}

function halved({ width, height, values }: LumaImage): LumaImage {
  const columns = width >> 1;
  const rows = height >> 1;
  const half = new Float32Array(columns * rows);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const at = 2 * y * width + 2 * x;
      const top = (values[at] as number) + (values[at + 1] as number);
      half[y * columns + x] = (top + (values[at + width] as number) + (values[at + width + 1] as number)) / 4;
    }
  }
  return { width: columns, height: rows, values: half };
}
