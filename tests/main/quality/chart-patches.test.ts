import { describe, expect, it } from 'vitest';
import type { Triple } from '../../../main/base/matrix3.ts';
import type { Mosaic } from '../../../main/frame/mosaic.ts';
import { type ChartCorners, patchPlaces } from '../../../main/quality/chart-grid.ts';
import { measureChart, measureMosaicChart } from '../../../main/quality/chart-patches.ts';
import type { RgbImage } from '../../../main/quality/rgb-image.ts';
import { normalNumbers } from '../../support/random.ts';

const [width, height] = [420, 300];
/** A chart that is turned by ten degrees: patches of 40 pixels, 50 apart. */
const [cosine, sine] = [Math.cos(Math.PI / 18), Math.sin(Math.PI / 18)];
const origin = { x: 90, y: 50 };
const placeOf = (column: number, row: number): { x: number; y: number } => ({
  x: origin.x + 50 * (column * cosine - row * sine),
  y: origin.y + 50 * (column * sine + row * cosine),
});
const corners: ChartCorners = {
  topLeft: placeOf(0, 0),
  topRight: placeOf(5, 0),
  bottomLeft: placeOf(0, 3),
  bottomRight: placeOf(5, 3),
};

function colourOf(patch: number): Triple {
  return [20 + patch * 8, 220 - patch * 7, 60 + (patch % 6) * 20];
}

/** The chart's colour at a pixel; grey between patches. */
function chartAt(x: number, y: number): Triple {
  const [dx, dy] = [(x - origin.x) / 50, (y - origin.y) / 50];
  const [u, v] = [dx * cosine + dy * sine, dy * cosine - dx * sine];
  const [column, row] = [Math.round(u), Math.round(v)];
  const isInside = Math.abs(u - column) < 0.4 && Math.abs(v - row) < 0.4 && column >= 0 && column < 6 && row >= 0 && row < 4;
  return isInside ? colourOf(row * 6 + column) : [40, 40, 40];
}

function chart(change: (value: number, x: number, y: number) => number = (value) => value): RgbImage {
  const pixels = new Uint8ClampedArray(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    pixels.set(
      chartAt(x, y).map((value) => change(value, x, y)),
      pixel * 3,
    );
  }
  return { width, height, channels: 3, pixels };
}

/** A mosaic of the chart with a different black level at each position of the cell. */
function chartMosaic(noise: number): Mosaic {
  const normal = normalNumbers(2);
  const blackLevels = [60, 64, 66, 70] as const;
  const samples = Uint16Array.from({ length: width * height }, (_, pixel) => {
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    const phase = (y & 1) * 2 + (x & 1);
    const channel = [1, 2, 0, 1][phase] as number;
    return Math.round((blackLevels[phase] as number) + 3 * (chartAt(x, y)[channel] as number) + noise * normal());
  });
  return { samples, width, height, sensor: { cfa: 'GBRG', bits: 10, blackLevels, whiteLevel: 1023 } };
}

describe('a chart', () => {
  it('is refused without corners, patches or pixels', () => {
    expect(() => measureChart(chart(), { ...corners, topRight: corners.topLeft, bottomRight: corners.bottomLeft })).toThrow(
      'Expected the centres of the four outermost patches but received corners that span no area',
    );
    expect(() => measureChart(chart(), corners, { patchShare: 0 })).toThrow('for patchShare but received 0');
    expect(() => measureChart(chart(), corners, { layout: { columns: 1, rows: 4 } })).toThrow('received 4 and 1');
    expect(() => measureChart({ ...chart(), height: 1 }, corners)).toThrow('Expected 420x1 pixels of 3 values for the image');
    const away = { ...corners, topLeft: { x: -90, y: -90 }, topRight: { x: 200, y: -90 } };
    expect(() => measureChart(chart(), away)).toThrow(
      'Expected at least 16 pixels of each colour in patch 1 (row 1, column 1) at (-90, -90) but received 0',
    );
  });

  it('has its patches where they are', () => {
    for (const { index, centre } of patchPlaces(corners)) {
      const truth = placeOf(index % 6, Math.floor(index / 6));
      expect(Math.hypot(centre.x - truth.x, centre.y - truth.y)).toBeLessThan(1e-9);
    }
  });

  it('that is turned gives every patch its own colour', () => {
    const patches = measureChart(chart(), corners);
    expect(patches.map(({ mean }) => mean)).toEqual(Array.from({ length: 24 }, (_, patch) => colourOf(patch)));
    expect(patches.every(({ standardDeviation, problem }) => Math.max(...standardDeviation) === 0 && problem === undefined)).toBe(
      true,
    );
  });

  it('names the patch that is clipped, and by how much', () => {
    const glare = chart((value, x, y) => (Math.hypot(x - placeOf(2, 1).x, y - placeOf(2, 1).y) < 4 ? 255 : value));
    const problems = measureChart(glare, corners).map(({ problem }) => problem);
    expect(problems[8]).toMatch(/^patch 9 \(row 2, column 3\) is clipped: \d\.\d % of red$/);
    expect(problems.filter((problem) => problem !== undefined)).toHaveLength(1);
  });

  it('names the patch that a shadow falls on', () => {
    const shade = chart((value, x, y) =>
      y < 300 && x > placeOf(4, 2).x + 3 && Math.hypot(x - placeOf(4, 2).x, y - placeOf(4, 2).y) < 24 ? value * 0.8 : value,
    );
    const problems = measureChart(shade, corners).map(({ problem }) => problem);
    expect(problems[16]).toMatch(/^patch 17 \(row 3, column 5\) is uneven: parts of it differ by \d+\.\d % in \w+$/);
    expect(problems.filter((problem) => problem !== undefined)).toHaveLength(1);
  });

  it('names the patch that the edge cuts off', () => {
    const cut = {
      ...corners,
      topRight: { x: width - 1, y: corners.topRight.y },
      bottomRight: { x: width - 1, y: corners.bottomRight.y },
    };
    const problems = measureChart(chart(), cut).map(({ problem }) => problem);
    expect(problems[5]).toBe('patch 6 (row 1, column 6) is cut off by the edge of the image');
  });
});

describe('a mosaic of a chart', () => {
  it('gives the same colours above black, both greens together', () => {
    const patches = measureMosaicChart(chartMosaic(0), corners);
    expect(patches.map(({ mean }) => mean)).toEqual(
      Array.from({ length: 24 }, (_, patch) => colourOf(patch).map((value) => expect.closeTo(3 * value, 9))),
    );
    expect(patches[0]?.samples[1]).toBeGreaterThan(1.8 * (patches[0]?.samples[0] ?? Infinity));
  });

  it('has its noise measured, and is not called uneven for it', () => {
    const patches = measureMosaicChart(chartMosaic(20), corners);
    const deviations = patches.flatMap(({ standardDeviation }) => standardDeviation);
    // Each from 100 samples or more: 7 %, of which three are allowed.
    expect(Math.max(...deviations.map((deviation) => Math.abs(deviation / 20 - 1)))).toBeLessThan(0.22);
    expect(patches.filter(({ problem }) => problem?.includes('uneven'))).toEqual([]);
  });
});
