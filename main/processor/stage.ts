import type { ParameterValues } from '../../preload/contract.ts';
import type { SensorDescription } from '../frame/frame-meta.ts';
import type { Graph } from '../graph/graph.ts';
import type { StripPlan } from '../graph/strips.ts';
import type { ProcessorDeclaration } from './define-processor.ts';

/** Values of a stage's graph inputs for one parameter version, by input name; the shapes are the graph's. */
export type InputValues = Readonly<Record<string, Float32Array>>;

/** What a stage is asked to be built for: one source and one set of load-time values. */
export interface StageRequest {
  readonly width: number;
  readonly height: number;
  readonly sensor: SensorDescription;
  readonly values: ParameterValues;
  /**
   * `strips`: rows are cut and shared among workers. `rows`: so are they, by a graph for what makes a picture row by row and so keeps nothing of
   * a strip's size. `frame`: one graph for the whole frame, as exported and as GPUs run it.
   */
  readonly cut: 'strips' | 'rows' | 'frame';
}

/** The elements of a slot that one run of the graph reads or writes: a tensor of `shape` from element `offset` on. */
export interface TensorWindow {
  readonly offset: number;
  readonly shape: readonly number[];
}

/** A graph port that is bound to a slot of the envelope and reads or writes it in place, one window for each strip. */
export interface PlanePort {
  readonly name: string;
  readonly type: 'uint8' | 'uint16' | 'float32';
  readonly windows: readonly TensorWindow[];
}

/** A stage built for a request: what a lane needs in order to run it, without knowing what it computes. */
export interface StagePlan {
  readonly graph: Graph;
  readonly strips: StripPlan;
  /** Ports bound to the envelope's input slots, in their order. */
  readonly inputs: readonly PlanePort[];
  /** Ports bound to the envelope's output slots, in their order; the first is what a view shows. */
  readonly outputs: readonly PlanePort[];
  /** Columns and rows of what the stage makes. */
  readonly outputWidth: number;
  readonly outputHeight: number;
  /** What is bound to `cut` for each strip. */
  readonly cuts?: readonly number[];
  /** What is bound to `first_row` for each strip, where that is not the first row that it makes. */
  readonly firstRows?: readonly number[];
  /** Threads of one run, for a graph that takes the frame in one piece; 1 by default. */
  readonly threads?: number;
}

/** A processor that turns a mosaic into a picture: one of the ISP's stages. Stateless; safe to share. */
export interface Stage {
  readonly declaration: ProcessorDeclaration;
  /** Builds the graph. Throws GraphError or InputError; nothing else changes. */
  plan(request: StageRequest): StagePlan;
  /** The graph inputs of one parameter version, beside the planes and what is bound strip by strip. Cheap: runs once per version. */
  inputs(values: ParameterValues, sensor: SensorDescription): InputValues;
  /** Parameter values that suit a source better than the schema's defaults, for example its white balance. */
  defaultsFor(sensor: SensorDescription): ParameterValues;
}

/**
 * Names of tensors that the stages' graphs have in common. `pads` and `first_row` say where in the frame a strip lies, and `cut` how many
 * rows of what it made are to be left out before its own; they are bound by the lane, strip by strip, where a graph declares them.
 */
export const stagePorts = { mosaic: 'mosaic', pads: 'pads', firstRow: 'first_row', cut: 'cut', picture: 'rgba' } as const;

const elementBytes = { uint8: 1, uint16: 2, float32: 4 } as const;

/** Bytes that a slot has to have for a port: up to the end of its last window. */
export function planeBytes({ type, windows }: PlanePort): number {
  return elementBytes[type] * Math.max(...windows.map(({ offset, shape }) => offset + elementsOf(shape)));
}

/** Elements of a window's shape. */
export function elementsOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}
