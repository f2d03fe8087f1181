import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { InputError, messageOf } from '../base/errors.ts';
import { writeWhole } from '../base/write-whole.ts';
import { migrateTuning } from './tuning-migrations.ts';
import { type Tuning, tuningSchema } from './tuning-schema.ts';

/** Reads a tuning file of any version. Throws InputError that names the file, the field and what it should hold. */
export async function readTuning(path: string): Promise<Tuning> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    const message = `Expected a readable tuning file but received ${path}: ${messageOf(cause)}`;
    throw new InputError('tuning.unreadable', message, 'Choose another file.', cause);
  });
  return parseTuning(text, path);
}

/** The tuning in a text; `origin` names it in messages. */
export function parseTuning(text: string, origin: string): Tuning {
  const parsed = tuningSchema.safeParse(migrateTuning(jsonIn(text, origin), origin));
  if (!parsed.success) throw fieldError(parsed.error.issues[0], origin);
  expectConsistent(parsed.data, origin);
  return parsed.data;
}

/** Writes a tuning file whole or not at all, in today's version. */
export async function writeTuning(path: string, tuning: Tuning): Promise<void> {
  await writeWhole(path, `${JSON.stringify(tuningSchema.parse(tuning), null, 2)}\n`);
}

function jsonIn(text: string, origin: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InputError('tuning.invalid', `Expected JSON in ${origin} but received other text`, 'Correct the file.', cause);
  }
}

/** Only the first issue: the next one often follows from it. */
function fieldError(issue: z.core.$ZodIssue | undefined, origin: string): InputError {
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const field = [...(issue?.path ?? []), ...(unknown === undefined ? [] : [unknown])].map(String).join('.') || 'the file';
  const expected = unknown === undefined ? expectationOf(issue) : 'no field of that name';
  const message = `Expected ${expected} for ${field} in ${origin}`;
  return new InputError('tuning.invalid', message, `Correct ${field}.`);
}

/** The schema's own words where it has some, else the bound or the kind. */
function expectationOf(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === 'custom') return issue.message;
  if (issue?.code === 'too_small') return `at least ${issue.minimum}`;
  if (issue?.code === 'too_big') return `at most ${issue.maximum}`;
  if (issue?.code === 'invalid_value') return `one of ${issue.values.join(', ')}`;
  return issue?.code === 'invalid_type' ? `a value of type ${issue.expected}` : 'a valid value';
}

/** What the schema cannot say: levels and gains that belong together, points in order. */
function expectConsistent({ blackLevels = [], whiteLevel, noise = [], shading = [], ...tuning }: Tuning, origin: string): void {
  const refuse = (field: string, expected: string, received: unknown): never => {
    const message = `Expected ${expected} for ${field} in ${origin} but received ${String(received)}`;
    throw new InputError('tuning.invalid', message, `Correct ${field}.`);
  };
  const highest = Math.max(0, ...blackLevels.flatMap(({ levels }) => levels));
  if (whiteLevel !== undefined && highest >= whiteLevel) refuse('blackLevels', `levels below ${whiteLevel}`, highest);
  const largest = 2 ** (tuning.bits ?? 16) - 1;
  if (whiteLevel !== undefined && whiteLevel > largest)
    refuse('whiteLevel', `at most ${largest} (${tuning.bits} bits)`, whiteLevel);
  if (tuning.linearisation && tuning.linearisationPolynomial) refuse('linearisation', 'a table or a polynomial', 'both');
  const lists = {
    blackLevels: gainsOf(blackLevels),
    noise: gainsOf(noise),
    noiseReduction: gainsOf(tuning.noiseReduction ?? []),
  };
  const lights = { shading: cctsOf(shading), colour: cctsOf(tuning.colour ?? []) };
  for (const [field, points] of Object.entries({ ...lists, ...lights })) {
    const disorder = points.find((point, index) => index > 0 && point <= (points[index - 1] as number));
    if (disorder !== undefined) refuse(field, 'points in ascending order', disorder);
  }
  const { defects } = tuning;
  const outside = defects?.positions.find(([row, column]) => row >= defects.height || column >= defects.width);
  if (outside) refuse('defects', `positions within ${defects?.width}x${defects?.height}`, outside.join(', '));
}

function gainsOf(points: readonly { readonly gain: number }[]): number[] {
  return points.map(({ gain }) => gain);
}

function cctsOf(points: readonly { readonly cctKelvin: number }[]): number[] {
  return points.map(({ cctKelvin }) => cctKelvin);
}
