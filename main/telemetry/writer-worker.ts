import { parentPort } from 'node:worker_threads';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { assert, errorRecordFrom } from '../base/errors.ts';
import { exportCsv } from './csv-export.ts';
import { openDatabase, telemetryErrorFrom } from './database.ts';
import type { WriterCallName, WriterCalls, WriterRequest, WriterResponse } from './protocol.ts';
import { TelemetryQueries } from './queries.ts';

assert(parentPort, 'Expected the telemetry writer to run as a worker thread');
const port = parentPort;

let database: Database | undefined;
let queries: TelemetryQueries | undefined;

function openQueries(): TelemetryQueries {
  assert(queries, 'Expected an open telemetry database');
  return queries;
}

const handlers: { readonly [N in WriterCallName]: (payload: WriterCalls[N]['request']) => unknown } = {
  open: ({ path, maximumBytes }) => {
    database = openDatabase(path, maximumBytes);
    queries = new TelemetryQueries(database);
  },
  append: ({ batch, lostBefore }) => openQueries().append(batch, lostBefore),
  startSession: (start) => openQueries().startSession(start),
  endSession: ({ id, endedAt }) => openQueries().endSession(id, endedAt),
  session: ({ id }) => openQueries().session(id),
  listSessions: () => openQueries().sessions(),
  exportCsv: async ({ sessionId, folder }) => {
    openQueries().session(sessionId);
    try {
      return await exportCsv(databasePath(), sessionId, folder);
    } catch (thrown) {
      // What SQLite refuses is the database's fault, named where the answer is made.
      throw thrown instanceof SqliteDatabase.SqliteError ? thrown : telemetryErrorFrom(thrown, folder);
    }
  },
  close: () => {
    database?.close();
    // With its port closed nothing keeps the thread alive, so it ends by itself once the answer is out.
    setImmediate(() => port.close());
  },
};

function databasePath(): string {
  assert(database, 'Expected an open telemetry database');
  return database.name;
}

async function answer<N extends WriterCallName>({ id, name, payload }: WriterRequest<N>): Promise<void> {
  let response: WriterResponse;
  try {
    const result = handlers[name](payload);
    response = { id, ok: true, result: result instanceof Promise ? await result : result };
  } catch (thrown) {
    const error = database === undefined ? thrown : telemetryErrorFrom(thrown, databasePath());
    response = { id, ok: false, error: errorRecordFrom(error) };
  }
  port.postMessage(response);
}

port.on('message', (request: WriterRequest) => void answer(request));
