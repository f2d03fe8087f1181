import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Database } from 'better-sqlite3';
import { stringify } from 'csv-stringify';
import { makeFolder } from '../base/folder.ts';
import { putUnderFreeName } from '../base/free-path.ts';
import { openDatabaseReadOnly } from './database.ts';
import { columnNames, eventTableNames, eventTables, type SqlValue } from './event-tables.ts';
import type { CsvExport } from './rows.ts';

/** One file of an export: the header and the query that yields its rows, given the session's id. */
interface CsvTable {
  readonly file: string;
  readonly header: readonly string[];
  readonly sql: string;
}

const sessionColumns = ['id', 'name', 'source', 'sensor', 'started_at', 'started_ns', 'ended_at', 'app_version', 'lost_rows'];

const csvTables: readonly CsvTable[] = [
  { file: 'session.csv', header: sessionColumns, sql: `SELECT ${sessionColumns.join(', ')} FROM session WHERE id = ?` },
  ...eventTableNames.map((table) => {
    const header = columnNames(table);
    const columns = header.map((name) => `"${name}"`).join(', ');
    return {
      file: eventTables[table].csvFile,
      header,
      sql: `SELECT ${columns} FROM ${table} WHERE session_id = ? ORDER BY rowid`,
    };
  }),
];

/**
 * Writes one session as RFC 4180 files into a new folder `session-ID`, or `session-ID-2` and so on where earlier exports
 * lie, and returns it. The folder appears under its name only when it is complete. All files show the same instant of the
 * database; rows are streamed, and the thread is free between chunks.
 */
export async function exportCsv(databasePath: string, sessionId: number, exportsFolder: string): Promise<CsvExport> {
  makeFolder(exportsFolder);
  const unfinished = join(exportsFolder, `.session-${sessionId}-${process.pid}-${process.hrtime.bigint()}.partial`);
  await mkdir(unfinished);
  try {
    const counts = await writeFiles(databasePath, sessionId, unfinished);
    const name = join(exportsFolder, `session-${sessionId}`);
    const folder = await putUnderFreeName(name, '', (free) => rename(unfinished, free));
    return { folder, files: csvTables.map(({ file }, index) => ({ path: join(folder, file), rows: counts[index] ?? 0 })) };
  } catch (thrown) {
    await rm(unfinished, { recursive: true, force: true });
    throw thrown;
  }
}

async function writeFiles(databasePath: string, sessionId: number, folder: string): Promise<number[]> {
  // A connection of its own: rows can be appended while a query of this one is under way.
  const database = openDatabaseReadOnly(databasePath);
  try {
    database.exec('BEGIN');
    const counts: number[] = [];
    for (const table of csvTables) counts.push(await writeFile(database, table, sessionId, join(folder, table.file)));
    return counts;
  } finally {
    database.close();
  }
}

async function writeFile(database: Database, table: CsvTable, sessionId: number, path: string): Promise<number> {
  const statement = database.prepare<[number], SqlValue[]>(table.sql).raw().safeIntegers();
  let rows = 0;
  function* countedRows(): Generator<SqlValue[]> {
    for (const row of statement.iterate(sessionId)) {
      rows += 1;
      yield row;
    }
  }
  // By itself the writer quotes a field for the record's own CRLF only; RFC 4180 wants a lone CR or LF quoted too.
  const csv = stringify({ header: true, columns: [...table.header], record_delimiter: 'windows', quoted_match: /[\r\n]/ });
  await pipeline(Readable.from(countedRows()), csv, createWriteStream(path, { flags: 'wx' }));
  return rows;
}
