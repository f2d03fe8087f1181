import { parentPort, workerData } from 'node:worker_threads';
import { monotonicNs } from '../base/clock.ts';
import { assert, errorRecordFrom } from '../base/errors.ts';
import { FramePool, type SlotHandle } from '../frame/frame-pool.ts';
import type { PlanePort } from '../processor/stage.ts';
import type { Envelope } from './envelope.ts';
import { LaneCallables } from './lane-callables.ts';
import {
  claimWord,
  jobWord,
  jobWords,
  type LaneCallable,
  type LaneModel,
  type LaneReply,
  type LaneRequest,
  stripBits,
} from './lane-protocol.ts';
import { type LaneSession, LaneSessions } from './lane-sessions.ts';
import { type CallSpec, type CallTask, runTask, type TaskRequest } from './lane-tasks.ts';
import { runError } from './model-error.ts';
import type { FrameTensors, PlaneElements } from './strip-session.ts';
import { lowerThreadPriority } from './thread-priority.ts';

/**
 * A lane worker: takes strips of the frame in work from counters that it shares with the other workers, until none is
 * left. Holds nothing between envelopes but sessions by content hash, which are freed when the lab says so, and pools that are
 * not its own. Starts no work of its own.
 */
const port = parentPort;
assert(port, 'Expected to run in a worker thread');

const { jobs, priority } = workerData as { readonly jobs: SharedArrayBuffer; readonly priority: 'normal' | 'lowest' };
const words = new Int32Array(jobs);
const pools = new Map<string, FramePool>();
const sessions = new LaneSessions();
const callables = new LaneCallables();

function reply(message: LaneReply): void {
  port?.postMessage(message);
}

/** Everything that the strips of one envelope share. */
interface PreparedJob extends LaneSession {
  readonly frame: FrameTensors;
}

async function prepare(envelope: Envelope): Promise<PreparedJob> {
  const { session, model } = sessions.of(envelope.modelHash);
  const planesOf = (ports: readonly PlanePort[], handles: readonly SlotHandle[]): PlaneElements[] =>
    ports.map((port, index) => {
      const handle = handles[index];
      assert(handle, `Expected a slot for ${port.name} of ${envelope.stage}`);
      return poolOf(handle).elements(handle, port.type);
    });
  const inputs = planesOf(model.planes.inputs, envelope.inputs);
  const outputs = planesOf(model.planes.outputs, envelope.outputs);
  const parameters = await session.parameters(envelope.parameters.values).catch((thrown: unknown) => {
    throw runError(thrown);
  });
  return { session, model, frame: { inputs, outputs, parameters } };
}

function poolOf({ poolId }: SlotHandle): FramePool {
  const pool = pools.get(poolId);
  assert(pool, `Expected pool ${poolId} to be attached`);
  return pool;
}

/** Runs code of the lab in place of a model: a job of one strip. */
async function runAsTask(
  serial: number,
  base: number,
  task: Exclude<TaskRequest, CallTask>,
  { inputs, outputs }: Envelope,
): Promise<void> {
  const resolved = (handle: SlotHandle): Uint16Array => poolOf(handle).samples(handle);
  const checkpoint = (share = 0): void => {
    Atomics.store(words, base + jobWord.share, Math.round(1000 * share));
    assert(Atomics.load(words, base + jobWord.failed) === 0, `The task ${task.name} is not wanted any more`);
  };
  const statistics = await runTask(task, { inputs: inputs.map(resolved), outputs: outputs.map(resolved) }, checkpoint);
  reply({ kind: 'measured', serial, statistics });
}

/** Calls a processor in place of a model: a job of one strip. */
function runAsCall({ width, height, prompts, values }: CallSpec, { modelHash, inputs, outputs }: Envelope): Promise<void> {
  const bytes = width * height * 4;
  const [result] = outputs;
  assert(result, 'Expected a slot for what a call makes');
  const pictures = inputs.map((handle) => poolOf(handle).bytes(handle, bytes));
  const call = { pictures, result: poolOf(result).bytes(result, bytes), width, height, prompts, values };
  return callables.call(modelHash, call);
}

async function run(serial: number, jobSlot: number, envelope: Envelope): Promise<void> {
  const base = jobSlot * jobWords;
  let prepared: PreparedJob | undefined;
  for (let taken = takeStrip(base, serial); taken !== undefined; taken = takeStrip(base, serial)) {
    if (taken === 0) reply({ kind: 'started', serial, atNs: monotonicNs() });
    try {
      if (Atomics.load(words, base + jobWord.failed) !== 0) {
        // Given up: only its end is still to be counted.
      } else if (envelope.task?.name === 'call') {
        await runAsCall(envelope.task.specification, envelope);
      } else if (envelope.task) {
        await runAsTask(serial, base, envelope.task, envelope);
      } else {
        prepared ??= await prepare(envelope);
        const { session, frame } = prepared;
        await session.run(taken, frame).catch((thrown: unknown) => {
          throw runError(thrown);
        });
      }
    } catch (thrown) {
      const first = Atomics.exchange(words, base + jobWord.failed, 1) === 0;
      if (first) reply({ kind: 'strip-failed', serial, error: errorRecordFrom(thrown) });
    }
    const ended = Atomics.add(words, base + jobWord.ended, 1) + 1;
    if (ended === Atomics.load(words, base + jobWord.total)) reply({ kind: 'finished', serial, atNs: monotonicNs() });
  }
}

/** The next strip of the job, or undefined when none is left or the slot serves another job by now. */
function takeStrip(base: number, serial: number): number | undefined {
  for (;;) {
    const claim = Atomics.load(words, base + jobWord.claim);
    const next = claim - claimWord(serial, 0);
    if (claim >> stripBits !== serial || next >= Atomics.load(words, base + jobWord.total)) return undefined;
    if (Atomics.compareExchange(words, base + jobWord.claim, claim, claim + 1) === claim) return next;
  }
}

function load(model: LaneModel | LaneCallable): Promise<void> {
  return 'source' in model ? callables.load(model) : sessions.load(model);
}

async function answer(message: LaneRequest): Promise<void> {
  switch (message.kind) {
    case 'attach-pool':
      pools.set(message.pool.poolId, new FramePool(message.pool));
      return;
    case 'detach-pool':
      pools.delete(message.poolId);
      return;
    case 'load':
      return load(message.model).then(
        () => reply({ kind: 'loaded', requestId: message.requestId }),
        (thrown: unknown) => reply({ kind: 'loaded', requestId: message.requestId, error: errorRecordFrom(thrown) }),
      );
    case 'unload':
      await callables.unload(message.hash);
      return sessions.unload(message.hash);
    case 'run':
      return run(message.serial, message.jobSlot, message.envelope);
    case 'fence':
      return reply({ kind: 'fenced', requestId: message.requestId });
    case 'stop':
      port?.close();
  }
}

// One message at a time, in order: a fence or a stop that is answered means that everything before it has ended.
let last: Promise<void> = Promise.resolve();
port.on('message', (message: LaneRequest) => {
  last = last.then(() => answer(message));
});
if (priority === 'lowest') lowerThreadPriority();
reply({ kind: 'ready' });
