import { parentPort, workerData } from 'node:worker_threads';
import { assert, errorRecordFrom } from '../base/errors.ts';
import { openSession } from './lane-sessions.ts';
import { runError } from './model-error.ts';
import { warmUpPlanes } from './model-warm-up.ts';
import type { ComparisonAnswer, ComparisonOrder } from './session-comparer.ts';
import { type ComparisonTurn, comparisonOf, wantsTurn } from './session-comparison.ts';
import type { PlaneElements, StripSession } from './strip-session.ts';
import { lowerThreadPriority } from './thread-priority.ts';
import { threadMicros } from './thread-time.ts';

const order = workerData as ComparisonOrder;
const stop = new Int32Array(order.stop);
const isStopped = (): boolean => Atomics.load(stop, 0) !== 0;

/** Nobody wants the answer any more. */
class Stopped extends Error {}

/** A part failed on its own. */
class PartFailure extends Error {
  readonly part: number;

  constructor(part: number, cause: unknown) {
    super('A part cannot be run alone', { cause });
    this.part = part;
  }
}

type LaneModel = ComparisonOrder['together'];

/** A session with one thread, whatever the model asks for, since only the calling thread's time can be told. */
async function open(model: LaneModel): Promise<{ readonly model: LaneModel; readonly session: StripSession }> {
  if (isStopped()) throw new Stopped();
  return { model, session: await openSession({ ...model, threads: 1 }) };
}

type Opened = Awaited<ReturnType<typeof open>>;

/** Milliseconds that this thread was on a processor for one frame, all strips one after the other. */
async function frameMillis(
  { model, session }: Opened,
  inputs: readonly PlaneElements[],
  outputs: readonly PlaneElements[],
): Promise<number> {
  const beforeMicros = threadMicros();
  const frame = { inputs, outputs, parameters: await session.parameters(model.warmUpInputs) };
  for (let strip = 0; strip < model.strips; strip++) {
    if (isStopped()) throw new Stopped();
    await session.run(strip, frame);
  }
  return (threadMicros() - beforeMicros) / 1000;
}

/** A frame through the parts, each reading what the one before has made, as they would without being composed. */
async function aloneMillis(
  parts: readonly Opened[],
  frames: readonly PlaneElements[],
  scratch: readonly PlaneElements[],
): Promise<number[]> {
  const millis: number[] = [];
  let inputs = frames;
  for (const [part, opened] of parts.entries()) {
    const wanted = opened.model.planes.inputs.length;
    assert(wanted === inputs.length, `Expected part ${part} to take ${inputs.length} frames but it takes ${wanted}`);
    const outputs = [scratch[part % 2] as PlaneElements];
    millis.push(await frameMillis(opened, inputs, outputs).catch((thrown: unknown) => Promise.reject(blamed(part, thrown))));
    inputs = outputs;
  }
  return millis;
}

function blamed(part: number, thrown: unknown): Error {
  return thrown instanceof Stopped ? thrown : new PartFailure(part, thrown);
}

async function compare(together: Opened, alone: readonly Opened[]): Promise<ComparisonAnswer> {
  const { inputs, outputs } = warmUpPlanes(together.model, together.model.strips);
  const [result] = outputs;
  assert(result && outputs.length === 1, `Expected one frame of a session but received ${outputs.length}`);
  const scratch = [result.slice(), result.slice()];
  const turns: ComparisonTurn[] = [];
  for (let turn = 0; wantsTurn(turns); turn++) {
    // Each goes first in every other turn, so that neither is the one that finds the caches warm.
    const togetherFirst = turn % 2 === 0 ? await frameMillis(together, inputs, outputs) : undefined;
    const parts = await aloneMillis(alone, inputs, scratch);
    const togetherMillis = togetherFirst ?? (await frameMillis(together, inputs, outputs));
    // The first turn is the warm-up: memory is touched for the first time.
    if (turn > 0) turns.push({ togetherMillis, aloneMillis: parts });
  }
  return { comparison: comparisonOf(turns) };
}

async function openAndCompare(): Promise<ComparisonAnswer> {
  const opened: Opened[] = [];
  try {
    const together = await open(order.together);
    opened.push(together);
    for (const [part, model] of order.alone.entries()) {
      opened.push(await open(model).catch((thrown: unknown) => Promise.reject(blamed(part, thrown))));
    }
    return await compare(together, opened.slice(1));
  } catch (thrown) {
    if (thrown instanceof Stopped) return { comparison: undefined };
    if (!(thrown instanceof PartFailure)) return { error: errorRecordFrom(runError(thrown)) };
    return { error: errorRecordFrom(runError(thrown.cause)), part: thrown.part };
  } finally {
    await Promise.all(opened.map(({ session }) => session.release()));
  }
}

lowerThreadPriority();
parentPort?.postMessage(await openAndCompare());
