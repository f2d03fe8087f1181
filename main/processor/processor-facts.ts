import { z } from 'zod';
import { messageOf } from '../base/errors.ts';

/** The JSON Schema of a parameter, as far as the lab understands it. */
export interface ParameterSchema {
  readonly type?: unknown;
  readonly minimum?: unknown;
  readonly maximum?: unknown;
  readonly exclusiveMinimum?: unknown;
  readonly exclusiveMaximum?: unknown;
  readonly enum?: unknown;
  readonly default?: unknown;
}

/** What is declared of a parameter, unchecked. */
export interface ParameterFacts {
  readonly kind: unknown;
  /** Absent where there is none that JSON Schema can say; `schemaError` then tells why. */
  readonly schema?: ParameterSchema;
  readonly schemaError?: string;
  readonly ui: Readonly<Record<string, unknown>>;
}

/** What is declared of a processor, unchecked: plain data, so that it crosses threads. Rules read it. */
export interface ProcessorFacts {
  readonly id: unknown;
  readonly name: unknown;
  readonly description: unknown;
  readonly version: unknown;
  readonly docs: unknown;
  readonly supportsPrompts: unknown;
  readonly modes: unknown;
  readonly usage: unknown;
  /** Absent where they are no record. */
  readonly params: Readonly<Record<string, ParameterFacts>> | undefined;
  /** The functions that it has. */
  readonly functions: readonly string[];
  /** What it has in the place of a function, by name. */
  readonly notFunctions: Readonly<Record<string, unknown>>;
}

const functionNames = ['prepare', 'halo', 'graph', 'call', 'shutdown'] as const;

/** Reads what anything declares as a processor. Never throws: what is wrong with it is for the rules to say. */
export function processorFacts(declared: unknown): ProcessorFacts {
  const record = recordOf(declared) ?? {};
  const params = recordOf(record.params);
  return {
    id: plain(record.id),
    name: plain(record.name),
    description: plain(record.description),
    version: plain(record.version),
    docs: plain(record.docs),
    supportsPrompts: plain(record.supportsPrompts),
    modes: plain(record.modes),
    usage: plain(record.usage),
    params: params && Object.fromEntries(Object.entries(params).map(([name, parameter]) => [name, parameterFacts(parameter)])),
    functions: functionNames.filter((name) => typeof record[name] === 'function'),
    notFunctions: Object.fromEntries(
      functionNames
        .filter((name) => record[name] !== undefined && typeof record[name] !== 'function')
        .map((name) => [name, plain(record[name])]),
    ),
  };
}

function parameterFacts(declared: unknown): ParameterFacts {
  const { kind, schema, ui } = recordOf(declared) ?? {};
  const facts = { kind: plain(kind), ui: recordOf(plain(ui)) ?? {} };
  if (schema === undefined || schema === null) return { ...facts, schemaError: 'there is none' };
  try {
    return { ...facts, schema: z.toJSONSchema(schema as z.ZodType, { io: 'input' }) as ParameterSchema };
  } catch (thrown) {
    return { ...facts, schemaError: messageOf(thrown) };
  }
}

function recordOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
}

/** Data without functions, cycles or classes; what is none of it becomes its description. */
function plain(value: unknown): unknown {
  try {
    return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
  } catch {
    return String(value);
  }
}
