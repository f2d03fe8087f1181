import type { Matrix3, Triple } from '../../../base/matrix3.ts';
import { apply3 } from '../../../base/matrix3.ts';
import { type FilterSet, filterSensitivities, srgbObserver } from './camera-filters.ts';
import { colourMatching } from './colorimetry.ts';
import { type Illuminant, illuminantSpectrum } from './illuminants.ts';
import { smoothestBasis } from './reflectance.ts';
import { inner, product, type Spectrum } from './spectrum.ts';

/**
 * What surfaces are to a detector of three channels in some light. A scene that is painted with the camera's palette is what the
 * sensor sees; painted with an observer's it is the truth about the same scene.
 */
export interface Palette {
  /** A perfect white, in full light. */
  readonly white: Triple;
  /** A surface of known reflectance. */
  surface(reflectance: Spectrum): Triple;
  /**
   * A surface of which only linear sRGB under D65 is known: a mixture of three smooth reflectances. Saturated ones would need less
   * light than none at some wavelengths; the channels that would see it see nothing.
   */
  colour(linearSrgb: Triple): Triple;
}

/** A grey of that light, 1 being a perfect white; lamps have more. */
export function neutral({ white }: Palette, light: number): Triple {
  return [white[0] * light, white[1] * light, white[2] * light];
}

/** What the sensor's channels see, each 1 of a perfect white in the default light. */
export function cameraPalette(illuminant: Illuminant, filters: FilterSet): Palette {
  const light = illuminantSpectrum(illuminant);
  return paletteOf(filterSensitivities(filters).map((curve) => product(curve, light)));
}

/** CIE 1931 XYZ in that light, Y = 1 for a perfect white. */
export function observerPalette(illuminant: Illuminant): Palette {
  const light = illuminantSpectrum(illuminant);
  return paletteOf(colourMatching.map((curve) => product(curve, light)));
}

/** Linear sRGB under D65, whatever the light on the scene is: what a picture with perfect colour constancy has. */
export function referencePalette(): Palette {
  return paletteOf(srgbObserver);
}

let basis: readonly [Spectrum, Spectrum, Spectrum] | undefined;

function paletteOf(detectors: readonly Spectrum[]): Palette {
  basis ??= smoothestBasis(srgbObserver);
  const responses = (spectrum: Spectrum): Triple => detectors.map((weights) => inner(weights, spectrum)) as unknown as Triple;
  const [red, green, blue] = basis.map(responses) as [Triple, Triple, Triple];
  const mixture: Matrix3 = [red[0], green[0], blue[0], red[1], green[1], blue[1], red[2], green[2], blue[2]];
  return {
    white: detectors.map((weights) => weights.reduce((sum, weight) => sum + weight, 0)) as unknown as Triple,
    surface: responses,
    colour(linearSrgb) {
      const [first, second, third] = apply3(mixture, linearSrgb);
      return [Math.max(0, first), Math.max(0, second), Math.max(0, third)];
    },
  };
}
