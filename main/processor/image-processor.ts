import type { z } from 'zod';
import type { Value } from '../graph/graph.ts';
import type { GraphBuilder } from '../graph/graph-builder.ts';
import type { ProcessorDeclaration } from './declaration.ts';
import type { Parameters } from './parameters.ts';
import type { VideoTensor } from './video-tensor.ts';

/** What a processor needs before it can run. */
export interface Requirements {
  /** Frames that one run sees, 1 to 16: the newest and those before it. */
  readonly inputSize: number;
}

/** A text that a processor is to follow, and how strongly against the others; weights are at least 0. */
export interface Prompt {
  readonly text: string;
  readonly weight: number;
}

type NamesOf<P extends Parameters, K extends 'runtime' | 'load-time'> = {
  [Name in keyof P]: P[Name]['kind'] extends K ? Name : never;
}[keyof P];

/** The load-time values that a graph is built with, of the types that the schemas give. */
export type LoadTimeValues<P extends Parameters> = { readonly [N in NamesOf<P, 'load-time'>]: z.output<P[N]['schema']> };

/**
 * What a graph is written from: `video`, float [frames, rows, columns, 3] in [0, 1], the newest frame last, and one float scalar
 * for every runtime parameter: a number as it is, a switch as 0 or 1, a choice as the index of its option.
 */
export type GraphInputs<P extends Parameters> = { readonly video: Value } & { readonly [N in NamesOf<P, 'runtime'>]: Value };

/** Where in the frame `video` lies, for a graph of a strip. */
export interface StripPlace {
  /** Rows of the whole frame. */
  readonly frameRows: number;
  /** Float scalar: the row of the frame that is the first one of `video`. */
  readonly firstRow: Value;
}

/** What a call receives: the frames, the prompts (empty where it supports none) and every runtime parameter's value. */
export type CallInputs<P extends Parameters> = { readonly video: VideoTensor; readonly prompts: readonly Prompt[] } & {
  readonly [N in NamesOf<P, 'runtime'>]: z.output<P[N]['schema']>;
};

/**
 * A processor of finished pictures, by the conventions of Daydream Scope. It gives either `graph` or `call`. Whatever it makes is
 * one frame [1, rows, columns, 3], the processed newest one, of the size that entered; the lab clamps it to [0, 1].
 */
export interface ImageProcessor<P extends Parameters = Parameters> extends ProcessorDeclaration<P> {
  /** Semantic version of the processor itself. */
  readonly version: string;
  /** Where its documentation is; https. */
  readonly docs?: string;
  /** Pure: equal values give equal requirements. */
  prepare(values: LoadTimeValues<P>): Requirements;
  /**
   * Rows above and below a row that its result depends on, 0 to 256. Declared only for a graph: frames are then cut in strips, which all
   * cores share. What its borders do belongs to the frame's, which the strips at its edges have. Without it the graph is given the whole
   * frame.
   */
  halo?(values: LoadTimeValues<P>): number;
  /**
   * Writes the graph for the frames' size, which `video.shape` tells. Runs once per set of load-time values. `strip` is given where frames
   * are cut, for a graph that does not do the same on every row.
   */
  graph?(g: GraphBuilder, inputs: GraphInputs<P>, values: LoadTimeValues<P>, strip?: StripPlace): { readonly video: Value };
  /** Makes one frame outside ONNX Runtime, or around a session of its own. The frames are its own to change. */
  call?(
    inputs: CallInputs<P>,
    values: LoadTimeValues<P>,
  ): { readonly video: VideoTensor } | Promise<{ readonly video: VideoTensor }>;
  /**
   * Of a processor that is called around a model: the same as a `graph` that the model is part of, for exports. Rejects with an InputError
   * for a model that cannot be part of one. Load-time values that shape it stay as they were exported.
   */
  modelGraph?(values: LoadTimeValues<P>): Promise<NonNullable<ImageProcessor<P>['graph']>>;
  /** Gives back what calls have opened. The processor may be called again afterwards. */
  shutdown?(): void | Promise<void>;
}
