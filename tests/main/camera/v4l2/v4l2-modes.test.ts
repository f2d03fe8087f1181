import { describe, expect, it } from 'vitest';
import { modesOf, rateOf, sensorOf, type V4l2Mode } from '../../../../main/camera/v4l2/v4l2-modes.ts';
import type { FrameSize } from '../../../../native/v4l2-camera/index.ts';
import { formatNamed, sizeOf } from './scripted-driver.ts';

const ids = (modes: readonly V4l2Mode[]): string[] => modes.map(({ id }) => id);
const nothing = { discrete: [] };

function range(
  width: readonly [number, number, number],
  height: readonly [number, number, number],
  intervals: FrameSize['intervals'] = nothing,
): FrameSize {
  const [minimumWidth, maximumWidth, stepWidth] = width;
  const [minimumHeight, maximumHeight, stepHeight] = height;
  return { minimumWidth, maximumWidth, stepWidth, minimumHeight, maximumHeight, stepHeight, intervals };
}

describe('modesOf', () => {
  it('has none of formats that are no mosaic, of sizes that are odd and of intervals that are no times', () => {
    expect(modesOf([formatNamed('YUYV', [sizeOf(640, 480, [30])]), formatNamed('Z16 ', [])])).toEqual([]);
    expect(modesOf([formatNamed('RG10', [sizeOf(641, 480, [30])])])).toEqual([]);
    const timeless = { ...sizeOf(64, 48, []), intervals: { discrete: [{ numerator: 0, denominator: 1 }] } };
    expect(ids(modesOf([formatNamed('RG10', [timeless])]))).toEqual(['64x48 RG10']);
  });

  it('begins with 1080p30 of ten bits or more, then goes by format, size and rate', () => {
    const sizes = [sizeOf(640, 480, [30, 60]), sizeOf(1920, 1080, [15, 30])];
    const modes = modesOf([formatNamed('BA81', sizes), formatNamed('RG12', sizes)]);
    expect(ids(modes)).toEqual([
      '1920x1080@30 RG12',
      '1920x1080@30 BA81',
      '1920x1080@15 BA81',
      '640x480@60 BA81',
      '640x480@30 BA81',
      '1920x1080@15 RG12',
      '640x480@60 RG12',
      '640x480@30 RG12',
    ]);
    expect(modes[0]).toMatchObject({ pixelFormat: 'RGGB12', framesPerSecond: 30, interval: { numerator: 1, denominator: 30 } });
  });

  it('offers the largest and the usual sizes of a range, even where its limit is odd', () => {
    const stepwise = formatNamed('GB10', [range([2, 3281, 1], [2, 2465, 1])]);
    expect(ids(modesOf([stepwise]))).toEqual([
      '1920x1080 GB10',
      '3280x2464 GB10',
      '1280x720 GB10',
      '640x480 GB10',
      '640x360 GB10',
    ]);
    const coarse = formatNamed('GB10', [range([128, 1280, 128], [72, 720, 72])]);
    expect(ids(modesOf([coarse]))).toEqual(['1280x720 GB10', '640x360 GB10']);
  });

  it('offers the shortest and the usual intervals of a range', () => {
    const minimum = { numerator: 1001, denominator: 60000 };
    const continuous = { discrete: [], minimum, maximum: { numerator: 1, denominator: 20 } };
    const modes = modesOf([formatNamed('pRAA', [range([640, 640, 0], [480, 480, 0], continuous)])]);
    expect(ids(modes)).toEqual(['640x480@30 pRAA', '640x480@59.94 pRAA']);
  });
});

describe('what a mode means', () => {
  it.each([
    ['RGGB', 'RGGB', 8, 255],
    ['BG12', 'BGGR', 12, 4095],
    ['pgAA', 'GRBG', 10, 1023],
  ])('%s is %s with %d bits', (fourcc, cfa, bits, whiteLevel) => {
    const [mode] = modesOf([formatNamed(fourcc, [sizeOf(64, 48, [30])])]);
    expect(sensorOf(mode as V4l2Mode)).toEqual({ cfa, bits, blackLevels: [0, 0, 0, 0], whiteLevel });
  });

  it('names rates as people do', () => {
    expect(rateOf({ numerator: 1001, denominator: 30000 })).toBe(29.97);
  });
});
