import { appendFile, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../base/folder.ts';
import { describeFolderError, describeWriteError, writeNew } from '../base/write-whole.ts';
import { type PixelFormat, pixelFormatOfFourcc } from '../frame/pixel-format.ts';

/** How a captured format is stored. */
export interface StoredFormat {
  readonly fourcc: string;
  readonly width: number;
  readonly height: number;
  /** Levels of the sensor in DN; 0 and the largest sample where they are not known. */
  readonly blackLevel?: number;
  readonly whiteLevel?: number;
}

/** What is kept of a frame beside its pixels: one line of JSON. */
export type FrameRecord = Readonly<Record<string, unknown>>;

const greyBits: Readonly<Record<string, number>> = { GREY: 8, 'Y10 ': 10, Y10P: 10, 'Y12 ': 12, 'Y14 ': 14, 'Y16 ': 16 };
const metadataName = 'frames.jsonl';

/** Significant bits where frames of the format come as 16-bit samples (mosaics and grey), undefined where as the driver's bytes. */
function sampleBits(fourcc: string): number | undefined {
  const format = pixelFormatOfFourcc(fourcc);
  return format?.kind === 'mosaic' ? format.bits : greyBits[fourcc];
}

/**
 * The folder of one capture. Nothing in it is ever overwritten: opening refuses a folder that holds a capture. Files are
 * `frame-000001.raw` (mosaics and grey: little-endian samples, one byte at 8 bits, else two) with a JSON sidecar for mosaics, or
 * the driver's bytes under the name of their format; and `frames.jsonl` with one line per frame.
 */
export class FrameStore {
  readonly folder: string;
  readonly #format: StoredFormat;
  #stored = 0;

  private constructor(folder: string, format: StoredFormat) {
    this.folder = folder;
    this.#format = format;
  }

  /** Makes the folder where it is missing. Throws InputError or ResourceError where it cannot be written. */
  static async open(folder: string, format: StoredFormat): Promise<FrameStore> {
    try {
      makeFolder(folder);
    } catch (thrown) {
      throw describeFolderError(thrown, folder);
    }
    await writeNew(join(folder, metadataName), '');
    return new FrameStore(folder, format);
  }

  /** Frames that are wholly on disk. */
  get stored(): number {
    return this.#stored;
  }

  /** What {@link write} calls the next frame's file. */
  get extension(): string {
    const { fourcc } = this.#format;
    if (sampleBits(fourcc) !== undefined) return 'raw';
    if (fourcc === 'MJPG' || fourcc === 'JPEG') return 'jpg';
    return fourcc.toLowerCase().replace(/[^a-z0-9]/g, '') || 'bin';
  }

  /** The mosaic format that is stored, or undefined for others. */
  get mosaic(): PixelFormat | undefined {
    const format = pixelFormatOfFourcc(this.#format.fourcc);
    return format?.kind === 'mosaic' ? format : undefined;
  }

  /** The path of a frame's file, counted from 1, or of one made from it where `extension` says so. */
  path(frame: number, extension: string = this.extension): string {
    return join(this.folder, `frame-${String(frame).padStart(6, '0')}.${extension}`);
  }

  /** Stores one frame: `content` as the capture gave it. Resolves when it is written; `content` is not kept. */
  async write(content: Uint8Array, record: FrameRecord): Promise<void> {
    const frame = this.#stored + 1;
    await writeNew(this.path(frame), sampleBits(this.#format.fourcc) === 8 ? narrowed(content) : content);
    const sidecar = this.#sidecar();
    if (sidecar !== undefined) await writeNew(this.path(frame, 'raw.json'), `${JSON.stringify(sidecar, null, 2)}\n`);
    await this.#appendRecord({ frame, file: `frame-${String(frame).padStart(6, '0')}.${this.extension}`, ...record });
    this.#stored = frame;
  }

  /** Stores what was captured as a whole. */
  async writeSummary(summary: FrameRecord): Promise<void> {
    await writeNew(join(this.folder, 'capture.json'), `${JSON.stringify(summary, null, 2)}\n`);
  }

  /** Takes back what {@link open} made, where no frame was stored, so that the next try finds the folder as this one did. */
  async discardIfEmpty(): Promise<void> {
    if (this.#stored > 0) return;
    await unlink(join(this.folder, metadataName)).catch(() => undefined);
    // Whatever else lies in it keeps the folder.
    await rmdir(this.folder).catch(() => undefined);
  }

  async #appendRecord(record: FrameRecord): Promise<void> {
    const path = join(this.folder, metadataName);
    try {
      await appendFile(path, `${JSON.stringify(record)}\n`);
    } catch (thrown) {
      throw describeWriteError(thrown, path);
    }
  }

  /** Only of mosaics of even size: the lab develops no others. */
  #sidecar(): FrameRecord | undefined {
    const { width, height, blackLevel = 0, whiteLevel } = this.#format;
    const { mosaic } = this;
    if (mosaic === undefined || width % 2 !== 0 || height % 2 !== 0) return undefined;
    const { cfa, bits } = mosaic;
    return { width, height, cfa, bits, packing: 'unpacked', blackLevel, whiteLevel: whiteLevel ?? 2 ** bits - 1 };
  }
}

/** The samples of 8 bits as bytes: the lab's RAW files have no wider ones at that depth. */
function narrowed(content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(content.length / 2);
  for (let index = 0; index < bytes.length; index++) bytes[index] = content[2 * index] as number;
  return bytes;
}
