import { describe, expect, it } from 'vitest';
import {
  bytesPerFrame,
  bytesPerRow,
  cfaOrders,
  mosaicFormat,
  type PixelFormat,
  pixelFormatNamed,
  pixelFormatOfFourcc,
  pixelFormats,
} from '../../../main/frame/pixel-format.ts';

function named(name: string): PixelFormat {
  const format = pixelFormatNamed(name);
  if (!format) throw new Error(`Expected a format ${name}`);
  return format;
}

describe('the table of pixel formats', () => {
  it('knows nothing of names, codes and depths that do not exist', () => {
    expect([pixelFormatNamed('RGGB11'), pixelFormatOfFourcc('XXXX')]).toEqual([undefined, undefined]);
    expect([mosaicFormat('RGGB', 9), mosaicFormat('RGGB', 16, 'mipi'), mosaicFormat('RGGB', 8, 'mipi')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('has every name and every code once, and codes of four characters', () => {
    expect(new Set(pixelFormats.map(({ name }) => name)).size).toBe(pixelFormats.length);
    expect(new Set(pixelFormats.map(({ fourcc }) => fourcc)).size).toBe(pixelFormats.length);
    expect(pixelFormats.filter(({ fourcc }) => fourcc.length !== 4)).toEqual([]);
  });

  it('has four Bayer orders in five depths, and three of them packed', () => {
    for (const cfa of cfaOrders) {
      expect([8, 10, 12, 14, 16].map((bits) => mosaicFormat(cfa, bits)?.bits)).toEqual([8, 10, 12, 14, 16]);
      expect([10, 12, 14].map((bits) => mosaicFormat(cfa, bits, 'mipi')?.packing)).toEqual(['mipi', 'mipi', 'mipi']);
    }
  });

  /** Codes of the kernel's videodev2.h. */
  it.each([
    ['RGGB10', 'RG10'],
    ['GRBG10', 'BA10'],
    ['BGGR8', 'BA81'],
    ['BGGR16', 'BYR2'],
    ['GBRG12P', 'pGCC'],
    ['GRBG14P', 'pgEE'],
    ['YUYV', 'YUYV'],
    ['NV12', 'NV12'],
    ['RGB24', 'RGB3'],
    ['MJPEG', 'MJPG'],
  ])('%s is %s', (name, fourcc) => {
    expect(pixelFormatOfFourcc(fourcc)).toBe(named(name));
  });

  it.each([
    ['RGGB8', 640, 480, 640, 307_200],
    ['RGGB10', 640, 480, 1280, 614_400],
    ['RGGB10P', 640, 480, 800, 384_000],
    ['RGGB12P', 642, 2, 963, 1926],
    ['RGGB10P', 642, 2, 803, 1606],
    ['YUYV', 640, 480, 1280, 614_400],
    ['NV12', 640, 480, 640, 460_800],
    ['RGB24', 640, 480, 1920, 921_600],
    ['RGBA8', 640, 480, 2560, 1_228_800],
    ['MJPEG', 640, 480, 0, 0],
  ])('a %s frame of %i x %i has rows of %i bytes, %i in all', (name, width, height, row, frame) => {
    expect(bytesPerRow(named(name), width)).toBe(row);
    expect(bytesPerFrame(named(name), width, height)).toBe(frame);
  });
});
