import type { ParameterValues } from '../../../preload/contract.ts';
import type { SensorDescription } from '../../frame/frame-meta.ts';
import type { Value } from '../../graph/graph.ts';
import type { InputValues } from '../../processor/stage.ts';
import { numberIn, type OperatorContext } from '../operator.ts';
import { noiseInput, noiseInputValues } from '../sensor-noise.ts';

/** How much brighter or darker than the cell's other colours a defect has to be: colours differ, but not in one sample only. */
export const colourRatio = 1.5;

/** The margins of defects as graph inputs, scalars. */
export interface DefectMargins {
  /** Standard deviations of noise. */
  readonly deviations: Value;
  /** Share of the range. */
  readonly hotExcess: Value;
  /** Share of the light of the darkest neighbours. */
  readonly deadShare: Value;
}

/** Declares what {@link defectInputValues} fills. */
export function defectMargins({ input }: OperatorContext): DefectMargins {
  return {
    deviations: input('defect_noise_margin', 'float32', [], 'Margin of defects, standard deviations of noise'),
    hotExcess: input('defect_hot_excess', 'float32', [], 'Margin of hot samples, share of the range'),
    deadShare: input('defect_dead_share', 'float32', [], 'Light of a dead sample, share of that of its neighbours'),
  };
}

/** The graph inputs of every operator that judges. */
export function defectInputValues(values: ParameterValues, sensor: SensorDescription): InputValues {
  return {
    ...noiseInputValues(sensor),
    defect_noise_margin: Float32Array.of(numberIn(values, 'defect_noise_margin')),
    defect_hot_excess: Float32Array.of(numberIn(values, 'defect_hot_excess')),
    defect_dead_share: Float32Array.of(numberIn(values, 'defect_dead_share')),
  };
}

/** A sample and what it is measured by; all broadcast against each other. Light is at most 1, since beyond white nothing is brighter than anything else. */
export interface Suspect {
  readonly here: Value;
  /** Second brightest and second darkest of the eight neighbours of its colour, so that one more defect among them does no harm. */
  readonly bright: Value;
  readonly dark: Value;
  /** What the cell's other colours reach, upwards and downwards. */
  readonly highest: Value;
  readonly lowest: Value;
}

/**
 * 1 where a sample is a defect, else 0. A hot one exceeds its second brightest neighbour by the neighbours' own contrast, by noise, and by a share of
 * the range; a dead one has less than a share of the light of its darkest neighbours. Each has to leave the cell's other colours too,
 * which real detail moves along.
 */
export function isDefect(context: OperatorContext, { here, bright, dark, highest, lowest }: Suspect): Value {
  const { g } = context;
  const { deviations, hotExcess, deadShare } = defectMargins(context);
  const noise = noiseInput(context);
  const zero = g.scalar(0);
  const sigma = g.squareRoot(g.add(g.multiply(g.maximum(bright, zero), noise.slope), noise.offset));
  const reach = g.maximum(bright, g.multiply(highest, g.scalar(colourRatio)));
  const hotLimit = g.add(g.add(reach, g.subtract(bright, dark)), g.add(g.multiply(sigma, deviations), hotExcess));
  const depth = g.minimum(g.multiply(dark, deadShare), g.multiply(lowest, g.scalar(1 / colourRatio)));
  const deadLimit = g.subtract(depth, g.multiply(g.squareRoot(noise.offset), deviations));
  const beyond = g.maximum(g.subtract(here, hotLimit), g.subtract(deadLimit, here));
  return g.clip(g.multiply(beyond, g.scalar(1e6)), zero, g.scalar(1));
}
