import { InputError } from '../../base/errors.ts';
import { type TiffDirectory, truncated } from './tiff.ts';

const tag = {
  bitsPerSample: 258,
  fillOrder: 266,
  stripOffsets: 273,
  samplesPerPixel: 277,
  rowsPerStrip: 278,
  stripByteCounts: 279,
  tileWidth: 322,
  tileLength: 323,
  tileOffsets: 324,
  tileByteCounts: 325,
  sampleFormat: 339,
} as const;

const supportedBits = [8, 10, 12, 14, 16];
const maximumSide = 65_535;

/** What the image data of a directory is read against. */
export interface DngFrame {
  readonly width: number;
  readonly height: number;
  readonly littleEndian: boolean;
  /** For messages. */
  readonly path: string;
}

/** A strip or a tile: a rectangle of rows in one run of bytes. A tile may reach over the right and lower edge. */
interface Block {
  readonly offset: number;
  readonly byteCount: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly rows: number;
}

/** All samples of the uncompressed image of a directory, row by row; InputError where the layout is unknown or cut off. */
export function readDngSamples(bytes: Uint8Array, raw: TiffDirectory, frame: DngFrame): { samples: Uint16Array; bits: number } {
  const { width, height, path } = frame;
  if (!(width >= 2 && width <= maximumSide && height >= 2 && height <= maximumSide)) {
    throw new InputError(
      'file.dng-size',
      `Expected 2 to ${maximumSide} columns and rows in ${path} but received ${width}x${height}`,
    );
  }
  const bits = bitsOf(raw, path);
  const samples = new Uint16Array(width * height);
  for (const block of blocksOf(raw, frame)) {
    const rowBytes = Math.ceil((block.width * bits) / 8);
    const neededBytes = rowBytes * block.rows;
    if (block.byteCount < neededBytes) throw truncated(path, block.offset + neededBytes, block.offset + block.byteCount);
    if (block.offset + neededBytes > bytes.length) throw truncated(path, block.offset + neededBytes, bytes.length);
    const columns = Math.min(block.width, width - block.left);
    const rows = Math.min(block.rows, height - block.top);
    for (let row = 0; row < rows; row++) {
      const to = (block.top + row) * width + block.left;
      unpackRow(bytes, block.offset + row * rowBytes, bits, frame.littleEndian, samples, to, columns);
    }
  }
  return { samples, bits };
}

function bitsOf(raw: TiffDirectory, path: string): number {
  const bits = raw.first(tag.bitsPerSample, 1);
  const problem =
    raw.first(tag.samplesPerPixel, 1) !== 1
      ? `${raw.first(tag.samplesPerPixel, 1)} samples per pixel`
      : raw.first(tag.sampleFormat, 1) !== 1
        ? `sample format ${raw.first(tag.sampleFormat, 1)} (floating point or signed)`
        : raw.first(tag.fillOrder, 1) !== 1
          ? 'reversed bit order (FillOrder 2)'
          : supportedBits.includes(bits)
            ? undefined
            : `${bits} bits`;
  if (problem === undefined) return bits;
  const expected = `one unsigned sample of ${supportedBits.join(', ')} bits per pixel`;
  throw new InputError('file.dng-samples', `Expected ${expected} in ${path} but received ${problem}`);
}

function blocksOf(raw: TiffDirectory, { width, height, path }: DngFrame): readonly Block[] {
  const tileOffsets = raw.values(tag.tileOffsets);
  const blockWidth = tileOffsets === undefined ? width : raw.first(tag.tileWidth, 0);
  const blockRows =
    tileOffsets === undefined ? Math.min(height, raw.first(tag.rowsPerStrip, height)) : raw.first(tag.tileLength, 0);
  const offsets = tileOffsets ?? raw.values(tag.stripOffsets) ?? [];
  const byteCounts = raw.values(tileOffsets === undefined ? tag.stripByteCounts : tag.tileByteCounts) ?? [];
  const across = Math.ceil(width / blockWidth);
  const expected = across * Math.ceil(height / blockRows);
  if (!(blockWidth > 0 && blockRows > 0) || offsets.length !== expected || byteCounts.length !== expected) {
    const counts = `${offsets.length} offsets and ${byteCounts.length} byte counts`;
    throw new InputError('file.dng-layout', `Expected ${expected} strips or tiles in ${path} but received ${counts}`);
  }
  return offsets.map((offset, index) => {
    const top = Math.floor(index / across) * blockRows;
    // The last strip is as short as the image; tiles are always whole.
    const rows = tileOffsets === undefined ? Math.min(blockRows, height - top) : blockRows;
    return { offset, byteCount: byteCounts[index] as number, left: (index % across) * blockWidth, top, width: blockWidth, rows };
  });
}

/** 8 bit: bytes; 16 bit: words in the file's order; between: one big-endian bit string per row in either byte order. */
function unpackRow(
  bytes: Uint8Array,
  byteAt: number,
  bits: number,
  littleEndian: boolean,
  samples: Uint16Array,
  sampleAt: number,
  count: number,
): void {
  if (bits === 8) {
    samples.set(bytes.subarray(byteAt, byteAt + count), sampleAt);
  } else if (bits === 16) {
    const [low, high] = littleEndian ? [0, 1] : [1, 0];
    for (let x = 0; x < count; x++) {
      samples[sampleAt + x] = (bytes[byteAt + 2 * x + low] as number) | ((bytes[byteAt + 2 * x + high] as number) << 8);
    }
  } else {
    unpackBitString(bytes, byteAt, bits, samples, sampleAt, count);
  }
}

function unpackBitString(
  bytes: Uint8Array,
  byteAt: number,
  bits: number,
  samples: Uint16Array,
  sampleAt: number,
  count: number,
): void {
  let from = byteAt;
  let held = 0;
  let heldBits = 0;
  for (let x = 0; x < count; x++) {
    while (heldBits < bits) {
      held = (held << 8) | (bytes[from++] as number);
      heldBits += 8;
    }
    heldBits -= bits;
    samples[sampleAt + x] = held >> heldBits;
    held &= (1 << heldBits) - 1;
  }
}
