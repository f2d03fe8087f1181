import type { TypedText } from './typed-entry.tsx';

/** Red, green and blue code values from 0 to 255. */
export type Rgb8 = readonly [red: number, green: number, blue: number];

/** The colour as the lab takes it: `#rrggbb`. */
export function colourText(colour: Rgb8): string {
  return `#${colour.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

/** Reads `#rrggbb`, `#rgb`, either without its #, or three code values such as `255 128 0`. */
export function parseColour(text: string, name: string): TypedText<Rgb8> {
  const trimmed = text.trim();
  const hexadecimal = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(trimmed)?.[1];
  const values = hexadecimal === undefined ? codeValues(trimmed) : hexadecimalValues(hexadecimal);
  const [red, green, blue] = values;
  const isColour = values.length === 3 && values.every((value) => Number.isInteger(value) && value >= 0 && value <= 255);
  if (isColour && red !== undefined && green !== undefined && blue !== undefined) return { ok: true, value: [red, green, blue] };
  const received = trimmed === '' ? 'nothing' : `“${trimmed}”`;
  return { ok: false, message: `Expected a colour such as #ff8000 or 255 128 0 for ${name} but received ${received}` };
}

function hexadecimalValues(digits: string): number[] {
  const pairs = digits.length === 3 ? [...digits].map((digit) => digit + digit) : (digits.match(/../g) ?? []);
  return pairs.map((pair) => Number.parseInt(pair, 16));
}

function codeValues(text: string): number[] {
  return /^\d+([\s,;]+\d+){2}$/.test(text) ? text.split(/[\s,;]+/).map(Number) : [];
}
