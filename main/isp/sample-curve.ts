import type { SensorDescription } from '../frame/frame-meta.ts';
import type { Value } from '../graph/graph.ts';
import { noHalo } from '../graph/strips.ts';
import type { Parameters } from '../processor/parameters.ts';
import type { InputValues } from '../processor/stage.ts';
import type { GraphOperator, OperatorContext } from './operator.ts';

/** A curve over samples in DN, as a part of a graph that is not always a stage's. */
export interface SampleCurve {
  /** Continues the graph from samples of any shape. */
  apply(context: Pick<OperatorContext, 'g' | 'input'>, samples: Value): Value;
  /** The graph inputs that {@link apply} declared. Throws InputError for a sensor whose curve has another form. */
  inputs(sensor: SensorDescription): InputValues;
}

/** The operator of a curve over every sample of the mosaic. */
export function curveOperator(id: string, curve: SampleCurve, params: Parameters): GraphOperator {
  return {
    kind: 'graph',
    id,
    halo: noHalo,
    params,
    graph: (context, x) => ({ ...x, value: curve.apply(context, x.value) }),
    inputs: (_values, sensor) => curve.inputs(sensor),
  };
}

/** How a curve is moved: `scale` times what it gives, plus `offset`. */
export interface CurveScale {
  readonly scale: number;
  readonly offset: number;
}

/**
 * The scale under which a curve leaves the mean black level and white where they are: the levels of a sensor are those of its samples,
 * before and after linearisation.
 */
export function levelsKept(valueAt: (dn: number) => number, { blackLevels, whiteLevel }: SensorDescription): CurveScale {
  const black = blackLevels.reduce((sum, level) => sum + level, 0) / 4;
  const [linearBlack, linearWhite] = [valueAt(black), valueAt(whiteLevel)];
  const scale = (whiteLevel - black) / (linearWhite - linearBlack);
  return { scale, offset: black - scale * linearBlack };
}
