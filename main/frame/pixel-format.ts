/** The four Bayer orders, read from the top-left 2x2 cell, row by row. */
export type CfaOrder = 'RGGB' | 'GRBG' | 'GBRG' | 'BGGR';

/** Every Bayer order, in the order in which menus show them. */
export const cfaOrders: readonly CfaOrder[] = ['RGGB', 'GRBG', 'GBRG', 'BGGR'];

/** How samples lie in memory: one per little-endian word, MIPI CSI-2 packed, or as the named video layout. */
export type Packing = 'unpacked' | 'mipi' | 'interleaved' | 'semi-planar' | 'compressed';

/** One row of the format table. `bits` counts significant bits of a sample, `bitsPerPixel` the memory a pixel takes. */
export interface PixelFormat {
  /** Name in the lab, for example `RGGB10` or `RGGB10P` (MIPI packed). */
  readonly name: string;
  /** V4L2 four-character code (`videodev2.h`). */
  readonly fourcc: string;
  readonly kind: 'mosaic' | 'grey' | 'yuv' | 'rgb' | 'jpeg';
  readonly cfa?: CfaOrder;
  readonly bits: number;
  readonly bitsPerPixel: number;
  readonly packing: Packing;
  readonly planes: 1 | 2;
}

const bayerFourccs: Record<CfaOrder, Record<string, string>> = {
  RGGB: { 8: 'RGGB', 10: 'RG10', 12: 'RG12', 14: 'RG14', 16: 'RG16', '10P': 'pRAA', '12P': 'pRCC', '14P': 'pREE' },
  GRBG: { 8: 'GRBG', 10: 'BA10', 12: 'BA12', 14: 'GR14', 16: 'GR16', '10P': 'pgAA', '12P': 'pgCC', '14P': 'pgEE' },
  GBRG: { 8: 'GBRG', 10: 'GB10', 12: 'GB12', 14: 'GB14', 16: 'GB16', '10P': 'pGAA', '12P': 'pGCC', '14P': 'pGEE' },
  BGGR: { 8: 'BA81', 10: 'BG10', 12: 'BG12', 14: 'BG14', 16: 'BYR2', '10P': 'pBAA', '12P': 'pBCC', '14P': 'pBEE' },
};

function bayerFormats(cfa: CfaOrder): PixelFormat[] {
  return Object.entries(bayerFourccs[cfa]).map(([depth, fourcc]) => {
    const bits = Number.parseInt(depth, 10);
    const packed = depth.endsWith('P');
    const memoryBits = packed ? bits : bits === 8 ? 8 : 16;
    const packing = packed ? 'mipi' : 'unpacked';
    return { name: `${cfa}${depth}`, fourcc, kind: 'mosaic', cfa, bits, bitsPerPixel: memoryBits, packing, planes: 1 };
  });
}

/** The one table of pixel formats (source: kernel `Documentation/userspace-api/media/v4l/pixfmt.rst`). */
export const pixelFormats: readonly PixelFormat[] = [
  ...cfaOrders.flatMap(bayerFormats),
  { name: 'YUYV', fourcc: 'YUYV', kind: 'yuv', bits: 8, bitsPerPixel: 16, packing: 'interleaved', planes: 1 },
  { name: 'UYVY', fourcc: 'UYVY', kind: 'yuv', bits: 8, bitsPerPixel: 16, packing: 'interleaved', planes: 1 },
  { name: 'NV12', fourcc: 'NV12', kind: 'yuv', bits: 8, bitsPerPixel: 12, packing: 'semi-planar', planes: 2 },
  { name: 'RGB24', fourcc: 'RGB3', kind: 'rgb', bits: 8, bitsPerPixel: 24, packing: 'interleaved', planes: 1 },
  { name: 'BGR24', fourcc: 'BGR3', kind: 'rgb', bits: 8, bitsPerPixel: 24, packing: 'interleaved', planes: 1 },
  { name: 'RGBA8', fourcc: 'AB24', kind: 'rgb', bits: 8, bitsPerPixel: 32, packing: 'interleaved', planes: 1 },
  { name: 'GREY', fourcc: 'GREY', kind: 'grey', bits: 8, bitsPerPixel: 8, packing: 'unpacked', planes: 1 },
  { name: 'MJPEG', fourcc: 'MJPG', kind: 'jpeg', bits: 8, bitsPerPixel: 0, packing: 'compressed', planes: 1 },
];

const formatsByName = new Map(pixelFormats.map((format) => [format.name, format]));
const formatsByFourcc = new Map(pixelFormats.map((format) => [format.fourcc, format]));

/** The format of that lab name, or undefined. */
export function pixelFormatNamed(name: string): PixelFormat | undefined {
  return formatsByName.get(name);
}

/** The format of that V4L2 four-character code, or undefined. */
export function pixelFormatOfFourcc(fourcc: string): PixelFormat | undefined {
  return formatsByFourcc.get(fourcc);
}

/** The mosaic format of that order, depth and packing, or undefined where none exists (MIPI has no 8 or 16 bit entry here). */
export function mosaicFormat(cfa: CfaOrder, bits: number, packing: 'unpacked' | 'mipi' = 'unpacked'): PixelFormat | undefined {
  return formatsByName.get(`${cfa}${bits}${packing === 'mipi' ? 'P' : ''}`);
}

/** Bytes of one row without padding. MIPI rows end on a whole byte; a compressed format has no row size and gives 0. */
export function bytesPerRow(format: PixelFormat, width: number): number {
  return format.packing === 'semi-planar' ? width : Math.ceil((width * format.bitsPerPixel) / 8);
}

/** Bytes of one frame without padding; 0 for a compressed format. */
export function bytesPerFrame(format: PixelFormat, width: number, height: number): number {
  if (format.packing === 'semi-planar') return width * height + width * Math.ceil(height / 2);
  return bytesPerRow(format, width) * height;
}
