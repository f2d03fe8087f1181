import type { ParameterValues } from '../../../preload/contract.ts';
import { messageOf } from '../../base/errors.ts';
import { openGraphSession } from '../graph-session.ts';
import type { ProcessorFacts } from '../processor-facts.ts';
import type { ProcessorHandle } from '../processor-handle.ts';
import { processorPorts } from '../processor-plan.ts';
import type { VideoTensor } from '../video-tensor.ts';
import { checkGraph } from './graph-rules.ts';
import { findingOf, type RuleFinding, shown, type TrialRange } from './rule.ts';
import { runtimeOf, scalarsOf, settingValues, trialFrames } from './trial-inputs.ts';

/** Sizes of the trial frames: a usual one, and one that is odd in both directions and smaller than most windows are wide. */
export const trialSizes = [
  { width: 64, height: 48 },
  { width: 33, height: 17 },
] as const;

/** What trials of a processor came to. */
export interface TrialFindings {
  readonly errors: readonly RuleFinding[];
  readonly warnings: readonly RuleFinding[];
  readonly ranges: readonly TrialRange[];
}

type Size = (typeof trialSizes)[number];
type Run = (video: VideoTensor, values: ParameterValues) => Promise<Float32Array | RuleFinding>;

/**
 * Runs a processor on four synthetic frames of each of {@link trialSizes}, with its runtime parameters at their defaults, at their least
 * and at their greatest values. Graphs run here, in ONNX Runtime; calls run wherever the handle's code does. Never rejects.
 */
export async function tryProcessor(handle: ProcessorHandle): Promise<TrialFindings> {
  const found = { errors: [] as RuleFinding[], warnings: [] as RuleFinding[], ranges: [] as TrialRange[] };
  try {
    const inputSize = await preparedSize(handle);
    if (typeof inputSize !== 'number') return { ...found, errors: [inputSize] };
    for (const size of trialSizes) {
      const { warnings, ...trial } = await trySize(handle, size, inputSize);
      found.errors.push(...trial.errors);
      found.ranges.push(...trial.ranges);
      // The graph says the same at every size.
      if (size === trialSizes[0]) found.warnings.push(...warnings);
      if (trial.errors.length > 0) break;
    }
  } catch (thrown) {
    const breach = {
      field: 'prepare',
      expected: 'a processor that starts',
      received: messageOf(thrown),
      fix: 'Mend what threw.',
    };
    found.errors.push(findingOf('runs', breach));
  }
  return found;
}

/** How many frames the processor asks for, or what is wrong with that. */
async function preparedSize(handle: ProcessorHandle): Promise<number | RuleFinding> {
  const [first, second] = [await handle.prepare({}), await handle.prepare({})];
  const inputSize = (first as { inputSize?: unknown } | null | undefined)?.inputSize;
  const fix = 'Return { inputSize } from prepare(), from the load-time values alone.';
  if (!Number.isInteger(inputSize) || (inputSize as number) < 1 || (inputSize as number) > 16) {
    const breach = { field: 'prepare', expected: '{ inputSize } from 1 to 16', received: shown(first), fix };
    return findingOf('prepare-requirements', breach);
  }
  if (JSON.stringify(first) === JSON.stringify(second)) return inputSize as number;
  const received = `${shown(first)}, then ${shown(second)}`;
  return findingOf('prepare-pure', { field: 'prepare', expected: 'the same requirements twice', received, fix });
}

async function trySize(handle: ProcessorHandle, size: Size, inputSize: number): Promise<TrialFindings> {
  const isCalled = handle.facts.functions.includes('call');
  if (isCalled) return tryRuns(handle.facts, size, inputSize, callRun(handle, size));
  let graph: Awaited<ReturnType<ProcessorHandle['plan']>>;
  try {
    graph = await handle.plan({ ...size, loadTimeValues: {}, raw: true });
  } catch (thrown) {
    return failed('graph-builds', { field: 'graph', expected: `a graph for frames of ${sizeText(size)}`, thrown });
  }
  const runtimeNames = runtimeOf(handle.facts).map(([name]) => name);
  const { errors, warnings } = checkGraph(graph, { ...size, inputSize, runtimeNames });
  if (errors.length > 0) return { errors, warnings, ranges: [] };
  try {
    const session = await openGraphSession(graph);
    try {
      const run: Run = async (video, values) => {
        const results = await session.run(video, scalarsOf(handle.facts, values));
        return results[processorPorts.raw] as Float32Array;
      };
      return { ...(await tryRuns(handle.facts, size, inputSize, run)), warnings };
    } finally {
      await session.close();
    }
  } catch (thrown) {
    return failed('graph-loads', { field: 'graph', expected: 'a graph that ONNX Runtime accepts', thrown });
  }
}

function callRun(handle: ProcessorHandle, { width, height }: Size): Run {
  return async (video, values) => {
    const made = (await handle.call({ video, prompts: [], values })) as { video?: Partial<VideoTensor> } | null | undefined;
    const result = made?.video;
    const expected = `{ video } with float data of shape [1, ${height}, ${width}, 3]`;
    const fits = result?.data instanceof Float32Array && result.data.length === width * height * 3;
    if (fits && String(result.shape) === String([1, height, width, 3])) return result.data as Float32Array;
    const received = result ? `${result.data?.constructor?.name ?? 'no data'} of shape ${shown(result.shape)}` : 'no video';
    return findingOf('output-shape', { field: 'call', expected, received, fix: 'Return one frame of the size that entered.' });
  };
}

/** Runs on all frames under every setting, until the first failure. */
async function tryRuns(facts: ProcessorFacts, size: Size, inputSize: number, run: Run): Promise<TrialFindings> {
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const setting of ['defaults', 'lowest', 'highest'] as const) {
    for (const [frame, video] of trialFrames(size, inputSize).entries()) {
      const where = `frame ${frame + 1} of ${sizeText(size)} with parameters at their ${setting === 'defaults' ? '' : `${setting} `}values`;
      try {
        const made = await run(video, settingValues(facts, setting));
        if (!(made instanceof Float32Array)) return { errors: [made], warnings: [], ranges: [] };
        const bad = made.find((value) => !Number.isFinite(value));
        if (bad !== undefined) {
          const fix = 'Keep divisors, roots and logarithms away from 0.';
          const breach = { field: 'video', expected: `finite samples from ${where}`, received: String(bad), fix };
          return { errors: [findingOf('output-finite', breach)], warnings: [], ranges: [] };
        }
        lowest = made.reduce((least, value) => Math.min(least, value), lowest);
        highest = made.reduce((most, value) => Math.max(most, value), highest);
      } catch (thrown) {
        return failed('runs', { field: 'video', expected: `a result for ${where}`, thrown });
      }
    }
  }
  return { errors: [], warnings: [], ranges: [{ ...size, lowest, highest }] };
}

function sizeText({ width, height }: Size): string {
  return `${width}x${height}`;
}

function failed(rule: string, { thrown, ...breach }: { field: string; expected: string; thrown: unknown }): TrialFindings {
  const finding = findingOf(rule, { ...breach, received: messageOf(thrown), fix: 'Mend what threw.' });
  return { errors: [finding], warnings: [], ranges: [] };
}
