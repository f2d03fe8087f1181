import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { LabError, messageOf, ResourceError } from '../base/errors.ts';
import { makeFolder } from '../base/folder.ts';
import { applicationId, migrate, refuseNewerVersion } from './migrations.ts';

const headerBytes = 100;
const headerMagic = 'SQLite format 3\0';

/**
 * Opens the telemetry database for writing, created or migrated as needed; the caller closes it.
 *
 * A file that is not the lab's, or was written by a newer version, is refused with its bytes and its log's as they were.
 * `maximumBytes` bounds its growth. Errors are {@link ResourceError}s that name the path.
 */
export function openDatabase(path: string, maximumBytes?: number): Database {
  try {
    makeFolder(dirname(path));
    refuseForeignFile(path);
    refuseNewerLog(path);
    return openChecked(path, maximumBytes);
  } catch (thrown) {
    throw telemetryErrorFrom(thrown, path);
  }
}

/** Opens an existing database for reading only; the caller closes it. */
export function openDatabaseReadOnly(path: string): Database {
  return new SqliteDatabase(path, { readonly: true, fileMustExist: true });
}

function openChecked(path: string, maximumBytes: number | undefined): Database {
  const database = new SqliteDatabase(path);
  try {
    // The very first write, so that a file of ours can be told at every later moment.
    if (database.pragma('application_id', { simple: true }) === 0) database.pragma(`application_id = ${applicationId}`);
    database.pragma('journal_mode = WAL');
    // NORMAL survives a kill whole; a power cut may take the newest transactions, never the file.
    database.pragma('synchronous = NORMAL');
    database.pragma('foreign_keys = ON');
    // Without this, REPLACE deletes rows past the append-only triggers.
    database.pragma('recursive_triggers = ON');
    if (maximumBytes !== undefined) {
      const pageBytes = database.pragma('page_size', { simple: true }) as number;
      database.pragma(`max_page_count = ${Math.max(1, Math.floor(maximumBytes / pageBytes))}`);
    }
    migrate(database);
    return database;
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}

/**
 * Reads the end of every table and of its index by session, where rows are appended, and throws SQLite's error where one is
 * damaged. Costs the same however large the file is, which a whole check does not.
 */
export function touchEnds(database: Database): void {
  const tables = database.prepare("SELECT name, wr AS isRowless FROM pragma_table_list WHERE schema = 'main' AND type = 'table'");
  for (const { name, isRowless } of tables.all() as { name: string; isRowless: number }[]) {
    const order = isRowless === 1 ? '1' : '_rowid_';
    database.prepare(`SELECT * FROM "${name}" ORDER BY ${order} DESC LIMIT 1`).get();
    const index = `${name}_by_session`;
    const hasIndex = database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = ?").get(index) !== undefined;
    if (hasIndex) database.prepare(`SELECT session_id FROM "${name}" INDEXED BY ${index} ORDER BY session_id DESC LIMIT 1`).get();
  }
}

/** Reads the header without SQLite, because even opening a database can roll its log forward. */
function refuseForeignFile(path: string): void {
  const header = Buffer.alloc(headerBytes);
  const length = readHeader(path, header);
  if (length === 0) return;
  const isSqlite = length === headerBytes && header.toString('latin1', 0, headerMagic.length) === headerMagic;
  if (!isSqlite) throw foreignFile(path, 'another kind of file');
  if (header.readUInt32BE(68) !== applicationId) throw foreignFile(path, 'the database of another program');
  refuseNewerVersion(path, header.readUInt32BE(60));
}

/**
 * A newer version that was killed may have left its version in the log only. A connection that can write would merge the
 * log into the file on closing, so one that cannot looks first.
 */
function refuseNewerLog(path: string): void {
  if ((statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) === 0) return;
  const reader = openDatabaseReadOnly(path);
  try {
    refuseNewerVersion(path, reader.pragma('user_version', { simple: true }) as number);
  } finally {
    reader.close();
  }
}

function readHeader(path: string, header: Buffer): number {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw thrown;
  }
  try {
    return readSync(descriptor, header, 0, headerBytes, 0);
  } catch (thrown) {
    throw (thrown as NodeJS.ErrnoException).code === 'EISDIR' ? foreignFile(path, 'a folder') : thrown;
  } finally {
    closeSync(descriptor);
  }
}

function foreignFile(path: string, received: string): ResourceError {
  return new ResourceError(
    'telemetry.foreign-file',
    `Expected a Camera Lab telemetry database at ${path} but received ${received}`,
    'Move it away, or choose another data folder',
  );
}

/** How a failure is told, by the start of SQLite's or the system's error code; the first match counts. */
const knownFailures: readonly {
  readonly pattern: RegExp;
  readonly code: `telemetry.${string}`;
  readonly expected: string;
  readonly received: string;
  readonly action: string;
}[] = [
  {
    // On a full disk the log's shared-memory file cannot grow either, which SQLite reports as an I/O error.
    pattern: /^(SQLITE_FULL|SQLITE_IOERR_SHMSIZE|ENOSPC|EDQUOT)/,
    code: 'telemetry.disk-full',
    expected: 'free space',
    received: 'a full disk',
    action: 'Free some space, or choose another data folder',
  },
  {
    pattern: /^(ENOTDIR|EEXIST)/,
    code: 'telemetry.not-a-folder',
    expected: 'a folder',
    received: 'a path through a file',
    action: 'Move that file away, or choose another folder',
  },
  {
    pattern: /^(SQLITE_READONLY|SQLITE_CANTOPEN|SQLITE_PERM|EACCES|EPERM|EROFS|ENOENT)/,
    code: 'telemetry.not-writable',
    expected: 'a writable place',
    received: 'one that cannot be written to',
    action: 'Make the folder writable, or choose another one',
  },
  {
    pattern: /^(SQLITE_NOTADB|SQLITE_CORRUPT)/,
    code: 'telemetry.corrupt',
    expected: 'an intact database',
    received: 'a damaged one',
    action: 'Move the file away; the command .recover of sqlite3 saves what is left in it',
  },
  {
    pattern: /^(SQLITE_BUSY|SQLITE_LOCKED)/,
    code: 'telemetry.busy',
    expected: 'a free database',
    received: 'one that another program holds',
    action: 'Close the other program',
  },
  {
    pattern: /^(SQLITE_IOERR|EIO)/,
    code: 'telemetry.input-output',
    expected: 'a working disk',
    received: 'one that fails',
    action: 'Check the disk, or choose another data folder',
  },
];

/** Names what SQLite or the file system refused at `path`; the lab's own errors pass as they are. */
export function telemetryErrorFrom(thrown: unknown, path: string): LabError {
  if (thrown instanceof LabError) return thrown;
  const { code, syscall } = (thrown ?? {}) as Partial<NodeJS.ErrnoException>;
  const systemCode = String(code ?? '');
  const failure = knownFailures.find(({ pattern }) => pattern.test(systemCode));
  const cause = messageOf(thrown);
  if (failure === undefined)
    return new ResourceError('telemetry.failed', `Telemetry at ${path} failed: ${cause}`, undefined, thrown);
  // SQLite's words add to ours; the system's, such as `EEXIST: file already exists, mkdir`, say the same again in another way.
  const detail = syscall === undefined ? ` (${cause})` : '';
  const message = `Expected ${failure.expected} for telemetry at ${path} but received ${failure.received}${detail}`;
  return new ResourceError(failure.code, message, failure.action, thrown);
}
