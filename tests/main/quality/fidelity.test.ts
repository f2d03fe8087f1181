import { describe, expect, it } from 'vitest';
import { cpsnrOf8Bit, fidelityOf } from '../../../main/quality/fidelity.ts';
import { pictureQuality } from '../../../main/quality/picture-quality.ts';
import { eightBit, type RgbImage } from '../../../main/quality/rgb-image.ts';
import { structuralSimilarity } from '../../../main/quality/structural-similarity.ts';
import { zipperEffectRatio } from '../../../main/quality/zipper.ts';
import { randomNumbers } from '../../support/random.ts';

const [width, height] = [48, 40];

/** A smooth picture under noise; the goldens below were computed from the same by scikit-image 0.26 on NumPy 2.4. */
function noisyPicture(seed: number, amplitude: number): RgbImage {
  const next = randomNumbers(seed);
  const pixels = new Uint8Array(width * height * 3);
  for (let index = 0; index < pixels.length; index++) {
    const [x, y] = [Math.floor(index / 3) % width, Math.floor(index / 3 / width)];
    const base = 128 + 80 * Math.sin(x / 5) * Math.cos(y / 7);
    const value = [base, base * 0.8 + 20, 255 - base][index % 3] as number;
    pixels[index] = Math.min(Math.max(Math.floor(value + amplitude * (next() - 0.5) + 0.5), 0), 255);
  }
  return { width, height, channels: 3, pixels };
}

const [clean, noisy] = [noisyPicture(1, 0), noisyPicture(2, 60)];

function flat(value: number, size = 16): RgbImage {
  return { width: size, height: size, channels: 3, pixels: new Float64Array(size * size * 3).fill(value) };
}

/** The same picture with an opaque alpha. */
function withAlpha({ pixels, ...image }: RgbImage): RgbImage {
  const rgba = Uint8Array.from({ length: (pixels.length / 3) * 4 }, (_, index) =>
    index % 4 === 3 ? 255 : (pixels[Math.floor(index / 4) * 3 + (index % 4)] as number),
  );
  return { ...image, channels: 4, pixels: rgba };
}

describe.each([
  ['fidelity', fidelityOf],
  ['structural similarity', structuralSimilarity],
  ['the zipper ratio', zipperEffectRatio],
])('%s', (_, metric) => {
  it('refuses pictures that cannot be compared', () => {
    const short = { ...clean, pixels: clean.pixels.slice(1) as Uint8Array };
    expect(() => metric(short, clean)).toThrow('Expected 48x40 pixels of 3 values for the image but received 5759 values');
    expect(() => metric(clean, short)).toThrow('for the reference');
    expect(() => metric(flat(1, 8), clean)).toThrow('Expected an image of 48x40 with white at 255, as the reference');
    const floats = { ...clean, pixels: Float32Array.from(clean.pixels, (code) => code / 255) };
    expect(() => metric(floats, clean)).toThrow('but received 48x40 with white at 1');
  });

  it.each([-1, 1.5, 20, Number.NaN])('refuses a border of %f pixels', (border) => {
    expect(() => metric(clean, clean, border)).toThrow(`Expected 0 to 19 for borderPixels but received ${border}`);
  });
});

describe('fidelity', () => {
  it('is perfect for equal pictures', () => {
    expect(fidelityOf(clean, clean)).toEqual({
      meanSquaredErrors: [0, 0, 0],
      psnrDb: [Infinity, Infinity, Infinity],
      cpsnrDb: Infinity,
    });
  });

  it('is what scikit-image finds', () => {
    const { meanSquaredErrors, psnrDb, cpsnrDb } = fidelityOf(noisy, clean);
    expect(meanSquaredErrors).toEqual([304.5875, 304.5932291666667, 301.9890625].map((value) => expect.closeTo(value, 9)));
    expect(cpsnrDb).toBeCloseTo(23.306023025959256, 9);
    expect(psnrDb[0]).toBeCloseTo(20 * Math.log10(255) - 10 * Math.log10(304.5875), 9);
    expect(cpsnrOf8Bit(noisy, clean)).toBeCloseTo(23.306415273716226, 9);
    expect(fidelityOf(withAlpha(noisy), clean).cpsnrDb).toBe(cpsnrDb);
  });

  it('of a known error is known: one code of 255 everywhere is 48.13 dB', () => {
    const { cpsnrDb } = fidelityOf(flat(101 / 255), flat(100 / 255));
    expect(cpsnrDb).toBeCloseTo(48.1308, 4);
  });

  it('rounds and clips to 8 bit where papers do', () => {
    const odd: RgbImage = { width: 2, height: 1, channels: 3, pixels: Float32Array.of(-0.2, 0.5, 1.3, 0.49803, 1, 0), peak: 1 };
    expect([...eightBit(odd).pixels]).toEqual([0, 128, 255, 127, 255, 0]);
    const near = { ...flat(0.5, 24), pixels: flat(0.5, 24).pixels.map((value) => value + 0.3 / 255) as Float64Array };
    expect(cpsnrOf8Bit(near, flat(0.5, 24))).toBe(Infinity);
    expect(eightBit(clean)).toBe(clean);
  });
});

describe('structural similarity', () => {
  it('refuses pictures smaller than its window', () => {
    expect(() => structuralSimilarity(flat(0.5, 10), flat(0.5, 10))).toThrow('Expected at least 11x11 pixels');
  });

  it('is what scikit-image finds with the window of the paper', () => {
    expect(structuralSimilarity(noisy, clean)).toBeCloseTo(0.6074239778931428, 9);
    expect(structuralSimilarity(clean, noisy)).toBeCloseTo(0.6074239778931428, 9);
    expect(structuralSimilarity(clean, clean)).toBeCloseTo(1, 12);
  });

  it('of two flat greys is the luminance term alone', () => {
    const [one, other, c1] = [0.5, 0.6, 1e-4];
    const expected = (2 * one * other + c1) / (one * one + other * other + c1);
    expect(structuralSimilarity(flat(one), flat(other))).toBeCloseTo(expected, 9);
  });
});

describe('the zipper ratio', () => {
  /** Grey, with every other column from the tenth on brighter by `step` codes. */
  function striped(step: number): RgbImage {
    const pixels = Uint8Array.from({ length: 20 * 12 * 3 }, (_, index) => {
      const column = Math.floor(index / 3) % 20;
      return column >= 10 && column % 2 === 0 ? 100 + step : 100;
    });
    return { width: 20, height: 12, channels: 3, pixels };
  }

  it('is none for the same picture', () => {
    expect(zipperEffectRatio(noisy, noisy)).toBe(0);
  });

  it('counts what an eye sees and nothing below', () => {
    // Of the inner columns 1 to 18, those from 10 on differ from their left neighbours: by 4.1 in lightness, or by 2.0.
    expect(zipperEffectRatio(striped(10), striped(0), 1)).toBe(0.5);
    expect(zipperEffectRatio(striped(5), striped(0), 1)).toBe(0);
  });

  it('counts contrast that was lost as well', () => {
    expect(zipperEffectRatio(striped(0), striped(0), 1)).toBe(0);
    // Columns that stand alike two apart are no neighbours: each stripe's likest neighbour is in its own column.
    expect(zipperEffectRatio(striped(0), striped(10), 1)).toBe(0);
  });
});

describe('the quality of a picture', () => {
  it('is all of it by one protocol', () => {
    const floats: RgbImage = { ...noisy, pixels: Float32Array.from(noisy.pixels, (code) => (code + 0.2) / 255) };
    expect(pictureQuality(floats, clean)).toEqual({
      cpsnrDb: expect.closeTo(23.306415273716226, 9),
      psnrDb: fidelityOf(noisy, clean, 10).psnrDb,
      structuralSimilarity: structuralSimilarity(noisy, clean, 10),
      zipperEffectRatio: zipperEffectRatio(noisy, clean, 10),
    });
    expect(pictureQuality(floats, clean).zipperEffectRatio).toBeGreaterThan(0.5);
  });
});
