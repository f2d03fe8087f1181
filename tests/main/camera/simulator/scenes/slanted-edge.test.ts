import { describe, expect, it } from 'vitest';
import { groundTruth } from '../../../../../main/camera/simulator/ground-truth.ts';
import {
  type SlantedEdge,
  slantedEdgeDegrees,
  slantedEdgeLight,
  slantedEdges,
  slantedEdgeTransfer,
} from '../../../../../main/camera/simulator/scenes/slanted-edge.ts';
import { planeOf } from '../truth-bench.ts';

const [width, height] = [640, 360];
const { dark, bright } = slantedEdgeLight;

function sceneOf(blurSigmaPixels = 0): Float64Array {
  return planeOf(groundTruth({ scene: 'slanted-edge', width, height, settings: { blurSigmaPixels } }).srgb('reference'), 1);
}

/** Where an upright edge crosses a row, or a level one a column, by the light that is missing on that line of its region. */
function crossing(light: Float64Array, { direction, region }: SlantedEdge, line: number): number {
  const length = direction === 'upright' ? region.width : region.height;
  const at = (step: number): number =>
    light[
      direction === 'upright' ? (region.y + line) * width + region.x + step : (region.y + step) * width + region.x + line
    ] as number;
  const start = direction === 'upright' ? region.x : region.y;
  let darkPixels = 0;
  for (let step = 0; step < length; step++) darkPixels += (bright - at(step)) / (bright - dark);
  const darkComesFirst = at(0) < at(length - 1);
  return darkComesFirst ? start + darkPixels : start + length - darkPixels;
}

describe('edges', () => {
  const light = sceneOf();

  it('are thirty-six, half of them upright, all over the picture and inside it', () => {
    const edges = slantedEdges(width, height);
    expect(edges).toHaveLength(36);
    expect(edges.filter(({ direction }) => direction === 'upright')).toHaveLength(18);
    expect(new Set(edges.map(({ name }) => name)).size).toBe(36);
    for (const { region } of edges) {
      expect(region.x).toBeGreaterThanOrEqual(0);
      expect(region.y).toBeGreaterThanOrEqual(0);
      expect(region.x + region.width).toBeLessThanOrEqual(width);
      expect(region.y + region.height).toBeLessThanOrEqual(height);
    }
  });

  it.each(slantedEdges(width, height))('$name is where it is said to be, at 5 degrees', (edge) => {
    const { direction, region, x, y, slope } = edge;
    const lines = direction === 'upright' ? region.height : region.width;
    const crossings: number[] = [];
    for (let line = 0; line < lines; line++) {
      const expected =
        direction === 'upright' ? x + slope * (region.y + line + 0.5 - y) : y + slope * (region.x + line + 0.5 - x);
      const found = crossing(light, edge, line);
      expect(Math.abs(found - expected)).toBeLessThan(0.003);
      crossings.push(found);
    }
    const rise = ((crossings.at(-1) as number) - (crossings[0] as number)) / (lines - 1);
    expect((Math.atan(Math.abs(rise)) * 180) / Math.PI).toBeCloseTo(slantedEdgeDegrees, 1);
  });

  it('have the contrast of four to one', () => {
    const [lowest, highest] = [Math.min(...light.subarray(0, 60_000)), Math.max(...light.subarray(0, 60_000))];
    expect(highest / lowest).toBeCloseTo(4, 3);
  });
});

describe('transfer', () => {
  /** Modulation transfer by projecting the region onto the normal and transforming its derivative, quarter pixels. */
  function measured(light: Float64Array, { region, x, y }: SlantedEdge, frequency: number): number {
    const cosine = Math.cos((slantedEdgeDegrees * Math.PI) / 180);
    const sine = Math.sin((slantedEdgeDegrees * Math.PI) / 180);
    const bins = new Map<number, { sum: number; count: number }>();
    for (let row = region.y; row < region.y + region.height; row++) {
      for (let column = region.x; column < region.x + region.width; column++) {
        const distance = (column + 0.5 - x) * cosine + (row + 0.5 - y) * sine;
        const key = Math.round(distance * 8);
        const bin = bins.get(key) ?? { sum: 0, count: 0 };
        bins.set(key, { sum: bin.sum + (light[row * width + column] as number), count: bin.count + 1 });
      }
    }
    const mean = (key: number): number => (bins.get(key) as { sum: number }).sum / (bins.get(key) as { count: number }).count;
    let [real, imaginary, total] = [0, 0, 0];
    for (let key = -56; key < 56; key++) {
      const step = mean(key + 1) - mean(key);
      const phase = 2 * Math.PI * frequency * ((key + 0.5) / 8);
      real += step * Math.cos(phase);
      imaginary += step * Math.sin(phase);
      total += step;
    }
    const binning = Math.sin((Math.PI * frequency) / 8) / ((Math.PI * frequency) / 8);
    return Math.hypot(real, imaginary) / Math.abs(total) / binning;
  }

  it.each([0, 0.6, 1.2])('of a measured edge behind a blur of %d px is the analytic one', (blurSigmaPixels) => {
    const light = sceneOf(blurSigmaPixels);
    const edge = slantedEdges(width, height).find(({ name }) => name === 'middle centre, left') as SlantedEdge;
    for (const frequency of [0.05, 0.125, 0.25, 0.5]) {
      const expected = slantedEdgeTransfer(frequency, blurSigmaPixels);
      expect(Math.abs(measured(light, edge, frequency) - expected)).toBeLessThan(0.02);
    }
  });

  it.each([0.8, 2])('of a blur of %d px is that of its Gaussian', (sigma) => {
    for (const frequency of [0.1, 0.25, 0.4]) {
      const gaussian = Math.exp(-2 * (Math.PI * sigma * frequency) ** 2);
      const found = slantedEdgeTransfer(frequency, sigma) / slantedEdgeTransfer(frequency, 0);
      expect(Math.abs(found - gaussian)).toBeLessThan(0.02);
    }
  });
});
