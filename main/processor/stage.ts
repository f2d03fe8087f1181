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
  /** `strips`: rows are cut and shared among workers. `frame`: one graph for the whole frame, as exported and as GPUs run it. */
  readonly cut: 'strips' | 'frame';
}

/** A stage built for a request: what a lane needs in order to run it, without knowing what it computes. */
export interface StagePlan {
  readonly graph: Graph;
  readonly strips: StripPlan;
  /** Output rows and columns per mosaic row and column: 1, or 1/2 for a binned picture. */
  readonly outputScale: 1 | 0.5;
  readonly outputWidth: number;
  readonly outputHeight: number;
}

/** A processor that turns a mosaic into a picture: one of the ISP's stages. Stateless; safe to share. */
export interface Stage {
  readonly declaration: ProcessorDeclaration;
  /** Builds the graph. Throws GraphError or InputError; nothing else changes. */
  plan(request: StageRequest): StagePlan;
  /** The graph inputs of one parameter version, beside the mosaic and its pads. Cheap: runs once per version. */
  inputs(values: ParameterValues, sensor: SensorDescription): InputValues;
  /** Parameter values that suit a source better than the schema's defaults, for example its white balance. */
  defaultsFor(sensor: SensorDescription): ParameterValues;
}

/** Names of the tensors that every stage's graph has in common. */
export const stagePorts = { mosaic: 'mosaic', pads: 'pads', picture: 'rgba' } as const;
