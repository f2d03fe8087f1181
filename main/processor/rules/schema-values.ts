import type { ParameterSchema } from '../processor-facts.ts';

/** True for the schema of a number, whole or not. */
export function isNumeric({ type }: ParameterSchema): boolean {
  return type === 'number' || type === 'integer';
}

/** True for the schema of one value: a number, a switch, a choice or a text. */
export function isSingle(schema: ParameterSchema): boolean {
  return isNumeric(schema) || schema.type === 'boolean' || schema.type === 'string';
}

/** True for a finite end of a range. The widest integers, which zod gives whole numbers without a range, are none. */
export function isLimit(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && Math.abs(value) < Number.MAX_SAFE_INTEGER;
}

/** What a schema expects in the place of a value that it does not accept; undefined for one that it does. */
export function expectedValue(schema: ParameterSchema, value: unknown): string | undefined {
  const { type, minimum, maximum } = schema;
  if (Array.isArray(schema.enum)) return schema.enum.includes(value) ? undefined : `one of ${schema.enum.join(', ')}`;
  if (!isNumeric(schema)) return typeof value === type ? undefined : `a ${type}`;
  const isWhole = type !== 'integer' || Number.isInteger(value);
  const isAbove = typeof value === 'number' && !(isLimit(minimum) && value < minimum);
  if (isWhole && isAbove && !(isLimit(maximum) && value > maximum)) return undefined;
  return `a ${type === 'integer' ? 'whole number' : 'number'} from ${minimum} to ${maximum}`;
}
