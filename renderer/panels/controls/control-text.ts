import { rangeText } from '../../controls/number-text.ts';
import type { TypedText } from '../../controls/typed-entry.tsx';

/** A bit mask as text: `0x0000001f`. */
export function maskText(mask: number): string {
  return `0x${mask.toString(16).padStart(mask > 0xffff ? 8 : mask > 0xff ? 4 : 2, '0')}`;
}

/** Reads a mask in hexadecimal, with or without `0x`; bits outside `allowed` are refused by name. */
export function parseMask(text: string, name: string, allowed: number): TypedText<number> {
  const digits = /^(?:0x)?([0-9a-f]{1,8})$/.exec(text.trim().toLowerCase().replaceAll('_', ''))?.[1];
  const expected = `Expected bits within ${maskText(allowed)} for ${name}`;
  if (digits === undefined) return { ok: false, message: `${expected} in hexadecimal but received ${quoted(text)}` };
  const value = Number.parseInt(digits, 16);
  const outside = BigInt(value) & ~BigInt(allowed);
  return outside === 0n ? { ok: true, value } : { ok: false, message: `${expected} but received ${maskText(value)}` };
}

/** Reads a whole number of up to 64 bits exactly; the value stays decimal text, since a double cannot hold it. */
export function parseExact(
  text: string,
  name: string,
  { minimum, maximum }: { readonly minimum: string; readonly maximum: string },
): TypedText<string> {
  const plain = text.replace('−', '-').replaceAll(/[\s\u2007\u202f_]/g, '');
  const expected = `Expected a whole number from ${minimum} to ${maximum} for ${name}`;
  if (!/^[+-]?\d{1,20}$/.test(plain)) return { ok: false, message: `${expected} but received ${quoted(text)}` };
  const value = BigInt(plain.replace('+', ''));
  if (value < BigInt(minimum) || value > BigInt(maximum)) return { ok: false, message: `${expected} but received ${value}` };
  return { ok: true, value: String(value) };
}

/** Reads a text of a limited length. Lengths count bytes as the device stores them, in UTF-8. */
export function parseText(
  text: string,
  name: string,
  { minimum, maximum }: { readonly minimum: number; readonly maximum: number },
): TypedText<string> {
  const length = new TextEncoder().encode(text).length;
  if (length >= minimum && length <= maximum) return { ok: true, value: text };
  return { ok: false, message: `Expected a text of ${minimum} to ${maximum} bytes for ${name} but received ${length}` };
}

/** What the elements of an array or the bytes of a compound may be. */
export interface ElementsRule {
  readonly minimum: number;
  readonly maximum: number;
  /** Undefined where any number of elements is taken. */
  readonly count: number | undefined;
  /** Bytes are written in hexadecimal, two digits each; elements in decimal. */
  readonly radix: 10 | 16;
}

/** The elements as text, one row of `columns` to a line. */
export function elementsText(elements: readonly number[], columns: number, radix: 10 | 16): string {
  const width = Math.max(radix === 16 ? 2 : 1, ...elements.map((element) => element.toString(radix).length));
  const words = elements.map((element) => element.toString(radix).padStart(width, radix === 16 ? '0' : ' '));
  const rows = Array.from({ length: Math.ceil(words.length / columns) }, (_, row) =>
    words.slice(row * columns, (row + 1) * columns).join(' '),
  );
  return rows.join('\n');
}

/** Reads elements separated by spaces, commas, semicolons or line ends. The first that cannot be used is named by its place. */
export function parseElements(text: string, rule: ElementsRule): TypedText<number[]> {
  const words = text.split(/[\s,;]+/).filter(Boolean);
  const elements: number[] = [];
  for (const [index, word] of words.entries()) {
    const read = parseElement(word, index, rule);
    if (!read.ok) return read;
    elements.push(read.value);
  }
  const { count } = rule;
  if (count === undefined || elements.length === count) return { ok: true, value: elements };
  const noun = rule.radix === 16 ? 'bytes' : 'values';
  return { ok: false, message: `Expected ${count} ${noun} but received ${elements.length}` };
}

/** Reads one element; a refusal names its place, counted from 0. */
export function parseElement(word: string, index: number, { minimum, maximum, radix }: ElementsRule): TypedText<number> {
  const plain = word.trim().replace('−', '-');
  const isNumber = radix === 16 ? /^(0x)?[0-9a-f]{1,2}$/i.test(plain) : /^[+-]?\d+$/.test(plain);
  const value = radix === 16 ? Number.parseInt(plain.replace(/^0x/i, ''), 16) : Number(plain);
  if (isNumber && value >= minimum && value <= maximum) return { ok: true, value };
  const expected = radix === 16 ? 'a byte of two hexadecimal digits' : rangeText({ minimum, maximum, integer: true });
  return { ok: false, message: `Expected ${expected} at place ${index} but received ${quoted(word)}` };
}

function quoted(text: string): string {
  return text.trim() === '' ? 'nothing' : `“${text.trim()}”`;
}
