import type { AlgoMosaic, Intent } from './intent.ts';

/** What a clipping point was decided from. */
export interface ClippingInputs {
  /** Samples of each DN, 0 to the highest that occurs. */
  readonly histogram: Uint32Array;
  /** The white level in effect, DN. */
  readonly declaredWhite: number;
}

/** Where the sensor saturates. */
export interface ClippingDecision {
  /** First saturated DN. */
  readonly whiteLevel: number;
  /** Samples at or above it. */
  readonly clippedSamples: number;
  /** Whether it is the level in effect. */
  readonly agrees: boolean;
}

/** Samples in the peak, and how often they outnumber what the levels below it lead one to expect, before it is taken for clipping. */
const fewestClipped = 32;
const leastExcess = 8;

/** Share of the highest level within which a saturated sensor's samples scatter. */
const peakWidth = 1 / 256;

/** Counts samples by DN. */
export function measureClipping({ samples, sensor }: AlgoMosaic): ClippingInputs {
  const highest = samples.reduce((most, dn) => Math.max(most, dn), 0);
  const histogram = new Uint32Array(highest + 1);
  for (const dn of samples) histogram[dn] = (histogram[dn] as number) + 1;
  return { histogram, declaredWhite: sensor.whiteLevel };
}

/**
 * The foot of the pile of samples at the upper end of the histogram: where light saturates, all that is brighter comes to lie in one
 * place, far above what the levels below it hold. Undecided where nothing saturates, since a scene that is dark looks the same
 * for any white level.
 */
export function decideClippingPoint(inputs: ClippingInputs): Intent<ClippingDecision, ClippingInputs> {
  const { histogram, declaredWhite } = inputs;
  const width = Math.max(1, Math.round(histogram.length * peakWidth));
  const sum = (from: number, to: number): number =>
    histogram.subarray(Math.max(0, from), Math.max(0, to)).reduce((a, b) => a + b, 0);
  const top = histogram.length;
  // Saturated samples may still scatter by noise of the readout: the pile is sought near the end, not only at it.
  const peak = indexOfMost(histogram, top - 4 * width);
  const clippedSamples = sum(peak - width, top);
  const below = sum(peak - 9 * width, peak - width) / 8;
  if (clippedSamples < fewestClipped || clippedSamples < leastExcess * Math.max(1, below)) return { decision: undefined, inputs };
  const perLevelBelow = below / width;
  let whiteLevel = peak;
  while (whiteLevel > peak - width && (histogram[whiteLevel - 1] as number) > 4 * perLevelBelow + 2) whiteLevel -= 1;
  const agrees = Math.abs(whiteLevel - declaredWhite) <= width;
  return { decision: { whiteLevel, clippedSamples: sum(whiteLevel, top), agrees }, inputs };
}

function indexOfMost(histogram: Uint32Array, from: number): number {
  let most = Math.max(0, from);
  for (let dn = most; dn < histogram.length; dn++) if ((histogram[dn] as number) > (histogram[most] as number)) most = dn;
  return most;
}
