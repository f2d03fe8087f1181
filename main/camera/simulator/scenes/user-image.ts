import type { Triple } from '../../../base/matrix3.ts';
import { neutral } from '../colour/palette.ts';
import { glyphHeightDots, glyphPitchDots, textLine } from '../glyphs.ts';
import { coveringPicture } from '../linear-picture.ts';
import type { Scene } from '../scene.ts';

const invitation = 'SET THE PATH OF A PNG';

/** A picture of the user's as a surface in the simulator's light, scaled to cover the frame and cut in the middle. */
export const userImageScene: Scene = {
  id: 'user-image',
  name: 'Simulator: your image',
  detail: 'A PNG of 8 or 16 bits of your own, by the control Image',
  showsPicture: true,
  paint(canvas, palette, picture) {
    const { width, height } = canvas;
    if (picture === undefined) {
      canvas.fill(neutral(palette, 0.18));
      const dotSize = (0.6 * width) / (invitation.length * glyphPitchDots);
      const [left, top] = [0.2 * width, (height - glyphHeightDots * dotSize) / 2];
      canvas.paint(canvas.bounds, neutral(palette, 0.7), textLine(invitation, left, top, dotSize));
      return;
    }
    const pixels = coveringPicture(picture, width, height);
    for (let row = 0, at = 0; row < height; row++) {
      for (let column = 0; column < width; column++, at += 3) {
        const surface: Triple = [pixels[at] as number, pixels[at + 1] as number, pixels[at + 2] as number];
        canvas.blend(column, row, palette.colour(surface), 1);
      }
    }
  },
};
