import type { InferenceSession } from 'onnxruntime-node';
import { assert, ResourceError } from '../base/errors.ts';
import type { LaneModel } from './lane-protocol.ts';
import { parameterTensors, runStrip } from './model-run.ts';

/** Largest difference of an 8-bit output value from the CPU's at which a provider is still offered: rounding, not error. */
export const toleratedDifference = 2;

/**
 * A frame that is the same every time: a ramp from 0 to `level` under noise of a sixteenth of it, so that every tone and every
 * edge of the mosaic's phases occurs.
 */
export function warmUpMosaic(length: number, level: number): Uint16Array {
  const samples = new Uint16Array(length);
  let noise = 1;
  for (let index = 0; index < length; index++) {
    noise = (Math.imul(noise, 1664525) + 1013904223) >>> 0;
    const share = index / length + (noise / 2 ** 32 - 0.5) / 16;
    samples[index] = Math.min(1, Math.max(0, share)) * level;
  }
  return samples;
}

/** The largest difference between two pictures of equal size, in 8-bit steps. */
export function largestDifference(picture: Uint8Array, reference: Uint8Array): number {
  assert(picture.length === reference.length, `Expected ${reference.length} bytes but received ${picture.length}`);
  return picture.reduce((largest, value, index) => Math.max(largest, Math.abs(value - (reference[index] as number))), 0);
}

/**
 * Runs the first strip of the warm-up frame and returns what came out. The first run of a session is slow: here nobody waits
 * for it.
 */
export async function warmUp(session: InferenceSession, model: LaneModel): Promise<Uint8Array> {
  const [strip] = model.strips;
  assert(strip, `Expected at least one strip for model ${model.hash}`);
  const samples = warmUpMosaic((strip.inputRow + strip.inputRows) * model.width, model.warmUpLevel);
  const picture = new Uint8Array(model.outputWidth * model.rowsPerStrip * model.outputScale * 4);
  await runStrip(session, model, strip, { samples, picture, parameters: parameterTensors(model, model.warmUpInputs) });
  return picture;
}

/** Compares a provider's warm-up picture with the CPU's. Throws ResourceError with the figure where they differ by more than rounding. */
export async function checkAgainstCpu(
  picture: Uint8Array,
  model: LaneModel,
  openOnCpu: () => Promise<InferenceSession>,
): Promise<void> {
  const reference = await openOnCpu();
  try {
    const difference = largestDifference(picture, await warmUp(reference, model));
    if (difference <= toleratedDifference) return;
    throw new ResourceError(
      'model.wrong-result',
      `Expected ${model.provider} to agree with the CPU within ${toleratedDifference}/255 but its picture differs by ${difference}/255`,
      'Use the CPU, or renew the driver of the device.',
    );
  } finally {
    await reference.release();
  }
}
