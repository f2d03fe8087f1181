import type { SensorDescription } from '../../frame/frame-meta.ts';

/** One decoded mosaic: unpacked samples row by row without padding, an even number of rows and columns, and what they mean. */
export interface RawImage {
  readonly samples: Uint16Array;
  readonly width: number;
  readonly height: number;
  readonly sensor: SensorDescription;
}
