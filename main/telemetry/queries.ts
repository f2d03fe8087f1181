import SqliteDatabase, { type Database, type Statement } from 'better-sqlite3';
import type { SessionEntry } from '../../preload/contract.ts';
import { type ErrorRecord, errorRecordFrom, InputError, messageOf } from '../base/errors.ts';
import { telemetryErrorFrom, touchEnds } from './database.ts';
import { columnNames, emptyBatch, eventTableNames, eventTables, rowsPerSession, type SqlValue } from './event-tables.ts';
import { type EventBatch, type EventTable, type LostRows, noSession, type SessionStart } from './rows.ts';

interface SessionRecord {
  readonly id: number;
  readonly name: string;
  readonly source: string;
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly frames: number;
  readonly stage_events: number;
  readonly parameter_changes: number;
  readonly lost_rows: number;
}

/** Frames of a session that were lost for one reason. */
interface LossRecord {
  readonly session_id: number;
  readonly reason: DropReason;
  readonly frames: number;
}

type DropReason = keyof SessionEntry['lost'];

/** A new session with what only the manager knows. */
export interface SessionInsert extends SessionStart {
  readonly startedAt: string;
  readonly startedNs: bigint;
  readonly appVersion: string;
}

const countUpdate = `
  UPDATE session SET ${eventTableNames.map((table) => `${eventTables[table].counter} = ${eventTables[table].counter} + ?`).join(', ')},
    lost_rows = lost_rows + ? WHERE id = ?`;

const lossUpdate = `
  INSERT INTO frame_loss (session_id, reason, frames) VALUES (?, ?, ?)
    ON CONFLICT (session_id, reason) DO UPDATE SET frames = frames + excluded.frames`;

/** Where a tally counts losses: behind the counters of the event tables. */
const lostColumn = eventTableNames.length;

/** Every statement that writes to or lists the database; prepared once, used on the writer thread. */
export class TelemetryQueries {
  readonly #database: Database;
  readonly #inserts: { readonly [T in EventTable]: Statement<SqlValue[]> };
  readonly #count: Statement<number[]>;
  readonly #countLoss: Statement<[sessionId: number, reason: string, frames: number]>;
  readonly #appendAll: (batch: EventBatch) => LostRows[];
  /** Losses that no transaction could note yet, by session. */
  readonly #unnotedLosses = new Map<number, number>();

  constructor(database: Database) {
    this.#database = database;
    this.#inserts = {
      frame: prepareInsert(database, 'frame'),
      stage_event: prepareInsert(database, 'stage_event'),
      parameter_change: prepareInsert(database, 'parameter_change'),
      control_write: prepareInsert(database, 'control_write'),
      log: prepareInsert(database, 'log'),
      decision: prepareInsert(database, 'decision'),
    };
    this.#count = database.prepare(countUpdate);
    this.#countLoss = database.prepare(lossUpdate);
    this.#appendAll = database.transaction((batch: EventBatch) => this.#appendTables(batch)).immediate;
  }

  /** Writes nothing to a file that is damaged where rows are appended; what is whole in it can still be read. */
  startSession(start: SessionInsert): SessionEntry {
    touchEnds(this.#database);
    const { lastInsertRowid } = this.#database
      .prepare('INSERT INTO session (name, source, sensor, started_at, started_ns, app_version) VALUES (?, ?, ?, ?, ?, ?)')
      .run(start.name, start.source, JSON.stringify(start.sensor), start.startedAt, start.startedNs, start.appVersion);
    return this.session(Number(lastInsertRowid));
  }

  /** Ends a running session; InputError where it is unknown or ended before. */
  endSession(id: number, endedAt: string): SessionEntry {
    this.append(emptyBatch(), new Map());
    const { changes } = this.#database
      .prepare('UPDATE session SET ended_at = ? WHERE id = ? AND ended_at IS NULL')
      .run(endedAt, id);
    const session = this.session(id);
    if (changes === 0)
      throw new InputError('telemetry.session-ended', `Expected a running session but received ${id}, which ended`);
    return session;
  }

  /** The session of that id; InputError where there is none. */
  session(id: number): SessionEntry {
    const record = this.#database.prepare('SELECT * FROM session WHERE id = ?').get(id) as SessionRecord | undefined;
    if (record === undefined) {
      throw new InputError(
        'telemetry.unknown-session',
        `Expected the id of a session but received ${id}`,
        'Choose one from the session list',
      );
    }
    return this.#entryFrom(record, this.#losses('WHERE session_id = ?', id));
  }

  /** Every session, newest first. */
  sessions(): SessionEntry[] {
    const records = this.#database.prepare('SELECT * FROM session ORDER BY id DESC').all() as SessionRecord[];
    const losses = Map.groupBy(this.#losses(''), ({ session_id }) => session_id);
    return records.map((record) => this.#entryFrom(record, losses.get(record.id) ?? []));
  }

  #losses(where: string, ...ids: number[]): LossRecord[] {
    return this.#database.prepare(`SELECT * FROM frame_loss ${where} ORDER BY frames DESC, reason`).all(...ids) as LossRecord[];
  }

  #entryFrom(record: SessionRecord, losses: readonly LossRecord[]): SessionEntry {
    const lostFrames = losses.reduce((sum, { frames }) => sum + frames, 0);
    return {
      id: record.id,
      name: record.name,
      source: record.source,
      startedAt: record.started_at,
      ...(record.ended_at === null ? {} : { endedAt: record.ended_at }),
      frames: record.frames,
      developed: record.frames - lostFrames,
      lost: Object.fromEntries(losses.map(({ reason, frames }) => [reason, frames])),
      stageEvents: record.stage_events,
      parameterChanges: record.parameter_changes,
      // On a disk that is still full, the losses could not be noted in the session either.
      lostRows: record.lost_rows + (this.#unnotedLosses.get(record.id) ?? 0),
    };
  }

  /**
   * Appends a batch in one transaction and returns what was lost: single rows that SQLite refuses, or all of them where
   * the disk does. Losses, and those in `lostBefore`, are noted in their sessions as soon as a transaction succeeds.
   */
  append(batch: EventBatch, lostBefore: ReadonlyMap<number, number>): LostRows[] {
    addAll(this.#unnotedLosses, lostBefore);
    try {
      const refused = this.#appendAll(batch);
      this.#unnotedLosses.clear();
      return refused;
    } catch (thrown) {
      const error = errorRecordFrom(telemetryErrorFrom(thrown, this.#database.name));
      const lost = rowsPerSession(batch);
      addAll(this.#unnotedLosses, lost);
      return [...lost].map(([sessionId, rows]) => ({ sessionId, rows, error }));
    }
  }

  #appendTables(batch: EventBatch): LostRows[] {
    const tallies = new Tallies();
    const refused: LostRows[] = [];
    for (const [sessionId, rows] of this.#unnotedLosses) tallies.add(sessionId, lostColumn, rows);
    for (const table of eventTableNames) this.#appendTable(table, batch[table], tallies, refused);
    for (const [sessionId, counts] of tallies.counts) this.#count.run(...counts, sessionId);
    for (const { sessionId, reason, frames } of tallies.losses.values()) this.#countLoss.run(sessionId, reason, frames);
    return refused;
  }

  #appendTable<T extends EventTable>(table: T, entries: EventBatch[T], tallies: Tallies, refused: LostRows[]): void {
    const insert = this.#inserts[table];
    const { columns } = eventTables[table];
    const counter = eventTableNames.indexOf(table);
    for (const { sessionId, row } of entries) {
      try {
        insert.run(sessionId === noSession ? null : sessionId, ...columns.map(([, cellOf]) => cellOf(row)));
        tallies.add(sessionId, counter, 1);
        if ('dropReason' in row && row.dropReason !== undefined) tallies.lose(sessionId, row.dropReason);
      } catch (thrown) {
        if (!concernsOneRow(thrown)) throw thrown;
        refused.push({ sessionId, rows: 1, error: refusedRow(table, thrown) });
        tallies.add(sessionId, lostColumn, 1);
      }
    }
  }
}

/** What one transaction adds to each session's counters, in the order of {@link countUpdate}. */
class Tallies {
  readonly counts = new Map<number, number[]>();
  readonly losses = new Map<string, { readonly sessionId: number; readonly reason: string; frames: number }>();

  lose(sessionId: number, reason: string): void {
    const key = `${sessionId} ${reason}`;
    const loss = this.losses.get(key) ?? { sessionId, reason, frames: 0 };
    loss.frames += 1;
    this.losses.set(key, loss);
  }

  add(sessionId: number, column: number, rows: number): void {
    let counts = this.counts.get(sessionId);
    if (counts === undefined) {
      counts = new Array<number>(lostColumn + 1).fill(0);
      this.counts.set(sessionId, counts);
    }
    counts[column] = (counts[column] ?? 0) + rows;
  }
}

function prepareInsert(database: Database, table: EventTable): Statement<SqlValue[]> {
  const names = ['session_id', ...columnNames(table)].map((name) => `"${name}"`);
  return database.prepare(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`);
}

/** A row that breaks a constraint or has no SQL form spoils only itself; anything else is the disk's or the file's fault. */
function concernsOneRow(thrown: unknown): boolean {
  return !(thrown instanceof SqliteDatabase.SqliteError) || /^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG)/.test(thrown.code);
}

function refusedRow(table: EventTable, thrown: unknown): ErrorRecord {
  return {
    code: 'telemetry.row-refused',
    message: `Expected a row for ${table} but received one it refuses (${messageOf(thrown)})`,
  };
}

function addAll(totals: Map<number, number>, more: ReadonlyMap<number, number>): void {
  for (const [key, count] of more) totals.set(key, (totals.get(key) ?? 0) + count);
}
