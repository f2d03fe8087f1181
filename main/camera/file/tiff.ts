import { InputError } from '../../base/errors.ts';

/** One image file directory: its tags' values as numbers. */
export interface TiffDirectory {
  /** The values of a tag, or undefined where it is absent. Rationals are divided; undefined bytes and text are byte values. */
  values(tag: number): readonly number[] | undefined;
  /** The first value of a tag, or `fallback` where it is absent. */
  first(tag: number, fallback: number): number;
}

/** A parsed TIFF 6.0 file: byte order, directories, bytes. */
export interface TiffFile {
  readonly littleEndian: boolean;
  /** The main chain, each directory followed by its SubIFDs, depth first. */
  readonly directories: readonly TiffDirectory[];
}

/** [bytes of one value, how to read it] by TIFF field type. */
const fieldTypes: Readonly<Record<number, readonly [number, (view: DataView, at: number, littleEndian: boolean) => number]>> = {
  1: [1, (view, at) => view.getUint8(at)],
  2: [1, (view, at) => view.getUint8(at)],
  3: [2, (view, at, little) => view.getUint16(at, little)],
  4: [4, (view, at, little) => view.getUint32(at, little)],
  5: [8, (view, at, little) => view.getUint32(at, little) / view.getUint32(at + 4, little)],
  6: [1, (view, at) => view.getInt8(at)],
  7: [1, (view, at) => view.getUint8(at)],
  8: [2, (view, at, little) => view.getInt16(at, little)],
  9: [4, (view, at, little) => view.getInt32(at, little)],
  10: [8, (view, at, little) => view.getInt32(at, little) / view.getInt32(at + 4, little)],
  11: [4, (view, at, little) => view.getFloat32(at, little)],
  12: [8, (view, at, little) => view.getFloat64(at, little)],
  13: [4, (view, at, little) => view.getUint32(at, little)],
};

const subIfdsTag = 330;
const maximumDirectories = 64;

/**
 * Reads the directories of a TIFF file. An own reader, because the npm package `tiff` (7.1.3) neither follows SubIFDs nor
 * accepts the photometric interpretation and the bit depths of a colour filter array.
 *
 * Throws InputError where the file ends too early or is BigTIFF; a directory that is linked twice is read once.
 */
export function readTiff(bytes: Uint8Array, path: string): TiffFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  requireBytes(view, 0, 8, path);
  const littleEndian = view.getUint8(0) === 0x49;
  if (view.getUint16(2, littleEndian) !== 42) {
    throw new InputError('file.big-tiff', `Expected a DNG but ${path} is a BigTIFF`, 'Save it as a classic DNG (below 4 GiB).');
  }
  const directories: TiffDirectory[] = [];
  const pending = [view.getUint32(4, littleEndian)];
  const seen = new Set<number>();
  for (let offset = pending.shift(); offset !== undefined; offset = pending.shift()) {
    if (offset === 0 || seen.has(offset) || seen.size >= maximumDirectories) continue;
    seen.add(offset);
    const directory = new Directory(view, offset, littleEndian, path);
    directories.push(directory);
    pending.unshift(...(directory.values(subIfdsTag) ?? []), directory.nextOffset);
  }
  return { littleEndian, directories };
}

class Directory implements TiffDirectory {
  /** Offset of each tag's 12-byte entry. */
  readonly #entries = new Map<number, number>();
  readonly #view: DataView;
  readonly #littleEndian: boolean;
  readonly #path: string;
  readonly nextOffset: number;

  constructor(view: DataView, offset: number, littleEndian: boolean, path: string) {
    this.#view = view;
    this.#littleEndian = littleEndian;
    this.#path = path;
    requireBytes(view, offset, 2, path);
    const count = view.getUint16(offset, littleEndian);
    const end = offset + 2 + 12 * count;
    requireBytes(view, offset, 2 + 12 * count + 4, path);
    for (let at = offset + 2; at < end; at += 12) this.#entries.set(view.getUint16(at, littleEndian), at);
    this.nextOffset = view.getUint32(end, littleEndian);
  }

  values(tag: number): readonly number[] | undefined {
    const entry = this.#entries.get(tag);
    if (entry === undefined) return undefined;
    const type = fieldTypes[this.#view.getUint16(entry + 2, this.#littleEndian)];
    if (type === undefined) return undefined;
    const [valueBytes, read] = type;
    const count = this.#view.getUint32(entry + 4, this.#littleEndian);
    const isInline = count * valueBytes <= 4;
    const start = isInline ? entry + 8 : this.#view.getUint32(entry + 8, this.#littleEndian);
    requireBytes(this.#view, start, count * valueBytes, this.#path);
    return Array.from({ length: count }, (_, index) => read(this.#view, start + index * valueBytes, this.#littleEndian));
  }

  first(tag: number, fallback: number): number {
    return this.values(tag)?.[0] ?? fallback;
  }
}

function requireBytes(view: DataView, offset: number, count: number, path: string): void {
  if (offset + count <= view.byteLength) return;
  throw truncated(path, offset + count, view.byteLength);
}

/** The error for a file that ends before what it promises. */
export function truncated(path: string, expectedBytes: number, receivedBytes: number): InputError {
  return new InputError(
    'file.truncated',
    `Expected at least ${expectedBytes} bytes in ${path} but received ${receivedBytes}: the file is cut off`,
    'Copy it again from its source.',
  );
}
