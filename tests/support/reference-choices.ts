import { curveTable, parseCurvePoints } from '../../main/isp/tone-points.ts';
import type { ParameterValues } from '../../preload/contract.ts';
import {
  type At,
  blur,
  brightness,
  cellMeans,
  colourAt,
  malvar,
  mirror,
  type ReferenceMosaic,
  type Rgb,
  srgbCurve,
  toneCurve,
} from './reference-fast-isp.ts';

/** A picture of the reference: RGB, unrounded, on a scale of 0–255. */
export interface ReferencePicture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Float64Array;
}

/** Red, green and blue before colour correction, and luminance detail, of the pixel at (row, column); any integers. */
type Pixels = (row: number, column: number) => readonly [...Rgb, number];

/**
 * FastISP with any of its load-time choices as one would write it on paper: in double precision, pixel by pixel, with true curves.
 * `noise` is the standard deviation that thresholds refer to.
 */
export function referenceChoices(
  mosaic: ReferenceMosaic,
  values: ParameterValues,
  matrix: ArrayLike<number>,
  noise: number,
): ReferencePicture {
  const resolution = String(values['output_resolution']);
  const divisor = { full: 1, half: 2, quarter: 4 }[resolution] as number;
  const region = {
    left: Number(values['crop_left']),
    top: Number(values['crop_top']),
    width: Number(values['crop_width']) || mosaic.width - Number(values['crop_left']),
    height: Number(values['crop_height']) || mosaic.height - Number(values['crop_top']),
  };
  const [width, height] = [region.width / divisor, region.height / divisor];
  const demosaicked = pixelsOf(smoothed(curvedSamples(mosaic, values), mosaic.sensor, values, noise), mosaic.sensor, values);
  const pixels: Pixels = resolution === 'quarter' ? meanOfFour(demosaicked) : demosaicked;
  const [left, top] = [region.left / divisor, region.top / divisor];
  const at = (row: number, column: number): Rgb => finish(pixels(top + row, left + column), values, matrix, noise);
  return turned({ width, height, at }, String(values['picture_orientation']));
}

function pixelsOf(at: At, sensor: ReferenceMosaic['sensor'], values: ParameterValues): Pixels {
  if (values['output_resolution'] !== 'full') {
    return (row, column) => {
      const camera = cellMeans(at, sensor, 2 * row, 2 * column);
      return [...camera, brightness(camera) - blur(at, 2 * row - 2, 2 * column - 2, [1, 5, 10, 10, 5, 1])];
    };
  }
  const demosaic = values['demosaic_method'] === 'bilinear' ? bilinear : malvar;
  return (row, column) => {
    const camera = demosaic(at, sensor, row, column);
    return [...camera, brightness(camera) - blur(at, row - 2, column - 2, [1, 4, 6, 4, 1])];
  };
}

/** The mean of all samples of the colour in the 3x3 neighbourhood, or the sample itself. */
function bilinear(at: At, sensor: ReferenceMosaic['sensor'], row: number, column: number): Rgb {
  const here = colourAt(sensor, row, column);
  return (['R', 'G', 'B'] as const).map((colour) => {
    if (colour === here) return at(row, column);
    const found: number[] = [];
    for (let r = row - 1; r <= row + 1; r++) {
      for (let c = column - 1; c <= column + 1; c++) if (colourAt(sensor, r, c) === colour) found.push(at(r, c));
    }
    return found.reduce((sum, value) => sum + value, 0) / found.length;
  }) as Rgb;
}

function curvedSamples({ width, height, samples, sensor }: ReferenceMosaic, values: ParameterValues): At {
  const gains = { R: Number(values['wb_red_gain']), G: 1, B: Number(values['wb_blue_gain']) };
  const least = Math.min(gains.R, gains.G, gains.B);
  const lift = 2 ** Number(values['exposure_ev']);
  const curve = values['colour_domain'] === 'linear' ? Math.sqrt : (light: number): number => shown(light, values);
  return (frameRow, frameColumn) => {
    const [row, column] = [mirror(frameRow, height), mirror(frameColumn, width)];
    const black = sensor.blackLevels[(row % 2) * 2 + (column % 2)] as number;
    const light = ((samples[row * width + column] as number) - black) / (sensor.whiteLevel - black);
    const balanced = Math.min(1, Math.max(0, (light * gains[colourAt(sensor, row, column)]) / least));
    return curve(Math.min(1, balanced * lift));
  };
}

/** The tone curve of the values, from linear light to the display. */
function shown(light: number, values: ParameterValues): number {
  switch (values['tone_curve']) {
    case 'gamma':
      return toneCurve(light ** (1 / Number(values['tone_gamma'])), values);
    case 'filmic': {
      const white = Number(values['tone_filmic_white']);
      const film = (x: number): number => (x * (2.51 * x + 0.03)) / (x * (2.43 * x + 0.59) + 0.14);
      return toneCurve(srgbCurve(film(light * white) / film(white)), values);
    }
    case 'user':
      return toneCurve(fromTable(curveTable(parseCurvePoints(String(values['tone_points']))), srgbCurve(light)), values);
    default:
      return toneCurve(srgbCurve(light), values);
  }
}

function fromTable(table: Float64Array, position: number): number {
  const index = Math.min(254, Math.floor(position * 255));
  const [before, after] = [table[index] as number, table[index + 1] as number];
  return before + (after - before) * (position * 255 - index);
}

/** Chroma noise reduction by its definition: of every cell, the mean of 5x5 cells, and the shrunk difference for all samples of it. */
function smoothed(at: At, sensor: ReferenceMosaic['sensor'], values: ParameterValues, noise: number): At {
  if (!values['chroma_enabled']) return at;
  const memory = new Map<string, Rgb>();
  const remembered = (key: string, make: () => Rgb): Rgb => {
    const known = memory.get(key) ?? make();
    memory.set(key, known);
    return known;
  };
  const cell = (row: number, column: number): Rgb =>
    remembered(`mean ${row},${column}`, () => cellMeans(at, sensor, 2 * row, 2 * column));
  const limit = (Number(values['chroma_strength']) * noise) ** 4;
  const change = (row: number, column: number): Rgb => {
    const chromaOf = (colours: Rgb): number[] => [colours[0] - brightness(colours), colours[2] - brightness(colours)];
    const own = chromaOf(cell(row, column));
    const around = Array.from({ length: 25 }, (_, index) =>
      chromaOf(cell(row - 2 + Math.floor(index / 5), column - 2 + (index % 5))),
    );
    const [red, blue] = [0, 1].map(
      (which) => around.reduce((sum, chroma) => sum + (chroma[which] as number) / 25, 0) - (own[which] as number),
    ) as [number, number];
    const share = limit / (limit + (red * red + blue * blue) ** 2);
    // Y stays: of green there is twice as much, so that it changes by minus half of the others' changes.
    return [share * red, (-share * (red + blue)) / 2, share * blue];
  };
  return (row, column) => {
    const [cellRow, cellColumn] = [Math.floor(row / 2), Math.floor(column / 2)];
    const changes = remembered(`change ${cellRow},${cellColumn}`, () => change(cellRow, cellColumn));
    return at(row, column) + (changes['RGB'.indexOf(colourAt(sensor, row, column))] as number);
  };
}

function meanOfFour(pixels: Pixels): Pixels {
  return (row, column) => {
    const four = [0, 1, 2, 3].map((index) => pixels(2 * row + (index >> 1), 2 * column + (index & 1)));
    return [0, 1, 2, 3].map((channel) => four.reduce((sum, pixel) => sum + (pixel[channel] as number) / 4, 0)) as [
      ...Rgb,
      number,
    ];
  };
}

function finish(
  [r, g, b, detail]: readonly [...Rgb, number],
  values: ParameterValues,
  matrix: ArrayLike<number>,
  noise: number,
): Rgb {
  const isLinear = values['colour_domain'] === 'linear';
  const clip = (value: number): number => Math.min(1, Math.max(0, value));
  const camera = isLinear ? [r, g, b].map((root) => clip(root) ** 2) : [r, g, b];
  const mixed = [0, 1, 2].map((row) =>
    camera.reduce((sum, value, column) => sum + (matrix[3 * row + column] as number) * value, 0),
  );
  const [red, green, blue] = (isLinear ? mixed.map((light) => shown(clip(light), values)) : mixed) as Rgb;
  const luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  const threshold = values['sharpen_coring'] ? Number(values['sharpen_threshold']) * noise : 0;
  const cored = Math.sign(detail) * Math.max(0, Math.abs(detail) - threshold);
  const sharpening = Number(values['sharpen_amount']) * cored;
  const saturation = Number(values['colour_saturation']);
  return [red, green, blue].map((value) => 255 * clip(luma + saturation * (value - luma) + sharpening)) as Rgb;
}

interface Upright {
  readonly width: number;
  readonly height: number;
  readonly at: (row: number, column: number) => Rgb;
}

function turned({ width, height, at }: Upright, orientation: string): ReferencePicture {
  const swaps = orientation === 'rotate-90' || orientation === 'rotate-270';
  const [turnedWidth, turnedHeight] = swaps ? [height, width] : [width, height];
  const source: Record<string, (row: number, column: number) => Rgb> = {
    upright: at,
    'rotate-90': (row, column) => at(height - 1 - column, row),
    'rotate-180': (row, column) => at(height - 1 - row, width - 1 - column),
    'rotate-270': (row, column) => at(column, width - 1 - row),
    mirror: (row, column) => at(row, width - 1 - column),
    flip: (row, column) => at(height - 1 - row, column),
  };
  const rgb = new Float64Array(width * height * 3);
  for (let index = 0; index < width * height; index++) {
    rgb.set(source[orientation]?.(Math.floor(index / turnedWidth), index % turnedWidth) as Rgb, 3 * index);
  }
  return { width: turnedWidth, height: turnedHeight, rgb };
}
