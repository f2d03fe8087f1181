import { z } from 'zod';
import { InputError, messageOf } from '../../base/errors.ts';
import { schemaFault } from '../../base/schema-fault.ts';
import { callProcessor } from '../checked-call.ts';
import { openGraphSession } from '../graph-session.ts';
import type { ProcessorHandle } from '../processor-handle.ts';
import { processorInputs, processorPorts } from '../processor-plan.ts';
import type { VideoTensor } from '../video-tensor.ts';
import { parametersFrom } from './declared-parameters.ts';
import type { PackageFiles } from './package-files.ts';

/** The file of a package's own tests. */
export const testsName = 'tests.json';

const colour = z.tuple([z.number(), z.number(), z.number()]);
const packageTest = z.strictObject({
  name: z.string().min(1),
  /** RGB in [0, 1] of every pixel of every frame. */
  colour,
  values: z.record(z.string(), z.union([z.number(), z.boolean(), z.string()])).default({}),
  prompts: z.array(z.strictObject({ text: z.string(), weight: z.number().min(0).default(1) })).default([]),
  expected: colour,
  /** Largest difference of any sample. */
  tolerance: z.number().min(0).default(0.001),
});

type PackageTest = z.infer<typeof packageTest>;

/** What became of one test: the largest difference, or why there was none. */
export interface TestResult {
  readonly name: string;
  readonly passed: boolean;
  /** In one sentence, where it has not passed. */
  readonly message?: string;
}

const size = { width: 8, height: 6 } as const;

/** Runs a package's own tests, if it has any, on even frames. Rejects with an InputError where they cannot be read. */
export async function runPackageTests(files: PackageFiles, handle: ProcessorHandle): Promise<readonly TestResult[]> {
  const bytes = files.files.get(testsName);
  if (!bytes) return [];
  const results: TestResult[] = [];
  for (const test of parseTests(new TextDecoder().decode(bytes), files.folder)) results.push(await resultOf(test, handle));
  return results;
}

function parseTests(text: string, folder: string): readonly PackageTest[] {
  const where = `${testsName} of ${folder}`;
  const action = 'Compare it with what `lab new-processor` writes.';
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (cause) {
    throw new InputError(
      'package.tests',
      `Expected a list of tests in ${where} but received: ${messageOf(cause)}`,
      action,
      cause,
    );
  }
  const parsed = z.array(packageTest).safeParse(data);
  if (parsed.success) return parsed.data;
  const { field, expected, received } = schemaFault(parsed.error, data);
  const message = `Expected ${expected} for ${field || 'the tests'} in ${where} but received ${received}`;
  throw new InputError('package.tests', message, action);
}

async function resultOf(test: PackageTest, handle: ProcessorHandle): Promise<TestResult> {
  const { name, expected, tolerance } = test;
  try {
    const { data } = await made(test, handle);
    const differences = data.map((value, index) => Math.abs(value - (expected[index % 3] as number)));
    const worst = differences.indexOf(Math.max(...differences));
    if ((differences[worst] as number) <= tolerance) return { name, passed: true };
    const first = worst - (worst % 3);
    const received = [...data.subarray(first, first + 3)].map((value) => value.toFixed(4)).join(', ');
    return { name, passed: false, message: `Expected ${expected.join(', ')} for test "${name}" but received ${received}` };
  } catch (thrown) {
    return { name, passed: false, message: `Expected a result for test "${name}" but received: ${messageOf(thrown)}` };
  }
}

async function made({ colour: rgb, values, prompts }: PackageTest, handle: ProcessorHandle): Promise<VideoTensor> {
  const { inputSize } = (await handle.prepare(values)) as { inputSize: number };
  const shape = [inputSize, size.height, size.width, 3] as const;
  const length = inputSize * size.height * size.width * 3;
  const samples = Float32Array.from({ length }, (_, index) => rgb[index % 3] as number);
  if (handle.facts.functions.includes('call')) return callProcessor(handle, { samples, shape, prompts, values });
  const session = await openGraphSession(await handle.plan({ ...size, loadTimeValues: values }));
  try {
    const results = await session.run(
      { data: samples, shape },
      processorInputs(parametersFrom(handle.facts.params ?? {}), values),
    );
    return { data: results[processorPorts.result] as Float32Array, shape: [1, size.height, size.width, 3] };
  } finally {
    await session.close();
  }
}
