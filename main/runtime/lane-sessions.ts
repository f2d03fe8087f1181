import { InferenceSession } from 'onnxruntime-node';
import { assert } from '../base/errors.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { KernelRun } from '../kernel/kernel-run.ts';
import type { LaneModel } from './lane-protocol.ts';
import { refusedModel } from './model-error.ts';
import { checkPorts } from './model-ports.ts';
import { checkAgainstCpu, warmUp, warmUpRuns } from './model-warm-up.ts';
import { type StripRun, StripSession } from './strip-session.ts';

/** A session with the model that it was made of. */
export interface LaneSession {
  readonly session: StripSession;
  readonly model: LaneModel;
}

/** Makes a session of model bytes; a test may put another provider's errors or numbers in its place. */
export type CreateSession = (
  bytes: Uint8Array<ArrayBuffer>,
  options: InferenceSession.SessionOptions,
) => Promise<InferenceSession>;

/** Makes a kernel ready to run on the calling thread; a test may put another one's errors or numbers in its place. */
export type OpenKernel = (kernel: Kernel) => Promise<StripRun>;

const createWithOnnxRuntime: CreateSession = (bytes, options) => InferenceSession.create(bytes, options);

/**
 * The sessions of one thread by content hash: all that a lane worker keeps between two envelopes. What is kept cannot change
 * a result, since the hash names everything that a session computes. One call at a time.
 */
export class LaneSessions {
  readonly #create: CreateSession;
  readonly #openKernel: OpenKernel;
  readonly #sessions = new Map<string, LaneSession>();

  constructor(create: CreateSession = createWithOnnxRuntime, openKernel: OpenKernel = KernelRun.open) {
    this.#create = create;
    this.#openKernel = openKernel;
  }

  /** Hashes of what is loaded, oldest first. */
  get hashes(): readonly string[] {
    return [...this.#sessions.keys()];
  }

  /** Makes and warms a session. Where that fails nothing is kept, and an earlier session of the same hash stays. */
  async load(model: LaneModel): Promise<void> {
    const session = await openSession(model, {}, this.#create, this.#openKernel);
    await this.unload(model.hash);
    this.#sessions.set(model.hash, { session, model });
  }

  /** Frees a session; an unknown hash is nothing to free. */
  async unload(hash: string): Promise<void> {
    const loaded = this.#sessions.get(hash);
    this.#sessions.delete(hash);
    await loaded?.session.release();
  }

  /** The session of a model. Throws for one that is not loaded, by its hash. */
  of(hash: string): LaneSession {
    const loaded = this.#sessions.get(hash);
    assert(loaded, `Expected model ${hash} to be loaded`);
    return loaded;
  }
}

/**
 * A session for strips on one thread, warmed, its ports checked, and where something else than ONNX Runtime on the CPU runs it, compared with
 * that; a kernel for one frame is only opened. The caller releases it. Throws LabError with the node named where ONNX Runtime names one.
 */
export async function openSession(
  model: LaneModel,
  options: InferenceSession.SessionOptions = {},
  create: CreateSession = createWithOnnxRuntime,
  openKernel: OpenKernel = KernelRun.open,
): Promise<StripSession> {
  const { kernel, provider } = model;
  const all = { ...sessionOptions(model), ...options };
  const openStrips = async (strips: StripRun): Promise<StripSession> => {
    try {
      return new StripSession(model, strips, await openPrologue(model, all, create));
    } catch (thrown) {
      await strips.release();
      throw thrown;
    }
  };
  const openIn = async (executionProvider: string): Promise<StripSession> =>
    openStrips(await openModel(model, { ...all, executionProviders: [executionProvider] }, create));
  const refused = async (thrown: unknown): Promise<never> => {
    throw await refusedModel(thrown, model);
  };
  const session = await (kernel ? openKernel(kernel).then(openStrips) : openIn(provider)).catch(refused);
  if (kernel && model.isForOneFrame) return session;
  try {
    const picture = await warmUp(session, model, warmUpRuns(model)).catch(refused);
    if (provider !== 'cpu' && !model.isCompared) await checkAgainstCpu(picture, model, () => openIn('cpu'));
    return session;
  } catch (thrown) {
    await session.release();
    throw thrown;
  }
}

function sessionOptions({ threads = 1 }: LaneModel): InferenceSession.SessionOptions {
  // Threads that wait by spinning would take the processor from the strips of other sessions.
  const waiting = threads > 1 ? { extra: { session: { intra_op: { allow_spinning: '0' } } } } : {};
  // What goes wrong is thrown; ONNX Runtime would say it again on the terminal, past the lab and for every frame.
  const quiet = { logSeverityLevel: 4 } as const;
  return { ...quiet, ...waiting, intraOpNumThreads: threads, interOpNumThreads: 1, graphOptimizationLevel: 'all' };
}

/** The model's bytes in ONNX Runtime, their ports checked. */
async function openModel(
  model: LaneModel,
  options: InferenceSession.SessionOptions,
  create: CreateSession,
): Promise<InferenceSession> {
  const session = await create(model.bytes as Uint8Array<ArrayBuffer>, options);
  try {
    checkPorts(session, model);
    return session;
  } catch (thrown) {
    await session.release();
    throw thrown;
  }
}

/** The session of what is run once for a frame; undefined where there is nothing. */
async function openPrologue(
  { prologue }: LaneModel,
  options: InferenceSession.SessionOptions,
  create: CreateSession,
): Promise<InferenceSession | undefined> {
  if (!prologue) return undefined;
  const { profileFilePrefix } = options;
  // Each session writes a trace of its own.
  const profiled = profileFilePrefix === undefined ? {} : { profileFilePrefix: `${profileFilePrefix}-prologue` };
  return create(prologue.bytes as Uint8Array<ArrayBuffer>, { ...options, ...profiled, executionProviders: ['cpu'] });
}
