import { neutral } from '../colour/palette.ts';
import type { Scene } from '../scene.ts';

/** Light of the field. */
export const flatFieldLight = 0.6;

/** The same grey everywhere: an integrating sphere, for shading, flicker, defects and photon transfer. */
export const flatFieldScene: Scene = {
  id: 'flat-field',
  name: 'Simulator: flat field',
  detail: 'An even grey: shading, flicker, defects, photon transfer',
  paint(canvas, palette) {
    canvas.fill(neutral(palette, flatFieldLight));
  },
};
