import { basename } from 'node:path';
import { type RawGeometry, rawGeometry } from '../../../preload/contract.ts';
import { bytesPerMosaic } from '../../frame/unpack.ts';

/** Active arrays and video modes of common sensors, the most usual first. */
const commonSizes: readonly (readonly [number, number])[] = [
  [1920, 1080],
  [3840, 2160],
  [1280, 720],
  [4056, 3040],
  [2592, 1944],
  [3280, 2464],
  [4608, 2592],
  [2304, 1296],
  [1640, 1232],
  [1296, 972],
  [2028, 1520],
  [2028, 1080],
  [1456, 1088],
  [2592, 1536],
  [2688, 1520],
  [2560, 1440],
  [1920, 1200],
  [1280, 800],
  [1280, 960],
  [1280, 1024],
  [640, 480],
  [640, 400],
  [640, 360],
  [800, 600],
  [1024, 768],
  [768, 512],
  [1600, 1200],
  [2048, 1536],
  [4096, 3072],
  [4000, 3000],
  [4096, 2160],
  [4208, 3120],
  [4656, 3496],
  [4032, 3024],
  [5184, 3456],
  [6000, 4000],
  [8064, 6048],
  [9152, 6944],
  [1936, 1096],
  [1920, 1088],
  [3864, 2192],
  [1440, 1080],
];

const aspectRatios: readonly number[] = [16 / 9, 4 / 3, 3 / 2, 1, 5 / 4, 16 / 10];
const packings: readonly (readonly [bits: number, packing: 'unpacked' | 'mipi'])[] = [
  [10, 'unpacked'],
  [12, 'unpacked'],
  [14, 'unpacked'],
  [16, 'unpacked'],
  [8, 'unpacked'],
  [10, 'mipi'],
  [12, 'mipi'],
  [14, 'mipi'],
];
/** Words are looked at one in this many, to tell their depth. */
const sampleStep = 7;
const outlierShare = 0.002;
const maximumSuggestions = 8;

/**
 * Geometries under which a headerless file of this content has exactly its size, likeliest first: what the file's name says
 * (`…_1920x1080_10b_rggb…`), then common sensor sizes, then common shapes. Colour order cannot be seen in a size: it is RGGB
 * unless the name says otherwise.
 */
export function likelyGeometries(path: string, bytes: Uint8Array): readonly RawGeometry[] {
  const hints = hintsIn(basename(path));
  const wordBits = depthOfWords(bytes);
  const sizes = hints.size === undefined ? commonSizes : [hints.size, ...commonSizes];
  const fits = (width: number, height: number): RawGeometry[] =>
    packings
      .filter(([bits, packing]) => bytesPerMosaic({ width, height, bits, packing }) === bytes.length)
      .filter(([bits, packing]) => packing === 'mipi' || bits === 8 || bits === (hints.bits ?? wordBits))
      .map(([bits, packing]) => geometry(width, height, bits, packing, hints.cfa));
  const common = sizes.flatMap(([width, height]) => fits(width, height));
  const shaped = common.length > 0 ? [] : sizesByShape(bytes.length).flatMap(([width, height]) => fits(width, height));
  const unique = new Map([...common, ...shaped].map((candidate) => [JSON.stringify(candidate), candidate]));
  return [...unique.values()].slice(0, maximumSuggestions);
}

interface Hints {
  readonly size?: readonly [number, number];
  readonly bits?: number;
  readonly cfa: RawGeometry['cfa'];
}

function hintsIn(name: string): Hints {
  const size = /(\d{2,5})x(\d{2,5})/i.exec(name);
  const bits = /(?:^|[^0-9a-z])(?:raw)?(8|10|12|14|16)(?:b|bit|bits)?(?:[^0-9a-z]|$)/i.exec(name.replace(/\d{2,5}x\d{2,5}/i, ''));
  const cfa = /(rggb|grbg|gbrg|bggr)/i.exec(name);
  return {
    ...(size === null ? {} : { size: [Number(size[1]), Number(size[2])] as const }),
    ...(bits === null ? {} : { bits: Number(bits[1]) }),
    cfa: (cfa?.[1]?.toUpperCase() as RawGeometry['cfa'] | undefined) ?? 'RGGB',
  };
}

function geometry(
  width: number,
  height: number,
  bits: number,
  packing: 'unpacked' | 'mipi',
  cfa: RawGeometry['cfa'],
): RawGeometry {
  return rawGeometry.parse({ width, height, cfa, bits, packing, blackLevel: 2 ** (bits - 4), whiteLevel: 2 ** bits - 1 });
}

/** The depth that little-endian words need, leaving out a few hot pixels: the high bits of a smaller depth are never set. */
function depthOfWords(bytes: Uint8Array): number {
  const counts = new Map<number, number>([10, 12, 14, 16].map((bits) => [bits, 0]));
  let total = 0;
  for (let at = 0; at + 1 < bytes.length; at += 2 * sampleStep, total++) {
    const word = (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
    const bits = word < 1024 ? 10 : word < 4096 ? 12 : word < 16384 ? 14 : 16;
    counts.set(bits, (counts.get(bits) as number) + 1);
  }
  let above = 0;
  for (const bits of [16, 14, 12]) {
    above += counts.get(bits) as number;
    if (above > total * outlierShare) return bits;
  }
  return 10;
}

function sizesByShape(byteCount: number): readonly (readonly [number, number])[] {
  return [2, 1, 1.25, 1.5, 1.75].flatMap((bytesPerPixel) => {
    const pixels = byteCount / bytesPerPixel;
    return aspectRatios.flatMap((ratio) => {
      const ideal = Math.round(Math.sqrt(pixels * ratio));
      const candidates = [...Array(33).keys()].map((step) => ideal + (step % 2 === 0 ? step / 2 : -(step + 1) / 2));
      const width = candidates.find((w) => w >= 2 && w % 2 === 0 && pixels % w === 0 && (pixels / w) % 2 === 0);
      return width === undefined ? [] : [[width, pixels / width] as const];
    });
  });
}
