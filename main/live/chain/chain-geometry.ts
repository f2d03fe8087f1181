import type { SensorDescription } from '../../frame/frame-meta.ts';

/** The frames that a chain is built for. */
export interface ChainGeometry {
  readonly mosaicWidth: number;
  readonly mosaicHeight: number;
  /** What the mosaic's numbers mean. */
  readonly sensor: SensorDescription;
  readonly width: number;
  readonly height: number;
}
