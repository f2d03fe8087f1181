import type { Database } from 'better-sqlite3';
import { ResourceError } from '../base/errors.ts';

/** Marks a file as the lab's telemetry in SQLite's header ("CLab"), so that a foreign database is never written to. */
export const applicationId = 0x434c6162;

function appendOnly(table: string): string {
  return `
    CREATE INDEX ${table}_by_session ON ${table} (session_id);
    CREATE TRIGGER ${table}_refuses_update BEFORE UPDATE ON ${table}
      BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END;
    CREATE TRIGGER ${table}_refuses_delete BEFORE DELETE ON ${table}
      BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END;`;
}

const tablesOfVersion1 = `
  CREATE TABLE session (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    source TEXT NOT NULL,
    sensor TEXT NOT NULL,
    started_at TEXT NOT NULL,
    -- The monotonic instant of started_at: it turns every *_ns column into wall-clock time.
    started_ns INTEGER NOT NULL,
    ended_at TEXT,
    app_version TEXT NOT NULL,
    -- Counted in the transaction that appends, so that listing sessions never scans the events.
    frames INTEGER NOT NULL DEFAULT 0,
    stage_events INTEGER NOT NULL DEFAULT 0,
    parameter_changes INTEGER NOT NULL DEFAULT 0,
    control_writes INTEGER NOT NULL DEFAULT 0,
    lost_rows INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE frame (
    session_id INTEGER NOT NULL REFERENCES session (id),
    frame_id INTEGER,
    sequence INTEGER,
    captured_ns INTEGER NOT NULL,
    width INTEGER,
    height INTEGER,
    controls TEXT NOT NULL,
    drop_reason TEXT
  ) STRICT;
  CREATE TABLE stage_event (
    session_id INTEGER NOT NULL REFERENCES session (id),
    frame_id INTEGER NOT NULL,
    stage TEXT NOT NULL,
    status TEXT NOT NULL,
    queued_ns INTEGER NOT NULL,
    started_ns INTEGER,
    finished_ns INTEGER,
    parameter_version INTEGER NOT NULL,
    model_hash TEXT,
    error TEXT,
    statistics TEXT
  ) STRICT;
  CREATE TABLE parameter_change (
    session_id INTEGER NOT NULL REFERENCES session (id),
    version INTEGER NOT NULL,
    processor_id TEXT NOT NULL,
    "values" TEXT NOT NULL,
    at_ns INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE control_write (
    session_id INTEGER NOT NULL REFERENCES session (id),
    control TEXT NOT NULL,
    requested REAL NOT NULL,
    applied REAL NOT NULL,
    at_ns INTEGER NOT NULL
  ) STRICT;
  ${['frame', 'stage_event', 'parameter_change', 'control_write'].map(appendOnly).join('\n')}
  PRAGMA application_id = ${applicationId};
`;

/** Control values are numbers, or JSON where they are texts or arrays; a table that is append-only is replaced as a whole. */
const controlWritesOfVersion2 = `
  CREATE TABLE control_write_2 (
    session_id INTEGER NOT NULL REFERENCES session (id),
    control TEXT NOT NULL,
    requested ANY NOT NULL,
    applied ANY NOT NULL,
    -- The first frame that was exposed with the write; NULL where a newer write or the end of the session came first.
    effective_at_sequence INTEGER,
    origin TEXT NOT NULL,
    at_ns INTEGER NOT NULL
  ) STRICT;
  INSERT INTO control_write_2 SELECT session_id, control, requested, applied, NULL, 'user', at_ns FROM control_write ORDER BY rowid;
  DROP TABLE control_write;
  ALTER TABLE control_write_2 RENAME TO control_write;
  ${appendOnly('control_write')}
`;

/**
 * A frame that never reached the lab has no time of capture: up to version 2 the time of its loss stood there, in version 3 it
 * has a column of its own.
 */
const framesOfVersion3 = `
  CREATE TABLE frame_3 (
    session_id INTEGER NOT NULL REFERENCES session (id),
    frame_id INTEGER,
    sequence INTEGER,
    -- NULL where the frame never reached the lab: lost_ns then says when that was noticed.
    captured_ns INTEGER,
    width INTEGER,
    height INTEGER,
    controls TEXT NOT NULL,
    drop_reason TEXT,
    lost_ns INTEGER,
    CHECK (captured_ns IS NOT NULL OR lost_ns IS NOT NULL)
  ) STRICT;
  INSERT INTO frame_3 SELECT session_id, frame_id, sequence, iif(sequence IS NULL, NULL, captured_ns), width, height, controls,
    drop_reason, iif(sequence IS NULL, captured_ns, NULL) FROM frame ORDER BY rowid;
  DROP TABLE frame;
  ALTER TABLE frame_3 RENAME TO frame;
  ${appendOnly('frame')}
`;

/** What the lab notices about itself, also outside of sessions. */
const logOfVersion4 = `
  ALTER TABLE session ADD COLUMN log_entries INTEGER NOT NULL DEFAULT 0;
  CREATE TABLE log (
    -- NULL where no session ran.
    session_id INTEGER REFERENCES session (id),
    level TEXT NOT NULL,
    area TEXT NOT NULL,
    code TEXT NOT NULL,
    message TEXT NOT NULL,
    at_ns INTEGER NOT NULL,
    -- Wall clock: nothing else dates a row without a session.
    logged_at TEXT NOT NULL,
    detail TEXT
  ) STRICT;
  ${appendOnly('log')}
`;

/** Counted in the transaction that appends, as the counters of the session are. */
const lossesOfVersion5 = `
  CREATE TABLE frame_loss (
    session_id INTEGER NOT NULL REFERENCES session (id),
    reason TEXT NOT NULL,
    frames INTEGER NOT NULL,
    PRIMARY KEY (session_id, reason)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO frame_loss SELECT session_id, drop_reason, COUNT(*) FROM frame WHERE drop_reason IS NOT NULL
    GROUP BY session_id, drop_reason;
`;

/** What the algorithms decided, with everything that they decided it from: each row can be decided again. */
const decisionsOfVersion6 = `
  ALTER TABLE session ADD COLUMN decisions INTEGER NOT NULL DEFAULT 0;
  CREATE TABLE decision (
    session_id INTEGER NOT NULL REFERENCES session (id),
    -- The frame whose statistics it was decided from.
    frame_id INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    algorithm TEXT NOT NULL,
    inputs TEXT NOT NULL,
    intents TEXT NOT NULL,
    at_ns INTEGER NOT NULL
  ) STRICT;
  ${appendOnly('decision')}
`;

/** Entry n - 1 takes a database from version n - 1 to n. Released entries never change; a new version is a new entry. */
const migrations: readonly string[] = [
  tablesOfVersion1,
  controlWritesOfVersion2,
  framesOfVersion3,
  logOfVersion4,
  lossesOfVersion5,
  decisionsOfVersion6,
];

/** The version that this program writes. */
export const databaseVersion = migrations.length;

/** Throws unless a file of that version (SQLite's `user_version`) can be brought to ours. */
export function refuseNewerVersion(path: string, version: number): void {
  if (version <= databaseVersion) return;
  throw new ResourceError(
    'telemetry.newer-version',
    `Expected telemetry of version ${databaseVersion} or older at ${path} but received version ${version}`,
    'Update Camera Lab, or choose another data folder',
  );
}

/**
 * Brings an open database to {@link databaseVersion}, each step in its own transaction; two programs at once take turns. A
 * test that needs an old database names an earlier version.
 */
export function migrate(database: Database, wantedVersion = databaseVersion): void {
  const step = database.transaction(() => {
    const version = database.pragma('user_version', { simple: true }) as number;
    refuseNewerVersion(database.name, version);
    const sql = version < wantedVersion ? migrations[version] : undefined;
    if (sql === undefined) return false;
    database.exec(sql);
    database.pragma(`user_version = ${version + 1}`);
    return true;
  });
  while (step.immediate());
}
