import { decode } from 'fast-png';
import { InputError } from '../../base/errors.ts';
import { clamp01 } from './coverage.ts';

/** A picture in linear light: linear sRGB, red, green and blue interleaved, 0 to 1. */
export interface LinearPicture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Float32Array;
}

/**
 * The linear light of a PNG of 8 or 16 bits a channel: grey or colour, whose codes are those of sRGB. Transparent parts are laid
 * over black. Throws InputError, naming the picture, for anything else.
 */
export function linearPictureOf(png: Uint8Array, name: string): LinearPicture {
  const { width, height, data, depth, channels, palette } = decoded(png, name);
  if (depth !== 8 && depth !== 16) {
    throw new InputError(
      'simulator.picture-depth',
      `Expected a PNG of 8 or 16 bits a channel for ${name} but received ${depth}`,
      'Save the picture with 8 or 16 bits.',
    );
  }
  const largest = 2 ** depth - 1;
  const linear = Float32Array.from({ length: largest + 1 }, (_, code) => linearOf(code / largest));
  const pixels = new Float32Array(width * height * 3);
  const hasAlpha = palette === undefined && (channels === 2 || channels === 4);
  const isGrey = palette === undefined && channels <= 2;
  for (let index = 0; index < width * height; index++) {
    const entry = palette?.[data[index] as number];
    const opaque = hasAlpha ? (data[index * channels + channels - 1] as number) / largest : (entry?.[3] ?? 255) / 255;
    for (let channel = 0; channel < 3; channel++) {
      const code = palette === undefined ? data[index * channels + (isGrey ? 0 : channel)] : entry?.[channel];
      pixels[index * 3 + channel] = (linear[code ?? 0] as number) * opaque;
    }
  }
  return { width, height, pixels };
}

/**
 * The picture scaled so that it covers that size and cut in the middle, three channels: every pixel is the mean of the light that
 * falls on it, weighted as a tent, and between pixels where the picture has fewer.
 */
export function coveringPicture(picture: LinearPicture, width: number, height: number): Float32Array {
  const step = Math.min(picture.width / width, picture.height / height);
  const across = tents(picture.width, width, step);
  const down = tents(picture.height, height, step);
  const rows = new Float32Array(picture.height * width * 3);
  for (let row = 0; row < picture.height; row++) {
    for (const [column, { first, weights }] of across.entries()) {
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0;
        for (const [tap, weight] of weights.entries()) {
          sum += weight * (picture.pixels[(row * picture.width + first + tap) * 3 + channel] as number);
        }
        rows[(row * width + column) * 3 + channel] = sum;
      }
    }
  }
  const covering = new Float32Array(width * height * 3);
  for (const [row, { first, weights }] of down.entries()) {
    for (let place = 0; place < width * 3; place++) {
      let sum = 0;
      for (const [tap, weight] of weights.entries()) sum += weight * (rows[(first + tap) * width * 3 + place] as number);
      covering[row * width * 3 + place] = sum;
    }
  }
  return covering;
}

interface Tent {
  readonly first: number;
  readonly weights: readonly number[];
}

/** For every target sample the source samples around it; the source reaches `step` samples for each of them. */
function tents(sourceCount: number, targetCount: number, step: number): readonly Tent[] {
  const offset = (sourceCount - targetCount * step) / 2;
  const reach = Math.max(1, step);
  return Array.from({ length: targetCount }, (_, target) => {
    const centre = offset + (target + 0.5) * step - 0.5;
    const first = Math.max(0, Math.ceil(centre - reach + 1e-9));
    const last = Math.min(sourceCount - 1, Math.floor(centre + reach - 1e-9));
    const weights = Array.from({ length: last - first + 1 }, (_, tap) => 1 - Math.abs(first + tap - centre) / reach);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return { first, weights: weights.map((weight) => weight / total) };
  });
}

function decoded(png: Uint8Array, name: string): ReturnType<typeof decode> {
  try {
    return decode(png);
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new InputError('simulator.picture', `Expected a PNG for ${name} but it cannot be read: ${reason}`, 'Choose a PNG.');
  }
}

/** IEC 61966-2-1. */
function linearOf(encoded: number): number {
  return clamp01(encoded <= 0.04045 ? encoded / 12.92 : ((encoded + 0.055) / 1.055) ** 2.4);
}
