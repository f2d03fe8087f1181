import { encode } from 'fast-png';
import { assert } from '../base/errors.ts';
import { workerUrl } from '../base/worker-url.ts';

/** A picture to be encoded: rows without padding, pixel by pixel. */
export interface PngSpec {
  readonly width: number;
  readonly height: number;
  /** 4 is RGBA, 3 RGB. */
  readonly channels: 3 | 4;
  readonly depth: 8 | 16;
}

/** Work for a lane: the samples in the input slot become a PNG in the output slot, whose length is the statistic `bytes`. */
export function pngTask(specification: PngSpec) {
  return { name: 'module', module: workerUrl('recording/png-task').href, specification } as const;
}

/** Bytes that a slot must have for the PNG of a picture, whatever it shows: deflate adds to what cannot be compressed. */
export function mostPngBytes({ width, height, channels, depth }: PngSpec): number {
  const bytes = height * (1 + width * channels * (depth / 8));
  return bytes + Math.ceil(bytes / 1024) + 4096;
}

/** Encodes on the calling thread; see {@link pngTask}. */
export function runTask(
  specification: PngSpec,
  { inputs, outputs }: { readonly inputs: readonly Uint16Array[]; readonly outputs: readonly Uint16Array[] },
): Record<string, number> {
  const { width, height, channels, depth } = specification;
  const [input, output] = [inputs[0], outputs[0]];
  assert(input && output, 'Expected a slot with a picture and one for its PNG');
  const count = width * height * channels;
  const data = depth === 16 ? input.subarray(0, count) : new Uint8Array(input.buffer, input.byteOffset, count);
  const png = encode({ width, height, channels, depth, data });
  assert(png.length <= output.byteLength, `Expected a PNG of at most ${output.byteLength} bytes but received ${png.length}`);
  new Uint8Array(output.buffer, output.byteOffset, output.byteLength).set(png);
  return { bytes: png.length };
}
