import type { Value } from '../../graph/graph.ts';
import type { OperatorContext } from '../operator.ts';
import { noiseInput } from '../sensor-noise.ts';

/** How much brighter or darker than the cell's other colours a defect has to be: colours differ, but not in one sample only. */
const colourRatio = 1.5;

/** Whether one other sample of the cell may be a defect too. */
export type Tolerance = 'no other' | 'one other';

/** By how much a defect is off, made of parameters. */
export interface DefectLimits {
  /** What a hot sample has beyond its limit: noise of so many standard deviations at that light, and a share of the range. */
  readonly beyondNoise: (light: Value) => Value;
  /** The share of the range in {@link beyondNoise}, whose noise is never less than {@link inTheDark}. */
  readonly excess: Value;
  /** Share of its neighbours' light that a dead sample has, and what has to be missing to it as well. */
  readonly deadShare: Value;
  readonly inTheDark: Value;
}

/** Declares the parameters of defects. */
export function defectLimits(context: OperatorContext): DefectLimits {
  const { g, input } = context;
  const deviations = input('defect_noise_margin', 'float32', [], 'Margin of defects, standard deviations of noise');
  const excess = input('defect_hot_excess', 'float32', [], 'Margin of hot samples, share of the range');
  const deadShare = input('defect_dead_share', 'float32', [], 'Light of a dead sample, share of that of its neighbours');
  const { slope, offset } = varianceOf(context, deviations);
  const inTheDark = g.squareRoot(offset);
  const beyondNoise = (light: Value): Value =>
    g.add(g.squareRoot(g.add(g.multiply(g.maximum(light, g.scalar(0)), slope), offset)), excess);
  return { beyondNoise, excess, deadShare, inTheDark };
}

/** The noise model of so many standard deviations, squared: once for a frame, so that no sample is multiplied for it. */
function varianceOf(context: OperatorContext, deviations: Value): { readonly slope: Value; readonly offset: Value } {
  const { g } = context;
  const { slope, offset } = noiseInput(context);
  const squared = g.multiply(deviations, deviations);
  return { slope: g.multiply(slope, squared), offset: g.multiply(offset, squared) };
}

/** Samples and what each is judged by; light is clipped at white, beyond which nothing is brighter than anything else. */
export interface Evidence {
  /** The samples as they are, and their light. */
  readonly unchanged: Value;
  readonly here: Value;
  /** Second brightest and second darkest of the eight neighbours of one colour. */
  readonly bright: Value;
  readonly dark: Value;
  /** The best supported bright, and the best supported dark: each is reached by both ends of a pair, which one defect cannot do. */
  readonly supportedBright: Value;
  readonly supportedDark: Value;
  /** What the other colours of the cell reach, upwards and downwards. */
  readonly highest: Value;
  readonly lowest: Value;
}

/** The samples, with the middle between supported bright and dark in the place of those that are defects. */
export function correctedSamples({ g }: OperatorContext, limits: DefectLimits, evidence: Evidence): Value {
  const { unchanged, here, bright, dark, supportedBright, supportedDark, highest, lowest } = evidence;
  const reach = g.maximum(bright, g.multiply(highest, g.scalar(colourRatio)));
  const hotLimit = g.add(g.add(reach, g.subtract(bright, dark)), limits.beyondNoise(bright));
  const depth = g.minimum(g.multiply(dark, limits.deadShare), g.multiply(lowest, g.scalar(1 / colourRatio)));
  const beyond = g.maximum(g.subtract(here, hotLimit), g.subtract(g.subtract(depth, limits.inTheDark), here));
  const isDefect = g.clip(g.multiply(beyond, g.scalar(1e6)), g.scalar(0), g.scalar(1));
  const middle = g.multiply(g.add(supportedBright, supportedDark), g.scalar(1 / 2));
  return g.add(unchanged, g.multiply(isDefect, g.subtract(middle, unchanged)));
}

/**
 * What the colours beside a sample that stands out reach, of the light of the cell's four samples. They are given as pairs of which it does
 * not matter who is with whom: the upper and the lower ends of each.
 */
export function otherColours(
  { g }: OperatorContext,
  { uppers, lowers }: { readonly uppers: readonly [Value, Value]; readonly lowers: readonly [Value, Value] },
  tolerates: Tolerance,
): Pick<Evidence, 'highest' | 'lowest'> {
  // Of the four, the two in the middle are the lower of the pairs' maxima and the higher of their minima.
  const [a, b] = [g.minimum(...uppers), g.maximum(...lowers)];
  const [upper, lower] = [g.maximum(a, b), g.minimum(a, b)];
  return tolerates === 'no other' ? { highest: upper, lowest: lower } : { highest: lower, lowest: upper };
}
