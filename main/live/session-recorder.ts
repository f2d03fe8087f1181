import type { ChainState, ParameterState, SessionEntry } from '../../preload/contract.ts';
import { monotonicNs } from '../base/clock.ts';
import { InputError } from '../base/errors.ts';
import { Announcer } from '../base/lifetime.ts';
import type { ControlDesk } from '../camera/control/control-desk.ts';
import type { ControlWrite } from '../camera/control/control-write.ts';
import type { FrameMeta } from '../frame/frame-meta.ts';
import type { Completion, CompletionDispatcher } from '../runtime/completion-dispatcher.ts';
import type { CompletionEvent } from '../runtime/envelope.ts';
import type { PassReport } from '../runtime/pass-report.ts';
import type { FrameRow } from '../telemetry/rows.ts';
import type { TelemetryManager } from '../telemetry/telemetry-manager.ts';
import type { AlgorithmDesk } from './algorithm-desk.ts';
import type { ChainDesk } from './chain/chain-desk.ts';
import type { ComparisonDesk } from './chain/comparison-desk.ts';
import { type DropLedger, type DroppedFrames, dropReasonOf } from './drop-ledger.ts';
import type { LiveStream } from './live-stream.ts';
import type { ProcessorDesk } from './processor-desk.ts';

/** What a session is written from and to. */
export interface RecorderParts {
  readonly telemetry: TelemetryManager;
  readonly stream: LiveStream;
  readonly controls: ControlDesk;
  readonly dispatcher: CompletionDispatcher;
  readonly ledger: DropLedger;
  readonly processors: Pick<ProcessorDesk, 'changed' | 'states'>;
  readonly algorithms: Pick<AlgorithmDesk, 'decided'>;
  readonly chain?: Pick<ChainDesk, 'changed' | 'state'>;
  readonly comparisons?: Pick<ComparisonDesk, 'comparisons'>;
}

const progressMillis = 1000;

/** Frames lost at once that get a row each: a driver whose counter jumps by millions must not hold the lab up. */
const mostLossRows = 1000;

/** Losses that leave a frame row without a frame: those that happen before the lab has the frame. */
const lossesWithoutFrame: readonly string[] = ['no-free-slot', 'source-late', 'driver-gap', 'bad-buffer'];

/** Writes a session's telemetry between start and stop: every frame, stage event, parameter version and control write. */
export class SessionRecorder {
  /** A session started or ended. */
  readonly changed = new Announcer<SessionEntry>();
  /** The running session with what is stored of it by now, about once a second. */
  readonly progressed = new Announcer<SessionEntry>();
  readonly #parts: RecorderParts;
  #session: SessionEntry | undefined;
  /** Writes of this session whose first frame is not known yet, by control: rows are only appended, so they wait for it. */
  readonly #openWrites = new Map<string, ControlWrite>();
  #starting = false;
  #framesLeft: number | undefined;
  #progressTimer: NodeJS.Timeout | undefined;

  constructor(parts: RecorderParts) {
    this.#parts = parts;
    parts.dispatcher.completed.subscribe((completion) => this.#recordCompletion(completion));
    parts.dispatcher.worked.subscribe((event) => this.#recordStage(event));
    parts.ledger.dropped.subscribe((dropped) => this.#recordLoss(dropped));
    parts.processors.changed.subscribe((state) => this.#recordParameters(state));
    parts.chain?.changed.subscribe((state) => this.#recordChain(state));
    parts.algorithms.decided.subscribe((decision) => {
      if (this.#session) parts.telemetry.appendDecision(this.#session.id, decision);
    });
    parts.controls.written.subscribe((writes) => {
      if (this.#session) for (const write of writes) this.#openWrites.set(write.report.id, write);
    });
    parts.controls.settled.subscribe((writes) => {
      for (const write of writes) this.#recordControlWrite(write);
    });
  }

  get session(): SessionEntry | undefined {
    return this.#session;
  }

  /** Starts a session of the open source, which ends by itself after `frames` developed frames where that is given. */
  async start(name: string | undefined, frames?: number): Promise<SessionEntry> {
    const { camera } = this.#parts.stream;
    if (this.#session || this.#starting) {
      const received = this.#session?.name ?? 'one that is starting';
      throw new InputError('recording.running', `Expected no running session but received ${received}`, 'Stop it first.');
    }
    if (!camera)
      throw new InputError('recording.no-source', 'Expected an open source to record but received none', 'Open a source first.');
    this.#starting = true;
    try {
      const start = { name: name?.trim() || camera.name, source: camera.id, sensor: camera.sensor };
      this.#session = await this.#parts.telemetry.startSession(start);
      this.#framesLeft = frames;
    } finally {
      this.#starting = false;
    }
    for (const state of this.#parts.processors.states()) this.#recordParameters(state);
    const chain = this.#parts.chain?.state;
    if (chain && chain.entries.length > 0) this.#recordChain(chain);
    this.#recordComparisons();
    this.#progressTimer = setInterval(() => void this.#progress(), progressMillis);
    this.changed.announce(this.#session);
    return this.#session;
  }

  /** Ends the session; resolves when all of it is stored. */
  async stop(): Promise<SessionEntry> {
    const running = this.#session;
    if (!running)
      throw new InputError('recording.not-running', 'Expected a running session but received none', 'Start one first.');
    for (const write of this.#openWrites.values()) this.#recordControlWrite(write);
    this.#session = undefined;
    clearInterval(this.#progressTimer);
    try {
      const session = await this.#parts.telemetry.endSession(running.id);
      this.changed.announce(session);
      return session;
    } catch (thrown) {
      // Recording is over even where its end could not be stored, and everybody has to know.
      this.changed.announce(running);
      throw thrown;
    }
  }

  /** Stores a write of this session; without a sequence where no frame was exposed with it. */
  #recordControlWrite({ report, origin, writtenNs: atNs }: ControlWrite): void {
    const { id: control, ...values } = report;
    if (!this.#session || !this.#openWrites.delete(control)) return;
    this.#parts.telemetry.appendControlWrite(this.#session.id, { ...values, control, origin, atNs });
  }

  async #progress(): Promise<void> {
    const running = this.#session;
    if (!running) return;
    // What the writer cannot answer, it announces as a fault of its own.
    const session = await this.#parts.telemetry.session(running.id).catch(() => undefined);
    if (!session || this.#session?.id !== session.id) return;
    this.#session = session;
    this.progressed.announce(session);
  }

  /** Frames that became envelopes are recorded when those complete; a view that skips a frame does not lose it for the session. */
  #recordLoss({ reason, count, meta }: DroppedFrames): void {
    const id = this.#session?.id;
    if (id === undefined || (!meta && !lossesWithoutFrame.includes(reason))) return;
    const loss = { dropReason: reason, lostNs: monotonicNs() };
    const row: FrameRow = meta ? { ...rowOf(meta), ...loss } : { controls: {}, ...loss };
    for (let lost = 0; lost < Math.min(count, mostLossRows); lost++) this.#parts.telemetry.appendFrame(id, row);
    if (count <= mostLossRows) return;
    const message = `${count - mostLossRows} more frames were lost at once (${reason}) than have rows of their own`;
    const instants = { atNs: monotonicNs(), loggedAt: new Date().toISOString() };
    const entry = { level: 'warning', area: 'recording', code: 'recording.losses', message } as const;
    this.#parts.telemetry.appendLog(id, { ...entry, ...instants });
  }

  #recordParameters(state: ParameterState): void {
    if (this.#session) this.#parts.telemetry.appendParameterChange(this.#session.id, { ...state, atNs: monotonicNs() });
  }

  #recordCompletion({ admission, event }: Completion): void {
    if (!this.#session) return;
    const { telemetry } = this.#parts;
    const { meta } = admission;
    const dropReason = dropReasonOf(event);
    const loss = dropReason === undefined ? {} : { dropReason, lostNs: event.finishedNs };
    telemetry.appendFrame(this.#session.id, { frameId: event.frameId, ...rowOf(meta), ...loss });
    this.#recordStage(event);
    if (event.status === 'done') this.#countDeveloped();
  }

  #recordStage(event: CompletionEvent): void {
    if (!this.#session) return;
    const { startedNs, finishedNs, streamId: _, passes, chainRevision, ...rest } = event;
    const neverRan = event.status === 'replaced' || event.status === 'expired';
    // Of a chain, the stage is one pass; the others have rows of their own.
    const own = passes?.find(({ members }) => members.length === 0) ?? { startedNs, finishedNs };
    const times = neverRan ? {} : { startedNs: own.startedNs, finishedNs: own.finishedNs };
    const statistics = chainRevision === undefined ? rest.statistics : { ...rest.statistics, chainRevision };
    this.#parts.telemetry.appendStageEvent(this.#session.id, { ...rest, ...times, statistics });
    for (const pass of passes ?? []) this.#recordPass(this.#session.id, event, pass);
  }

  /** A row for each processor: with the version of its values, the hash of the session that it ran in, and how many shared its time. */
  #recordPass(sessionId: number, { frameId, queuedNs, chainRevision }: CompletionEvent, pass: PassReport): void {
    const { modelHash, members, startedNs, finishedNs, error } = pass;
    const statistics = { chainRevision, sharedBy: members.length };
    for (const { key, version: parameterVersion } of members) {
      const identity = {
        frameId,
        stage: `chain:${key}`,
        status: error ? 'failed' : 'done',
        queuedNs,
        parameterVersion,
        modelHash,
      };
      const row = { ...identity, startedNs, finishedNs, statistics, ...(error ? { error } : {}) };
      this.#parts.telemetry.appendStageEvent(sessionId, row);
    }
  }

  /** The whole chain: which processors, in which order, of which content. Versions of values are parameter changes. */
  #recordChain(state: ChainState): void {
    if (!this.#session) return;
    const message = `Chain ${state.revision}: ${state.entries.map(({ key, state: now }) => `${key} ${now}`).join(', ') || 'empty'}`;
    this.#logChain(this.#session.id, { code: 'chain.changed', message, detail: state });
  }

  /**
   * What processors that share a session took alone, by which a reader can divide its time; nothing is measured while a session is
   * recorded.
   */
  #recordComparisons(): void {
    const comparisons = this.#parts.comparisons?.comparisons.filter(({ measured }) => measured) ?? [];
    if (!this.#session || comparisons.length === 0) return;
    const texts = comparisons.map(({ keys, measured }) => {
      return `${keys.join(', ')}: ${measured?.togetherMillis.toFixed(2)} ms of a core as one session, one by one ${measured?.oneByOneMillis.toFixed(2)} ms`;
    });
    this.#logChain(this.#session.id, { code: 'chain.compared', message: texts.join('; '), detail: { comparisons } });
  }

  #logChain(sessionId: number, facts: { readonly code: string; readonly message: string; readonly detail: object }): void {
    const instants = { atNs: monotonicNs(), loggedAt: new Date().toISOString() };
    this.#parts.telemetry.appendLog(sessionId, { level: 'info', area: 'chain', ...facts, ...instants });
  }

  #countDeveloped(): void {
    if (this.#framesLeft === undefined) return;
    this.#framesLeft -= 1;
    // An end that cannot be stored is announced by the telemetry; here it is over either way.
    if (this.#framesLeft === 0) this.stop().catch(() => undefined);
  }
}

function rowOf({ sequence, timestampNs, width, height, controls }: FrameMeta): FrameRow {
  return { sequence, capturedNs: timestampNs, width, height, controls };
}
