import type { ParameterValues } from '../../preload/contract.ts';
import { assert } from '../base/errors.ts';
import type { SensorDescription } from '../frame/frame-meta.ts';
import type { CfaOrder } from '../frame/pixel-format.ts';
import type { Value } from '../graph/graph.ts';
import type { GraphBuilder } from '../graph/graph-builder.ts';
import type { Stencil } from '../graph/linear-stencil.ts';
import type { Halo } from '../graph/strips.ts';
import type { ElementType, Shape } from '../graph/tensor-type.ts';
import type { Parameters } from '../processor/parameters.ts';
import type { InputValues, PlanePort } from '../processor/stage.ts';
import type { Orientation } from './orientation.ts';

/** A rectangle of a mosaic, in samples. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The raster that a stage's graph is built for. Every strip of a plan has this shape, halo rows aside. */
export interface RasterGeometry {
  readonly cfa: CfaOrder;
  /** Samples per row of the frame; even. */
  readonly width: number;
  /** Rows of the frame; even. */
  readonly height: number;
  /** The part of the frame that becomes the picture. Strips cover its rows only; its columns are cut out at the output. */
  readonly region: Region;
  /** How the finished picture is turned. */
  readonly orientation: Orientation;
  /** Rows that one run makes, counted in mosaic rows; even. */
  readonly rows: number;
  /** Mirrored samples on each side of every row, and halo rows above and below, that all operators need together; even. */
  readonly margin: number;
  /** True when one run makes the whole frame: its edges are then part of the graph and not an input. */
  readonly whole: boolean;
  /**
   * True where the graph is for what makes a picture row by row: operators then judge every sample where it lies, by shifted planes and
   * masks. ONNX Runtime, for which each is a pass over memory, is faster with lists of the few samples that matter.
   */
  readonly dense: boolean;
}

/** What an operator has at hand while its part of the graph is written. */
export interface OperatorContext {
  readonly g: GraphBuilder;
  readonly geometry: RasterGeometry;
  /** The stage's values; only load-time ones may shape the graph, runtime ones are inputs of it. */
  readonly values: ParameterValues;
  /** Margin that the operators after this one need, in mosaic samples: what is beyond it may be cut off. */
  readonly marginAfter: number;
  /** Declares an input of the graph, or gives the one that another operator has declared under the same name. */
  input(name: string, type: ElementType, shape: Shape, help: string): Value;
}

/**
 * How samples lie in a raster's tensor, for `m` samples of margin on each side:
 * - `mosaic`: one Bayer sample per position, row by row, (rows + 2m) x (width + 2m); the tensor may be viewed in any shape;
 * - `packed`: the four positions of the 2x2 cell as planes [1, 4, (rows + 2m) / 2, (width + 2m) / 2], in reading order;
 * - `cells`: channels of each position of the cell, [1, 4 * channels, (rows + 2m) / 2, (width + 2m) / 2], position by position;
 *   with a scale of 1/2 one set of channels per cell, [1, channels, …];
 * - `planes`: whole planes [1, channels, rows + 2m, width + 2m].
 */
export type RasterLayout = 'mosaic' | 'packed' | 'cells' | 'planes';

/** What flows from operator to operator: a value and how it lies on the frame's raster. */
export interface Raster {
  readonly value: Value;
  readonly layout: RasterLayout;
  /** Samples beyond the strip that are still there on each side, in mosaic samples; an operator takes its halo off, or leaves it to the output. */
  readonly margin: number;
  /** Luminance detail that was taken aside, [positions, 1, samples], to be added when colours are done. */
  readonly detail?: Value;
}

/** A plane that an operator writes as an output of the graph. */
export interface OutputPlane extends Pick<PlanePort, 'name' | 'type'> {
  /** Elements of one pixel of what the stage makes. */
  readonly channels: number;
}

/** What every step of a stage declares, in one file. Pure: nothing is remembered between frames. */
interface OperatorParts {
  readonly id: string;
  readonly params: Parameters;
  /** The graph inputs that this operator declared, from the stage's values of one parameter version. */
  inputs(values: ParameterValues, sensor: SensorDescription): InputValues;
}

/** An operator that writes its part of the graph itself. */
export interface GraphOperator extends OperatorParts {
  readonly kind: 'graph';
  /** Rows of its input that it reads beyond those it makes, and as many columns; even, so that the CFA keeps its phase. */
  readonly halo: Halo;
  /** Columns and rows that it makes of each of its input's; 1 where it is not said. */
  readonly scale?: 0.5;
  /** What it writes for the stage's caller; nothing where it is not said. */
  readonly outputs?: readonly OutputPlane[];
  /** Continues the graph from `x`. */
  graph(context: OperatorContext, x: Raster): Raster;
}

/** A factor and an offset for each position of the 2x2 cell, both [2, 2]; what only multiplies has no offset, and no pass for it. */
export interface CellMap {
  readonly factor: Value;
  readonly offset?: Value;
}

/**
 * An operator that multiplies every sample and adds to it, by its position in the 2x2 cell. Neighbours of this kind become one pass:
 * their factors and offsets are folded inside the graph, where they are four numbers.
 */
export interface AffineOperator extends OperatorParts {
  readonly kind: 'affine';
  affine(context: OperatorContext): CellMap;
}

/** Channels at one position of the 2x2 cell, each as the filter over the mosaic that gives it, centred on that position. */
export interface CellPosition {
  readonly row: number;
  readonly column: number;
  readonly channels: readonly Stencil[];
}

/**
 * An operator that gives every channel as a linear filter over the mosaic or over channels before it, with constant weights.
 * Neighbours of this kind become one strided convolution: the filters are folded when the graph is built, exactly.
 */
export interface LinearOperator extends OperatorParts {
  readonly kind: 'linear';
  /** Columns and rows that it makes of each of its input's: 1/2 where it leaves one position per cell; 1 where it is not said. */
  readonly scale?: 0.5;
  linear(cfa: CfaOrder, positions: readonly CellPosition[]): readonly CellPosition[];
  /**
   * The same for a dense graph, where it takes fewer operations than filters over the mosaic: from the packed mosaic, with two samples of
   * margin more than the cells, and from the cells of the operators before it at all four positions. Only the last of neighbours may have it.
   */
  dense?(context: OperatorContext, mosaic: Raster, cells: Raster): Raster;
}

/** One step of a stage. */
export type Operator = GraphOperator | AffineOperator | LinearOperator;

/** The number under `name`; the ParameterStore has checked type and range before. */
export function numberIn(values: ParameterValues, name: string): number {
  const value = values[name];
  assert(typeof value === 'number', `Expected a number for ${name} but received ${JSON.stringify(value)}`);
  return value;
}

/** The raster after an operator with this value; refuses, as a fault of the stage, one whose layout it cannot read. */
export function expectLayout(x: Raster, layout: RasterLayout, operator: string): void {
  assert(x.layout === layout, `Expected a ${layout} raster for operator ${operator} but received ${x.layout}`);
}
