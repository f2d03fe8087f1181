import type { Matrix3, Triple } from '../base/matrix3.ts';
import type { CfaOrder } from './pixel-format.ts';

/** Variance of a sensor's samples over their signal: `slope` * (DN above black) + `offset`, DN². From a photon-transfer curve. */
export interface NoiseModel {
  /** DN² per DN: the conversion gain in DN per electron. */
  readonly slope: number;
  /** Read noise, DN². */
  readonly offset: number;
}

/**
 * What a lens takes away, as the gain that gives it back: a grid laid over the frame corner to corner, for each position of the
 * 2x2 cell. Between grid points it is bilinear.
 */
export interface ShadingGrid {
  readonly rows: number;
  readonly columns: number;
  /** 4 * rows * columns gains of at least 1, position by position in reading order of the cell, row by row. */
  readonly gains: Float32Array;
}

/** Rows and columns of a mosaic, from `top` and `left` on. */
export interface MosaicArea {
  readonly top: number;
  readonly left: number;
  readonly rows: number;
  readonly columns: number;
}

/** What a sensor's numbers mean. Levels are in DN of the unpacked sample. */
export interface SensorDescription {
  readonly cfa: CfaOrder;
  readonly bits: number;
  /** Black level per position of the 2x2 cell: [row 0 col 0, row 0 col 1, row 1 col 0, row 1 col 1], DN. */
  readonly blackLevels: readonly [number, number, number, number];
  /** First saturated DN. */
  readonly whiteLevel: number;
  /** Where no light reaches the frame's samples: each frame's own black levels are measured there, and take the place of {@link blackLevels}. */
  readonly opticalBlack?: readonly MosaicArea[];
  /** White-balance gains of red, green and blue for the scene, green 1; where the source knows them. */
  readonly whiteBalance?: Triple;
  /** Camera RGB (white-balanced, linear) to linear sRGB, row-major 3x3, rows summing to 1; where the source knows it. */
  readonly srgbFromCamera?: Matrix3;
  /** The same for values that the sRGB curve has encoded, refitted to a chart; where it was measured. */
  readonly srgbFromCameraEncoded?: Matrix3;
  /** Noise at the gain of the frame; where it was measured. */
  readonly noise?: NoiseModel;
  /** Lens shading under the light of the frame; where it was measured. */
  readonly shading?: ShadingGrid;
  /** Positions (row * width + column) of samples that are known to be wrong, ascending. */
  readonly defects?: Uint32Array;
  /** Linear DN for DN 0 to 2^bits - 1 in even steps, first and last included; absent where the sensor is linear. */
  readonly linearisation?: Float32Array;
  /** The same as a polynomial: linear DN = Σ coefficient · (DN / (2^bits - 1))^power, lowest power first, 2 to 9 of them. */
  readonly linearisationPolynomial?: readonly number[];
}

/** Levels that the user gives a device, by its format as a four-character code such as `RG10`; in DN, as in {@link SensorDescription}. */
export type SensorLevels = Readonly<Record<string, Partial<Pick<SensorDescription, 'blackLevels' | 'whiteLevel'>>>>;

/** What is known about one captured frame. The mosaic itself lies in a pool slot as unpacked little-endian 16-bit samples. */
export interface FrameMeta {
  /** The source's own counter; a gap is a frame that the source or the driver lost. */
  readonly sequence: number;
  /** CLOCK_MONOTONIC at start of exposure where the source knows it, else at delivery. */
  readonly timestampNs: bigint;
  readonly width: number;
  readonly height: number;
  readonly sensor: SensorDescription;
  /** Values in effect while this frame was exposed, by control id. */
  readonly controls: Readonly<Record<string, number>>;
}
