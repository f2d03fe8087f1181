import { LabError } from '../base/errors.ts';

/** A graph that cannot be compiled to a kernel. ONNX Runtime may still run it. */
export class KernelError extends LabError {
  readonly code = 'kernel.unsupported';
}

/** A tensor of numbers that a kernel reads: the graph input and where its elements lie, as 32-bit floats. */
export interface KernelTable {
  readonly input: string;
  readonly offset: number;
  readonly elements: number;
}

/** A mask that a kernel reads: one byte per sample, `stride` bytes from row to row of a plane. */
export interface KernelMask {
  readonly places: string;
  readonly counts: string;
  readonly offset: number;
  readonly planes: number;
  readonly rows: number;
  readonly columns: number;
  readonly stride: number;
}

/** The ring of mosaic rows that a kernel reads: two rows of 16-bit samples for each row of cells. */
export interface KernelMosaic {
  readonly input: string;
  /** The input that says how many rows are mirrored: begin of batch, channel, row and column, then end of each. */
  readonly pads: string;
  readonly offset: number;
  /** Rows of cells that the padded strip has, and that the ring holds; the latter is a power of two. */
  readonly rows: number;
  readonly ringRows: number;
  /** Samples per padded row of the mosaic, `margin` of them mirrored on each side. */
  readonly columns: number;
  readonly margin: number;
  /** Bytes of a row of cells, and of the mosaic row within it. */
  readonly rowBytes: number;
  readonly mosaicRowBytes: number;
  /** Rows of cells that it has to be filled ahead of the outputs. */
  readonly lead: number;
}

/** Where a kernel writes one of its outputs: `chunkRows` rows of cells, one after the other without gaps. */
export interface KernelOutput {
  readonly name: string;
  readonly offset: number;
  /** Rows of cells of a strip; every output has as many. */
  readonly rows: number;
  readonly rowBytes: number;
  /** The last row of the strip comes first. */
  readonly isReversed: boolean;
}

/**
 * A graph compiled to a WebAssembly module that makes a strip of pictures row by row. Plain data: it can be cloned to another thread.
 * The module exports `advance(from, until)`, which makes rows of cells of the outputs, and what has to be ahead of them.
 */
export interface Kernel {
  readonly wasm: Uint8Array<ArrayBuffer>;
  /** ONNX model of what is computed once per strip, of parameters and the strip's place alone; absent where there is nothing. */
  readonly uniforms?: { readonly bytes: Uint8Array<ArrayBuffer>; readonly inputs: readonly string[] };
  readonly memoryBytes: number;
  readonly tables: readonly KernelTable[];
  readonly masks: readonly KernelMask[];
  readonly mosaic: KernelMosaic;
  readonly outputs: readonly KernelOutput[];
  /** Row of cells at which a strip begins, at most 0: so far ahead of the outputs steps begin. A multiple of {@link chunkRows}. */
  readonly firstRow: number;
}

/** Rows of cells that are made between two looks at the outputs; a power of two. */
export const chunkRows = 4;

/** The function that a kernel's module exports. */
export const advanceExport = 'advance';
