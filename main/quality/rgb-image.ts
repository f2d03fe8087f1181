import { type RgbSpace, srgbSpace, xyzFromRgb } from '../base/colour/rgb-space.ts';
import { srgbTransfer, type TransferFunction } from '../base/colour/transfer.ts';
import { InputError } from '../base/errors.ts';
import type { Triple } from '../base/matrix3.ts';

/** A finished picture that metrics judge: interleaved pixels row by row without padding, alpha ignored. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  /** Values of one pixel in `pixels`: RGB or RGBA. */
  readonly channels: 3 | 4;
  readonly pixels: Uint8Array | Uint8ClampedArray | Uint16Array | Float32Array | Float64Array;
  /** The value of white; where left out, the largest of the integer type, and 1 for floating point. */
  readonly peak?: number;
}

/** One channel in the units of the image it comes from, row by row. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly values: Float64Array;
}

/** Pixels of a plane: its columns from `x`, its rows from `y`. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The value of white in an image's pixels. */
export function peakOf({ peak, pixels }: RgbImage): number {
  if (peak !== undefined) return peak;
  if (pixels instanceof Uint16Array) return 65535;
  return pixels instanceof Float32Array || pixels instanceof Float64Array ? 1 : 255;
}

/** Throws InputError naming the image by `name` where its pixels are not as many as its size says. */
export function requireWhole(image: RgbImage, name: string): void {
  const { width, height, channels, pixels } = image;
  const isWhole = width > 0 && height > 0 && pixels.length === width * height * channels;
  if (isWhole && Number.isInteger(width) && Number.isInteger(height)) return;
  const expected = `${width}x${height} pixels of ${channels} values`;
  throw new InputError('quality.image', `Expected ${expected} for ${name} but received ${pixels.length} values`);
}

/** Throws InputError unless both images are whole, equally large and have the same white. */
export function requireAlike(image: RgbImage, reference: RgbImage): void {
  requireWhole(image, 'the image');
  requireWhole(reference, 'the reference');
  const shape = (one: RgbImage): string => `${one.width}x${one.height} with white at ${peakOf(one)}`;
  if (shape(image) === shape(reference)) return;
  throw new InputError(
    'quality.unlike',
    `Expected an image of ${shape(reference)}, as the reference, but received ${shape(image)}`,
    'Compare pictures of equal size, both as 8 bit (eightBit) or both as they are.',
  );
}

/** The image within a border of `pixels`, which metrics leave out; throws InputError where nothing would be left. */
export function innerArea({ width, height }: Pick<RgbImage, 'width' | 'height'>, borderPixels: number): Rectangle {
  const isPossible = Number.isInteger(borderPixels) && borderPixels >= 0 && 2 * borderPixels < Math.min(width, height);
  if (isPossible) {
    return { x: borderPixels, y: borderPixels, width: width - 2 * borderPixels, height: height - 2 * borderPixels };
  }
  const largest = Math.ceil(Math.min(width, height) / 2) - 1;
  throw new InputError('quality.border', `Expected 0 to ${largest} for borderPixels but received ${borderPixels}`);
}

/** The image as 8 bit: clipped to black and white and rounded to the nearest code value, as published comparisons do. */
export function eightBit(image: RgbImage): RgbImage {
  const { width, height, channels, pixels } = image;
  if (peakOf(image) === 255 && (pixels instanceof Uint8Array || pixels instanceof Uint8ClampedArray)) return image;
  const scale = 255 / peakOf(image);
  return { width, height, channels, pixels: Uint8ClampedArray.from(pixels, (value) => Math.floor(value * scale + 0.5)) };
}

/** Weighted sum of the three channels: (1, 0, 0) is red, the luma weights of a standard give luma. */
export function planeOf(image: RgbImage, [red, green, blue]: Triple): Plane {
  const { width, height, channels, pixels } = image;
  const values = new Float64Array(width * height);
  for (let index = 0, at = 0; index < values.length; index++, at += channels) {
    values[index] = red * (pixels[at] as number) + green * (pixels[at + 1] as number) + blue * (pixels[at + 2] as number);
  }
  return { width, height, values };
}

/**
 * Linear luminance, 0 at black and 1 at white, of a picture that is encoded with `transfer`: what sharpness must be measured on.
 * The weights are those of `space`, sRGB where left out.
 */
export function luminancePlane(image: RgbImage, transfer: TransferFunction = srgbTransfer, space: RgbSpace = srgbSpace): Plane {
  const { width, height, channels, pixels } = image;
  const white = peakOf(image);
  const [, , , red, green, blue] = xyzFromRgb(space);
  const linear = (at: number): number => transfer.linearFromEncoded((pixels[at] as number) / white);
  const values = Float64Array.from({ length: width * height }, (_, index) => {
    const at = index * channels;
    return red * linear(at) + green * linear(at + 1) + blue * linear(at + 2);
  });
  return { width, height, values };
}

/** A copy of some pixels of a plane; throws InputError for an area that is not whole pixels inside it. */
export function croppedPlane({ width, height, values }: Plane, area: Rectangle): Plane {
  const isInside = area.x >= 0 && area.y >= 0 && area.x + area.width <= width && area.y + area.height <= height;
  if (!isInside || ![area.x, area.y, area.width, area.height].every(Number.isInteger)) {
    const received = `${area.width}x${area.height} at (${area.x}, ${area.y})`;
    throw new InputError('quality.area', `Expected an area of whole pixels inside ${width}x${height} but received ${received}`);
  }
  const inner = new Float64Array(area.width * area.height);
  for (let row = 0; row < area.height; row++) {
    const start = (area.y + row) * width + area.x;
    inner.set(values.subarray(start, start + area.width), row * area.width);
  }
  return { width: area.width, height: area.height, values: inner };
}
