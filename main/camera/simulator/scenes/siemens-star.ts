import { neutral } from '../colour/palette.ts';
import { apertureTransfer, clamp01, length } from '../coverage.ts';
import type { Scene } from '../scene.ts';

/** A star of sinusoidal spokes: light = mean + swing * cos(cycles * angle), the angle counted from the right, downwards. */
export interface SiemensStar {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly cycles: number;
  readonly mean: number;
  readonly swing: number;
}

/** The star in a picture of that size. */
export function siemensStar(width: number, height: number): SiemensStar {
  return { x: width / 2, y: height / 2, radius: 0.47 * height, cycles: 72, mean: 0.4, swing: 0.34 };
}

/** Cycles per pixel at a distance from the star's middle, along the circle. */
export function siemensFrequencyAt({ cycles }: SiemensStar, radius: number): number {
  return cycles / (2 * Math.PI * radius);
}

/** A sinusoidal Siemens star that fills the picture's height. The pixels' aperture is in it: it fades towards the middle. */
export const siemensStarScene: Scene = {
  id: 'siemens-star',
  name: 'Simulator: Siemens star',
  detail: '72 sinusoidal cycles: resolution in every direction',
  paint(canvas, palette) {
    const star = siemensStar(canvas.width, canvas.height);
    canvas.paintField(canvas.bounds, (x, y, channel) => {
      const [dx, dy] = [x - star.x, y - star.y];
      const radius = length(dx, dy);
      const frequency = siemensFrequencyAt(star, radius);
      const share = clamp01(star.radius - radius + 0.5);
      // Above one cycle a pixel the phase within a pixel is no longer a straight line, and next to nothing is left.
      if (share === 0 || frequency > 1) return star.mean * palette.white[channel];
      const transfer = apertureTransfer((frequency * dy) / radius, (frequency * dx) / radius);
      const wave = Math.cos(star.cycles * Math.atan2(dy, dx)) * transfer;
      return (star.mean + star.swing * wave * share) * palette.white[channel];
    });
    canvas.paint(canvas.bounds, neutral(palette, 0.02), cornerMarks(canvas.width, canvas.height));
  },
};

/** Dark quarter discs in the corners: an exposure needs something besides grey to be judged by. */
function cornerMarks(width: number, height: number): (x: number, y: number) => number {
  const radius = 0.06 * height;
  return (x, y) => clamp01(radius - length(Math.min(x, width - x), Math.min(y, height - y)) + 0.5);
}
