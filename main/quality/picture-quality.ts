import type { Triple } from '../base/matrix3.ts';
import { cpsnrOf8Bit, fidelityOf } from './fidelity.ts';
import { eightBit, type RgbImage } from './rgb-image.ts';
import { structuralSimilarity } from './structural-similarity.ts';
import { zipperEffectRatio } from './zipper.ts';

/** All that is told of a picture beside its reference. */
export interface PictureQuality {
  /** Over all channels, dB; Infinity for equal pictures. */
  readonly cpsnrDb: number;
  /** Of red, green and blue, dB. */
  readonly psnrDb: Triple;
  /** Of luma, 1 for equal pictures. */
  readonly structuralSimilarity: number;
  /** 0 to 1. */
  readonly zipperEffectRatio: number;
}

/**
 * All full-reference metrics by the protocol of published demosaicking comparisons: sRGB-encoded pictures, clipped and rounded to
 * 8 bit, without a border of `borderPixels`. Throws InputError for pictures that differ in size.
 */
export function pictureQuality(image: RgbImage, reference: RgbImage, borderPixels = 10): PictureQuality {
  const [one, other] = [eightBit(image), eightBit(reference)];
  return {
    cpsnrDb: cpsnrOf8Bit(one, other, borderPixels),
    psnrDb: fidelityOf(one, other, borderPixels).psnrDb,
    structuralSimilarity: structuralSimilarity(one, other, borderPixels),
    zipperEffectRatio: zipperEffectRatio(one, other, borderPixels),
  };
}
