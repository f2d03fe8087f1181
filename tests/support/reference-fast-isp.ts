import type { SensorDescription } from '../../main/frame/frame-meta.ts';
import type { ParameterValues } from '../../preload/contract.ts';

/** A mosaic with what is needed to read it. */
export interface ReferenceMosaic {
  readonly width: number;
  readonly height: number;
  readonly samples: Uint16Array;
  readonly sensor: SensorDescription;
}

/** Red, green and blue. */
export type Rgb = [number, number, number];

/**
 * FastISP as one would write it on paper, in double precision and pixel by pixel: no folding, no strips, no fitted
 * curve. Returns RGB, unrounded, on a scale of 0–255.
 */
export function referenceFastIsp(mosaic: ReferenceMosaic, values: ParameterValues, matrix: ArrayLike<number>): Float64Array {
  const at = encodedSamples(mosaic, values);
  return picture(mosaic.width, mosaic.height, (row, column) => {
    const camera = malvar(at, mosaic.sensor, row, column);
    const detail = brightness(camera) - blur(at, row - 2, column - 2, [1, 4, 6, 4, 1]);
    return mix(camera, detail, values, matrix);
  });
}

/** The same at half resolution: one pixel from each 2x2 cell. */
export function referenceHalfFastIsp(mosaic: ReferenceMosaic, values: ParameterValues, matrix: ArrayLike<number>): Float64Array {
  const at = encodedSamples(mosaic, values);
  return picture(mosaic.width / 2, mosaic.height / 2, (row, column) => {
    const camera = cellMeans(at, mosaic.sensor, 2 * row, 2 * column);
    const detail = brightness(camera) - blur(at, 2 * row - 2, 2 * column - 2, [1, 5, 10, 10, 5, 1]);
    return mix(camera, detail, values, matrix);
  });
}

function picture(width: number, height: number, pixel: (row: number, column: number) => Rgb): Float64Array {
  const rgb = new Float64Array(width * height * 3);
  for (let index = 0; index < width * height; index++) {
    const values = pixel(Math.floor(index / width), index % width);
    rgb.set(
      values.map((value) => 255 * Math.min(1, Math.max(0, value))),
      index * 3,
    );
  }
  return rgb;
}

function encodedSamples(mosaic: ReferenceMosaic, values: ParameterValues): At {
  const { width, height } = mosaic;
  const encoded = encodeMosaic(mosaic, values);
  return (row, column) => encoded[mirror(row, height) * width + mirror(column, width)] as number;
}

/** What the luminance detail takes for brightness. */
export function brightness([red, green, blue]: Rgb): number {
  return (red + 2 * green + blue) / 4;
}

/** Means of the colours of the 2x2 cell at (row, column). */
export function cellMeans(at: At, sensor: SensorDescription, row: number, column: number): Rgb {
  const sums = { R: [0, 0], G: [0, 0], B: [0, 0] };
  for (const [r, c] of [
    [row, column],
    [row, column + 1],
    [row + 1, column],
    [row + 1, column + 1],
  ] as const) {
    const entry = sums[colourAt(sensor, r, c)] as [number, number];
    entry[0] += at(r, c);
    entry[1] += 1;
  }
  return [sums.R, sums.G, sums.B].map(([sum, count]) => (sum as number) / (count as number)) as Rgb;
}

function encodeMosaic({ width, height, samples, sensor }: ReferenceMosaic, values: ParameterValues): Float64Array {
  const gains = { R: Number(values['wb_red_gain']), G: 1, B: Number(values['wb_blue_gain']) };
  const least = Math.min(gains.R, gains.G, gains.B);
  const brightness = 2 ** Number(values['exposure_ev']);
  return Float64Array.from({ length: width * height }, (_, index) => {
    const [row, column] = [Math.floor(index / width), index % width];
    const black = sensor.blackLevels[(row % 2) * 2 + (column % 2)] as number;
    const light = ((samples[index] as number) - black) / (sensor.whiteLevel - black);
    const balanced = Math.min(1, Math.max(0, (light * gains[colourAt(sensor, row, column)]) / least));
    return toneCurve(srgbCurve(Math.min(1, balanced * brightness)), values);
  });
}

/** The colour filter over a sample; any integers. */
export function colourAt({ cfa }: SensorDescription, row: number, column: number): 'R' | 'G' | 'B' {
  return cfa[(((row % 2) + 2) % 2) * 2 + (((column % 2) + 2) % 2)] as 'R' | 'G' | 'B';
}

/** IEC 61966-2-1. */
export function srgbCurve(light: number): number {
  return light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055;
}

/** Contrast and shadow lift, written out. */
export function toneCurve(v: number, values: ParameterValues): number {
  const contrast = Number(values['tone_contrast']);
  const lift = Number(values['tone_shadows']);
  const shadows = contrast > 0 && lift < 0 ? lift * (1 - contrast) : lift;
  return v + contrast * v * (1 - v) * (2 * v - 1) + shadows * v * (1 - v) ** 2;
}

/** An index beyond the border, mirrored about the border sample. */
export function mirror(index: number, size: number): number {
  if (index < 0) return -index;
  return index >= size ? 2 * size - 2 - index : index;
}

/** The sample at (row, column), mirrored beyond the border. */
export type At = (row: number, column: number) => number;

/** The filters of figure 2 of the paper of Malvar, He and Cutler, written out. */
export function malvar(at: At, sensor: SensorDescription, row: number, column: number): Rgb {
  const here = at(row, column);
  const cross = at(row - 1, column) + at(row + 1, column) + at(row, column - 1) + at(row, column + 1);
  const far = at(row - 2, column) + at(row + 2, column) + at(row, column - 2) + at(row, column + 2);
  const diagonal = at(row - 1, column - 1) + at(row - 1, column + 1) + at(row + 1, column - 1) + at(row + 1, column + 1);
  const beside = at(row, column - 1) + at(row, column + 1);
  const above = at(row - 1, column) + at(row + 1, column);
  const besideFar = at(row, column - 2) + at(row, column + 2);
  const aboveFar = at(row - 2, column) + at(row + 2, column);
  const colour = colourAt(sensor, row, column);
  if (colour === 'G') {
    const horizontal = (5 * here + 4 * beside - diagonal - besideFar + aboveFar / 2) / 8;
    const vertical = (5 * here + 4 * above - diagonal - aboveFar + besideFar / 2) / 8;
    return colourAt(sensor, row, column + 1) === 'R' ? [horizontal, here, vertical] : [vertical, here, horizontal];
  }
  const green = (4 * here + 2 * cross - far) / 8;
  const opposite = (6 * here + 2 * diagonal - 1.5 * far) / 8;
  return colour === 'R' ? [here, green, opposite] : [opposite, green, here];
}

/** A blur of binomial taps, whose top-left sample is at (row, column). */
export function blur(at: At, row: number, column: number, taps: readonly number[]): number {
  let sum = 0;
  taps.forEach((vertical, i) => {
    taps.forEach((horizontal, j) => {
      sum += vertical * horizontal * at(row + i, column + j);
    });
  });
  return sum / taps.reduce((total, tap) => total + tap, 0) ** 2;
}

function mix(camera: Rgb, detail: number, values: ParameterValues, matrix: ArrayLike<number>): Rgb {
  const corrected = [0, 1, 2].map((r) =>
    [0, 1, 2].reduce((sum, c) => sum + (matrix[3 * r + c] as number) * (camera[c] as number), 0),
  );
  const [red, green, blue] = corrected as Rgb;
  const luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  const saturation = Number(values['colour_saturation']);
  const sharpening = Number(values['sharpen_amount']) * detail;
  return [red, green, blue].map((value) => luma + saturation * (value - luma) + sharpening) as Rgb;
}
