import { InferenceSession, type Tensor } from 'onnxruntime-node';
import { assert } from '../base/errors.ts';
import { advanceExport, chunkRows, type Kernel, type KernelOutput } from './kernel.ts';
import { MaskMarks } from './mask-marks.ts';
import { MosaicRows } from './mosaic-rows.ts';
import { engine, type KernelMemory } from './wasm/engine.ts';
import { memoryImport, pageBytes } from './wasm/module-writer.ts';

type Tensors = Readonly<Record<string, Tensor>>;

/** Makes rows of cells of the outputs, from the first up to the second. */
type Advance = (from: number, until: number) => void;

/**
 * A kernel with its memory: makes strips on the calling thread, one at a time. A kernel can only address memory of its own, so that rows of
 * samples are moved in, and rows of pixels out, a few at a time, while they are in the first-level cache.
 */
export class KernelRun {
  readonly #kernel: Kernel;
  readonly #advance: Advance;
  readonly #uniforms: InferenceSession | undefined;
  readonly #floats: Float32Array;
  readonly #bytes: Uint8Array;
  readonly #mosaic: MosaicRows;
  readonly #masks: readonly MaskMarks[];

  private constructor(kernel: Kernel, memory: KernelMemory, advance: Advance, uniforms?: InferenceSession) {
    this.#kernel = kernel;
    this.#advance = advance;
    this.#uniforms = uniforms;
    this.#floats = new Float32Array(memory.buffer);
    this.#bytes = new Uint8Array(memory.buffer);
    this.#mosaic = new MosaicRows(kernel.mosaic, new Uint16Array(memory.buffer));
    this.#masks = kernel.masks.map((mask) => new MaskMarks(mask, this.#bytes));
  }

  /** Compiles the module for this machine. The caller releases it. */
  static async open(kernel: Kernel): Promise<KernelRun> {
    const memory = new engine.Memory({ initial: Math.ceil(kernel.memoryBytes / pageBytes) });
    const { instance } = await engine.instantiate(kernel.wasm, { [memoryImport.module]: { [memoryImport.name]: memory } });
    const options = { executionProviders: ['cpu'], intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 4 } as const;
    const uniforms = kernel.uniforms && (await InferenceSession.create(kernel.uniforms.bytes, options));
    return new KernelRun(kernel, memory, instance.exports[advanceExport] as Advance, uniforms);
  }

  /** Makes one strip: reads the samples of `feeds` and writes the pixels into the data of `fetches`. Throws by name where one is missing. */
  async run(feeds: Tensors, fetches: Tensors): Promise<void> {
    const { mosaic } = this.#kernel;
    const uniforms = await this.#makeUniforms(feeds);
    const values = { ...feeds, ...uniforms };
    for (const { input, offset, elements } of this.#kernel.tables) {
      const data = tensorIn(values, input).data as Float32Array;
      assert(data.length === elements, `Expected ${elements} elements of ${input} but received ${data.length}`);
      this.#floats.set(data, offset / 4);
    }
    for (const mask of this.#masks) mask.mark(tensorIn(values, mask.places), tensorIn(values, mask.counts));
    this.#mosaic.begin(tensorIn(feeds, mosaic.input), tensorIn(feeds, mosaic.pads));
    this.#makeRows(this.#kernel.outputs.map((output) => ({ output, bytes: bytesOf(tensorIn(fetches, output.name)) })));
  }

  /** Kernels have no profile of their own. */
  endProfiling(): void {}

  /** Frees the session that it has opened; its memory goes with it. */
  async release(): Promise<void> {
    await this.#uniforms?.release();
  }

  async #makeUniforms(feeds: Tensors): Promise<Tensors> {
    const names = this.#kernel.uniforms?.inputs ?? [];
    if (!this.#uniforms) return {};
    return await this.#uniforms.run(Object.fromEntries(names.map((name) => [name, tensorIn(feeds, name)])));
  }

  #makeRows(targets: readonly Target[]): void {
    const { firstRow, mosaic, outputs } = this.#kernel;
    const rows = outputs[0]?.rows ?? 0;
    for (let row = firstRow; row < rows; row += chunkRows) {
      const until = Math.min(row + chunkRows, rows);
      this.#mosaic.fill(until + mosaic.lead);
      this.#advance(row, until);
      if (row >= 0) for (const target of targets) this.#copyOut(target, row, until);
    }
  }

  #copyOut({ output, bytes }: Target, from: number, until: number): void {
    const { offset, rowBytes, rows, isReversed } = output;
    if (!isReversed) {
      bytes.set(this.#bytes.subarray(offset, offset + (until - from) * rowBytes), from * rowBytes);
      return;
    }
    for (let row = from; row < until; row++) {
      const begin = offset + (row - from) * rowBytes;
      bytes.set(this.#bytes.subarray(begin, begin + rowBytes), (rows - 1 - row) * rowBytes);
    }
  }
}

/** An output with the memory that it is to be written to. */
interface Target {
  readonly output: KernelOutput;
  readonly bytes: Uint8Array;
}

function bytesOf({ data }: Tensor): Uint8Array {
  const { buffer, byteOffset, byteLength } = data as Uint8Array;
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function tensorIn(tensors: Tensors, name: string): Tensor {
  const tensor = tensors[name];
  assert(tensor, `Expected a tensor for ${name} but received none`);
  return tensor;
}
