import type { RawGeometry } from '../../../preload/contract.ts';
import { InputError } from '../../base/errors.ts';
import { bytesPerMosaic, unpackMosaic } from '../../frame/unpack.ts';
import { decodeDng } from './dng.ts';
import { foreignFormatOf, isTiff } from './foreign-format.ts';
import { readInputFile } from './input-file.ts';
import { likelyGeometries } from './likely-geometry.ts';
import { parseRawDescription, type RawDescription, readSidecar } from './raw-description.ts';
import type { RawImage } from './raw-image.ts';

/** Above this share of samples that need more bits than said, it is the geometry that is wrong and not a few pixels. */
const brokenSampleShare = 0.01;

/**
 * Decodes a RAW file into unpacked samples. A DNG is known by its content and describes itself, which `description` may not contradict; any
 * other file needs it, or a JSON sidecar beside it (which is not read where a description is given). Writes nothing.
 *
 * Throws InputError for whatever the user can mend: path, format, size, levels.
 */
export async function readRawFile(path: string, description?: RawDescription): Promise<RawImage> {
  const bytes = await readInputFile(path);
  if (isTiff(bytes)) return asDescribed(decodeDng(bytes, path), path, description);
  const known = description === undefined ? await readSidecar(path) : parseRawDescription(description, 'the given geometry');
  if (known === undefined) throw withoutGeometry(path, bytes);
  return decodeRaw(path, bytes, known);
}

/** The image, unless it was described as another one: values that would be ignored would be taken for used. */
function asDescribed(image: RawImage, path: string, description: RawDescription | undefined): RawImage {
  if (description === undefined) return image;
  const { width, height, sensor } = image;
  const { cfa, bits, whiteLevel, blackLevels } = sensor;
  // Levels of a DNG may be fractions, which nobody types.
  const isLevel = (own: number, given: number): boolean => Math.abs(own - given) < 1;
  const facts: readonly [string, unknown, unknown, boolean][] = [
    ['width', width, description.width, width === description.width],
    ['height', height, description.height, height === description.height],
    ['CFA order', cfa, description.cfa, cfa === description.cfa],
    ['bits', bits, description.bits, bits === description.bits],
    [
      'black level',
      [...new Set(blackLevels)].join(', '),
      description.blackLevel,
      blackLevels.every((level) => isLevel(level, description.blackLevel)),
    ],
    ['white level', whiteLevel, description.whiteLevel, isLevel(whiteLevel, description.whiteLevel)],
  ];
  const wrong = facts.find(([, , , isEqual]) => !isEqual);
  if (wrong === undefined) return image;
  const [name, own, given] = wrong;
  const message = `Expected ${own} as the ${name} of ${path}, which describes itself, but received ${given}`;
  throw new InputError('file.geometry', message, 'Leave the geometry out.');
}

function decodeRaw(path: string, bytes: Uint8Array, description: RawDescription): RawImage {
  const { width, height, bits, cfa, blackLevel, whiteLevel, whiteBalance, srgbFromCamera } = description;
  if (bytes.length !== bytesPerMosaic(description)) throw sizeMismatch(path, bytes, description);
  const samples = new Uint16Array(width * height);
  unpackMosaic(bytes, description, samples);
  requireDepth(path, samples, bits);
  return {
    samples,
    width,
    height,
    sensor: {
      cfa,
      bits,
      blackLevels: [blackLevel, blackLevel, blackLevel, blackLevel],
      whiteLevel,
      ...(whiteBalance === undefined ? {} : { whiteBalance }),
      ...(srgbFromCamera === undefined ? {} : { srgbFromCamera }),
    },
  };
}

/** A geometry in words, for messages. */
export function geometryText({ width, height, bits, packing }: RawGeometry): string {
  return `${width}x${height}, ${bits} bits ${packing === 'mipi' ? 'MIPI packed' : 'unpacked'}`;
}

/** The error for a file whose content shows that it is no headerless RAW file, or undefined. */
export function foreignFormatError(path: string, bytes: Uint8Array): InputError | undefined {
  const format = foreignFormatOf(bytes);
  if (format === undefined) return undefined;
  return new InputError(
    'file.unknown-format',
    `Expected a RAW file but ${path} is ${format}`,
    'Choose a headerless RAW file or a CFA DNG.',
  );
}

function withoutGeometry(path: string, bytes: Uint8Array): InputError {
  const message = `Expected the geometry of ${path} but it has no sidecar ${path}.json`;
  const action = `Give width, height, CFA order, bits, black and white level. ${likelyText(path, bytes)}`;
  return foreignFormatError(path, bytes) ?? new InputError('file.geometry-missing', message, action.trim());
}

function sizeMismatch(path: string, bytes: Uint8Array, description: RawDescription): InputError {
  const foreign = foreignFormatError(path, bytes);
  if (foreign !== undefined) return foreign;
  const expected = `${bytesPerMosaic(description)} bytes for ${geometryText(description)}`;
  const action = likelyText(path, bytes) || 'Check width, height, bits and packing.';
  return new InputError('file.size-mismatch', `Expected ${expected} but ${path} has ${bytes.length} bytes`, action);
}

function likelyText(path: string, bytes: Uint8Array): string {
  const [likeliest] = likelyGeometries(path, bytes);
  return likeliest === undefined ? '' : `Its size fits ${geometryText(likeliest)}.`;
}

function requireDepth(path: string, samples: Uint16Array, bits: number): void {
  const maximum = 2 ** bits - 1;
  let broken = 0;
  let largest = 0;
  for (const sample of samples) {
    if (sample > largest) largest = sample;
    if (sample > maximum) broken++;
  }
  if (broken <= samples.length * brokenSampleShare) return;
  throw new InputError(
    'file.depth',
    `Expected samples of at most ${maximum} (${bits} bits) in ${path} but ${broken} are larger, up to ${largest}`,
    'Check the bits; samples must be little-endian and right-aligned.',
  );
}
