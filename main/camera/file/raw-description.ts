import { z } from 'zod';
import { type RawGeometry, rawGeometry } from '../../../preload/contract.ts';
import { InputError } from '../../base/errors.ts';
import { inverse3, type Matrix3, rowsSummingToOne, type Triple } from '../../base/matrix3.ts';
import { schemaFault } from '../../base/schema-fault.ts';
import { readOptionalText } from './input-file.ts';

/**
 * What must be known about a headerless RAW file, and what its JSON sidecar holds: the fields of {@link RawGeometry} and, where
 * known, `whiteBalance` (gains of red, green, blue) and `srgbFromCamera` (9 numbers, row-major; see {@link neutralColourMatrix}).
 */
export interface RawDescription extends RawGeometry {
  readonly whiteBalance?: Triple;
  readonly srgbFromCamera?: Matrix3;
}

const row = z.number();
const descriptionSchema = rawGeometry
  .extend({
    whiteBalance: z.tuple([z.number().positive(), z.number().positive(), z.number().positive()]).optional(),
    srgbFromCamera: z.tuple([row, row, row, row, row, row, row, row, row]).optional(),
  })
  .strict();

/** Row sums this close to 1 are of rounding. */
const rowSumTolerance = 1e-6;
const mipiBits = [8, 10, 12, 14];

/** The checked description; `origin` names in messages where the value came from. Throws InputError naming the field. */
export function parseRawDescription(value: unknown, origin: string): RawDescription {
  const parsed = descriptionSchema.safeParse(value);
  if (!parsed.success) throw fieldError(parsed.error, value, origin);
  const description = parsed.data as RawDescription;
  const { bits, packing, blackLevel, whiteLevel, srgbFromCamera } = description;
  const maximum = 2 ** bits - 1;
  if (packing === 'mipi' && !mipiBits.includes(bits)) {
    throw problem('bits', origin, `one of ${mipiBits.join(', ')} for MIPI packing`, bits);
  }
  if (whiteLevel > maximum) throw problem('whiteLevel', origin, `at most ${maximum} (${bits} bits)`, whiteLevel);
  if (blackLevel >= whiteLevel) throw problem('blackLevel', origin, `less than the white level ${whiteLevel}`, blackLevel);
  if (srgbFromCamera === undefined) return description;
  return { ...description, srgbFromCamera: neutralColourMatrix(srgbFromCamera, 'srgbFromCamera', origin) };
}

/**
 * A camera-to-sRGB matrix for samples that are white-balanced already: each row divided by its sum, as raw converters do with
 * the matrices of vendors. White balance alone then decides what is neutral, and exposure how bright. Throws InputError naming
 * `field` for one whose rows cannot be normalised or that has no inverse.
 */
export function neutralColourMatrix(matrix: Matrix3, field: string, origin: string): Matrix3 {
  const sums = [0, 3, 6].map((start) => matrix.slice(start, start + 3).reduce((total, part) => total + part, 0));
  const wrong = sums.find((sum) => !(sum > rowSumTolerance));
  if (wrong !== undefined) throw problem(field, origin, 'rows with a positive sum', `a row sum of ${wrong.toFixed(3)}`);
  if (inverse3(matrix) === undefined) throw problem(field, origin, 'a matrix with an inverse', 'one without');
  const isNeutral = sums.every((sum) => Math.abs(sum - 1) <= rowSumTolerance);
  return isNeutral ? matrix : (rowsSummingToOne(matrix) as Matrix3);
}

/** Where the sidecar of a RAW file may lie: `shot.raw.json`, then `shot.json`. */
export function sidecarPaths(path: string): readonly string[] {
  return [`${path}.json`, path.replace(/\.[^./\\]+$/, '.json')];
}

/** The description in the file's sidecar, or undefined where it has none. Throws InputError for a sidecar that is wrong. */
export async function readSidecar(path: string): Promise<RawDescription | undefined> {
  for (const sidecar of sidecarPaths(path)) {
    const text = sidecar === path ? undefined : await readOptionalText(sidecar);
    if (text === undefined) continue;
    return parseRawDescription(parseJson(text, sidecar), sidecar);
  }
  return undefined;
}

function parseJson(text: string, origin: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw new InputError(
      'file.sidecar',
      `Expected JSON in ${origin} but received other text`,
      'Correct or remove the sidecar.',
      thrown,
    );
  }
}

function problem(field: string, origin: string, expected: string, received: unknown): InputError {
  return new InputError(
    'file.geometry',
    `Expected ${expected} for ${field} in ${origin} but received ${String(received)}`,
    `Correct ${field}.`,
  );
}

/** An unknown field is mostly a slip in one of the known ones. */
function fieldError(error: z.ZodError, value: unknown, origin: string): InputError {
  const { field, expected, received } = schemaFault(error, value);
  if (error.issues[0]?.code === 'unrecognized_keys') {
    const known = Object.keys(descriptionSchema.shape).join(', ');
    return problem(field, origin, `only the fields ${known}`, 'an unknown field');
  }
  return problem(field || 'the geometry', origin, expected, received);
}
