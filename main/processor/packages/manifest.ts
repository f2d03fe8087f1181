import { z } from 'zod';
import { InputError, messageOf } from '../../base/errors.ts';
import { type SchemaFault, schemaFault } from '../../base/schema-fault.ts';
import type { ProcessorFacts } from '../processor-facts.ts';
import { declarationRules } from '../rules/declaration-rules.ts';

/** The file in a package's folder that makes it one. */
export const manifestName = 'processor.json';

/** A file of the package, by its path below the package's folder. */
const packageFile = z
  .string()
  .min(1)
  .refine((path) => !path.startsWith('/') && !path.includes('\\') && !path.split('/').includes('..'), {
    error: 'a path below the folder of the package',
  });

const parameter = z.strictObject({
  kind: z.enum(['runtime', 'load-time']),
  /** JSON Schema of one value, with a default. */
  schema: z.record(z.string(), z.unknown()),
  ui: z.record(z.string(), z.unknown()),
});

/** A package of data alone: what it declares is in its manifest, what it does in its model. */
const onnxManifest = z.strictObject({
  schemaVersion: z.literal(1),
  kind: z.literal('onnx'),
  id: z.string(),
  name: z.string(),
  description: z.string(),
  version: z.string(),
  docs: z.string().optional(),
  modes: z.record(z.string(), z.unknown()),
  usage: z.array(z.string()),
  params: z.record(z.string(), parameter),
  model: z.strictObject({
    file: packageFile,
    layout: z.enum(['NCHW', 'NHWC']),
    range: z.enum(['0..1', '-1..1', '0..255']),
    width: z.int().min(0).default(0),
    height: z.int().min(0).default(0),
    /** Rows above and below a row that the result depends on: the model then joins its neighbours and is cut in strips. */
    halo: z.int().min(0).max(256).optional(),
  }),
});

/** A package of code: its module declares everything; the id stands here too, so that it is known before the code is trusted. */
const codeManifest = z.strictObject({
  schemaVersion: z.literal(1),
  kind: z.literal('code'),
  id: z.string(),
  module: packageFile.refine((path) => /\.(ts|mts|js|mjs)$/.test(path), {
    error: 'a module that ends in .ts, .mts, .js or .mjs',
  }),
});

const manifest = z.discriminatedUnion('kind', [onnxManifest, codeManifest]);

/** What `processor.json` says. */
export type PackageManifest = z.infer<typeof manifest>;

/** The manifest of a package of data. */
export type OnnxManifest = z.infer<typeof onnxManifest>;

/** Reads a manifest. Throws InputError naming the folder, the first field that is wrong, and the rule that it breaks. */
export function parseManifest(text: string, folder: string): PackageManifest {
  const where = `${manifestName} of ${folder}`;
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    throw new InputError(
      'package.manifest',
      `Expected JSON for ${where} but received: ${messageOf(cause)}`,
      'Correct the file.',
      cause,
    );
  }
  const parsed = manifest.safeParse(data);
  if (parsed.success) return parsed.data;
  throw faultIn(data, schemaFault(parsed.error, data), where);
}

/** A field that a rule of processors is about is told as the rule tells it, and what else a manifest holds by its schema. */
function faultIn(data: unknown, { field, expected, received }: SchemaFault, where: string): InputError {
  // Rules take any data whatever.
  const facts = { ...(data as object), functions: [], notFunctions: {} } as Partial<ProcessorFacts> as ProcessorFacts;
  for (const { id, check } of declarationRules) {
    const breach = check(facts, { knownIds: [] }).find((one) => one.field === field);
    if (breach === undefined) continue;
    const message = `Expected ${breach.expected} for ${field} in ${where} but received ${breach.received} (rule ${id})`;
    return new InputError('package.manifest', message, breach.fix);
  }
  const message = `Expected ${expected} for ${field || 'the whole'} in ${where} but received ${received}`;
  return new InputError('package.manifest', message, 'Compare it with what `lab new-processor` writes.');
}
