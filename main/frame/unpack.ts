import { assert } from '../base/errors.ts';

/** How the rows of one mosaic lie in memory. */
export interface MosaicLayout {
  readonly width: number;
  readonly height: number;
  /** Significant bits of a sample, 8 to 16; MIPI packing exists for 10, 12 and 14 (and equals unpacked for 8). */
  readonly bits: number;
  readonly packing: 'unpacked' | 'mipi';
  /** Bytes from the start of one row to the next; {@link bytesPerMosaicRow} when absent. */
  readonly strideBytes?: number;
}

/** Bytes of one row without padding. A MIPI row that ends inside a group ends on the next whole byte. */
export function bytesPerMosaicRow(layout: Pick<MosaicLayout, 'width' | 'bits' | 'packing'>): number {
  if (layout.packing === 'mipi') return Math.ceil((layout.width * layout.bits) / 8);
  return layout.width * (layout.bits <= 8 ? 1 : 2);
}

/** Bytes of a whole mosaic: the last row needs no padding after it. */
export function bytesPerMosaic(layout: MosaicLayout): number {
  const rowBytes = bytesPerMosaicRow(layout);
  return (layout.strideBytes ?? rowBytes) * (layout.height - 1) + rowBytes;
}

/**
 * Writes a mosaic as unpacked samples, row by row without padding, into the first width * height elements of `samples`.
 * Unpacked input is one byte (8 bit) or one little-endian word (more); MIPI is CSI-2 RAW10, RAW12 or RAW14 (kernel
 * `pixfmt-srggb10p.rst`, `…12p.rst`, `…14p.rst`). Any alignment of `source` will do. Allocates nothing per row.
 */
export function unpackMosaic(source: Uint8Array, layout: MosaicLayout, samples: Uint16Array): void {
  const { width, height, bits } = layout;
  checkSizes(source, layout, samples);
  const strideBytes = layout.strideBytes ?? bytesPerMosaicRow(layout);
  const unpackRow = rowUnpackers[keyOf(layout)] as RowFunction;
  for (let row = 0; row < height; row++) unpackRow(source, row * strideBytes, samples, row * width, width, bits);
}

/**
 * The inverse of {@link unpackMosaic}: writes `samples` into `target` in the given layout and sets row padding to zero.
 * Bits above `layout.bits` are dropped.
 */
export function packMosaic(samples: Uint16Array, layout: MosaicLayout, target: Uint8Array): void {
  const { width, height, bits } = layout;
  checkSizes(target, layout, samples);
  const rowBytes = bytesPerMosaicRow(layout);
  const strideBytes = layout.strideBytes ?? rowBytes;
  const packRow = rowPackers[keyOf(layout)] as RowFunction;
  for (let row = 0; row < height; row++) {
    packRow(target, row * strideBytes, samples, row * width, width, bits);
    if (row < height - 1) target.fill(0, row * strideBytes + rowBytes, (row + 1) * strideBytes);
  }
}

type RowFunction = (
  bytes: Uint8Array,
  byteAt: number,
  samples: Uint16Array,
  sampleAt: number,
  width: number,
  bits: number,
) => void;

function keyOf(layout: MosaicLayout): string {
  if (layout.bits === 8) return 'bytes';
  return layout.packing === 'mipi' ? `mipi${layout.bits}` : 'words';
}

function checkSizes(bytes: Uint8Array, layout: MosaicLayout, samples: Uint16Array): void {
  const { width, height, bits, packing } = layout;
  const known = Number.isInteger(bits) && bits >= 8 && bits <= 16 && keyOf(layout) in rowUnpackers;
  assert(known, `Expected 8 to 16 bits unpacked or 8, 10, 12, 14 bits MIPI but received ${bits} bits ${packing}`);
  const rowBytes = bytesPerMosaicRow(layout);
  const strideBytes = layout.strideBytes ?? rowBytes;
  assert(strideBytes >= rowBytes, `Expected a stride of at least ${rowBytes} bytes but received ${strideBytes}`);
  const expectedBytes = bytesPerMosaic(layout);
  assert(bytes.length >= expectedBytes, `Expected at least ${expectedBytes} bytes but received ${bytes.length}`);
  assert(samples.length >= width * height, `Expected at least ${width * height} samples but received ${samples.length}`);
}

const unpackBytes: RowFunction = (bytes, byteAt, samples, sampleAt, width) => {
  for (let x = 0; x < width; x++) samples[sampleAt + x] = bytes[byteAt + x] as number;
};

const packBytes: RowFunction = (bytes, byteAt, samples, sampleAt, width) => {
  for (let x = 0; x < width; x++) bytes[byteAt + x] = samples[sampleAt + x] as number;
};

const unpackWords: RowFunction = (bytes, byteAt, samples, sampleAt, width) => {
  for (let x = 0; x < width; x++) {
    samples[sampleAt + x] = (bytes[byteAt + 2 * x] as number) | ((bytes[byteAt + 2 * x + 1] as number) << 8);
  }
};

const packWords: RowFunction = (bytes, byteAt, samples, sampleAt, width, bits) => {
  const mask = 2 ** bits - 1;
  for (let x = 0; x < width; x++) {
    const sample = (samples[sampleAt + x] as number) & mask;
    bytes[byteAt + 2 * x] = sample;
    bytes[byteAt + 2 * x + 1] = sample >> 8;
  }
};

const unpackMipi10: RowFunction = (bytes, byteAt, samples, sampleAt, width, bits) => {
  const whole = width - (width % 4);
  let from = byteAt;
  for (let to = sampleAt; to < sampleAt + whole; to += 4, from += 5) {
    const low = bytes[from + 4] as number;
    samples[to] = ((bytes[from] as number) << 2) | (low & 3);
    samples[to + 1] = ((bytes[from + 1] as number) << 2) | ((low >> 2) & 3);
    samples[to + 2] = ((bytes[from + 2] as number) << 2) | ((low >> 4) & 3);
    samples[to + 3] = ((bytes[from + 3] as number) << 2) | (low >> 6);
  }
  unpackGroup(bytes, from, samples, sampleAt + whole, width - whole, bits);
};

const unpackMipi12: RowFunction = (bytes, byteAt, samples, sampleAt, width, bits) => {
  const whole = width - (width % 2);
  let from = byteAt;
  for (let to = sampleAt; to < sampleAt + whole; to += 2, from += 3) {
    const low = bytes[from + 2] as number;
    samples[to] = ((bytes[from] as number) << 4) | (low & 15);
    samples[to + 1] = ((bytes[from + 1] as number) << 4) | (low >> 4);
  }
  unpackGroup(bytes, from, samples, sampleAt + whole, width - whole, bits);
};

const unpackMipi14: RowFunction = (bytes, byteAt, samples, sampleAt, width, bits) => {
  const whole = width - (width % 4);
  let from = byteAt;
  for (let to = sampleAt; to < sampleAt + whole; to += 4, from += 7) {
    const low = (bytes[from + 4] as number) | ((bytes[from + 5] as number) << 8) | ((bytes[from + 6] as number) << 16);
    samples[to] = ((bytes[from] as number) << 6) | (low & 63);
    samples[to + 1] = ((bytes[from + 1] as number) << 6) | ((low >> 6) & 63);
    samples[to + 2] = ((bytes[from + 2] as number) << 6) | ((low >> 12) & 63);
    samples[to + 3] = ((bytes[from + 3] as number) << 6) | (low >> 18);
  }
  unpackGroup(bytes, from, samples, sampleAt + whole, width - whole, bits);
};

/** A group of any depth and length: the high bytes first, then all low bits as one little-endian bit string. */
function unpackGroup(
  bytes: Uint8Array,
  byteAt: number,
  samples: Uint16Array,
  sampleAt: number,
  count: number,
  bits: number,
): void {
  const lowBits = bits - 8;
  for (let i = 0; i < count; i++) {
    let low = 0;
    for (let bit = 0; bit < lowBits; bit++) {
      const position = i * lowBits + bit;
      low |= (((bytes[byteAt + count + (position >> 3)] as number) >> (position & 7)) & 1) << bit;
    }
    samples[sampleAt + i] = ((bytes[byteAt + i] as number) << lowBits) | low;
  }
}

const packMipi: RowFunction = (bytes, byteAt, samples, sampleAt, width, bits) => {
  const groupSamples = bits === 12 ? 2 : 4;
  let to = byteAt;
  for (let x = 0; x < width; x += groupSamples) {
    const count = Math.min(groupSamples, width - x);
    to += packGroup(bytes, to, samples, sampleAt + x, count, bits);
  }
};

function packGroup(
  bytes: Uint8Array,
  byteAt: number,
  samples: Uint16Array,
  sampleAt: number,
  count: number,
  bits: number,
): number {
  const lowBits = bits - 8;
  let lows = 0;
  for (let i = 0; i < count; i++) {
    const sample = samples[sampleAt + i] as number;
    bytes[byteAt + i] = sample >> lowBits;
    lows |= (sample & (2 ** lowBits - 1)) << (i * lowBits);
  }
  const lowBytes = Math.ceil((count * lowBits) / 8);
  for (let i = 0; i < lowBytes; i++) bytes[byteAt + count + i] = lows >> (8 * i);
  return count + lowBytes;
}

const rowUnpackers: Readonly<Record<string, RowFunction>> = {
  bytes: unpackBytes,
  words: unpackWords,
  mipi10: unpackMipi10,
  mipi12: unpackMipi12,
  mipi14: unpackMipi14,
};

const rowPackers: Readonly<Record<string, RowFunction>> = {
  bytes: packBytes,
  words: packWords,
  mipi10: packMipi,
  mipi12: packMipi,
  mipi14: packMipi,
};
