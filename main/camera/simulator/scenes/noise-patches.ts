import { neutral } from '../colour/palette.ts';
import { cellsInside, grown, type PixelRectangle, type Region, wholePixels } from '../coverage.ts';
import type { Scene } from '../scene.ts';

const columns = 6;
const rows = 4;
const brightest = 0.98;
const stepsPerEv = 2.5;

/** A field of even light. */
export interface NoisePatch {
  /** 1 is a perfect white in full light. */
  readonly light: number;
  /** Well inside the field and aligned to the 2x2 cell. */
  readonly rectangle: PixelRectangle;
}

function regionOf(width: number, height: number, index: number): Region {
  const [column, row] = [index % columns, Math.floor(index / columns)];
  const [left, top] = [width * (0.05 + 0.15 * column), height * (0.05 + 0.225 * row)];
  return wholePixels({ left, top, right: left + width * 0.15, bottom: top + height * 0.225 });
}

/** Every field, from the brightest down by 0.4 EV each; the last one has no light at all. */
export function noisePatches(width: number, height: number): readonly NoisePatch[] {
  const count = columns * rows;
  return Array.from({ length: count }, (_, index) => ({
    light: index === count - 1 ? 0 : brightest * 2 ** (-index / stepsPerEv),
    rectangle: cellsInside(grown(regionOf(width, height, index), -0.02 * width)),
  }));
}

/** A ramp of even greys without gaps, for signal against noise. */
export const noisePatchesScene: Scene = {
  id: 'noise-patches',
  name: 'Simulator: noise patches',
  detail: '24 even greys over 9 EV and black: noise against signal',
  paint(canvas, palette) {
    canvas.fill(neutral(palette, 0.18));
    for (const [index, { light }] of noisePatches(canvas.width, canvas.height).entries()) {
      canvas.paint(regionOf(canvas.width, canvas.height, index), neutral(palette, light), () => 1);
    }
  },
};
