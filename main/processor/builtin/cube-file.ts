import { InputError } from '../../base/errors.ts';

/** A look-up table of a `.cube` file. */
export interface CubeTable {
  readonly dimensions: 1 | 3;
  /** Entries along each axis. */
  readonly size: number;
  /** Input values that the first and the last entry stand for, per channel. */
  readonly domainMinimum: readonly [number, number, number];
  readonly domainMaximum: readonly [number, number, number];
  /** RGB of every entry; in three dimensions red runs fastest, then green, then blue. */
  readonly entries: readonly number[];
}

const largest = { 1: 65_536, 3: 129 } as const;

/**
 * Reads Adobe's Cube LUT Specification 1.0 (2013): `TITLE`, `DOMAIN_MIN`, `DOMAIN_MAX`, `LUT_1D_SIZE` or `LUT_3D_SIZE`, comments and
 * triples. Throws InputError naming the file and the line.
 */
export function parseCube(text: string, file: string): CubeTable {
  const entries: number[] = [];
  let head: { dimensions: 1 | 3; size: number } | undefined;
  const domain = { DOMAIN_MIN: [0, 0, 0], DOMAIN_MAX: [1, 1, 1] };
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
    const words = line.trim().split(/\s+/);
    const [key = ''] = words;
    const refuse = (expected: string): never => {
      throw new InputError('lut.line', `Expected ${expected} for line ${index + 1} of ${file} but received ${line.trim()}`);
    };
    if (key === '' || key.startsWith('#') || key === 'TITLE') continue;
    if (key === 'LUT_1D_SIZE' || key === 'LUT_3D_SIZE') {
      const dimensions = key === 'LUT_1D_SIZE' ? 1 : 3;
      const size = Number(words[1]);
      const fits = words.length === 2 && Number.isInteger(size) && size >= 2 && size <= largest[dimensions] && !head;
      if (!fits) refuse(`one size from 2 to ${largest[dimensions]}`);
      head = { dimensions, size };
    } else {
      const isDomain = key === 'DOMAIN_MIN' || key === 'DOMAIN_MAX';
      const numbers = (isDomain ? words.slice(1) : words).map(Number);
      if (numbers.length !== 3 || !numbers.every(Number.isFinite)) refuse('three numbers');
      if (isDomain) domain[key] = numbers;
      else entries.push(...numbers);
    }
  }
  return checkedTable(entries, head, domain, file);
}

function checkedTable(
  entries: readonly number[],
  head: { readonly dimensions: 1 | 3; readonly size: number } | undefined,
  domain: Readonly<Record<'DOMAIN_MIN' | 'DOMAIN_MAX', readonly number[]>>,
  file: string,
): CubeTable {
  if (!head) throw new InputError('lut.size', `Expected LUT_1D_SIZE or LUT_3D_SIZE in ${file} but received neither`);
  const count = head.size ** head.dimensions;
  if (entries.length !== count * 3) {
    throw new InputError('lut.entries', `Expected ${count} entries in ${file} but received ${entries.length / 3}`);
  }
  const { DOMAIN_MIN: low, DOMAIN_MAX: high } = domain;
  if (low.some((value, channel) => value >= (high[channel] as number))) {
    throw new InputError('lut.domain', `Expected DOMAIN_MIN below DOMAIN_MAX in ${file} but received ${low} and ${high}`);
  }
  type Three = readonly [number, number, number];
  return { ...head, domainMinimum: low as unknown as Three, domainMaximum: high as unknown as Three, entries };
}
