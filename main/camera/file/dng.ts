import { xyzFromSrgb } from '../../base/colour/rgb-space.ts';
import { InputError } from '../../base/errors.ts';
import { inverse3, type Matrix3, multiply3, rowsSummingToOne, type Triple } from '../../base/matrix3.ts';
import type { MosaicArea, SensorDescription } from '../../frame/frame-meta.ts';
import { opticalBlackLevels } from '../../frame/optical-black.ts';
import { type CfaOrder, cfaOrders } from '../../frame/pixel-format.ts';
import { readDngSamples } from './dng-samples.ts';
import type { RawImage } from './raw-image.ts';
import { readTiff, type TiffDirectory } from './tiff.ts';

/** Tag numbers of TIFF 6.0, TIFF/EP and DNG 1.7 that are read here. */
const tag = {
  newSubFileType: 254,
  imageWidth: 256,
  imageLength: 257,
  compression: 259,
  photometric: 262,
  cfaRepeatPatternDim: 33421,
  cfaPattern: 33422,
  dngVersion: 50706,
  cfaPlaneColor: 50710,
  linearizationTable: 50712,
  blackLevelRepeatDim: 50713,
  blackLevel: 50714,
  whiteLevel: 50717,
  colorMatrix1: 50721,
  colorMatrix2: 50722,
  asShotNeutral: 50728,
  calibrationIlluminant1: 50778,
  activeArea: 50829,
  maskedAreas: 50830,
} as const;

const photometricCfa = 32803;
const photometricLinearRaw = 34892;
const illuminantD65 = 21;

const compressionNames: Readonly<Record<number, string>> = {
  5: 'LZW',
  6: 'JPEG (old style)',
  7: 'lossless JPEG',
  8: 'Deflate',
  32773: 'PackBits',
  34713: 'Nikon NEF',
  34892: 'lossy JPEG',
  52546: 'JPEG XL',
};

/**
 * Decodes an uncompressed CFA DNG, cropped to its ActiveArea and there to an even size. The CFA pattern and the black
 * levels of a DNG count from the corner of the ActiveArea, so an odd offset needs no change of order.
 *
 * Black is what the frame itself shows in its MaskedAreas, which lie outside the ActiveArea, since it drifts with temperature and
 * exposure; where they are too few samples or see light, and in files without them, it is the file's BlackLevel.
 *
 * BlackLevelDeltaH and BlackLevelDeltaV are not applied: a SensorDescription has one level for each position of the cell,
 * and these refinements stay within a few DN of it. Orientation is left to the viewer: a sensor's rows are its rows.
 */
export function decodeDng(bytes: Uint8Array, path: string): RawImage {
  const { directories, littleEndian } = readTiff(bytes, path);
  const main = directories[0];
  if (main?.values(tag.dngVersion) === undefined) {
    const action = "Convert the camera maker's RAW file to an uncompressed DNG.";
    throw new InputError('file.not-dng', `Expected a DNG but ${path} is a TIFF file without DNG tags`, action);
  }
  const raw = cfaDirectory(directories, path);
  requireUncompressed(raw, path);
  const width = raw.first(tag.imageWidth, 0);
  const height = raw.first(tag.imageLength, 0);
  const { samples, bits } = readDngSamples(bytes, raw, { width, height, littleEndian, path });
  const table = raw.values(tag.linearizationTable);
  if (table !== undefined && table.length > 0) linearise(samples, table);
  const outputBits = table === undefined ? bits : 16;
  const area = activeArea(raw, width, height, path);
  const levels = levelsOf(raw, outputBits, path);
  const masked = { readout: { samples, width, height }, areas: maskedAreas(raw, width, height), cellOrigin: area };
  const blackLevels = opticalBlackLevels({ ...masked, whiteLevel: levels.whiteLevel }) ?? levels.blackLevels;
  const whiteBalance = whiteBalanceFrom(main);
  const srgbFromCamera = srgbFromCameraFrom(main);
  return {
    ...cropped(samples, width, area),
    sensor: {
      cfa: cfaOrderOf(raw, path),
      bits: outputBits,
      whiteLevel: levels.whiteLevel,
      blackLevels,
      ...(whiteBalance === undefined ? {} : { whiteBalance }),
      ...(srgbFromCamera === undefined ? {} : { srgbFromCamera }),
    },
  };
}

/** The mosaic at full resolution: previews and reduced copies say so in their subfile type. */
function cfaDirectory(directories: readonly TiffDirectory[], path: string): TiffDirectory {
  const mosaics = directories.filter((directory) => directory.first(tag.photometric, -1) === photometricCfa);
  const area = (directory: TiffDirectory): number => directory.first(tag.imageWidth, 0) * directory.first(tag.imageLength, 0);
  const isFull = (directory: TiffDirectory): number => (directory.first(tag.newSubFileType, 0) === 0 ? 1 : 0);
  const best = mosaics.sort((a, b) => isFull(b) - isFull(a) || area(b) - area(a))[0];
  if (best !== undefined) return best;
  const isLinear = directories.some((directory) => directory.first(tag.photometric, -1) === photometricLinearRaw);
  const found = isLinear ? 'holds an already demosaicked picture (LinearRaw)' : 'holds no colour filter array image';
  throw new InputError('file.not-mosaic', `Expected a CFA DNG but ${path} ${found}`, 'Choose a DNG with the original mosaic.');
}

function requireUncompressed(raw: TiffDirectory, path: string): void {
  const compression = raw.first(tag.compression, 1);
  if (compression === 1) return;
  const name = compressionNames[compression] ?? `scheme ${compression}`;
  throw new InputError(
    'file.dng-compressed',
    `Expected an uncompressed DNG but ${path} is compressed with ${name}`,
    'Convert it to an uncompressed DNG (for example with "dng_validate -dng" or the DNG Converter option "Uncompressed").',
  );
}

function cfaOrderOf(raw: TiffDirectory, path: string): CfaOrder {
  const planes = raw.values(tag.cfaPlaneColor) ?? [0, 1, 2];
  const pattern = (raw.values(tag.cfaPattern) ?? []).map((plane) => 'RGB'[planes.indexOf(plane)] ?? '?').join('');
  const [rows, columns] = raw.values(tag.cfaRepeatPatternDim) ?? [0, 0];
  const order = cfaOrders.find((candidate) => candidate === pattern);
  if (rows === 2 && columns === 2 && order !== undefined) return order;
  const action = 'Only 2x2 Bayer orders (RGGB, GRBG, GBRG, BGGR) are supported.';
  throw new InputError(
    'file.dng-cfa',
    `Expected a Bayer pattern but ${path} has a ${rows}x${columns} pattern ${pattern}`,
    action,
  );
}

/** Black as the mean of all levels of the repeated block that fall on one position of the 2x2 cell. */
function levelsOf(raw: TiffDirectory, bits: number, path: string): Pick<SensorDescription, 'blackLevels' | 'whiteLevel'> {
  const [rows = 1, columns = 1] = raw.values(tag.blackLevelRepeatDim) ?? [1, 1];
  const block = raw.values(tag.blackLevel) ?? [0];
  const blackAt = (row: number, column: number): number => {
    let sum = 0;
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) sum += block[((row + 2 * y) % rows) * columns + ((column + 2 * x) % columns)] ?? 0;
    }
    return sum / (rows * columns);
  };
  const blackLevels = [blackAt(0, 0), blackAt(0, 1), blackAt(1, 0), blackAt(1, 1)] as const;
  const whiteLevel = raw.first(tag.whiteLevel, 2 ** bits - 1);
  if (blackLevels.every((black) => black >= 0 && black < whiteLevel)) return { blackLevels, whiteLevel };
  throw new InputError(
    'file.dng-levels',
    `Expected black levels below the white level ${whiteLevel} in ${path} but received ${blackLevels.join(', ')}`,
  );
}

function activeArea(raw: TiffDirectory, width: number, height: number, path: string): MosaicArea {
  const [top = 0, left = 0, bottom = height, right = width] = raw.values(tag.activeArea) ?? [];
  const area = { top, left, columns: (right - left) & ~1, rows: (bottom - top) & ~1 };
  if (bottom <= height && right <= width && area.columns >= 2 && area.rows >= 2) return area;
  const received = [top, left, bottom, right].join(', ');
  throw new InputError('file.dng-area', `Expected an ActiveArea inside ${width}x${height} in ${path} but received ${received}`);
}

/**
 * Rectangles of top, left, bottom and right in the readout. What is none, or lies outside, is left out: the picture is sound without it.
 */
function maskedAreas(raw: TiffDirectory, width: number, height: number): MosaicArea[] {
  const numbers = raw.values(tag.maskedAreas) ?? [];
  return Array.from({ length: Math.floor(numbers.length / 4) }, (_, index) => {
    const [top, left, bottom, right] = numbers.slice(4 * index, 4 * index + 4) as [number, number, number, number];
    return { top, left, rows: bottom - top, columns: right - left };
  }).filter(({ top, left, rows, columns }) => rows > 0 && columns > 0 && top + rows <= height && left + columns <= width);
}

function cropped(samples: Uint16Array, stride: number, area: MosaicArea): Omit<RawImage, 'sensor'> {
  const { top, left, columns: width, rows: height } = area;
  const target = new Uint16Array(width * height);
  for (let row = 0; row < height; row++) {
    const start = (top + row) * stride + left;
    target.set(samples.subarray(start, start + width), row * width);
  }
  return { samples: target, width, height };
}

function linearise(samples: Uint16Array, table: readonly number[]): void {
  const last = table.length - 1;
  for (let index = 0; index < samples.length; index++) samples[index] = table[Math.min(samples[index] as number, last)] as number;
}

function whiteBalanceFrom(main: TiffDirectory): Triple | undefined {
  const neutral = main.values(tag.asShotNeutral);
  if (neutral?.length !== 3 || !neutral.every((value) => Number.isFinite(value) && value > 0)) return undefined;
  const [red, green, blue] = neutral as unknown as Triple;
  return [green / red, 1, green / blue];
}

/** From the colour matrix made for the light nearest to D65: camera from XYZ, turned into sRGB from white-balanced camera. */
function srgbFromCameraFrom(main: TiffDirectory): Matrix3 | undefined {
  const isFirstD65 = main.first(tag.calibrationIlluminant1, 0) === illuminantD65;
  const second = isFirstD65 ? undefined : main.values(tag.colorMatrix2);
  const cameraFromXyz = second ?? main.values(tag.colorMatrix1);
  if (cameraFromXyz?.length !== 9) return undefined;
  const cameraFromSrgb = rowsSummingToOne(multiply3(cameraFromXyz as unknown as Matrix3, xyzFromSrgb));
  return cameraFromSrgb === undefined ? undefined : inverse3(cameraFromSrgb);
}
