const marker = { prefix: 0xff, startOfImage: 0xd8, endOfImage: 0xd9, startOfScan: 0xda, huffmanTables: 0xc4 } as const;

/** One frame of a Motion JPEG stream. `isWhole` is false where the next frame began, or the stream ended, before its end. */
export interface MjpegFrame {
  readonly bytes: Uint8Array;
  readonly isWhole: boolean;
}

/** Whether a marker stands alone, without a length and a segment after it: TEM, RST0 to RST7. */
function standsAlone(code: number): boolean {
  return code === 0x01 || (code >= 0xd0 && code <= 0xd7);
}

/**
 * Cuts a Motion JPEG stream into its frames, in chunks of any size. Segments are skipped by their length, so a thumbnail in one
 * is no frame; within entropy-coded data a stuffed FF 00 and restart markers are no ends (ITU-T T.81, annex B). Bytes between
 * frames are passed over and counted. A frame that is cut off within a segment takes the next one's beginning with it.
 */
export class MjpegSplitter {
  #held = new Uint8Array(0);
  /** Where scanning goes on within `#held`, which begins with a frame when this is above 0. */
  #at = 0;
  #isInScan = false;
  #skippedBytes = 0;

  /** Bytes so far that belong to no frame. */
  get skippedBytes(): number {
    return this.#skippedBytes;
  }

  /** The frames that end in this chunk, oldest first. */
  push(chunk: Uint8Array): MjpegFrame[] {
    const held = new Uint8Array(this.#held.length + chunk.length);
    held.set(this.#held);
    held.set(chunk, this.#held.length);
    this.#held = held;
    const frames: MjpegFrame[] = [];
    for (let frame = this.#next(); frame !== undefined; frame = this.#next()) frames.push(frame);
    return frames;
  }

  /** The frame that the stream's end cuts off, or undefined. The splitter then begins anew. */
  end(): MjpegFrame | undefined {
    const rest = this.#at > 0 ? { bytes: this.#held, isWhole: false } : undefined;
    if (rest === undefined) this.#skippedBytes += this.#held.length;
    this.#held = new Uint8Array(0);
    this.#at = 0;
    this.#isInScan = false;
    return rest;
  }

  #next(): MjpegFrame | undefined {
    if (this.#at === 0 && !this.#findStart()) return undefined;
    for (;;) {
      const found = this.#nextMarker();
      if (found === undefined) return undefined;
      const [code, at] = found;
      if (code === marker.startOfImage) return this.#cut(at, false);
      if (code === marker.endOfImage) return this.#cut(at + 2, true);
      if (standsAlone(code)) {
        this.#at = at + 2;
        continue;
      }
      const end = this.#segmentEnd(at);
      if (end === undefined) return undefined;
      this.#at = end;
      this.#isInScan = code === marker.startOfScan;
    }
  }

  #findStart(): boolean {
    for (let at = 0; at + 1 < this.#held.length; at++) {
      if (this.#held[at] !== marker.prefix || this.#held[at + 1] !== marker.startOfImage) continue;
      this.#drop(at);
      this.#skippedBytes += at;
      this.#at = 2;
      return true;
    }
    const kept = this.#held.at(-1) === marker.prefix ? 1 : 0;
    this.#skippedBytes += this.#held.length - kept;
    this.#drop(this.#held.length - kept);
    return false;
  }

  /** Code and place of the next marker from where scanning stopped; undefined where more bytes are needed. */
  #nextMarker(): readonly [code: number, at: number] | undefined {
    const held = this.#held;
    for (let at = this.#at; at + 1 < held.length; at++) {
      this.#at = at;
      if (held[at] !== marker.prefix) continue;
      const code = held[at + 1] as number;
      // FF FF is a fill byte before a marker; FF 00 is data of a scan.
      if (code === marker.prefix || code === 0) continue;
      if (this.#isInScan && standsAlone(code)) continue;
      return [code, at];
    }
    this.#at = Math.max(this.#at, held.length - 1);
    return undefined;
  }

  #segmentEnd(at: number): number | undefined {
    const [high, low] = this.#held.subarray(at + 2, at + 4);
    if (high === undefined || low === undefined) return undefined;
    const end = at + 2 + ((high << 8) | low);
    return end <= this.#held.length ? end : undefined;
  }

  #cut(end: number, isWhole: boolean): MjpegFrame {
    const bytes = this.#held.slice(0, end);
    this.#drop(end);
    this.#at = 0;
    this.#isInScan = false;
    return { bytes, isWhole };
  }

  #drop(count: number): void {
    this.#held = this.#held.slice(count);
  }
}

/** Width and height of a JPEG from its frame header; undefined where it has none. */
export function jpegSize(jpeg: Uint8Array): { readonly width: number; readonly height: number } | undefined {
  const header = findSegment(jpeg, (code) => code >= 0xc0 && code <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(code));
  if (header === undefined || header + 9 > jpeg.length) return undefined;
  const view = new DataView(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength);
  return { width: view.getUint16(header + 7), height: view.getUint16(header + 5) };
}

/**
 * The same JPEG with the Huffman tables that Motion JPEG presumes (ITU-T T.81, tables K.3 to K.6) where it brings none of its own,
 * as many USB cameras do it; one that has tables is returned as it is.
 */
export function withHuffmanTables(jpeg: Uint8Array): Uint8Array {
  const scan = findSegment(jpeg, (code) => code === marker.startOfScan);
  if (scan === undefined || findSegment(jpeg, (code) => code === marker.huffmanTables) !== undefined) return jpeg;
  const completed = new Uint8Array(jpeg.length + standardTables.length);
  completed.set(jpeg.subarray(0, scan));
  completed.set(standardTables, scan);
  completed.set(jpeg.subarray(scan), scan + standardTables.length);
  return completed;
}

/** Where the first segment of such a code begins, searched up to the first scan. */
function findSegment(jpeg: Uint8Array, isWanted: (code: number) => boolean): number | undefined {
  let at = 2;
  while (at + 3 < jpeg.length) {
    const code = jpeg[at + 1] as number;
    if (jpeg[at] !== marker.prefix) return undefined;
    if (code === marker.prefix || standsAlone(code)) {
      at += code === marker.prefix ? 1 : 2;
      continue;
    }
    if (isWanted(code)) return at;
    if (code === marker.startOfScan || code === marker.endOfImage) return undefined;
    at += 2 + (((jpeg[at + 2] as number) << 8) | (jpeg[at + 3] as number));
  }
  return undefined;
}

/** One DHT segment with the four tables: class and destination, 16 counts, symbols. */
const standardTables = Buffer.from(
  [
    'ffc401a2',
    '0000010501010101010100000000000000000102030405060708090a0b100002010303020403050504040000017d010203000411051221314106',
    '13516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728292a3435363738393a434445464748494a5354555657',
    '58595a636465666768696a737475767778797a838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5',
    'c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa010003010101010101010101000000000000010203040506',
    '0708090a0b1100020102040403040705040400010277000102031104052131061241510761711322328108144291a1b1c109233352f0156272d1',
    '0a162434e125f11718191a262728292a35363738393a434445464748494a535455565758595a636465666768696a737475767778797a82838485',
    '868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9',
    'eaf2f3f4f5f6f7f8f9fa',
  ].join(''),
  'hex',
);
