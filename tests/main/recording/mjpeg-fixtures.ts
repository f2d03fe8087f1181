import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decode } from 'fast-png';

const folder = join(import.meta.dirname, 'fixtures');

/** A committed JPEG or stream: made by OpenCV (`.jpg`) or FFmpeg (`.mjpeg`). */
export async function fixture(name: string): Promise<Uint8Array> {
  return new Uint8Array(await readFile(join(folder, name)));
}

/** What OpenCV decoded from the fixture of that name, as RGB; the frames of a stream one below the other. */
export async function expectedRgb(name: string): Promise<Uint8Array> {
  const { data } = decode(await readFile(join(folder, `${name}.png`)));
  return new Uint8Array(data);
}

/** The same JPEG without its Huffman tables, as old USB cameras send it. */
export function withoutHuffmanTables(jpeg: Uint8Array): Uint8Array {
  const kept: number[] = [0xff, 0xd8];
  let at = 2;
  while (jpeg[at + 1] !== 0xda) {
    const end = at + 2 + (((jpeg[at + 2] as number) << 8) | (jpeg[at + 3] as number));
    if (jpeg[at + 1] !== 0xc4) kept.push(...jpeg.subarray(at, end));
    at = end;
  }
  return Uint8Array.from([...kept, ...jpeg.subarray(at)]);
}
