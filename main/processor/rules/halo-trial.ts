import { messageOf } from '../../base/errors.ts';
import type { Graph } from '../../graph/graph.ts';
import { openGraphSession } from '../graph-session.ts';
import { haloRange, isHalo } from '../halo.ts';
import type { ParameterSchema } from '../processor-facts.ts';
import type { ProcessorHandle } from '../processor-handle.ts';
import { processorPorts } from '../processor-plan.ts';
import { type InputValues, stagePorts } from '../stage.ts';
import type { VideoTensor } from '../video-tensor.ts';
import { findingOf, type RuleFinding, shown } from './rule.ts';
import { scalarsOf, settingValues, type TrialSetting, trialFrames } from './trial-inputs.ts';

/** Own rows of a trial's strips, and columns of its frames. */
const [stripRows, width] = [13, 21];

/**
 * Where a trial's strips begin: one at either edge and one that touches none. These rows have no common factor, so that a graph of which
 * every second or fifth row is another, wherever a strip begins, is found out.
 */
const firstRows = [0, 13, 25] as const;
const lastFirst = firstRows[2];

/** Half a step of 16 bits: kernels may round otherwise for another height, and pictures have steps of 8 bits. */
const tolerance = 1 / 131072;

/**
 * Makes a synthetic frame of noise in strips and whole, at the defaults and at the ends of the ranges of load-time parameters, and compares.
 * Nothing is found where the processor has no halo. Never rejects.
 */
export async function tryHalo(handle: ProcessorHandle): Promise<RuleFinding[]> {
  if (!handle.halo) return [];
  try {
    const loadTime = loadTimeOf(handle);
    for (const setting of loadTime.length > 0 ? (['defaults', 'lowest', 'highest'] as const) : (['defaults'] as const)) {
      const values = settingValues(handle.facts, setting, loadTime);
      const found = await tryValues(handle, setting, values).catch((thrown: unknown) => {
        // Whether it runs at all with other values than its defaults is for whoever chooses them.
        if (setting === 'defaults') throw thrown;
        return undefined;
      });
      if (found) return [found];
    }
    return [];
  } catch (thrown) {
    const expected = 'a graph of strips like that of whole frames';
    return [
      findingOf('halo-true', {
        field: 'halo',
        expected,
        received: messageOf(thrown),
        fix: 'Mend what threw, or leave halo out.',
      }),
    ];
  }
}

function loadTimeOf({ facts }: ProcessorHandle): [string, ParameterSchema][] {
  const declared = Object.entries(facts.params ?? {}).filter(([, { kind }]) => kind === 'load-time');
  return declared.map(([name, { schema }]) => [name, schema ?? {}]);
}

async function tryValues(
  handle: ProcessorHandle,
  setting: TrialSetting,
  loadTimeValues: ReturnType<typeof settingValues>,
): Promise<RuleFinding | undefined> {
  const [halo, again] = [await handle.halo?.(loadTimeValues), await handle.halo?.(loadTimeValues)];
  if (!isHalo(halo) || halo !== again) {
    const received = isHalo(halo) ? `${shown(halo)}, then ${shown(again)}` : shown(halo);
    const fix = 'Give the rows above and below a row that its result depends on, from the load-time values alone.';
    return findingOf('halo-range', { field: 'halo', expected: haloRange, received, fix });
  }
  const { inputSize } = (await handle.prepare(loadTimeValues)) as { inputSize: number };
  const graphRows = stripRows + 2 * halo;
  const height = graphRows + lastFirst;
  const whole = await handle.plan({ width, height, loadTimeValues });
  const cut = await handle.plan({ width, height: graphRows, frameRows: height, loadTimeValues });
  const video = trialFrames({ width, height }, inputSize)[1] as VideoTensor;
  // What a value of 0 leaves out may depend on more rows.
  for (const runtime of ['defaults', 'highest'] as const) {
    const scalars = scalarsOf(handle.facts, settingValues(handle.facts, runtime));
    const [expected = noSamples] = await resultsOf(whole, [video], [scalars]);
    const made = await resultsOf(
      cut,
      firstRows.map((first) => rowsOf(video, first, graphRows)),
      firstRows.map((first) => ({ ...scalars, [stagePorts.firstRow]: Float32Array.of(first) })),
    );
    for (const [index, first] of firstRows.entries()) {
      // A strip at an edge of the frame has its own rows up to that edge.
      const [from, to] = [first === 0 ? 0 : halo, first === lastFirst ? graphRows : graphRows - halo];
      const row = differingRow(made[index] ?? noSamples, expected, { first, from, to });
      if (row === undefined) continue;
      const at = setting === 'defaults' ? 'the defaults' : `the ${setting} load-time values`;
      return findingOf('halo-true', {
        field: 'halo',
        expected: `strips with ${halo} rows around them that are made as the whole frame is, at ${at},`,
        received: `another row ${row} of ${height}`,
        fix: 'Give more rows, or leave halo out where a row depends on all others.',
      });
    }
  }
  return undefined;
}

const noSamples = new Float32Array();

/** The first row of the frame whose samples differ between a strip, which begins at row `first`, and the whole. */
function differingRow(
  made: Float32Array,
  expected: Float32Array,
  { first, from, to }: Readonly<Record<'first' | 'from' | 'to', number>>,
): number | undefined {
  for (let index = from * width * 3; index < to * width * 3; index++) {
    const difference = Math.abs((made[index] as number) - (expected[first * width * 3 + index] as number));
    if (!(difference <= tolerance)) return first + Math.floor(index / width / 3);
  }
  return undefined;
}

async function resultsOf(graph: Graph, videos: readonly VideoTensor[], inputs: readonly InputValues[]): Promise<Float32Array[]> {
  const session = await openGraphSession(graph);
  try {
    const results: Float32Array[] = [];
    for (const [index, video] of videos.entries()) {
      results.push((await session.run(video, inputs[index] ?? {}))[processorPorts.result] as Float32Array);
    }
    return results;
  } finally {
    await session.close();
  }
}

function rowsOf({ data, shape: [frames, height] }: VideoTensor, first: number, rows: number): VideoTensor {
  const row = width * 3;
  const parts = Array.from({ length: frames }, (_, frame) =>
    data.subarray((frame * height + first) * row, (frame * height + first + rows) * row),
  );
  const joined = new Float32Array(frames * rows * row);
  for (const [frame, part] of parts.entries()) joined.set(part, frame * rows * row);
  return { data: joined, shape: [frames, rows, width, 3] };
}
