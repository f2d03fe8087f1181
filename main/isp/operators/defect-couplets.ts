import type { Value } from '../../graph/graph.ts';
import { expectLayout, type GraphOperator, type OperatorContext } from '../operator.ts';
import { defectParameters } from './defect-parameters.ts';
import { defectInputValues, isDefect } from './defect-verdict.ts';

/**
 * Corrects defects that stand out, also two of different colours in one cell, on packed planes. Every sample is judged: where one
 * other defect is tolerated in a cell, no cheap test tells which cells need no look. A defect becomes the middle between the
 * brightest and the darkest light that neighbours on both sides of it agree on.
 */
export const defectCouplets: GraphOperator = {
  kind: 'graph',
  id: 'defect-correction',
  params: defectParameters,
  halo: { above: 2, below: 2 },
  graph: (context, x) => {
    expectLayout(x, 'packed', 'defect-correction');
    const { g } = context;
    const [, , rows, columns] = x.value.shape as [number, number, number, number];
    const light = g.minimum(x.value, g.scalar(1));
    const shifted = (of: Value, row: number, column: number): Value =>
      g.slice(of, [
        { axis: 2, start: 1 + row, end: rows - 1 + row },
        { axis: 3, start: 1 + column, end: columns - 1 + column },
      ]);
    const here = shifted(light, 0, 0);
    const { middle, ...limits } = neighbourhood(context, (row, column) => shifted(light, row, column));
    const defects = isDefect(context, { here, ...limits, ...otherColours(context, here) });
    const unchanged = shifted(x.value, 0, 0);
    const value = g.add(unchanged, g.multiply(defects, g.subtract(middle, unchanged)));
    return { ...x, value, margin: x.margin - 2 };
  },
  inputs: defectInputValues,
};

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

/** What the colours beside a sample reach, [1, 1, rows, columns] each: of the cell's four, where one beside it may be a defect too. */
function otherColours({ g }: OperatorContext, planes: Value): { readonly highest: Value; readonly lowest: Value } {
  const plane = (phase: number): Value => g.slice(planes, [{ axis: 1, start: phase, end: phase + 1 }]);
  const [a, b, c, d] = [plane(0), plane(1), plane(2), plane(3)];
  // The two in the middle are the lower of the pairs' maxima and the higher of their minima.
  const one = g.minimum(g.maximum(a, b), g.maximum(c, d));
  const other = g.maximum(g.minimum(a, b), g.minimum(c, d));
  return { highest: g.minimum(one, other), lowest: g.maximum(one, other) };
}
