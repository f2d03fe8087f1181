import type { ParameterValues } from '../../../preload/contract.ts';
import { ResourceError } from '../../base/errors.ts';
import { expectFrame } from '../call-result.ts';
import type { Prompt } from '../image-processor.ts';
import type { ProcessorCall } from '../processor-call.ts';

/** A call on pictures in shared memory, RGBA8 without padding; crosses threads without a copy. */
export interface PictureCall {
  /** The newest picture first. One may stand for several, where there were none before it. */
  readonly pictures: readonly Uint8Array[];
  readonly result: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly prompts: readonly Prompt[];
  readonly values: ParameterValues;
  /**
   * One shared word, see {@link callPermit}: whoever waits for the call may give it up, and the result's memory is then another frame's.
   */
  readonly permit?: Int32Array;
}

/** What the word of a permit says. */
export const callPermit = { open: 0, writing: 1, withdrawn: 2 } as const;

/**
 * Calls a processor with pictures and writes its picture, opaque. Rejects with what it throws, and with a ResourceError for anything
 * but one frame of the size that entered with numbers in it; the result's memory then holds anything.
 */
export async function callOnPictures(
  processor: { readonly id: string; call(request: ProcessorCall): Promise<unknown> },
  { pictures, result, width, height, prompts, values, permit }: PictureCall,
): Promise<void> {
  expectWanted(permit, processor.id);
  const shape = [pictures.length, height, width, 3] as const;
  const video = { data: samplesOf(pictures, width * height), shape };
  const made = expectFrame(await processor.call({ video, prompts, values }), height, width, processor.id);
  if (permit && Atomics.compareExchange(permit, 0, callPermit.open, callPermit.writing) !== callPermit.open) {
    expectWanted(permit, processor.id);
  }
  writePicture(made.data, result, processor.id);
}

function expectWanted(permit: Int32Array | undefined, id: string): void {
  if (!permit || Atomics.load(permit, 0) !== callPermit.withdrawn) return;
  throw new ResourceError('processor.too-late', `Expected a call of ${id} that is still waited for but it was given up`);
}

/** RGB in [0, 1], the newest frame last. */
function samplesOf(pictures: readonly Uint8Array[], pixels: number): Float32Array {
  const samples = new Float32Array(pictures.length * pixels * 3);
  let at = 0;
  for (const picture of pictures.toReversed()) {
    for (let byte = 0; byte < pixels * 4; byte += 4) {
      samples[at++] = (picture[byte] as number) / 255;
      samples[at++] = (picture[byte + 1] as number) / 255;
      samples[at++] = (picture[byte + 2] as number) / 255;
    }
  }
  return samples;
}

/** Bytes are clamped on their way by the array that takes them. */
function writePicture(samples: Float32Array, result: Uint8Array, id: string): void {
  const bytes = new Uint8ClampedArray(result.buffer, result.byteOffset, result.byteLength);
  let byte = 0;
  for (let at = 0; at < samples.length; at += 3) {
    const [red, green, blue] = [samples[at] as number, samples[at + 1] as number, samples[at + 2] as number];
    // One comparison for all three: a sum with no number in it is none.
    if (Number.isNaN(red + green + blue) && hasNaN(red, green, blue)) throw noNumber(id, at);
    bytes[byte] = red * 255;
    bytes[byte + 1] = green * 255;
    bytes[byte + 2] = blue * 255;
    bytes[byte + 3] = 255;
    byte += 4;
  }
}

/** Infinities of both signs also have no sum, but are clamped like other values. */
function hasNaN(...values: readonly number[]): boolean {
  return values.some(Number.isNaN);
}

function noNumber(id: string, sample: number): ResourceError {
  return new ResourceError('processor.result', `Expected numbers from processor ${id} but received NaN as sample ${sample}`);
}
