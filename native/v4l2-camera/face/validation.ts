import { V4l2Error } from './errors.ts';

const longestShown = 60;

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value).slice(0, longestShown);
  if (typeof value === 'bigint') return `${value}n`;
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} of ${value.byteLength} bytes`;
  if (value === null || typeof value !== 'object') return String(value);
  return Array.isArray(value) ? `an array of ${value.length}` : (value.constructor?.name ?? 'an object');
}

/** The error of an argument that is not what was expected: "Expected X for NAME but received Y". */
export function unexpected(expected: string, name: string, received: unknown): V4l2Error {
  return new V4l2Error('v4l2.argument', `Expected ${expected} for ${name} but received ${shown(received)}`);
}

/** Throws unless `value` is a whole number in the range. */
export function requireInteger(value: unknown, name: string, minimum: number, maximum: number): number {
  const fits = typeof value === 'number' && Number.isInteger(value) && value >= minimum && value <= maximum;
  if (!fits) throw unexpected(`a whole number from ${minimum} to ${maximum}`, name, value);
  return value;
}

/** Throws unless `value` is a string that is not empty and holds no NUL. */
export function requireText(value: unknown, name: string): string {
  if (typeof value !== 'string' || value === '' || value.includes('\0')) throw unexpected('a non-empty string', name, value);
  return value;
}

/** Throws unless `value` can be called. */
export function requireFunction<F>(value: F, name: string): F {
  if (typeof value !== 'function') throw unexpected('a function', name, value);
  return value;
}

/** Throws unless `value` is an array. */
export function requireArray<T>(value: readonly T[], name: string): readonly T[] {
  if (!Array.isArray(value)) throw unexpected('an array', name, value);
  return value;
}

/** Throws unless `value` is one of the choices. */
export function requireChoice<T extends string>(value: unknown, name: string, choices: readonly T[]): T {
  if (!choices.includes(value as T)) throw unexpected(`one of ${choices.join(', ')}`, name, value);
  return value as T;
}

/** Throws unless `value` is an object. */
export function requireObject<T extends object>(value: T, name: string): T {
  if (typeof value !== 'object' || value === null) throw unexpected('an object', name, value);
  return value;
}
