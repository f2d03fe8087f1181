import type { Triple } from '../../../base/matrix3.ts';
import type { Palette } from '../colour/palette.ts';
import { clamp01, length } from '../coverage.ts';
import type { LightCanvas } from '../light-canvas.ts';
import { uniformSequence } from '../noise-source.ts';
import type { Scene } from '../scene.ts';

/**
 * How leaves are drawn: radii from `smallest` to `largest` (pixels of a picture of 1920 columns) with a density that falls with
 * the third power, so that the picture's statistics are the same at every scale (F. Cao, F. Guichard, H. Hornung, "Measuring
 * texture sharpness of a digital camera", 2009).
 */
export const deadLeavesRadii = { smallest: 2, largest: 220, designWidth: 1920 } as const;

const seed = 20_090_118;
const mostLeaves = 2_000_000;
/** Where less than this of a pixel is free, what is below cannot be seen. */
const hidden = 1 / 1024;

function deadLeaves(id: string, name: string, detail: string, colourOf: (uniform: () => number) => Triple): Scene {
  return {
    id,
    name,
    detail,
    paint(canvas, palette) {
      paintLeaves(canvas, palette, colourOf);
    },
  };
}

/** From the uppermost leaf downwards, each on what those above it leave free, until nothing is. */
function paintLeaves(canvas: LightCanvas, palette: Palette, colourOf: (uniform: () => number) => Triple): void {
  const { width, height } = canvas;
  const uniform = uniformSequence(seed);
  const scale = width / deadLeavesRadii.designWidth;
  const [least, most] = [1 / deadLeavesRadii.smallest ** 2, 1 / deadLeavesRadii.largest ** 2];
  const free = new Float32Array(width * height).fill(1);
  let open = width * height;
  for (let leaf = 0; leaf < mostLeaves && open > 0; leaf++) {
    const radius = scale / Math.sqrt(least - uniform() * (least - most));
    const margin = deadLeavesRadii.largest * scale;
    const centreX = uniform() * (width + 2 * margin) - margin;
    const centreY = uniform() * (height + 2 * margin) - margin;
    const colour = palette.colour(colourOf(uniform));
    const region = {
      left: centreX - radius - 1,
      top: centreY - radius - 1,
      right: centreX + radius + 1,
      bottom: centreY + radius + 1,
    };
    const { left, top, right, bottom } = canvas.clipped(region);
    for (let row = top; row < bottom; row++) {
      for (let column = left; column < right; column++) {
        const below = free[row * width + column] as number;
        if (below === 0) continue;
        const share = clamp01(radius - length(column + 0.5 - centreX, row + 0.5 - centreY) + 0.5);
        if (share === 0) continue;
        const left = below * (1 - share) < hidden ? 0 : below * (1 - share);
        canvas.add(column, row, colour, below - left);
        free[row * width + column] = left;
        if (left === 0) open--;
      }
    }
  }
}

/** Natural colours: greys of all lights with a little chroma. */
export const deadLeavesScene = deadLeaves(
  'dead-leaves',
  'Simulator: dead leaves',
  'Discs of all sizes in muted colours: texture, and what noise reduction takes from it',
  (uniform) => {
    const light = 0.03 + 0.82 * uniform() ** 1.5;
    const tint = (): number => light * (0.75 + 0.5 * uniform());
    return [Math.min(1, tint()), Math.min(1, tint()), Math.min(1, tint())];
  },
);

/** Saturated colours: hues of equal frequency of which the least channel has next to nothing. */
export const saturatedLeavesScene = deadLeaves(
  'dead-leaves-saturated',
  'Simulator: saturated dead leaves',
  'Discs of all sizes in saturated colours: what demosaicking makes of edges without a common luminance',
  (uniform) => {
    const light = 0.15 + 0.75 * uniform();
    const purity = 0.75 + 0.25 * uniform();
    const hue = 6 * uniform();
    const channel = (offset: number): number => {
      const turned = Math.abs(((hue + offset) % 6) - 3);
      return light * (1 - purity * (1 - clamp01(turned - 1)));
    };
    return [channel(0), channel(4), channel(2)];
  },
);
