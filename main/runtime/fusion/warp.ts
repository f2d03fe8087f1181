import { assert } from '../../base/errors.ts';
import { type TileField, tileSide } from './alignment.ts';

/** Light of a mosaic that was moved onto another: values above black on the reference's exposure. */
export interface WarpedMosaic {
  /** width * height, DN of the reference above black; infinite where the sample is clipped. */
  readonly values: Float32Array;
  /** One per 2x2 cell: 1 where the frame shows it, 0 where it lies outside. */
  readonly inside: Uint8Array;
}

/** What {@link warpMosaic} needs to know of the frame it moves. */
export interface WarpSource {
  readonly mosaic: Uint16Array;
  readonly width: number;
  readonly height: number;
  /** DN per position of the 2x2 cell. */
  readonly blackLevels: readonly [number, number, number, number];
  readonly whiteLevel: number;
  /** Exposure of the reference over that of this frame. */
  readonly gain: number;
}

/** Memory for one warped mosaic, to be used again for every frame of a burst. */
export function createWarpedMosaic(width: number, height: number): WarpedMosaic {
  return { values: new Float32Array(width * height), inside: new Uint8Array((width >> 1) * (height >> 1)) };
}

/** Moves every tile of a frame to where the reference shows it, in whole 2x2 cells. Without a field nothing moves. */
export function warpMosaic(source: WarpSource, field: TileField | undefined, target: WarpedMosaic): void {
  const columns = source.width >> 1;
  const rows = source.height >> 1;
  assert(target.inside.length === columns * rows, `Expected ${columns * rows} cells but received ${target.inside.length}`);
  for (let y = 0; y < rows; y++) {
    for (let left = 0; left < columns; left += tileSide) {
      const right = Math.min(columns, left + tileSide);
      const tile = field ? Math.floor(y / tileSide) * field.columns + left / tileSide : 0;
      const dx = field ? (field.dx[tile] as number) : 0;
      const dy = field ? (field.dy[tile] as number) : 0;
      warpCells(source, y, left, right, dx, dy, target);
    }
  }
}

function warpCells(
  { mosaic, width, height, blackLevels, whiteLevel, gain }: WarpSource,
  y: number,
  left: number,
  right: number,
  dx: number,
  dy: number,
  { values, inside }: WarpedMosaic,
): void {
  const columns = width >> 1;
  const [black00, black01, black10, black11] = blackLevels;
  const isRowInside = y + dy >= 0 && y + dy < height >> 1;
  for (let x = left; x < right; x++) {
    const isInside = isRowInside && x + dx >= 0 && x + dx < columns;
    inside[y * columns + x] = isInside ? 1 : 0;
    if (!isInside) continue;
    const to = 2 * y * width + 2 * x;
    const from = to + 2 * dy * width + 2 * dx;
    values[to] = lightOf(mosaic[from] as number, black00, whiteLevel, gain);
    values[to + 1] = lightOf(mosaic[from + 1] as number, black01, whiteLevel, gain);
    values[to + width] = lightOf(mosaic[from + width] as number, black10, whiteLevel, gain);
    values[to + width + 1] = lightOf(mosaic[from + width + 1] as number, black11, whiteLevel, gain);
  }
}

function lightOf(sample: number, black: number, white: number, gain: number): number {
  return sample < white ? (sample - black) * gain : Number.POSITIVE_INFINITY;
}
