import { z } from 'zod';

/** A single finite number. */
export const finite = z.number().refine(Number.isFinite);

/** A whole number from 0. */
export const count = z.int().min(0);

/** An error as plain data. `exitCode` 2: the user's input is at fault. */
export const errorRecord = z.object({
  code: z.string(),
  message: z.string(),
  action: z.string().optional(),
  exitCode: z.literal(2).optional(),
});
