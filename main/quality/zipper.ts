import { labFromLinearSrgb } from '../base/colour/lab.ts';
import { srgbTransfer } from '../base/colour/transfer.ts';
import { innerArea, peakOf, type RgbImage, requireAlike } from './rgb-image.ts';

/** A change of this much in ΔE76 is what an eye notices; the paper's threshold. */
const visibleDifference = 2.3;

/**
 * The share of pixels, 0 to 1, that show a zipper: those whose colour difference (ΔE76) to the neighbour that is most alike
 * in the reference has changed by more than 2.3 in the image. W. Lu, Y.-P. Tan, "Color filter array demosaicking: new method
 * and performance measures", 2003, §III-B. Both images are sRGB-encoded. Pixels nearer than `borderPixels` to the edge, and
 * those of the edge itself, have no say. Throws InputError for images that differ in size or white.
 */
export function zipperEffectRatio(image: RgbImage, reference: RgbImage, borderPixels = 10): number {
  requireAlike(image, reference);
  innerArea(reference, borderPixels);
  const area = innerArea(reference, Math.max(borderPixels, 1));
  const [lab, referenceLab] = [labPixels(image), labPixels(reference)];
  const { width } = reference;
  const steps = [-width - 1, -width, -width + 1, -1, 1, width - 1, width, width + 1];
  let zippers = 0;
  for (let row = area.y; row < area.y + area.height; row++) {
    for (let column = area.x; column < area.x + area.width; column++) {
      const at = row * width + column;
      let [nearest, least] = [0, Infinity];
      for (const step of steps) {
        const difference = distance(referenceLab, at, at + step);
        if (difference < least) [nearest, least] = [step, difference];
      }
      if (Math.abs(distance(lab, at, at + nearest) - least) > visibleDifference) zippers++;
    }
  }
  return zippers / (area.width * area.height);
}

/** L*, a*, b* of each pixel, interleaved. */
function labPixels(image: RgbImage): Float64Array {
  const { channels, pixels, width, height } = image;
  const linear = linearisation(image);
  const lab = new Float64Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const at = pixel * channels;
    const [red, green, blue] = [pixels[at] as number, pixels[at + 1] as number, pixels[at + 2] as number];
    lab.set(labFromLinearSrgb([linear(red), linear(green), linear(blue)]), pixel * 3);
  }
  return lab;
}

/** Code value to linear light; by table where there are few codes. */
function linearisation(image: RgbImage): (code: number) => number {
  const white = peakOf(image);
  const exact = (code: number): number => srgbTransfer.linearFromEncoded(code / white);
  if (image.pixels.BYTES_PER_ELEMENT > 1) return exact;
  const table = Float64Array.from({ length: 256 }, (_, code) => exact(code));
  return (code) => table[code] as number;
}

function distance(lab: Float64Array, one: number, other: number): number {
  let sum = 0;
  for (let channel = 0; channel < 3; channel++) {
    sum += ((lab[one * 3 + channel] as number) - (lab[other * 3 + channel] as number)) ** 2;
  }
  return Math.sqrt(sum);
}
