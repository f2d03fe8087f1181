import { assert, ResourceError } from '../base/errors.ts';
import { elementsOf, type PlanePort } from '../processor/stage.ts';
import type { LaneModel } from './lane-protocol.ts';
import type { FrameTensors, PlaneElements, StripSession } from './strip-session.ts';

/** Largest difference of an output value from the CPU's, in 1/255 of its range, at which a provider is still offered: rounding, not error. */
const toleratedDifference = 2;

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

/**
 * The largest difference between two outputs of equal length, in steps of 1/255 of the range: that of the type for bytes, the
 * largest reference value for others.
 */
export function largestDifference(output: PlaneElements, reference: PlaneElements): number {
  assert(output.length === reference.length, `Expected ${reference.length} elements but received ${output.length}`);
  const range = reference instanceof Uint8Array ? 255 : extremeOf(reference);
  let largest = 0;
  for (let index = 0; index < output.length; index++) {
    const difference = Math.abs((output[index] as number) - (reference[index] as number));
    // A difference that is no number is the largest of all.
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }
  return largest === 0 ? 0 : (largest * 255) / range;
}

function extremeOf(values: PlaneElements): number {
  let extreme = 0;
  for (const value of values) extreme = Math.max(extreme, Math.abs(value));
  return extreme;
}

/** The planes of a warm-up frame: enough of each for its first `strips` strips, the inputs filled. */
export function warmUpPlanes(model: LaneModel, strips: number): Pick<FrameTensors, 'inputs' | 'outputs'> {
  const { inputs, outputs } = model.planes;
  return {
    inputs: inputs.map((port) => warmUpPlane(port, elementsFor(port, strips), model.warmUpLevel)),
    outputs: outputs.map((port) => new planeArrays[port.type](elementsFor(port, strips))),
  };
}

const planeArrays = { uint8: Uint8Array, uint16: Uint16Array, float32: Float32Array } as const;

function elementsFor({ windows }: PlanePort, strips: number): number {
  return Math.max(...windows.slice(0, strips).map(({ offset, shape }) => offset + elementsOf(shape)));
}

/** Samples of the sensor, bytes of a picture, or light from 0 to 1. */
function warmUpPlane({ type }: PlanePort, length: number, level: number): PlaneElements {
  if (type === 'uint16') return warmUpMosaic(length, level);
  const ramp = warmUpMosaic(length, 255);
  return type === 'uint8' ? Uint8Array.from(ramp) : Float32Array.from(ramp, (value) => value / 255);
}

/** Rows of samples after which the engine has optimised a kernel: it counts what a function has run, and compiles beside it. */
const kernelWarmUpRows = 1440;

/** Runs of the first strip that make a session as fast as it will be. */
export function warmUpRuns({ kernel }: LaneModel): number {
  if (!kernel) return 1;
  return Math.ceil(kernelWarmUpRows / (2 * (kernel.outputs[0]?.rows ?? kernelWarmUpRows)));
}

/**
 * Runs the first strip of the warm-up frame, `runs` times, and returns what came out, by output. The first runs of a session are slow:
 * here nobody waits for them.
 */
export async function warmUp(session: StripSession, model: LaneModel, runs = 1): Promise<readonly PlaneElements[]> {
  assert(model.strips > 0, `Expected at least one strip for model ${model.hash}`);
  const frame = { ...warmUpPlanes(model, 1), parameters: await session.parameters(model.warmUpInputs) };
  for (let run = 0; run < runs; run++) await session.run(0, frame);
  return frame.outputs;
}

/** Share of values that a kernel may have further off: gains and guided filters amplify the rounding of some, a wrong kernel is wrong everywhere. */
const toleratedShare = 1 / 1000;

/** The share of values that differ by more than {@link toleratedDifference}. */
function shareBeyond(output: PlaneElements, reference: PlaneElements): number {
  const range = reference instanceof Uint8Array ? 255 : extremeOf(reference);
  const limit = (toleratedDifference * range) / 255;
  let beyond = 0;
  for (let index = 0; index < output.length; index++) {
    if (!(Math.abs((output[index] as number) - (reference[index] as number)) <= limit)) beyond += 1;
  }
  return beyond / output.length;
}

/** Compares what a provider made of the warm-up frame with what ONNX Runtime makes of it on the CPU. Throws ResourceError with the figure where they differ by more than rounding. */
export async function checkAgainstCpu(
  made: readonly PlaneElements[],
  model: LaneModel,
  openOnCpu: () => Promise<StripSession>,
): Promise<void> {
  const reference = await openOnCpu();
  try {
    const expected = await warmUp(reference, model);
    const pairs = made.map((output, index) => [output, expected[index] as PlaneElements] as const);
    const difference = Math.max(...pairs.map((pair) => Math.ceil(largestDifference(...pair))));
    const isRare = model.kernel !== undefined && pairs.every((pair) => shareBeyond(...pair) <= toleratedShare);
    if (difference <= toleratedDifference || isRare) return;
    throw wrongResult(model, difference);
  } finally {
    await reference.release();
  }
}

function wrongResult({ provider }: LaneModel, difference: number): ResourceError {
  const within = `within ${toleratedDifference}/255 but`;
  const differs = `picture differs by ${difference}/255`;
  if (provider === 'kernel') {
    const message = `Expected row kernels to agree with ONNX Runtime ${within} their ${differs}`;
    return new ResourceError('model.wrong-result', message, 'Choose ONNX Runtime on the CPU, and report the settings.');
  }
  const message = `Expected ${provider} to agree with the CPU ${within} its ${differs}`;
  return new ResourceError('model.wrong-result', message, 'Use the CPU, or renew the driver of the device.');
}
