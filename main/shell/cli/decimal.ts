const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * The number that a text writes in decimal digits, or undefined. What JavaScript reads as a number beyond that, such as 0x10,
 * 0b1, an empty text or Infinity, is a slip of the keyboard here.
 */
export function decimalNumber(text: string): number | undefined {
  const value = decimal.test(text.trim()) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}
