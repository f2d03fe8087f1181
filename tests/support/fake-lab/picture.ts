import type { ParameterValues } from '../../../preload/contract.ts';

/** Linear patch colours in reading order, roughly a ColorChecker: 6 columns, 4 rows. */
const patches = [
  [0.17, 0.08, 0.05],
  [0.56, 0.29, 0.21],
  [0.11, 0.19, 0.33],
  [0.1, 0.15, 0.05],
  [0.23, 0.21, 0.43],
  [0.12, 0.51, 0.41],
  [0.7, 0.2, 0.02],
  [0.06, 0.1, 0.38],
  [0.56, 0.08, 0.12],
  [0.11, 0.04, 0.14],
  [0.34, 0.5, 0.04],
  [0.78, 0.37, 0.02],
  [0.02, 0.05, 0.28],
  [0.05, 0.29, 0.06],
  [0.44, 0.03, 0.04],
  [0.84, 0.57, 0.01],
  [0.51, 0.09, 0.3],
  [0.0, 0.23, 0.38],
  [0.88, 0.88, 0.85],
  [0.58, 0.58, 0.57],
  [0.36, 0.36, 0.36],
  [0.19, 0.19, 0.19],
  [0.09, 0.09, 0.09],
  [0.03, 0.03, 0.03],
] as const;

/** A chart with a moving bar that follows the parameters, for looking at and for tests: not a camera, not an ISP. */
export class FakePicture {
  readonly width: number;
  readonly height: number;
  /** Index into {@link patches}, or the count of patches for the background. */
  readonly #patchOf: Uint8Array;
  readonly #rgba: Uint8Array;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.#rgba = new Uint8Array(width * height * 4);
    this.#patchOf = Uint8Array.from({ length: width * height }, (_, at) =>
      patchAt((at % width) / width, Math.floor(at / width) / height),
    );
  }

  /** The picture of one moment, RGBA, 8 bit, in memory that the next call uses again. */
  render(frameId: number, values: ParameterValues): Uint8Array {
    const words = new Uint32Array(this.#rgba.buffer);
    const palette = [...patches, [0.13, 0.13, 0.13] as const, [0.9, 0.9, 0.9] as const].map((patch) => wordOf(patch, values));
    const barAt = Math.floor((frameId * 6) % this.width);
    for (let y = 0; y < this.height; y++) {
      for (let x = 0; x < this.width; x++) {
        const at = y * this.width + x;
        const inBar = y > this.height * 0.94 && (x - barAt + this.width) % this.width < this.width * 0.1;
        words[at] = palette[inBar ? patches.length + 1 : (this.#patchOf[at] as number)] as number;
      }
    }
    return this.#rgba;
  }
}

function patchAt(x: number, y: number): number {
  const column = (x - 0.08) / 0.14;
  const row = (y - 0.08) / 0.21;
  const inside = column >= 0 && column < 6 && row >= 0 && row < 4 && column % 1 < 0.88 && row % 1 < 0.88;
  return inside ? Math.floor(row) * 6 + Math.floor(column) : patches.length;
}

function wordOf([red, green, blue]: readonly [number, number, number], values: ParameterValues): number {
  const exposure = 2 ** Number(values.exposure_ev ?? 0);
  const saturation = Number(values.color_saturation ?? 1);
  const linear = [red * (Number(values.wb_red_gain ?? 1.9) / 1.9), green, blue * (Number(values.wb_blue_gain ?? 1.6) / 1.6)];
  const luma = ((linear[0] as number) + (linear[1] as number) * 2 + (linear[2] as number)) / 4;
  const encode = (value: number) =>
    Math.round(255 * Math.min(1, Math.max(0, (luma + (value - luma) * saturation) * exposure)) ** (1 / 2.2));
  const [r, g, b] = linear.map(encode) as [number, number, number];
  return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
}
