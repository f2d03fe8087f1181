import { createRequire } from 'node:module';
import { InputError, messageOf, ResourceError } from '../base/errors.ts';
import { jpegSize, MjpegSplitter, withHuffmanTables } from './mjpeg-stream.ts';

/** A decoded picture: `rgb` holds width * height * 3 bytes, row by row without padding. */
export interface RgbPicture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/** libjpeg-turbo's decoder as its WebAssembly build offers it. Throws a number, not an Error, for data it cannot decode. */
interface Decoder {
  getEncodedBuffer(bytes: number): Uint8Array;
  decode(): void;
  getDecodedBuffer(): Uint8Array;
  getFrameInfo(): { readonly width: number; readonly height: number; readonly componentCount: number };
  delete(): void;
}
interface DecoderModule {
  readonly JPEGDecoder: new () => Decoder;
}
/** Makes a module of its own, with its own memory. */
export type LoadModule = (options: { print: (text: string) => void; printErr: (text: string) => void }) => Promise<DecoderModule>;

const codecName = '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs';
/** More than any camera has; a damaged header may promise 65535 x 65535. */
const mostPixels = 2 ** 26;
/** Every failure leaves its exception in the module's memory, which ends with the module. */
const mostFailures = 200;

/** A JPEG decoder in WebAssembly. Runs on the calling thread: use it through `MjpegDecoder`. */
export class JpegCodec {
  readonly #load: LoadModule;
  #module: Promise<DecoderModule> | undefined;
  #failures = 0;

  /** Another module than libjpeg-turbo's may stand in its place, for a test that makes it abort. */
  constructor(load: LoadModule = (options) => (createRequire(import.meta.url)(codecName) as LoadModule)(options)) {
    this.#load = load;
  }

  /**
   * Decodes one JPEG of 8 bits, in colour or grey. Throws InputError for one that is cut off or damaged, also where the decoder
   * could have guessed the rest: a guessed picture is no measurement. Throws ResourceError where the decoder itself gives up.
   */
  async decode(jpeg: Uint8Array): Promise<RgbPicture> {
    const size = jpegSize(jpeg);
    if (jpeg[0] !== 0xff || jpeg[1] !== 0xd8 || size === undefined) throw damaged('a JPEG picture', `${jpeg.length} other bytes`);
    if (size.width * size.height === 0 || size.width * size.height > mostPixels) {
      throw damaged(`a JPEG of at most ${mostPixels} pixels`, `${size.width}x${size.height}`);
    }
    const frame = wholeFrameIn(jpeg);
    if (frame === undefined) throw damaged('a whole JPEG', `one that is cut off after ${jpeg.length} bytes`);
    const { JPEGDecoder } = await this.#loaded();
    const decoder = new JPEGDecoder();
    try {
      const encoded = withHuffmanTables(frame);
      decoder.getEncodedBuffer(encoded.length).set(encoded);
      decoder.decode();
      const { width, height, componentCount } = decoder.getFrameInfo();
      const decoded = decoder.getDecodedBuffer();
      return { width, height, rgb: componentCount === 1 ? tripled(decoded) : decoded.slice() };
    } catch (thrown) {
      this.#failures++;
      const isDamaged = typeof thrown === 'number';
      // What is no number is a module that has aborted: nothing works in it any more.
      if (!isDamaged || this.#failures >= mostFailures) this.#module = undefined;
      throw isDamaged ? damaged('a whole JPEG', `one of ${jpeg.length} bytes with damaged data`) : aborted(size, thrown);
    } finally {
      // A module that has aborted, or is let go of, takes its decoders with it.
      if (this.#module !== undefined) decoder.delete();
    }
  }

  #loaded(): Promise<DecoderModule> {
    if (this.#module === undefined) {
      this.#failures = 0;
      this.#module = this.#load({ print: () => undefined, printErr: () => undefined });
    }
    return this.#module;
  }
}

/** Without what cameras leave behind a frame's end: padding, or the rest of an older and longer frame. */
function wholeFrameIn(buffer: Uint8Array): Uint8Array | undefined {
  const [frame] = new MjpegSplitter().push(buffer);
  return frame?.isWhole ? frame.bytes : undefined;
}

function tripled(grey: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(grey.length * 3);
  for (const [index, value] of grey.entries()) rgb.fill(value, 3 * index, 3 * index + 3);
  return rgb;
}

/** No fault of the frame: memory that has run out, as a rule. */
function aborted({ width, height }: { readonly width: number; readonly height: number }, thrown: unknown): ResourceError {
  const [reason = ''] = messageOf(thrown).split('\n');
  const message = `Expected memory to decode a JPEG of ${width}x${height} but the decoder ended: ${reason}`;
  return new ResourceError('jpeg.decoder-aborted', message, 'Decode smaller pictures, or free some memory.', thrown);
}

function damaged(expected: string, received: string): InputError {
  return new InputError('jpeg.damaged', `Expected ${expected} but received ${received}`);
}
