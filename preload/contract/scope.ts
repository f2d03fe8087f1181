import { z } from 'zod';
import { finite } from './basics.ts';
import { parameterState, processorDescription } from './parameters.ts';

const leftOut = z.object({ name: z.string(), reason: z.string() });
/** A field or a value that was left alone, and why. */
export type LeftOut = z.infer<typeof leftOut>;

/**
 * A pipeline of Daydream Scope by its schema: parameters without anything that runs. Its values are read and set by the calls about
 * parameters, by the id of `processor`; load-time ones too, since nothing is built from them.
 */
export const scopePanel = z.object({
  /** Its `id` begins with `scope:`. */
  processor: processorDescription,
  /** In Scope; empty where the schema does not say it. */
  pipelineId: z.string(),
  /** Of the lab's processor that it was exported from, as far as there is one: the pipeline's where the schema names no other. */
  exportedFrom: z.string(),
  version: z.string(),
  docs: z.string().optional(),
  /** Parameters that are part of its model with their defaults: any other value needs another export. */
  fixed: z.array(z.string()),
  /** Fields that Scope shows and the lab has no parameter for. */
  skipped: z.array(leftOut),
});
/** A pipeline of Daydream Scope by its schema. */
export type ScopePanel = z.infer<typeof scopePanel>;

/**
 * The longest JSON about a pipeline: characters of a text, bytes of a file. More than any schema has, and little enough for one message
 * of the page, in which quotes count twice.
 */
export const mostJsonLength = 500_000;

const jsonSource = z.union([z.object({ text: z.string().max(mostJsonLength) }), z.object({ path: z.string() })]);
/** JSON as the page has it, or the path of a file of the lab's machine. */
export type JsonSource = z.infer<typeof jsonSource>;

const nothing = z.object({});
const processorIdOnly = z.object({ processorId: z.string() });

/** Calls about imported pipelines of Scope. */
export const scopeCalls = {
  'scope.list': { request: nothing, response: z.array(scopePanel) },
  /** Reads what `get_schema_with_metadata()` gives. One of the same pipeline is replaced. */
  'scope.import': { request: z.object({ from: jsonSource }), response: scopePanel },
  'scope.close': { request: processorIdOnly, response: z.array(scopePanel) },
  /** The values as JSON, as a user of Scope would send them: by order, without those that are part of the model. */
  'scope.values': { request: processorIdOnly, response: z.object({ text: z.string() }) },
  /** Writes these into a new file of the exports in the data folder. */
  'scope.saveValues': { request: processorIdOnly, response: z.object({ path: z.string() }) },
  /** Sets values that were saved or written by hand: all of them or none. */
  'scope.setValues': { request: z.object({ processorId: z.string(), from: jsonSource }), response: parameterState },
  /**
   * Hands values over to a processor of the lab that the pipeline was exported from (`apply`), by the id of the stage or the key of an entry,
   * or takes its own (`take`). What one of them does not have, or cannot take, stays as it is and is told.
   */
  'scope.exchange': {
    request: z.object({ processorId: z.string(), with: z.string(), direction: z.enum(['apply', 'take']) }),
    response: z.object({ count: finite, left: z.array(leftOut) }),
  },
} as const;

/** Announcements about imported pipelines of Scope. */
export const scopeEvents = {
  'scope.changed': z.array(scopePanel),
} as const;
