import { z } from 'zod';
import type { SensorLevels } from '../../frame/frame-meta.ts';

const level = z.int().min(0).max(0xffff);

/** Black and white level of one format, DN: one black level for all four positions of the cell, or one for each. */
const levelsOfFormat = z
  .object({ black: z.union([level, z.tuple([level, level, level, level])]).optional(), white: level.min(1).optional() })
  .refine(({ black = 0, white = 0xffff }) => [black].flat().every((one) => one < white));

/** The part of a profile file that says what a device does not say of itself. */
export const deviceNotesFile = z.object({
  /** By four-character code, such as `RG10`. */
  levels: z.record(z.string(), levelsOfFormat).optional(),
  /** Frames from the one during which a control is written to the first one exposed with it, by the control's id. */
  controlDelayFrames: z.record(z.string(), z.int().min(0).max(16)).optional(),
});

/** What a user writes down of a device; see {@link deviceNotesFile}. */
export type DeviceNotes = z.infer<typeof deviceNotesFile>;

/** Levels of one format as the user gives them. */
export type FormatLevels = z.infer<typeof levelsOfFormat>;

/** The levels as a camera takes them. */
export function sensorLevelsOf({ levels = {} }: DeviceNotes): SensorLevels {
  const entries = Object.entries(levels).map(([fourcc, { black, white }]) => {
    const blackLevels = typeof black === 'number' ? ([black, black, black, black] as const) : black;
    return [
      fourcc,
      { ...(blackLevels === undefined ? {} : { blackLevels }), ...(white === undefined ? {} : { whiteLevel: white }) },
    ];
  });
  return Object.fromEntries(entries);
}
