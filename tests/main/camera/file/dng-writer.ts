/** Values of one tag: TIFF type, then numbers; rationals (5, 10) are given as pairs. */
export type TagValue = readonly [type: number, ...values: number[]];

/** One directory to write: tags by number, image blocks and SubIFDs, whose offsets the writer fills in. */
export interface DirectoryPlan {
  readonly tags: Readonly<Record<number, TagValue>>;
  readonly blocks?: readonly Uint8Array[];
  readonly tiled?: boolean;
  readonly subDirectories?: readonly DirectoryPlan[];
}

const valueBytes: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 4, 7: 1, 9: 4, 10: 4, 11: 4, 12: 8 };

/** Writes a TIFF with one main directory: enough to build any DNG, right or wrong, in memory. */
export function writeTiff(plan: DirectoryPlan, littleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(1 << 20);
  const view = new DataView(bytes.buffer);
  let end = 8;
  const allocate = (count: number): number => {
    const at = end;
    end += count + (count % 2);
    return at;
  };
  const writeValue = (type: number, at: number, value: number): void => {
    if (valueBytes[type] === 1) view.setUint8(at, value);
    else if (type === 3) view.setUint16(at, value, littleEndian);
    else if (type === 11) view.setFloat32(at, value, littleEndian);
    else if (type === 12) view.setFloat64(at, value, littleEndian);
    else view.setUint32(at, value >>> 0, littleEndian);
  };
  const writeDirectory = (directory: DirectoryPlan): number => {
    const tags = new Map(Object.entries(directory.tags).map(([tag, value]) => [Number(tag), value]));
    const blocks = directory.blocks ?? [];
    const offsets = blocks.map((block) => {
      const at = allocate(block.length);
      bytes.set(block, at);
      return at;
    });
    if (blocks.length > 0) tags.set(directory.tiled ? 324 : 273, [4, ...offsets]);
    if (blocks.length > 0) tags.set(directory.tiled ? 325 : 279, [4, ...blocks.map((block) => block.length)]);
    if (directory.subDirectories) tags.set(330, [4, ...directory.subDirectories.map(writeDirectory)]);
    const start = allocate(2 + 12 * tags.size + 4);
    view.setUint16(start, tags.size, littleEndian);
    const sorted = [...tags].sort(([a], [b]) => a - b);
    for (const [index, [tag, [type, ...values]]] of sorted.entries()) {
      const entry = start + 2 + 12 * index;
      const size = valueBytes[type] as number;
      const isRational = type === 5 || type === 10;
      view.setUint16(entry, tag, littleEndian);
      view.setUint16(entry + 2, type, littleEndian);
      view.setUint32(entry + 4, isRational ? values.length / 2 : values.length, littleEndian);
      const at = values.length * size <= 4 ? entry + 8 : allocate(values.length * size);
      if (at !== entry + 8) view.setUint32(entry + 8, at, littleEndian);
      for (const [position, value] of values.entries()) writeValue(type, at + position * size, value);
    }
    return start;
  };
  view.setUint16(0, littleEndian ? 0x4949 : 0x4d4d);
  view.setUint16(2, 42, littleEndian);
  view.setUint32(4, writeDirectory(plan), littleEndian);
  return bytes.slice(0, end);
}

/** Samples as one image block of a DNG: bytes, words of the file's order, or a big-endian bit string padded per row. */
export function dngBlock(samples: readonly number[], width: number, bits: number, littleEndian: boolean): Uint8Array {
  const rowBytes = Math.ceil((width * bits) / 8);
  const block = new Uint8Array((samples.length / width) * rowBytes);
  const view = new DataView(block.buffer);
  for (const [index, sample] of samples.entries()) {
    const row = Math.floor(index / width);
    const column = index % width;
    if (bits === 16) view.setUint16(row * rowBytes + 2 * column, sample, littleEndian);
    else writeBits(block, row * rowBytes * 8 + column * bits, bits, sample);
  }
  return block;
}

function writeBits(block: Uint8Array, position: number, bits: number, value: number): void {
  for (let bit = 0; bit < bits; bit++) {
    const at = position + bit;
    if ((value >> (bits - 1 - bit)) & 1) block[at >> 3] = (block[at >> 3] as number) | (0x80 >> (at & 7));
  }
}
