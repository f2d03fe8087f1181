import { describe, expect, it } from 'vitest';
import { croppedPlane, luminancePlane, type Plane } from '../../../main/quality/rgb-image.ts';
import { edgeResponse, modulationAt } from '../../../main/quality/slanted-edge.ts';
import { normalNumbers } from '../../support/random.ts';

/** The error function by its series, to 1e-12 where it is used. */
function erf(x: number): number {
  if (Math.abs(x) > 5) return Math.sign(x);
  let [sum, term] = [0, x];
  for (let n = 0; n < 120; n++) {
    sum += term / (2 * n + 1);
    term *= (-x * x) / (n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

interface EdgeOptions {
  readonly width?: number;
  readonly height?: number;
  readonly degrees: number;
  /** Value across the edge at a signed distance in pixels. */
  readonly profile: (pixels: number) => number;
}

/** Point samples of an edge through the middle, tilted from the vertical. */
function edge({ width = 72, height = 90, degrees, profile }: EdgeOptions): Plane {
  const [sine, cosine] = [Math.sin((degrees * Math.PI) / 180), Math.cos((degrees * Math.PI) / 180)];
  const values = Float64Array.from({ length: width * height }, (_, index) => {
    const [x, y] = [(index % width) - width / 2 + 0.3, Math.floor(index / width) - height / 2];
    return profile(x * cosine - y * sine);
  });
  return { width, height, values };
}

function gaussianEdge(sigmaPixels: number): (pixels: number) => number {
  return (pixels) => 500 + 400 * erf(pixels / sigmaPixels / Math.SQRT2);
}

/** What theory says of a Gaussian blur. */
function gaussianModulation(sigmaPixels: number, frequency: number): number {
  return Math.exp(-2 * (Math.PI * sigmaPixels * frequency) ** 2);
}

function transposed({ width, height, values }: Plane): Plane {
  return {
    width: height,
    height: width,
    values: values.map((_, i) => values[(i % height) * width + Math.floor(i / height)] as number),
  };
}

const usual = edge({ degrees: 5, profile: gaussianEdge(0.8) });

describe('a slanted edge', () => {
  it.each<[string, Plane, string]>([
    ['too small', edge({ width: 12, height: 40, degrees: 5, profile: gaussianEdge(1) }), 'Expected at least 16x16 pixels'],
    ['not whole', { ...usual, height: 91 }, 'but received 72x91 with 6480 values'],
    ['even', { ...usual, values: usual.values.map(() => 7) }, 'Expected an edge but received an even region'],
    ['broken', { ...usual, values: usual.values.map((value, at) => (at === 9 ? Number.NaN : value)) }, 'but received NaN'],
    [
      'upright',
      edge({ degrees: 0.2, profile: gaussianEdge(1) }),
      'Expected an edge tilted by 1 to 40 degrees but received one of 0.2',
    ],
    [
      'a corner',
      { ...usual, values: usual.values.map((_, i) => (i % 72 > 30 && i < 3000 ? 1 : 0)) },
      'Expected one straight edge',
    ],
  ])('is refused where it is %s', (_, region, message) => {
    expect(() => edgeResponse(region)).toThrow(message);
  });

  it.each([
    [0.5, 5],
    [0.8, -3],
    [1, 8],
    [1.5, 15],
    [2.5, 5],
  ])('of a Gaussian blur of %f pixels, tilted by %i degrees, follows theory', (sigma, degrees) => {
    const response = edgeResponse(edge({ degrees, profile: gaussianEdge(sigma) }));
    expect(response.orientation).toBe('vertical');
    expect(response.edgeDegrees).toBeCloseTo(degrees, 1);
    expect(Math.abs(response.mtf50 / (Math.sqrt(Math.LN2 / 2) / (Math.PI * sigma)) - 1)).toBeLessThan(0.015);
    for (let frequency = 0.05; frequency <= 0.5; frequency += 0.05) {
      expect(Math.abs(modulationAt(response, frequency) - gaussianModulation(sigma, frequency))).toBeLessThan(0.012);
    }
  });

  it('of square pixels is their sinc', () => {
    // Seen at five degrees, a pixel is a box of its width times the cosine; its other side hardly shows.
    const seenWidth = Math.cos((5 * Math.PI) / 180);
    const aperture = (pixels: number): number => Math.min(Math.max(pixels / seenWidth + 0.5, 0), 1);
    const response = edgeResponse(edge({ degrees: 5, height: 180, profile: aperture }));
    for (const frequency of [0.1, 0.25, 0.4, 0.5]) {
      const phase = Math.PI * frequency * seenWidth;
      expect(Math.abs(modulationAt(response, frequency) - Math.sin(phase) / phase)).toBeLessThan(0.01);
    }
    // A sinc is at one half at 0.60335.
    expect(Math.abs((response.mtf50 * seenWidth) / 0.60335 - 1)).toBeLessThan(0.015);
    expect(response.atNyquist).toBe(modulationAt(response, 0.5));
  });
});

describe('the response of an edge', () => {
  it('reads the same lying down, falling, or in other units', () => {
    const { mtf50, edgeDegrees } = edgeResponse(usual);
    const lying = edgeResponse(transposed(usual));
    expect(lying).toMatchObject({
      orientation: 'horizontal',
      mtf50: expect.closeTo(mtf50, 9),
      edgeDegrees: expect.closeTo(edgeDegrees, 9),
    });
    const falling = edgeResponse({ ...usual, values: usual.values.map((value) => 3 - value / 1000) });
    expect(falling.mtf50).toBeCloseTo(mtf50, 9);
  });

  it('stays within 5 % under noise of 1 % of its contrast', () => {
    const normal = normalNumbers(3);
    const noisy = { ...usual, values: usual.values.map((value) => value + 8 * normal()) };
    expect(Math.abs(edgeResponse(noisy).mtf50 / edgeResponse(usual).mtf50 - 1)).toBeLessThan(0.05);
  });

  it('shows sharpening as modulation above 1', () => {
    const sharpened = (pixels: number): number => 1.5 * gaussianEdge(0.8)(pixels) - 0.5 * gaussianEdge(2)(pixels);
    const response = edgeResponse(edge({ degrees: 5, profile: sharpened }));
    const theory = (frequency: number): number =>
      1.5 * gaussianModulation(0.8, frequency) - 0.5 * gaussianModulation(2, frequency);
    expect(theory(0.12)).toBeGreaterThan(1.05);
    expect(Math.abs(modulationAt(response, 0.12) - theory(0.12))).toBeLessThan(0.02);
  });

  it('of an sRGB picture is that of its light, once it is linear', () => {
    // Of 1000 units, as code values without rounding.
    const encoded = (value: number): number => (value <= 3.1308 ? 0.01292 * value : 1.055 * (value / 1000) ** (1 / 2.4) - 0.055);
    const pixels = Float64Array.from({ length: usual.values.length * 3 }, (_, at) =>
      encoded(usual.values[Math.floor(at / 3)] as number),
    );
    const plane = luminancePlane({ width: 72, height: 90, channels: 3, pixels });
    const area = { x: 10, y: 20, width: 52, height: 50 };
    const light = edgeResponse(croppedPlane(usual, area));
    expect(edgeResponse(croppedPlane(plane, area)).mtf50).toBeCloseTo(light.mtf50, 6);
    const wrong = { width: 72, height: 90, values: pixels.filter((_, at) => at % 3 === 0) };
    expect(Math.abs(edgeResponse(croppedPlane(wrong, area)).mtf50 / light.mtf50 - 1)).toBeGreaterThan(0.03);
  });

  it('is told at any frequency that it has', () => {
    const response = { frequencies: Float64Array.of(0, 0.5, 1), modulation: Float64Array.of(1, 0.6, 0.2) };
    expect([0, 0.25, 0.75, 1].map((frequency) => modulationAt(response, frequency))).toEqual([1, 0.8, 0.4, 0.2]);
    expect([-0.1, 1.1].map((frequency) => modulationAt(response, frequency))).toEqual([Number.NaN, Number.NaN]);
  });
});
