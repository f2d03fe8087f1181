import type { ParameterValues } from '../../preload/contract.ts';
import { assert } from '../base/errors.ts';
import type { SensorDescription } from '../frame/frame-meta.ts';
import type { CfaOrder } from '../frame/pixel-format.ts';
import type { Value } from '../graph/graph.ts';
import type { GraphBuilder } from '../graph/graph-builder.ts';
import type { Halo } from '../graph/strips.ts';
import type { Parameters } from '../processor/parameters.ts';
import type { InputValues } from '../processor/stage.ts';

/** The raster that a stage's graph is built for. Every strip of a plan has this shape, halo rows aside. */
export interface RasterGeometry {
  readonly cfa: CfaOrder;
  /** Samples per row of the frame; even. */
  readonly width: number;
  /** Rows that one run makes, counted in mosaic rows; even. */
  readonly rows: number;
  /** Mirrored samples on each side of every row, and halo rows above and below: the widest that any operator needs. */
  readonly margin: number;
  /** True when one run makes the whole frame: its edges are then part of the graph and not an input. */
  readonly whole: boolean;
}

/** What an operator has at hand while its part of the graph is written. */
export interface OperatorContext {
  readonly g: GraphBuilder;
  readonly geometry: RasterGeometry;
}

/**
 * One step of a stage, in one file: its parameters, its part of the graph, its halo, and how parameter values and the
 * sensor become graph inputs. Pure: nothing is remembered between frames.
 */
export interface Operator {
  readonly id: string;
  readonly params: Parameters;
  /** Rows of its input that it reads beyond those it makes. */
  readonly halo: Halo;
  /** Continues the graph from `x`. */
  graph(context: OperatorContext, x: Value): Value;
  /** The graph inputs that this operator declared, from the stage's values of one parameter version. */
  inputs(values: ParameterValues, sensor: SensorDescription): InputValues;
}

/** The number under `name`; the ParameterStore has checked type and range before. */
export function numberIn(values: ParameterValues, name: string): number {
  const value = values[name];
  assert(typeof value === 'number', `Expected a number for ${name} but received ${JSON.stringify(value)}`);
  return value;
}
