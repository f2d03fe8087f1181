import { readFile } from 'node:fs/promises';
import { InputError, messageOf } from '../base/errors.ts';
import { schemaFault } from '../base/schema-fault.ts';
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
  const data = migrateTuning(jsonIn(text, origin), origin);
  const parsed = tuningSchema.safeParse(data);
  if (!parsed.success) {
    const { field, expected, received } = schemaFault(parsed.error, data);
    throw problem(field || 'the file', origin, expected, received);
  }
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

/** What the schema cannot say: levels and gains that belong together, points in order. */
function expectConsistent({ blackLevels = [], whiteLevel, noise = [], shading = [], ...tuning }: Tuning, origin: string): void {
  const refuse = (field: string, expected: string, received: unknown): never => {
    throw problem(field, origin, expected, received);
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

function problem(field: string, origin: string, expected: string, received: unknown): InputError {
  const message = `Expected ${expected} for ${field} in ${origin} but received ${String(received)}`;
  return new InputError('tuning.invalid', message, `Correct ${field}.`);
}
