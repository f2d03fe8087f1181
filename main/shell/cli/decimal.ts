import { InputError } from '../../base/errors.ts';

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * The number that a text writes in decimal digits, or undefined. What JavaScript reads as a number beyond that, such as 0x10,
 * 0b1, an empty text or Infinity, is a slip of the keyboard here.
 */
export function decimalNumber(text: string): number | undefined {
  const value = decimal.test(text.trim()) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}

/** Parses the number that `name` takes, so that a refusal, an InputError, can say where it stood. */
export function numberFor(name: string): (text: string) => number {
  return (text) => {
    const value = decimalNumber(text);
    if (value !== undefined) return value;
    throw new InputError('cli.number', `Expected a number for ${name} but received ${text}`);
  };
}

/** Exactly `count` numbers with commas, semicolons or spaces between them. Throws InputError that names the option. */
export function numbersIn(name: string, text: string, count: number): number[] {
  const numbers = text
    .trim()
    .split(/[\s,;]+/)
    .map(decimalNumber);
  if (numbers.length === count && numbers.every((number) => number !== undefined)) return numbers as number[];
  throw new InputError('cli.numbers', `Expected ${count} numbers for ${name} but received ${text}`);
}
