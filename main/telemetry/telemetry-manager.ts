import { join } from 'node:path';
import type { SessionEntry } from '../../preload/contract.ts';
import { monotonicNs } from '../base/clock.ts';
import { type ErrorRecord, errorRecordFrom } from '../base/errors.ts';
import type { Announcer, AsyncCloseable } from '../base/lifetime.ts';
import { emptyBatch, rowsPerSession } from './event-tables.ts';
import { LossLedger, type TelemetryFault } from './loss-ledger.ts';
import {
  type ControlWriteRow,
  type CsvExport,
  type DecisionRow,
  type EventBatch,
  type EventRows,
  type EventTable,
  type FrameRow,
  type LogRow,
  noSession,
  type ParameterChangeRow,
  type SessionStart,
  type StageEventRow,
} from './rows.ts';
import { WriterClient } from './writer-client.ts';

/** Name of the database inside the data folder. */
export const telemetryFileName = 'telemetry.sqlite';

const batchIntervalMillis = 250;
const rowsPerBatch = 2000;
/** About ten minutes at 60 frames a second: more than any hiccup of a disk, and some tens of megabytes. */
const maximumBacklogRows = 100_000;

const notRunning: ErrorRecord = {
  code: 'telemetry.session-not-running',
  message: 'Expected a running session for a telemetry row but received the id of another',
};
const backlogFull: ErrorRecord = {
  code: 'telemetry.backlog-full',
  message: `Expected the disk to keep up with telemetry but received a backlog of ${maximumBacklogRows} rows`,
  action: 'Close what else writes to this disk, or choose another data folder',
};

/** Where telemetry lies and who writes it. */
export interface TelemetryOptions {
  /** Created where it is missing. */
  readonly folder: string;
  readonly appVersion: string;
  /** The database never grows beyond; rows are then lost with the reason that a full disk gives. */
  readonly maximumBytes?: number;
}

/**
 * The lab's face of telemetry, used on the lab's thread. Appending costs an array push; a writer thread stores the rows
 * in batches, at the latest {@link batchIntervalMillis} later.
 *
 * Appending never blocks and never throws: a row that cannot be stored is counted in its session and announced by
 * {@link onFault}. A row must not change after it was appended. Everything else rejects with a named error.
 */
export class TelemetryManager implements AsyncCloseable {
  /** Announces lost rows with their reason, at most once a second for each; what was held back, when a session ends. */
  readonly onFault: Announcer<TelemetryFault>;
  readonly #writer: WriterClient;
  readonly #appVersion: string;
  readonly #losses = new LossLedger();
  /** Losses that the database does not know of yet, by session. */
  #lostBefore = new Map<number, number>();
  readonly #runningSessions = new Set<number>();
  #batch = emptyBatch();
  #batchRows = 0;
  #postedRows = 0;
  #lastAppend: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #closing: Promise<void> | undefined;

  private constructor(writer: WriterClient, appVersion: string) {
    this.#writer = writer;
    this.#appVersion = appVersion;
    this.onFault = this.#losses.faults;
  }

  /** Opens or creates the database; rejects with a ResourceError that names the file, which is then left as it was. */
  static async open(options: TelemetryOptions): Promise<TelemetryManager> {
    const writer = new WriterClient();
    const { maximumBytes } = options;
    const path = join(options.folder, telemetryFileName);
    try {
      await writer.call('open', maximumBytes === undefined ? { path } : { path, maximumBytes });
    } catch (thrown) {
      await writer.close();
      throw thrown;
    }
    return new TelemetryManager(writer, options.appVersion);
  }

  /** Starts a session; its id takes rows from now on. */
  async startSession(start: SessionStart): Promise<SessionEntry> {
    const session = await this.#writer.call('startSession', {
      ...start,
      appVersion: this.#appVersion,
      startedAt: new Date().toISOString(),
      startedNs: monotonicNs(),
    });
    this.#runningSessions.add(session.id);
    return session;
  }

  /** Stores what was appended and ends the session; rows that come later are counted as lost. */
  async endSession(id: number): Promise<SessionEntry> {
    this.#runningSessions.delete(id);
    await this.flush();
    this.#losses.announceAll();
    return this.#writer.call('endSession', { id, endedAt: new Date().toISOString() });
  }

  appendFrame(sessionId: number, row: FrameRow): void {
    this.#append('frame', sessionId, row);
  }

  appendStageEvent(sessionId: number, row: StageEventRow): void {
    this.#append('stage_event', sessionId, row);
  }

  appendParameterChange(sessionId: number, row: ParameterChangeRow): void {
    this.#append('parameter_change', sessionId, row);
  }

  appendControlWrite(sessionId: number, row: ControlWriteRow): void {
    this.#append('control_write', sessionId, row);
  }

  appendDecision(sessionId: number, row: DecisionRow): void {
    this.#append('decision', sessionId, row);
  }

  /** Stores what the lab noticed, for the session where one runs. */
  appendLog(sessionId: number | undefined, row: LogRow): void {
    this.#append('log', sessionId ?? noSession, row);
  }

  /** Every session with what was stored of it, newest first. A session without `endedAt` runs, or ended with its program. */
  async listSessions(): Promise<SessionEntry[]> {
    await this.flush();
    return this.#writer.call('listSessions', undefined);
  }

  /** One session with what is stored of it by now, without waiting for rows under way; InputError where there is none. */
  session(id: number): Promise<SessionEntry> {
    return this.#writer.call('session', { id });
  }

  /** Writes one session as CSV files into a new folder below `folder`. Recording goes on meanwhile. */
  async exportCsv(sessionId: number, folder: string): Promise<CsvExport> {
    await this.flush();
    return this.#writer.call('exportCsv', { sessionId, folder });
  }

  /** Resolves when every row appended before is stored or counted as lost; awaiting it is the back-pressure of a fast source. */
  async flush(): Promise<void> {
    this.#post();
    await this.#lastAppend;
  }

  /** Stores what was appended and closes the database. Running sessions stay without an end. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#runningSessions.clear();
    await this.flush();
    this.#losses.announceAll();
    await this.#writer.close();
  }

  #append<T extends EventTable>(table: T, sessionId: number, row: EventRows[T]): void {
    const running = sessionId === noSession ? this.#closing === undefined : this.#runningSessions.has(sessionId);
    if (!running || this.#batchRows + this.#postedRows >= maximumBacklogRows) {
      this.#lose(sessionId, 1, running ? backlogFull : notRunning);
      return;
    }
    (this.#batch[table] as { sessionId: number; row: EventRows[T] }[]).push({ sessionId, row });
    this.#batchRows += 1;
    if (this.#batchRows >= rowsPerBatch) this.#post();
    else this.#timer ??= setTimeout(() => this.#post(), batchIntervalMillis);
  }

  #post(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#batchRows === 0 && this.#lostBefore.size === 0) return;
    const batch = this.#batch;
    const rows = this.#batchRows;
    const lostBefore = this.#lostBefore;
    this.#batch = emptyBatch();
    this.#batchRows = 0;
    this.#lostBefore = new Map();
    this.#postedRows += rows;
    const earlier = this.#lastAppend;
    this.#lastAppend = this.#store(batch, lostBefore).then(() => {
      this.#postedRows -= rows;
      return earlier;
    });
  }

  async #store(batch: EventBatch, lostBefore: Map<number, number>): Promise<void> {
    try {
      for (const lost of await this.#writer.call('append', { batch, lostBefore })) this.#losses.record(lost);
    } catch (thrown) {
      // The writer is gone, or a row holds what no thread can be sent.
      const error = errorRecordFrom(thrown);
      for (const [sessionId, rows] of lostBefore) this.#owe(sessionId, rows);
      for (const [sessionId, rows] of rowsPerSession(batch)) this.#lose(sessionId, rows, error);
    }
  }

  #lose(sessionId: number, rows: number, error: ErrorRecord): void {
    this.#owe(sessionId, rows);
    this.#losses.record({ sessionId, rows, error });
  }

  #owe(sessionId: number, rows: number): void {
    this.#lostBefore.set(sessionId, (this.#lostBefore.get(sessionId) ?? 0) + rows);
  }
}
