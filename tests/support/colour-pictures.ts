import { readFileSync } from 'node:fs';
import { decode } from 'fast-png';
import type { CfaOrder } from '../../main/frame/pixel-format.ts';
import type { Mosaic } from '../../main/live/single-frame.ts';
import { picturePlain } from './bare-stage.ts';
import { seededRandom } from './synthetic-mosaic.ts';

/** RGB, 8 bit, rows without padding: the truth behind a mosaic. */
export interface ColourPicture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/** An 8-bit PNG of three or four channels. */
export function readPicture(path: string): ColourPicture {
  const { width, height, data, channels } = decode(readFileSync(path));
  const rgb = Uint8Array.from({ length: width * height * 3 }, (_, index) => {
    return data[Math.floor(index / 3) * channels + (index % 3)] as number;
  });
  return { width, height, rgb };
}

/** What a sensor with this CFA would have sampled of the picture. */
export function mosaicOf({ width, height, rgb }: ColourPicture, cfa: CfaOrder): Mosaic {
  const samples = Uint16Array.from({ length: width * height }, (_, index) => {
    const colour = cfa[(Math.floor(index / width) & 1) * 2 + ((index % width) & 1)] as string;
    return rgb[index * 3 + 'RGB'.indexOf(colour)] as number;
  });
  return { width, height, samples, sensor: picturePlain(cfa) };
}

/** Colour PSNR of an RGBA picture against the truth, 10 pixels cut off on each side, dB. */
export function colourError(rgba: Uint8Array, { width, height, rgb }: ColourPicture): number {
  let [sum, count] = [0, 0];
  for (let row = 10; row < height - 10; row++) {
    for (let column = 10; column < width - 10; column++) {
      for (let channel = 0; channel < 3; channel++) {
        const index = row * width + column;
        sum += ((rgba[index * 4 + channel] as number) - (rgb[index * 3 + channel] as number)) ** 2;
        count += 1;
      }
    }
  }
  return 10 * Math.log10((255 ** 2 * count) / sum);
}

/** Discs over discs in saturated colours, with edges as soft as a lens makes them (4x4 points per pixel, wider than the pixel). */
export function saturatedLeaves(seed: number, width: number, height: number): ColourPicture {
  const random = seededRandom(seed);
  const discs = Array.from({ length: 700 }, () => {
    const hue = random() * 6;
    const [level, purity] = [60 + 195 * random(), 0.75 + 0.25 * random()];
    const channel = (offset: number): number => {
      const ramp = Math.min(1, Math.max(0, Math.abs(((hue + offset) % 6) - 3) - 1));
      return level * (1 - purity + purity * ramp);
    };
    const radius = 2 + 3 / (random() + 0.06);
    return { x: random() * width, y: random() * height, radius, colour: [channel(0), channel(4), channel(2)] };
  }).reverse();
  const points = [-0.6, -0.2, 0.2, 0.6];
  const rgb = new Uint8Array(width * height * 3);
  for (let index = 0; index < width * height; index++) {
    const sums = [0, 0, 0];
    for (const dy of points) {
      for (const dx of points) {
        const [x, y] = [(index % width) + dx, Math.floor(index / width) + dy];
        const disc = discs.find((candidate) => (candidate.x - x) ** 2 + (candidate.y - y) ** 2 <= candidate.radius ** 2);
        disc?.colour.forEach((value, channel) => {
          sums[channel] = (sums[channel] as number) + value;
        });
      }
    }
    rgb.set(
      sums.map((sum) => Math.round(sum / points.length ** 2)),
      index * 3,
    );
  }
  return { width, height, rgb };
}
