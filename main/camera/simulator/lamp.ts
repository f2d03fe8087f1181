import type { FrameSettings } from './frame-settings.ts';
import type { RowClock } from './scene.ts';

/** What decides when a row of a frame is exposed. */
export type TimingSettings = Pick<FrameSettings, 'exposureMicros' | 'readoutMicros' | 'motion'>;

/** What decides how much light each row gets from the lamp. */
export type LampSettings = Pick<FrameSettings, 'exposureMicros' | 'readoutMicros' | 'flickerMainsHertz' | 'flickerDepth'>;

/** When the exposure of a row starts, seconds from the start of the stream: frame by frame, and row by row during the read-out. */
export function rowStartSeconds(
  sequence: number,
  framesPerSecond: number,
  row: number,
  height: number,
  readoutMicros: number,
): number {
  return sequence / framesPerSecond + ((row / height) * readoutMicros) / 1e6;
}

/** The clock of what moves in a frame; it stands still where nothing may move. */
export function rowClock(settings: TimingSettings, sequence: number, framesPerSecond: number, height: number): RowClock {
  if (!settings.motion) return { secondsAt: () => 0, exposureSeconds: 0 };
  return {
    secondsAt: (row) => rowStartSeconds(sequence, framesPerSecond, row, height, settings.readoutMicros),
    exposureSeconds: settings.exposureMicros / 1e6,
  };
}

/**
 * Fills in what the lamp gives to each row against its mean. Its light is 1 + depth * cos(2 pi 2f t); a row sums that up over its
 * exposure, so that an exposure of a whole number of half periods of the mains sees no flicker.
 */
export function fillRowLight(rowLight: Float32Array, settings: LampSettings, sequence: number, framesPerSecond: number): void {
  const { exposureMicros, readoutMicros, flickerMainsHertz, flickerDepth } = settings;
  const exposureSeconds = exposureMicros / 1e6;
  const lightHertz = 2 * flickerMainsHertz;
  const angle = Math.PI * lightHertz * exposureSeconds;
  const swing = angle === 0 ? 0 : (flickerDepth * Math.sin(angle)) / angle;
  for (let row = 0; row < rowLight.length; row++) {
    const start = rowStartSeconds(sequence, framesPerSecond, row, rowLight.length, readoutMicros);
    rowLight[row] = 1 + swing * Math.cos(2 * Math.PI * lightHertz * (start + exposureSeconds / 2));
  }
}
