import { InferenceSession, Tensor } from 'onnxruntime-node';
import { InputError, messageOf } from '../base/errors.ts';
import { leaveOutOnnxTelemetry } from '../base/onnx-telemetry.ts';
import type { VideoTensor } from './video-tensor.ts';

/** How an image-to-image model of any origin wants its picture and gives it back. */
export interface ImageModelOptions {
  /** Channels before rows and columns, or behind them. */
  readonly layout: 'NCHW' | 'NHWC';
  /** What black and white are, going in and coming out. */
  readonly range: '0..1' | '-1..1' | '0..255';
  /** Columns and rows that the model works at; 0 is its own where it has fixed ones, else the frame's. The result comes back to the frame's. */
  readonly width: number;
  readonly height: number;
}

/** What a sample in [0, 1] is multiplied by and what is added then, by {@link ImageModelOptions.range}. */
export const imageScales = { '0..1': [1, 0], '-1..1': [2, -1], '0..255': [255, 0] } as const;

/**
 * An image-to-image model in a session of its own: its first input of floats in four dimensions is one RGB picture, its first output
 * another; inputs of one element are parameters. On the thread that calls it.
 */
export class ImageModel {
  readonly #session: InferenceSession;
  readonly #name: string;
  readonly #imageInput: string;

  private constructor(session: InferenceSession, name: string, imageInput: string) {
    this.#session = session;
    this.#name = name;
    this.#imageInput = imageInput;
  }

  /** Loads a model. Rejects with an InputError for bytes that are none, and for a model without a float picture as its input. */
  static async open(model: string | Uint8Array, name: string): Promise<ImageModel> {
    leaveOutOnnxTelemetry();
    const options = { intraOpNumThreads: 1, logSeverityLevel: 3 } as const;
    const loading = typeof model === 'string' ? InferenceSession.create(model, options) : InferenceSession.create(model, options);
    const session = await loading.catch((cause: unknown) => {
      throw new InputError(
        'image-model.refused',
        `Expected an ONNX model but received ${name}: ${messageOf(cause)}`,
        undefined,
        cause,
      );
    });
    const image = session.inputMetadata.find((port) => port.isTensor && port.type === 'float32' && port.shape.length === 4);
    if (image) return new ImageModel(session, name, image.name);
    await session.release();
    throw new InputError(
      'image-model.ports',
      `Expected a float picture of four dimensions as an input of ${name} but received none`,
    );
  }

  /** Names of the inputs beside the picture. */
  get parameterInputs(): readonly string[] {
    return this.#session.inputNames.filter((name) => name !== this.#imageInput);
  }

  /** Runs one frame, the newest of `video`. Rejects with an InputError where the model wants or gives something else. */
  async run(video: VideoTensor, parameters: Readonly<Record<string, number>>, options: ImageModelOptions): Promise<VideoTensor> {
    const [frames, rows, columns] = video.shape;
    const newest = video.data.subarray((frames - 1) * rows * columns * 3);
    const planar = options.layout === 'NCHW';
    const [ownRows, ownColumns] = this.#extents(planar);
    const inner = { rows: options.height || ownRows || rows, columns: options.width || ownColumns || columns };
    const [scale, offset] = imageScales[options.range];
    const resized = resizeRgb(newest, { rows, columns }, inner).map((value) => value * scale + offset);
    const dims = planar ? [1, 3, inner.rows, inner.columns] : [1, inner.rows, inner.columns, 3];
    const feeds: Record<string, Tensor> = {
      [this.#imageInput]: new Tensor('float32', planar ? planesOf(resized) : resized, dims),
    };
    for (const port of this.#session.inputMetadata) {
      const value = parameters[port.name];
      if (port.name === this.#imageInput || value === undefined || !port.isTensor) continue;
      feeds[port.name] = new Tensor(
        'float32',
        Float32Array.of(value),
        port.shape.map(() => 1),
      );
    }
    const made = await this.#made(feeds);
    const outer = planar ? [made.dims[2], made.dims[3]] : [made.dims[1], made.dims[2]];
    const channels = planar ? made.dims[1] : made.dims[3];
    if (made.type !== 'float32' || made.dims.length !== 4 || made.dims[0] !== 1 || channels !== 3) {
      const received = `${made.type} [${made.dims.join(', ')}]`;
      throw new InputError(
        'image-model.output',
        `Expected one float RGB picture as ${options.layout} from ${this.#name} but received ${received}`,
      );
    }
    const pixels = planar ? pixelsOf(made.data as Float32Array) : (made.data as Float32Array);
    const size = { rows: outer[0] as number, columns: outer[1] as number };
    const data = resizeRgb(pixels, size, { rows, columns }).map((value) => (value - offset) / scale);
    return { data, shape: [1, rows, columns, 3] };
  }

  /** Frees the session. No run may be in progress. */
  close(): Promise<void> {
    return this.#session.release();
  }

  /** Rows and columns that the model has fixed; 0 where it has not. */
  #extents(planar: boolean): [number, number] {
    const port = this.#session.inputMetadata.find(({ name }) => name === this.#imageInput);
    const shape = port?.isTensor ? port.shape : [];
    const fixed = (extent: unknown): number => (typeof extent === 'number' && extent > 0 ? extent : 0);
    return planar ? [fixed(shape[2]), fixed(shape[3])] : [fixed(shape[1]), fixed(shape[2])];
  }

  async #made(feeds: Record<string, Tensor>): Promise<Tensor> {
    try {
      const results = await this.#session.run(feeds);
      return results[this.#session.outputNames[0] as string] as Tensor;
    } catch (cause) {
      const action = 'Choose the layout and the size that the model was made for.';
      throw new InputError(
        'image-model.failed',
        `Expected ${this.#name} to take the picture but received: ${messageOf(cause)}`,
        action,
        cause,
      );
    }
  }
}

function planesOf(pixels: Float32Array): Float32Array {
  const count = pixels.length / 3;
  return pixels.map((_, index) => pixels[(index % count) * 3 + Math.floor(index / count)] as number);
}

function pixelsOf(planes: Float32Array): Float32Array {
  const count = planes.length / 3;
  return planes.map((_, index) => planes[Math.floor(index / 3) + (index % 3) * count] as number);
}

interface Size {
  readonly rows: number;
  readonly columns: number;
}

/** Bilinear, centres on centres, border samples repeated; the same array where the size stays. */
function resizeRgb(pixels: Float32Array, from: Size, to: Size): Float32Array {
  if (from.rows === to.rows && from.columns === to.columns) return pixels;
  const result = new Float32Array(to.rows * to.columns * 3);
  for (let row = 0; row < to.rows; row++) {
    const y = place(row, from.rows, to.rows);
    for (let column = 0; column < to.columns; column++) {
      const x = place(column, from.columns, to.columns);
      for (let channel = 0; channel < 3; channel++) {
        const at = (r: number, c: number): number => pixels[(r * from.columns + c) * 3 + channel] as number;
        const above = at(y.first, x.first) * (1 - x.share) + at(y.first, x.second) * x.share;
        const below = at(y.second, x.first) * (1 - x.share) + at(y.second, x.second) * x.share;
        result[(row * to.columns + column) * 3 + channel] = above * (1 - y.share) + below * y.share;
      }
    }
  }
  return result;
}

function place(index: number, from: number, to: number): { first: number; second: number; share: number } {
  const position = Math.min(from - 1, Math.max(0, ((index + 0.5) * from) / to - 0.5));
  const first = Math.floor(position);
  return { first, second: Math.min(from - 1, first + 1), share: position - first };
}
