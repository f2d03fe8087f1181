import type { ParameterValue } from '../../../preload/contract.ts';
import type { Graph } from '../../graph/graph.ts';
import type { ExportParameter } from '../export-parameter.ts';

/** A graph of {@link ScopeSource}: what turns frames [frames, rows, columns, 3] in [0, 1] into one such frame. */
export interface ScopeGraph {
  /** Values of {@link ScopeSource.open} that it was built for, in that order. */
  readonly values: readonly ParameterValue[];
  /** The only frames that it takes; absent where it takes all whose extents are multiples of {@link ScopeSource.sizeMultiple}. */
  readonly size?: { readonly width: number; readonly height: number };
  /** Input `video` and one float scalar for every runtime parameter; output `video_out`. */
  readonly graph: Graph;
}

/** Everything that a package for Scope is written from: plain data, whose text and bytes follow from it alone. */
export interface ScopeSource {
  /** Lower-case words joined by hyphens; also the pipeline's id in Scope. */
  readonly id: string;
  /** The lab's processor that it is made from, where that has another id. */
  readonly processorId?: string;
  readonly name: string;
  /** One sentence without a full stop. */
  readonly description: string;
  /** Semantic version. */
  readonly version: string;
  readonly docs?: string;
  readonly usage: readonly string[];
  /** Modes, the default one first. */
  readonly modes: readonly string[];
  /** Frames that one run sees: the newest and those before it. */
  readonly inputSize: number;
  /** Rows and columns of a frame are cut to a multiple of it. */
  readonly sizeMultiple: number;
  /** Parameters that act on the next frame, by order. */
  readonly runtime: readonly ExportParameter[];
  /** Load-time parameters that can still be chosen, by order; there is a graph for every combination of their values. */
  readonly open: readonly ExportParameter[];
  /** Load-time parameters that keep the value that they were exported with. */
  readonly fixed: readonly ExportParameter[];
  readonly graphs: readonly ScopeGraph[];
  /** Sentences for the README that a user of the package has to know beside: what its input is, what was left out. */
  readonly remarks: readonly string[];
}

/** A file of a package: its path below the package's folder, with forward slashes, and either text or bytes. */
export type PackageFile =
  | { readonly path: string; readonly text: string }
  | { readonly path: string; readonly bytes: Uint8Array };
