import type { SessionEntry } from '../../preload/contract.ts';
import { monotonicNs } from '../base/clock.ts';
import { InputError } from '../base/errors.ts';
import { Announcer } from '../base/lifetime.ts';
import type { ParameterStore } from '../processor/parameter-store.ts';
import type { Completion, CompletionDispatcher } from '../runtime/completion-dispatcher.ts';
import type { TelemetryManager } from '../telemetry/telemetry-manager.ts';
import { type DropLedger, dropReasonOf } from './drop-ledger.ts';
import type { LiveStream } from './live-stream.ts';

/** What a session is written from and to. */
export interface RecorderParts {
  readonly telemetry: TelemetryManager;
  readonly stream: LiveStream;
  readonly dispatcher: CompletionDispatcher;
  readonly ledger: DropLedger;
  readonly parameters: ParameterStore;
}

/** Losses that leave a frame row without a frame: those that happen before the lab has the frame. */
const lossesWithoutFrame: readonly string[] = ['no-free-slot', 'source-late', 'driver-gap', 'bad-buffer'];

/** Writes a session's telemetry between start and stop: every frame, stage event, parameter version and control write. */
export class SessionRecorder {
  readonly changed = new Announcer<SessionEntry>();
  readonly #parts: RecorderParts;
  #session: SessionEntry | undefined;
  #starting = false;

  constructor(parts: RecorderParts) {
    this.#parts = parts;
    parts.dispatcher.completed.subscribe((completion) => this.#recordCompletion(completion));
    parts.ledger.dropped.subscribe(({ reason, count }) => {
      const id = this.#session?.id;
      if (id === undefined || !lossesWithoutFrame.includes(reason)) return;
      for (let lost = 0; lost < count; lost++) {
        parts.telemetry.appendFrame(id, { capturedNs: monotonicNs(), controls: {}, dropReason: reason });
      }
    });
    parts.parameters.changed.subscribe(() => this.#recordParameters());
    parts.stream.controlWritten.subscribe(({ report }) => {
      const { id: control, requested, applied } = report;
      if (this.#session)
        parts.telemetry.appendControlWrite(this.#session.id, { control, requested, applied, atNs: monotonicNs() });
    });
  }

  get session(): SessionEntry | undefined {
    return this.#session;
  }

  /** Starts a session of the open source. */
  async start(name: string | undefined): Promise<SessionEntry> {
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
    } finally {
      this.#starting = false;
    }
    this.#recordParameters();
    this.changed.announce(this.#session);
    return this.#session;
  }

  /** Ends the session; resolves when all of it is stored. */
  async stop(): Promise<SessionEntry> {
    const running = this.#session;
    if (!running)
      throw new InputError('recording.not-running', 'Expected a running session but received none', 'Start one first.');
    this.#session = undefined;
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

  #recordParameters(): void {
    if (!this.#session) return;
    const { processorId, current } = this.#parts.parameters;
    this.#parts.telemetry.appendParameterChange(this.#session.id, { ...current, processorId, atNs: monotonicNs() });
  }

  #recordCompletion({ admission, event }: Completion): void {
    if (!this.#session) return;
    const { telemetry } = this.#parts;
    const { meta } = admission;
    const dropReason = dropReasonOf(event);
    telemetry.appendFrame(this.#session.id, {
      frameId: event.frameId,
      sequence: meta.sequence,
      capturedNs: meta.timestampNs,
      width: meta.width,
      height: meta.height,
      controls: meta.controls,
      ...(dropReason === undefined ? {} : { dropReason }),
    });
    const { startedNs, finishedNs, ...rest } = event;
    telemetry.appendStageEvent(this.#session.id, event.status === 'replaced' ? rest : { ...rest, startedNs, finishedNs });
  }
}
