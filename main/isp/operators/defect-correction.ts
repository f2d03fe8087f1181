import { z } from 'zod';
import type { Value } from '../../graph/graph.ts';
import { loadTime, runtime } from '../../processor/parameters.ts';
import { expectLayout, type GraphOperator, numberIn, type OperatorContext, type Raster } from '../operator.ts';
import { noiseInput, noiseInputValues } from '../sensor-noise.ts';

/** How much brighter or darker than the cell's other colours a defect has to be: colours differ, but not in one sample only. */
const colourRatio = 1.5;

const category = 'Defects';

const params = {
  defect_correction: loadTime(z.enum(['off', 'map', 'singles', 'couplets']).default('off'), {
    order: 30,
    label: 'Defect correction',
    category,
    help: 'The known map, or also what stands out of its surroundings; couplets are found at some cost to fine highlights',
    optionLabels: ['Off', 'Known defects', 'Known and single ones', 'Known, single ones and couplets'],
  }),
  defect_noise_margin: runtime(z.number().min(0).max(20).default(4), {
    order: 31,
    label: 'Noise margin',
    category,
    unit: 'σ',
    step: 0.1,
    help: 'Standard deviations of noise by which a defect has to leave its neighbours',
  }),
  defect_hot_excess: runtime(z.number().min(0).max(1).default(0.1), {
    order: 32,
    label: 'Hot excess',
    category,
    step: 0.005,
    help: 'Share of the range by which a hot sample has to exceed its neighbours as well; lower finds warm ones too',
  }),
  defect_dead_share: runtime(z.number().min(0).max(0.95).default(0.3), {
    order: 33,
    label: 'Dead share',
    category,
    step: 0.01,
    help: 'A dead sample has less than this share of the light of its darkest neighbours',
  }),
};

/**
 * Finds defects by their eight neighbours of one colour, on packed planes. Limits are the second brightest and second darkest of them,
 * so that one more defect among them does no harm: a couplet is found from both sides. A hot sample has to exceed that limit by
 * the neighbours' own contrast, by noise, and by a share of the range; a dead one has less than a share of the light of its darkest
 * neighbours. Each has to leave the cell's other colours too, which real detail moves along. Both become the middle
 * between the brightest and the darkest light that neighbours on both sides of the sample agree on.
 */
function dynamicCorrection(tolerates: 'no other' | 'one other'): GraphOperator {
  return {
    kind: 'graph',
    id: 'defect-correction',
    params,
    halo: { above: 2, below: 2 },
    graph: (context, x) => correct(context, x, tolerates),
    inputs: (values, sensor) => ({
      ...noiseInputValues(sensor),
      defect_noise_margin: Float32Array.of(numberIn(values, 'defect_noise_margin')),
      defect_hot_excess: Float32Array.of(numberIn(values, 'defect_hot_excess')),
      defect_dead_share: Float32Array.of(numberIn(values, 'defect_dead_share')),
    }),
  };
}

/** Defects that stand alone within their cell. */
export const defectSingles = dynamicCorrection('no other');

/** Also two defects of different colours in one cell. */
export const defectCouplets = dynamicCorrection('one other');

function correct(context: OperatorContext, x: Raster, tolerates: 'no other' | 'one other'): Raster {
  expectLayout(x, 'packed', 'defect-correction');
  const { g, input } = context;
  const [, , rows, columns] = x.value.shape as [number, number, number, number];
  // Beyond white nothing is brighter than anything else.
  const light = g.minimum(x.value, g.scalar(1));
  const shifted = (of: Value, row: number, column: number): Value =>
    g.slice(of, [
      { axis: 2, start: 1 + row, end: rows - 1 + row },
      { axis: 3, start: 1 + column, end: columns - 1 + column },
    ]);
  const { bright, dark, middle } = neighbourhood(context, (row, column) => shifted(light, row, column));
  const here = shifted(light, 0, 0);
  const margin = input('defect_noise_margin', 'float32', [], 'Margin of defects, standard deviations of noise');
  const excess = input('defect_hot_excess', 'float32', [], 'Margin of hot samples, share of the range');
  const deadShare = input('defect_dead_share', 'float32', [], 'Light of a dead sample, share of that of its neighbours');
  const noise = noiseInput(context);
  const zero = g.scalar(0);
  const sigma = g.squareRoot(g.add(g.multiply(g.maximum(bright, zero), noise.slope), noise.offset));
  const others = otherColours(context, here, tolerates);
  const reach = g.maximum(bright, g.multiply(others.highest, g.scalar(colourRatio)));
  const hotLimit = g.add(g.add(reach, g.subtract(bright, dark)), g.add(g.multiply(sigma, margin), excess));
  const depth = g.minimum(g.multiply(dark, deadShare), g.multiply(others.lowest, g.scalar(1 / colourRatio)));
  const deadLimit = g.subtract(depth, g.multiply(g.squareRoot(noise.offset), margin));
  const beyond = g.maximum(g.subtract(here, hotLimit), g.subtract(deadLimit, here));
  const isDefect = g.clip(g.multiply(beyond, g.scalar(1e6)), zero, g.scalar(1));
  const unchanged = shifted(x.value, 0, 0);
  const value = g.add(unchanged, g.multiply(isDefect, g.subtract(middle, unchanged)));
  return { ...x, value, margin: x.margin - 2 };
}

interface Neighbourhood {
  /** Second brightest and second darkest of the eight. */
  readonly bright: Value;
  readonly dark: Value;
  /** Between the best supported bright and dark: each is reached by both ends of a pair, which one defect cannot do. */
  readonly middle: Value;
}

type TopTwo = readonly [first: Value, second: Value];

/** The second extremes on each side of eight neighbours, by a tournament of pairs that face each other. */
function neighbourhood({ g }: OperatorContext, at: (row: number, column: number) => Value): Neighbourhood {
  const maximum = (a: Value, b: Value): Value => g.maximum(a, b);
  const minimum = (a: Value, b: Value): Value => g.minimum(a, b);
  const pairs = (
    [
      [0, 1],
      [1, 0],
      [1, 1],
      [1, -1],
    ] as const
  ).map(([row, column]) => {
    const [a, b] = [at(-row, -column), at(row, column)];
    return { high: maximum(a, b), low: minimum(a, b) };
  });
  const [highs, lows] = [pairs.map(({ high }) => high), pairs.map(({ low }) => low)];
  const secondOf = (outer: typeof maximum, inner: typeof maximum, firsts: Value[], seconds: Value[]): Value => {
    const second = (a: TopTwo, b: TopTwo): Value => outer(inner(a[0], b[0]), outer(a[1], b[1]));
    const merge = (a: TopTwo, b: TopTwo): TopTwo => [outer(a[0], b[0]), second(a, b)];
    const [a, b, c, d] = firsts.map((first, index): TopTwo => [first, seconds[index] as Value]) as [
      TopTwo,
      TopTwo,
      TopTwo,
      TopTwo,
    ];
    return second(merge(a, b), merge(c, d));
  };
  const supported = g.add(lows.reduce(maximum), highs.reduce(minimum));
  return {
    bright: secondOf(maximum, minimum, highs, lows),
    dark: secondOf(minimum, maximum, lows, highs),
    middle: g.multiply(supported, g.scalar(1 / 2)),
  };
}

/** What the colours beside a sample that stands out reach, upwards and downwards, [1, 1, rows, columns] each. */
function otherColours(
  { g }: OperatorContext,
  planes: Value,
  tolerates: 'no other' | 'one other',
): { readonly highest: Value; readonly lowest: Value } {
  const plane = (phase: number): Value => g.slice(planes, [{ axis: 1, start: phase, end: phase + 1 }]);
  const [a, b, c, d] = [plane(0), plane(1), plane(2), plane(3)];
  // Of the cell's four samples, the two in the middle are the lower of the pairs' maxima and the higher of their minima.
  const one = g.minimum(g.maximum(a, b), g.maximum(c, d));
  const other = g.maximum(g.minimum(a, b), g.minimum(c, d));
  const [upper, lower] = [g.maximum(one, other), g.minimum(one, other)];
  return tolerates === 'no other' ? { highest: upper, lowest: lower } : { highest: lower, lowest: upper };
}
