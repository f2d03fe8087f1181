import type { SensorDescription } from './frame-meta.ts';

/** One mosaic as arithmetic sees it, wherever its memory is: unpacked samples row by row without padding, and what they mean. */
export interface Mosaic {
  readonly samples: Uint16Array;
  readonly width: number;
  readonly height: number;
  readonly sensor: SensorDescription;
}
