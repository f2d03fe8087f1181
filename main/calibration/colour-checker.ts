import { bradfordAdaptation } from '../base/colour/adaptation.ts';
import { whiteD50, whiteD65 } from '../base/colour/chromaticity.ts';
import { type Lab, xyzFromLab } from '../base/colour/lab.ts';
import { srgbFromXyz } from '../base/colour/rgb-space.ts';
import { apply3, multiply3, type Triple } from '../base/matrix3.ts';

/** Which paint a chart has: X-Rite changed the formulation in November 2014. The back of a chart tells its date. */
export type ColourCheckerEdition = 'before-november-2014' | 'from-november-2014';

/** One patch's name and its CIE L*a*b* (D50, 2 degrees) in both editions. */
export interface ColourCheckerPatch {
  readonly name: string;
  readonly labD50: Readonly<Record<ColourCheckerEdition, Lab>>;
}

function patch(name: string, before: Lab, from: Lab): ColourCheckerPatch {
  return { name, labD50: { 'before-november-2014': before, 'from-november-2014': from } };
}

/**
 * The 24 patches of the ColorChecker Classic, row by row from dark skin to black, which the classic target of the Passport has
 * too. X-Rite, "New color specifications for ColorChecker SG and Classic Charts", 2016: D50, 2 degrees, without UV cut (M0).
 */
export const colourCheckerPatches: readonly ColourCheckerPatch[] = [
  patch('dark skin', [37.986, 13.555, 14.059], [37.54, 14.37, 14.92]),
  patch('light skin', [65.711, 18.13, 17.81], [64.66, 19.27, 17.5]),
  patch('blue sky', [49.927, -4.88, -21.925], [49.32, -3.82, -22.54]),
  patch('foliage', [43.139, -13.095, 21.905], [43.46, -12.74, 22.72]),
  patch('blue flower', [55.112, 8.844, -25.399], [54.94, 9.61, -24.79]),
  patch('bluish green', [70.719, -33.397, -0.199], [70.48, -32.26, -0.37]),
  patch('orange', [62.661, 36.067, 57.096], [62.73, 35.83, 56.5]),
  patch('purplish blue', [40.02, 10.41, -45.964], [39.43, 10.75, -45.17]),
  patch('moderate red', [51.124, 48.239, 16.248], [50.57, 48.64, 16.67]),
  patch('purple', [30.325, 22.976, -21.587], [30.1, 22.54, -20.87]),
  patch('yellow green', [72.532, -23.709, 57.255], [71.77, -24.13, 58.19]),
  patch('orange yellow', [71.941, 19.363, 67.857], [71.51, 18.24, 67.37]),
  patch('blue', [28.778, 14.179, -50.297], [28.37, 15.42, -49.8]),
  patch('green', [55.261, -38.342, 31.37], [54.38, -39.72, 32.27]),
  patch('red', [42.101, 53.378, 28.19], [42.43, 51.05, 28.62]),
  patch('yellow', [81.733, 4.039, 79.819], [81.8, 2.67, 80.41]),
  patch('magenta', [51.935, 49.986, -14.574], [50.63, 51.28, -14.12]),
  patch('cyan', [51.038, -28.631, -28.638], [49.57, -29.71, -28.32]),
  patch('white', [96.539, -0.425, 1.186], [95.19, -1.03, 2.93]),
  patch('neutral 8', [81.257, -0.638, -0.335], [81.29, -0.57, 0.44]),
  patch('neutral 6.5', [66.766, -0.734, -0.504], [66.89, -0.75, -0.06]),
  patch('neutral 5', [50.867, -0.153, -0.27], [50.76, -0.13, 0.14]),
  patch('neutral 3.5', [35.656, -0.421, -1.231], [35.63, -0.46, -0.48]),
  patch('black', [20.461, -0.079, -0.973], [20.64, 0.07, -0.46]),
];

/** Indices of the six patches of the grey row, white to black. */
export const neutralPatchIndices: readonly number[] = [18, 19, 20, 21, 22, 23];

/**
 * Indices of the greys that white balance is measured on: neutral 8 to 3.5. White is visibly tinted (b* of 2.9 since 2014) and
 * the first to clip; black is mostly glare and noise.
 */
export const greyPatchIndices: readonly number[] = [19, 20, 21, 22];

const srgbFromXyzD50 = multiply3(srgbFromXyz, bradfordAdaptation(whiteD50, whiteD65));

/** CIE L*a*b* (D50) of all patches of an edition. */
export function colourCheckerLab(edition: ColourCheckerEdition): Lab[] {
  return colourCheckerPatches.map(({ labD50 }) => labD50[edition]);
}

/** Linear sRGB, white at 1, of a colour given in CIE L*a*b* (D50), adapted by Bradford; below 0 where it is out of gamut. */
export function linearSrgbFromLabD50(lab: Lab): Triple {
  return apply3(srgbFromXyzD50, xyzFromLab(lab, whiteD50));
}
