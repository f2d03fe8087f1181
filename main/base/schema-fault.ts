import type { z } from 'zod';

const mostReceivedCharacters = 80;

/** The first fault of data against a schema, in a person's words: the next one often follows from it. */
export interface SchemaFault {
  /** Where it lies, with dots between names and places of lists; empty for the whole. */
  readonly field: string;
  /** "a text", "at least 1", "one of a, b". */
  readonly expected: string;
  /** What is there, at most 80 characters; "nothing" where nothing is. */
  readonly received: string;
}

/** The first fault that parsing `data` came to. */
export function schemaFault({ issues: [issue] }: z.ZodError, data: unknown): SchemaFault {
  const path = issue?.path ?? [];
  // A field too many is named itself, not the object that it lies in.
  const own = issue?.code === 'unrecognized_keys' ? [...path, issue.keys[0] as string] : path;
  const received = receivedText(valueAt(data, own));
  return { field: own.map(String).join('.'), expected: issue ? expectationOf(issue) : 'a valid value', received };
}

/** What one issue wants; of a union what its members want, each once. */
function expectationOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return withArticle(issue.expected);
    case 'invalid_value':
      return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.join(', ')}`;
    case 'too_small':
      return `${sizeOf(issue.origin)}${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`;
    case 'too_big':
      return `${sizeOf(issue.origin)}${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}`;
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`;
    case 'invalid_union': {
      if ('options' in issue && Array.isArray(issue.options)) return `one of ${issue.options.join(', ')}`;
      return [...new Set(issue.errors.map(([first]) => (first ? expectationOf(first) : 'a value')))].join(' or ');
    }
    case 'unrecognized_keys':
      return 'no field of that name';
    case 'custom':
      // A schema's own check says what it wants where it says anything.
      return issue.message === 'Invalid input' ? 'a finite number' : issue.message;
    default:
      return 'a valid value';
  }
}

const sizeOf = (origin: string): string => (origin === 'string' || origin === 'array' ? 'a length of ' : '');

function withArticle(type: string): string {
  const names: Readonly<Record<string, string>> = {
    int: 'a whole number',
    record: 'an object',
    string: 'a text',
    array: 'a list',
  };
  return names[type] ?? `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`;
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Readonly<Record<PropertyKey, unknown>> | undefined)?.[key], data);
}

function receivedText(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > mostReceivedCharacters ? `${text.slice(0, mostReceivedCharacters - 1)}…` : text;
}
