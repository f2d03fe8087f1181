import type { Triple } from '../base/matrix3.ts';
import { eightBit, innerArea, peakOf, type RgbImage, requireAlike } from './rgb-image.ts';

/** How near an image is to its reference: squared errors in the units of the pixels, ratios in decibels; equal ones are Infinity. */
export interface Fidelity {
  /** Of red, green and blue. */
  readonly meanSquaredErrors: Triple;
  /** Of red, green and blue. */
  readonly psnrDb: Triple;
  /** Colour PSNR: of the squared error averaged over pixels and channels. */
  readonly cpsnrDb: number;
}

/**
 * MSE and PSNR of each channel, and CPSNR over all three, without a border of `borderPixels`; against the reference's white.
 * Throws InputError for images that differ in size or white.
 */
export function fidelityOf(image: RgbImage, reference: RgbImage, borderPixels = 0): Fidelity {
  requireAlike(image, reference);
  const area = innerArea(reference, borderPixels);
  const sums: [number, number, number] = [0, 0, 0];
  for (let row = area.y; row < area.y + area.height; row++) {
    for (let column = area.x; column < area.x + area.width; column++) {
      const pixel = row * reference.width + column;
      for (let channel = 0; channel < 3; channel++) {
        const value = image.pixels[pixel * image.channels + channel] as number;
        const error = value - (reference.pixels[pixel * reference.channels + channel] as number);
        sums[channel] = (sums[channel] as number) + error * error;
      }
    }
  }
  const pixels = area.width * area.height;
  const peak = peakOf(reference);
  const meanSquaredErrors = sums.map((sum) => sum / pixels) as [number, number, number];
  return {
    meanSquaredErrors,
    psnrDb: meanSquaredErrors.map((error) => decibels(error, peak)) as [number, number, number],
    cpsnrDb: decibels((sums[0] + sums[1] + sums[2]) / (3 * pixels), peak),
  };
}

/**
 * CPSNR in dB as demosaicking is compared in print: both pictures clipped and rounded to 8 bit first, a border left out; 10
 * pixels is usual (D. Menon, G. Calvagno, "Color image demosaicking: An overview", 2011).
 */
export function cpsnrOf8Bit(image: RgbImage, reference: RgbImage, borderPixels = 10): number {
  return fidelityOf(eightBit(image), eightBit(reference), borderPixels).cpsnrDb;
}

function decibels(meanSquaredError: number, peak: number): number {
  return 10 * Math.log10((peak * peak) / meanSquaredError);
}
