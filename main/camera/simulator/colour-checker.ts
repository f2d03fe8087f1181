import { srgbTransfer } from '../../base/colour/transfer.ts';
import { apply3, type Triple } from '../../base/matrix3.ts';
import { cameraFromSrgb, srgbObserver } from './colour/camera-filters.ts';
import { smoothestReflectance } from './colour/reflectance.ts';
import type { Spectrum } from './colour/spectrum.ts';

/** One patch of the simulated chart: its usual name and its 8-bit sRGB reference under D65, the truth that an ISP is measured against. */
export interface ChartPatch {
  readonly name: string;
  readonly srgb: Triple;
}

/**
 * The 24 patches of the ColorChecker Classic, row by row from the top left: the 8-bit sRGB values that its maker
 * published (X-Rite, "Colorimetric values for ColorChecker Family of Targets").
 */
export const chartPatches: readonly ChartPatch[] = [
  { name: 'dark skin', srgb: [115, 82, 68] },
  { name: 'light skin', srgb: [194, 150, 130] },
  { name: 'blue sky', srgb: [98, 122, 157] },
  { name: 'foliage', srgb: [87, 108, 67] },
  { name: 'blue flower', srgb: [133, 128, 177] },
  { name: 'bluish green', srgb: [103, 189, 170] },
  { name: 'orange', srgb: [214, 126, 44] },
  { name: 'purplish blue', srgb: [80, 91, 166] },
  { name: 'moderate red', srgb: [193, 90, 99] },
  { name: 'purple', srgb: [94, 60, 108] },
  { name: 'yellow green', srgb: [157, 188, 64] },
  { name: 'orange yellow', srgb: [224, 163, 46] },
  { name: 'blue', srgb: [56, 61, 150] },
  { name: 'green', srgb: [70, 148, 73] },
  { name: 'red', srgb: [175, 54, 60] },
  { name: 'yellow', srgb: [231, 199, 31] },
  { name: 'magenta', srgb: [187, 86, 149] },
  { name: 'cyan', srgb: [8, 133, 161] },
  { name: 'white', srgb: [243, 243, 242] },
  { name: 'neutral 8', srgb: [200, 200, 200] },
  { name: 'neutral 6.5', srgb: [160, 160, 160] },
  { name: 'neutral 5', srgb: [122, 122, 121] },
  { name: 'neutral 3.5', srgb: [85, 85, 85] },
  { name: 'black', srgb: [52, 52, 52] },
];

/** Patches side by side in a row of the chart. */
export const chartColumns = 6;

/** Rows of the chart; the last one is grey. */
export const chartRows = 4;

/** An 8-bit sRGB code value as linear light, 0 to 1 (IEC 61966-2-1). */
export function linearFromSrgb(code: number): number {
  return srgbTransfer.linearFromEncoded(code / 255);
}

/** Three 8-bit sRGB code values as linear light. */
export function linearTripleFromSrgb([red, green, blue]: Triple): Triple {
  return [linearFromSrgb(red), linearFromSrgb(green), linearFromSrgb(blue)];
}

/** The white-balanced linear light that the colorimetric filters see in the default light of an 8-bit sRGB colour. */
export function cameraRgbFromSrgb(srgb: Triple): Triple {
  return apply3(cameraFromSrgb, linearTripleFromSrgb(srgb));
}

let reflectances: readonly Spectrum[] | undefined;

/**
 * The reflectances of the patches, same order: the smoothest that have the published values under D65. The real patches' pigments
 * differ from them by some hundredths, most where the eye sees little, at the ends of the spectrum. Computed once.
 */
export function patchReflectances(): readonly Spectrum[] {
  reflectances ??= chartPatches.map(({ srgb }) => {
    const linear = linearTripleFromSrgb(srgb);
    return smoothestReflectance(srgbObserver.map((weights, index) => ({ weights, value: linear[index] as number })));
  });
  return reflectances;
}
