import { InputError } from '../base/errors.ts';
import { type EdgeLine, findEdge } from './edge-line.ts';
import type { Plane } from './rgb-image.ts';

/** What a slanted edge tells about sharpness. Frequencies are in cycles per pixel, across the edge. */
export interface EdgeResponse {
  /** 0 to 1 in even steps; 0.5 is the Nyquist frequency. */
  readonly frequencies: Float64Array;
  /** Modulation at each frequency, 1 at 0. Beyond 0.5 it shows what can alias. */
  readonly modulation: Float64Array;
  /** Where modulation first falls to one half, interpolated; NaN where it does not. */
  readonly mtf50: number;
  /** Modulation at 0.5 cycles per pixel. */
  readonly atNyquist: number;
  /** Tilt of the edge from the column (or row) that it runs along, degrees; positive as it moves right (or down). */
  readonly edgeDegrees: number;
  readonly orientation: 'vertical' | 'horizontal';
  /** Edge spread function, dark to bright, in steps of a quarter pixel across the edge. */
  readonly edgeSpread: Float64Array;
  /** Its derivative, before the window. */
  readonly lineSpread: Float64Array;
}

/** Bins of the edge spread function in one pixel. */
const oversampling = 4;
/** Steps of frequency in a cycle per pixel. */
const frequencySteps = 200;
/** Beyond these, rows do not shift against each other evenly, or the edge runs along both directions. */
const [leastDegrees, mostDegrees] = [1, 40];

/**
 * Spatial frequency response of one straight, slightly tilted edge in a region of linear values (ISO 12233:2023, edge-based
 * SFR): the edge is found row by row and fitted with a line; all pixels are projected across it into bins of a quarter pixel;
 * the derivative, under a Hamming window, is transformed. The losses of the finite difference and of the bins, both known, are
 * divided out; the standard divides out the first only, which is 2.6 % lower at Nyquist. Values must be linear in light, else
 * the curve means little. Throws InputError where no single, sharp enough edge crosses the region from side to side.
 */
export function edgeResponse(region: Plane): EdgeResponse {
  const { plane, line, orientation } = findEdge(region);
  const edgeDegrees = (Math.atan(line.slope) * 180) / Math.PI;
  if (!(Math.abs(edgeDegrees) >= leastDegrees && Math.abs(edgeDegrees) <= mostDegrees)) {
    throw new InputError(
      'quality.edge-angle',
      `Expected an edge tilted by ${leastDegrees} to ${mostDegrees} degrees but received one of ${edgeDegrees.toFixed(1)}`,
      'Tilt the target by about five degrees.',
    );
  }
  const edgeSpread = edgeSpreadOf(plane, line);
  const lineSpread = derivative(edgeSpread);
  const windowed = underHamming(lineSpread);
  const frequencies = Float64Array.from({ length: frequencySteps + 1 }, (_, step) => step / frequencySteps);
  const dc = magnitudeAt(windowed, 0);
  const modulation = frequencies.map((frequency) => magnitudeAt(windowed, frequency) / dc / knownLoss(frequency));
  return {
    frequencies,
    modulation,
    mtf50: crossing(frequencies, modulation, 0.5),
    atNyquist: modulation[frequencySteps / 2] as number,
    edgeDegrees,
    orientation,
    edgeSpread,
    lineSpread,
  };
}

/** Modulation at any frequency of a response, interpolated; NaN beyond it. */
export function modulationAt(
  { frequencies, modulation }: Pick<EdgeResponse, 'frequencies' | 'modulation'>,
  frequency: number,
): number {
  const after = frequencies.findIndex((value) => value >= frequency);
  if (after < 0 || frequency < 0) return Number.NaN;
  if (after === 0) return modulation[0] as number;
  const [low, high] = [frequencies[after - 1] as number, frequencies[after] as number];
  const share = (frequency - low) / (high - low);
  return (modulation[after - 1] as number) * (1 - share) + (modulation[after] as number) * share;
}

/** Means of all pixels in each quarter pixel across the edge, as far to both sides as half of the rows reach. */
function edgeSpreadOf({ width, height, values }: Plane, { intercept, slope }: EdgeLine): Float64Array {
  const cosine = 1 / Math.hypot(1, slope);
  const middle = intercept + (slope * (height - 1)) / 2;
  const reachPixels = Math.min(middle, width - 1 - middle) * cosine;
  const halfBins = Math.floor(reachPixels * oversampling);
  const sums = new Float64Array(2 * halfBins + 1);
  const counts = new Float64Array(2 * halfBins + 1);
  for (let row = 0; row < height; row++) {
    const edge = intercept + slope * row;
    for (let column = 0; column < width; column++) {
      const bin = Math.round((column - edge) * cosine * oversampling) + halfBins;
      if (bin < 0 || bin >= sums.length) continue;
      sums[bin] = (sums[bin] as number) + (values[row * width + column] as number);
      counts[bin] = (counts[bin] as number) + 1;
    }
  }
  return filled(sums, counts);
}

/** Bins that no pixel fell into are taken from their nearest neighbours to both sides. */
function filled(sums: Float64Array, counts: Float64Array): Float64Array {
  const meanAt = (bin: number): number => (sums[bin] as number) / (counts[bin] as number);
  return sums.map((_, bin) => {
    if (counts[bin] !== 0) return meanAt(bin);
    let [before, after] = [bin, bin];
    while (before >= 0 && counts[before] === 0) before--;
    while (after < counts.length && counts[after] === 0) after++;
    if (before < 0) return meanAt(after);
    if (after >= counts.length) return meanAt(before);
    return meanAt(before) + ((meanAt(after) - meanAt(before)) * (bin - before)) / (after - before);
  });
}

function derivative(edgeSpread: Float64Array): Float64Array {
  const last = edgeSpread.length - 1;
  return edgeSpread.map((_, bin) =>
    bin === 0 || bin === last ? 0 : ((edgeSpread[bin + 1] as number) - (edgeSpread[bin - 1] as number)) / 2,
  );
}

/** The edge lies in the middle, so the window does too. */
function underHamming(lineSpread: Float64Array): Float64Array {
  const last = lineSpread.length - 1;
  return lineSpread.map((value, bin) => value * (0.54 - 0.46 * Math.cos((2 * Math.PI * bin) / last)));
}

/** The transform's magnitude at `frequency` cycles per pixel; so few values need no fast one, and any frequency can be had. */
function magnitudeAt(lineSpread: Float64Array, frequency: number): number {
  let [real, imaginary] = [0, 0];
  for (let bin = 0; bin < lineSpread.length; bin++) {
    const phase = (2 * Math.PI * frequency * bin) / oversampling;
    real += (lineSpread[bin] as number) * Math.cos(phase);
    imaginary += (lineSpread[bin] as number) * Math.sin(phase);
  }
  return Math.hypot(real, imaginary);
}

/** What is left at `frequency` by a difference over two bins and by averaging within one. */
function knownLoss(frequency: number): number {
  return sinc((2 * frequency) / oversampling) * sinc(frequency / oversampling);
}

function sinc(value: number): number {
  return value === 0 ? 1 : Math.sin(Math.PI * value) / (Math.PI * value);
}

function crossing(frequencies: Float64Array, modulation: Float64Array, level: number): number {
  const after = modulation.findIndex((value) => value <= level);
  if (after <= 0) return Number.NaN;
  const [high, low] = [modulation[after - 1] as number, modulation[after] as number];
  const [from, to] = [frequencies[after - 1] as number, frequencies[after] as number];
  return from + ((to - from) * (high - level)) / (high - low);
}
