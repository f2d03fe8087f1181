import { parentPort, workerData } from 'node:worker_threads';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { monotonicNs } from '../base/clock.ts';
import { assert, errorRecordFrom } from '../base/errors.ts';
import { FramePool } from '../frame/frame-pool.ts';
import type { Strip } from '../graph/strips.ts';
import { type InputValues, stagePorts } from '../processor/stage.ts';
import type { Envelope } from './envelope.ts';
import { claimWord, jobWord, jobWords, type LaneModel, type LaneReply, type LaneRequest, stripBits } from './lane-protocol.ts';

/**
 * A lane worker: takes strips of the frame in work from counters that it shares with the other workers, until none is
 * left. Holds nothing between envelopes but sessions by content hash. Starts no work of its own.
 */
const port = parentPort;
assert(port, 'Expected to run in a worker thread');

const words = new Int32Array((workerData as { jobs: SharedArrayBuffer }).jobs);
const pools = new Map<string, FramePool>();
const sessions = new Map<string, { readonly session: InferenceSession; readonly model: LaneModel }>();

function reply(message: LaneReply): void {
  port?.postMessage(message);
}

async function load(model: LaneModel): Promise<void> {
  const session = await InferenceSession.create(model.bytes as Uint8Array<ArrayBuffer>, {
    executionProviders: [model.provider],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
  });
  const strip = model.strips[0];
  assert(strip, `Expected at least one strip for model ${model.hash}`);
  const samples = new Uint16Array(model.width * model.height);
  const picture = new Uint8Array(model.outputWidth * model.height * model.outputScale * 4);
  await runStrip(session, model, strip, samples, picture, parameterTensors(model, model.warmUpInputs));
  sessions.set(model.hash, { session, model });
}

function parameterTensors(model: LaneModel, inputs: InputValues): Record<string, Tensor> {
  const entries = Object.entries(model.inputShapes).map(([name, shape]) => {
    const values = inputs[name];
    assert(values, `Expected a value for graph input ${name} but received none`);
    return [name, new Tensor('float32', values, shape)] as const;
  });
  return Object.fromEntries(entries);
}

async function runStrip(
  session: InferenceSession,
  model: LaneModel,
  strip: Strip,
  samples: Uint16Array,
  picture: Uint8Array,
  parameters: Record<string, Tensor>,
): Promise<void> {
  const { width, margin, outputWidth, outputScale, rowsPerStrip } = model;
  const rows = samples.subarray(strip.inputRow * width, (strip.inputRow + strip.inputRows) * width);
  const mosaic = new Tensor('uint16', rows, [1, 1, strip.inputRows, width]);
  const feeds: Record<string, Tensor> = { ...parameters, [stagePorts.mosaic]: mosaic };
  if (model.takesPads) {
    const pads = [0, 0, strip.missingAbove, margin, 0, 0, strip.missingBelow, margin];
    feeds[stagePorts.pads] = new Tensor('int64', BigInt64Array.from(pads, BigInt), [8]);
  }
  const outputRows = rowsPerStrip * outputScale;
  const start = strip.firstRow * outputScale * outputWidth * 4;
  const target = picture.subarray(start, start + outputRows * outputWidth * 4);
  await session.run(feeds, { [stagePorts.picture]: new Tensor('uint8', target, model.pictureShape) });
}

/** Everything that the strips of one envelope share. */
interface PreparedJob {
  readonly session: InferenceSession;
  readonly model: LaneModel;
  readonly samples: Uint16Array;
  readonly picture: Uint8Array;
  readonly parameters: Record<string, Tensor>;
}

function prepare(envelope: Envelope): PreparedJob {
  const loaded = sessions.get(envelope.modelHash);
  const input = pools.get(envelope.input.poolId);
  const output = pools.get(envelope.output.poolId);
  assert(loaded, `Expected model ${envelope.modelHash} to be loaded`);
  assert(input && output, `Expected pools ${envelope.input.poolId} and ${envelope.output.poolId} to be attached`);
  const { session, model } = loaded;
  const samples = input.samples(envelope.input, model.width * model.height);
  return {
    session,
    model,
    samples,
    picture: output.bytes(envelope.output),
    parameters: parameterTensors(model, envelope.inputs),
  };
}

async function run(serial: number, jobSlot: number, envelope: Envelope): Promise<void> {
  const base = jobSlot * jobWords;
  let prepared: PreparedJob | undefined;
  for (let taken = takeStrip(base, serial); taken !== undefined; taken = takeStrip(base, serial)) {
    if (taken === 0) reply({ kind: 'started', serial, atNs: monotonicNs() });
    try {
      if (Atomics.load(words, base + jobWord.failed) === 0) {
        prepared ??= prepare(envelope);
        const { session, model, samples, picture, parameters } = prepared;
        await runStrip(session, model, model.strips[taken] as Strip, samples, picture, parameters);
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
      await sessions.get(message.hash)?.session.release();
      sessions.delete(message.hash);
      return;
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
reply({ kind: 'ready' });
