import { assert } from '../base/errors.ts';
import type { CfaOrder } from '../frame/pixel-format.ts';
import type { Value } from '../graph/graph.ts';
import type { GraphBuilder } from '../graph/graph-builder.ts';
import { centredStencil, convolutionWeights, type PlacedStencil } from '../graph/linear-stencil.ts';
import { type Halo, noHalo } from '../graph/strips.ts';
import { withMargin } from './margin.ts';
import type {
  AffineOperator,
  CellMap,
  CellPosition,
  LinearOperator,
  Operator,
  OperatorContext,
  OutputPlane,
  Raster,
} from './operator.ts';

/** One pass of a stage over its raster: an operator of its own, or several that were folded into one. */
export interface Pass {
  /** Ids of its operators, joined by `+`. */
  readonly id: string;
  readonly halo: Halo;
  readonly scale: number;
  readonly outputs: readonly OutputPlane[];
  graph(context: OperatorContext, x: Raster): Raster;
}

/** Folds each run of affine and each run of linear operators into one pass; the others are passes of their own. */
export function foldOperators(operators: readonly Operator[], cfa: CfaOrder): readonly Pass[] {
  const passes: Pass[] = [];
  for (let first = 0; first < operators.length; ) {
    const operator = operators[first] as Operator;
    if (operator.kind === 'graph') {
      const { id, halo, scale = 1, outputs = [] } = operator;
      passes.push({ id, halo, scale, outputs, graph: (context, x) => operator.graph(context, x) });
      first += 1;
      continue;
    }
    const end = operators.findIndex(({ kind }, index) => index > first && kind !== operator.kind);
    const run = operators.slice(first, end === -1 ? operators.length : end);
    passes.push(operator.kind === 'affine' ? affinePass(run as AffineOperator[]) : linearPass(run as LinearOperator[], cfa));
    first += run.length;
  }
  return passes;
}

function idOf(run: readonly Operator[]): string {
  return run.map(({ id }) => id).join('+');
}

function affinePass(run: readonly AffineOperator[]): Pass {
  const graph = (context: OperatorContext, x: Raster): Raster => {
    const { g } = context;
    const maps = run.map((operator) => operator.affine(context));
    const folded = maps.reduce((inner, outer) => ({
      factor: g.multiply(inner.factor, outer.factor),
      ...offsetOf(g, inner, outer),
    }));
    return applyCellMap(context, x, folded);
  };
  return { id: idOf(run), halo: noHalo, scale: 1, outputs: [], graph };
}

/** The offset of two maps in a row. */
function offsetOf(g: GraphBuilder, inner: CellMap, outer: CellMap): Pick<CellMap, 'offset'> {
  if (!inner.offset) return outer.offset ? { offset: outer.offset } : {};
  const scaled = g.multiply(inner.offset, outer.factor);
  return { offset: outer.offset ? g.add(scaled, outer.offset) : scaled };
}

/** Every sample times its position's factor, plus its position's offset: two plain vector operations, or one. */
function applyCellMap({ g, geometry }: OperatorContext, x: Raster, { factor, offset }: CellMap): Raster {
  if (x.layout === 'packed') {
    const perPlane = (cell: Value): Value => g.reshape(cell, [1, 4, 1, 1]);
    const scaled = g.multiply(x.value, perPlane(factor));
    return { ...x, value: offset ? g.add(scaled, perPlane(offset)) : scaled };
  }
  assert(x.layout === 'mosaic', `Expected a mosaic or packed raster for a factor per position but received ${x.layout}`);
  const columns = geometry.width + 2 * x.margin;
  // Seen as rows of two, the four positions are one contiguous pattern.
  const alongTwoRows = (cell: Value): Value =>
    g.reshape(g.expand(g.reshape(cell, [2, 1, 2]), [2, columns / 2, 2]), [1, 1, 1, 2 * columns]);
  const rows = g.reshape(x.value, [1, 1, -1, 2 * columns]);
  const scaled = g.multiply(rows, alongTwoRows(factor));
  return { ...x, value: offset ? g.add(scaled, alongTwoRows(offset)) : scaled };
}

const untouched: readonly CellPosition[] = [0, 1, 2, 3].map((phase) => ({
  row: phase >> 1,
  column: phase & 1,
  channels: [centredStencil([[1]])],
}));

/** One strided convolution over the mosaic: as many outputs as there are channels at all positions of the cell. */
function linearPass(run: readonly LinearOperator[], cfa: CfaOrder): Pass {
  const scale = run.reduce((product, operator) => product * (operator.scale ?? 1), 1);
  const stencils = stencilsOf(run, cfa);
  const reach = reachOf(stencils);
  const last = run.at(-1);
  const graph = (context: OperatorContext, x: Raster): Raster => {
    const mosaic = withMargin(context, x, context.marginAfter + reach);
    if (!context.geometry.dense || !last?.dense || scale !== 1) return convolved(context, mosaic, { stencils, reach });
    return last.dense(context, mosaic, convolved(context, mosaic, { stencils: stencilsOf(run.slice(0, -1), cfa), reach }));
  };
  return { id: idOf(run), halo: { above: reach, below: reach }, scale, outputs: [], graph };
}

function stencilsOf(run: readonly LinearOperator[], cfa: CfaOrder): readonly PlacedStencil[] {
  const positions = run.reduce((folded, operator) => operator.linear(cfa, folded), untouched);
  return positions.flatMap(({ row, column, channels }) => channels.map((stencil) => ({ stencil, row, column })));
}

interface Filters {
  readonly stencils: readonly PlacedStencil[];
  /** Samples beyond the cell that windows have on each side. */
  readonly reach: number;
}

function convolved({ g }: OperatorContext, { value, layout, margin }: Raster, { stencils, reach }: Filters): Raster {
  const filters = convolutionWeights(stencils, 2, reach);
  const window = 2 + 2 * reach;
  const isPacked = layout === 'packed';
  const weights = isPacked
    ? g.constant('float32', overPlanes(filters, window), [stencils.length, 4, window / 2, window / 2])
    : g.constant('float32', filters, [stencils.length, 1, window, window]);
  return { value: g.convolve(value, weights, isPacked ? [1, 1] : [2, 2]), layout: 'cells', margin: margin - reach };
}

/** Filters over windows of the mosaic, which begin with a cell, as filters over the four packed planes. */
function overPlanes(filters: Float32Array, window: number): Float32Array {
  const side = window / 2;
  return filters.map((_, at) => {
    const [filter, phase] = [Math.floor(at / window ** 2), Math.floor(at / side ** 2) % 4];
    const row = 2 * (Math.floor(at / side) % side) + (phase >> 1);
    const column = 2 * (at % side) + (phase & 1);
    return filters[(filter * window + row) * window + column] as number;
  });
}

/** Samples beyond the cell that the filters read, to the next even number, so that the CFA keeps its phase. */
function reachOf(stencils: readonly PlacedStencil[]): number {
  const reaches = stencils.flatMap(({ stencil, row, column }) => [
    stencil.centreRow - row,
    stencil.rows - 1 - stencil.centreRow - (1 - row),
    stencil.centreColumn - column,
    stencil.columns - 1 - stencil.centreColumn - (1 - column),
  ]);
  return 2 * Math.ceil(Math.max(0, ...reaches) / 2);
}
