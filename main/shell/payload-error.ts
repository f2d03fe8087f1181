import type { z } from 'zod';
import { InputError } from '../base/errors.ts';

const mostReceivedCharacters = 80;

/** What one issue wants, in words; of a union what its members want, each once. */
function expectationOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return article(issue.expected);
    case 'invalid_value':
      return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.join(', ')}`;
    case 'too_small':
      return `${sizeOf(issue.origin)}at least ${issue.minimum}`;
    case 'too_big':
      return `${sizeOf(issue.origin)}at most ${issue.maximum}`;
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`;
    case 'invalid_union':
      return [...new Set(issue.errors.map(([first]) => (first ? expectationOf(first) : 'a value')))].join(' or ');
    case 'custom':
      return 'a finite number';
    default:
      return 'a valid value';
  }
}

const sizeOf = (origin: string): string => (origin === 'string' || origin === 'array' ? 'a length of ' : '');

function article(type: string): string {
  const names: Readonly<Record<string, string>> = { int: 'a whole number', record: 'an object', string: 'a text' };
  return names[type] ?? `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`;
}

function valueAt(payload: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Readonly<Record<PropertyKey, unknown>> | undefined)?.[key], payload);
}

function receivedText(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > mostReceivedCharacters ? `${text.slice(0, mostReceivedCharacters - 1)}…` : text;
}

/** The refusal of a payload as one sentence about its first fault: the next one often follows from it. */
export function payloadError(call: string, payload: unknown, { issues: [issue] }: z.ZodError): InputError {
  const path = issue?.path ?? [];
  const where = [call, ...path].join('.');
  const expectation = issue ? expectationOf(issue) : 'a valid value';
  const message = `Expected ${expectation} for ${where} but received ${receivedText(valueAt(payload, path))}`;
  return new InputError('contract.invalid-payload', message);
}
