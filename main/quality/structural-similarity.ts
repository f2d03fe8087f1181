import { rec601Lines625Space } from '../base/colour/rgb-space.ts';
import { InputError } from '../base/errors.ts';
import { croppedPlane, innerArea, type Plane, peakOf, planeOf, type RgbImage, requireAlike } from './rgb-image.ts';

/** The window of the paper: 11x11 pixels of a Gaussian of 1.5 pixels. */
const radius = 5;
const sigmaPixels = 1.5;
const [k1, k2] = [0.01, 0.03];

const window1d = normalised(
  Array.from({ length: 2 * radius + 1 }, (_, at) => Math.exp(-((at - radius) ** 2) / (2 * sigmaPixels ** 2))),
);

/**
 * Mean structural similarity of luma (BT.601 weights, as the authors' rgb2gray), 1 for equal images: Z. Wang, A. Bovik, H.
 * Sheikh, E. Simoncelli, "Image quality assessment: from error visibility to structural similarity", 2004. Averaged where the
 * whole window lies within the image and `borderPixels` from its edge; nothing is downsampled first. Throws InputError for
 * images that differ in size or white, or are smaller than the window.
 */
export function structuralSimilarity(image: RgbImage, reference: RgbImage, borderPixels = 0): number {
  requireAlike(image, reference);
  const area = innerArea(reference, borderPixels);
  if (Math.min(area.width, area.height) < window1d.length) {
    const size = `${area.width}x${area.height}`;
    throw new InputError('quality.too-small', `Expected at least 11x11 pixels within the border but received ${size}`);
  }
  const one = croppedPlane(planeOf(image, rec601Lines625Space.luma), area);
  const other = croppedPlane(planeOf(reference, rec601Lines625Space.luma), area);
  const blurredProduct = (a: Plane, b: Plane): Float64Array =>
    blurred({ ...a, values: a.values.map((value, index) => value * (b.values[index] as number)) });
  const [meanOne, meanOther] = [blurred(one), blurred(other)];
  const [squareOne, squareOther, product] = [blurredProduct(one, one), blurredProduct(other, other), blurredProduct(one, other)];
  const peak = peakOf(reference);
  const [c1, c2] = [(k1 * peak) ** 2, (k2 * peak) ** 2];
  let sum = 0;
  for (let index = 0; index < meanOne.length; index++) {
    const [m1, m2] = [meanOne[index] as number, meanOther[index] as number];
    const spread = (squareOne[index] as number) - m1 * m1 + (squareOther[index] as number) - m2 * m2;
    const covariance = (product[index] as number) - m1 * m2;
    sum += ((2 * m1 * m2 + c1) * (2 * covariance + c2)) / ((m1 * m1 + m2 * m2 + c1) * (spread + c2));
  }
  return sum / meanOne.length;
}

function normalised(weights: readonly number[]): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** Convolved with the window, only where it fits: smaller by twice the radius each way. */
function blurred({ width, height, values }: Plane): Float64Array {
  const [innerWidth, innerHeight] = [width - 2 * radius, height - 2 * radius];
  const rows = new Float64Array(innerWidth * height);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < innerWidth; column++) {
      let sum = 0;
      for (let tap = 0; tap < window1d.length; tap++) {
        sum += (window1d[tap] as number) * (values[row * width + column + tap] as number);
      }
      rows[row * innerWidth + column] = sum;
    }
  }
  const result = new Float64Array(innerWidth * innerHeight);
  for (let index = 0; index < result.length; index++) {
    let sum = 0;
    for (let tap = 0; tap < window1d.length; tap++) {
      sum += (window1d[tap] as number) * (rows[index + tap * innerWidth] as number);
    }
    result[index] = sum;
  }
  return result;
}
