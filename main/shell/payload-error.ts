import type { z } from 'zod';
import { InputError } from '../base/errors.ts';
import { schemaFault } from '../base/schema-fault.ts';

/** The refusal of a payload as one sentence about its first fault. */
export function payloadError(call: string, payload: unknown, error: z.ZodError): InputError {
  const { field, expected, received } = schemaFault(error, payload);
  const where = field === '' ? call : `${call}.${field}`;
  return new InputError('contract.invalid-payload', `Expected ${expected} for ${where} but received ${received}`);
}
