import { z } from 'zod';
import { InputError, messageOf } from '../../base/errors.ts';
import type { Parameter, Parameters, ParameterUi } from '../parameters.ts';
import type { ParameterFacts } from '../processor-facts.ts';

/** Parameters from plain data: of a manifest, or of code on another thread. Throws InputError for a schema that zod cannot read. */
export function parametersFrom(facts: Readonly<Record<string, Pick<ParameterFacts, 'kind' | 'schema' | 'ui'>>>): Parameters {
  const entries = Object.entries(facts).map(([name, { kind, schema, ui }]): [string, Parameter] => {
    const parameter = { kind: kind as Parameter['kind'], schema: schemaFrom(name, schema), ui: ui as unknown as ParameterUi };
    return [name, parameter];
  });
  return Object.fromEntries(entries);
}

function schemaFrom(name: string, schema: unknown): z.ZodType {
  const { enum: options, default: first } = (schema ?? {}) as { readonly enum?: unknown; readonly default?: unknown };
  // Choices of numbers would come back from zod as alternatives, which no control is made of.
  if (isChoiceOfNumbers(options)) return z.literal(options).default(first as number);
  try {
    return z.fromJSONSchema(schema as z.core.JSONSchema.JSONSchema);
  } catch (cause) {
    const message = `Expected a JSON Schema of one value for params.${name} but received: ${messageOf(cause)}`;
    throw new InputError('package.schema', message, undefined, cause);
  }
}

function isChoiceOfNumbers(options: unknown): options is (string | number)[] {
  if (!Array.isArray(options) || !options.some((option) => typeof option === 'number')) return false;
  return options.every((option) => typeof option === 'string' || typeof option === 'number');
}
