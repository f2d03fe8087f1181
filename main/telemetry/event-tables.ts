import type { ControlValue } from '../../preload/contract.ts';
import type { EventBatch, EventRows, EventTable } from './rows.ts';

/** What SQLite stores: 64-bit integers are bigint, everything nested is JSON text. */
export type SqlValue = bigint | number | string | null;

/** How one append-only table is filled and exported. Its SQL stands in the migrations. */
export interface EventTableLayout<Row> {
  /** File that an export writes. */
  readonly csvFile: string;
  /** Column of the session table that counts this table's rows. */
  readonly counter: 'frames' | 'stage_events' | 'parameter_changes' | 'control_writes' | 'log_entries' | 'decisions';
  /** Every column but `session_id`, with its value of a row. */
  readonly columns: readonly (readonly [name: string, valueOf: (row: Row) => SqlValue])[];
}

function json(value: object | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

/** Numbers stay numbers, so that SQL can compute with them; a text and an array are told apart by their JSON. */
function controlCell(value: ControlValue): SqlValue {
  return typeof value === 'number' ? value : JSON.stringify(value);
}

/** The layout of every append-only table. */
export const eventTables: { readonly [T in EventTable]: EventTableLayout<EventRows[T]> } = {
  frame: {
    csvFile: 'frames.csv',
    counter: 'frames',
    columns: [
      ['frame_id', (row) => row.frameId ?? null],
      ['sequence', (row) => row.sequence ?? null],
      ['captured_ns', (row) => row.capturedNs ?? null],
      ['width', (row) => row.width ?? null],
      ['height', (row) => row.height ?? null],
      ['controls', (row) => json(row.controls)],
      ['drop_reason', (row) => row.dropReason ?? null],
      ['lost_ns', (row) => row.lostNs ?? null],
    ],
  },
  stage_event: {
    csvFile: 'stage-events.csv',
    counter: 'stage_events',
    columns: [
      ['frame_id', (row) => row.frameId],
      ['stage', (row) => row.stage],
      ['status', (row) => row.status],
      ['queued_ns', (row) => row.queuedNs],
      ['started_ns', (row) => row.startedNs ?? null],
      ['finished_ns', (row) => row.finishedNs ?? null],
      ['parameter_version', (row) => row.parameterVersion],
      ['model_hash', (row) => row.modelHash ?? null],
      ['error', (row) => json(row.error)],
      ['statistics', (row) => json(row.statistics)],
    ],
  },
  parameter_change: {
    csvFile: 'parameter-changes.csv',
    counter: 'parameter_changes',
    columns: [
      ['version', (row) => row.version],
      ['processor_id', (row) => row.processorId],
      ['values', (row) => json(row.values)],
      ['at_ns', (row) => row.atNs],
    ],
  },
  control_write: {
    csvFile: 'control-writes.csv',
    counter: 'control_writes',
    columns: [
      ['control', (row) => row.control],
      ['requested', (row) => controlCell(row.requested)],
      ['applied', (row) => controlCell(row.applied)],
      ['effective_at_sequence', (row) => row.effectiveAtSequence ?? null],
      ['origin', (row) => row.origin],
      ['at_ns', (row) => row.atNs],
    ],
  },
  log: {
    csvFile: 'log.csv',
    counter: 'log_entries',
    columns: [
      ['level', (row) => row.level],
      ['area', (row) => row.area],
      ['code', (row) => row.code],
      ['message', (row) => row.message],
      ['at_ns', (row) => row.atNs],
      ['logged_at', (row) => row.loggedAt],
      ['detail', (row) => json(row.detail)],
    ],
  },
  decision: {
    csvFile: 'decisions.csv',
    counter: 'decisions',
    columns: [
      ['frame_id', (row) => row.frameId],
      ['sequence', (row) => row.sequence],
      ['algorithm', (row) => row.algorithm],
      ['inputs', (row) => json(row.inputs)],
      ['intents', (row) => json(row.intents)],
      ['at_ns', (row) => row.atNs],
    ],
  },
};

/** Every append-only table's name, in the order of their export. */
export const eventTableNames = Object.keys(eventTables) as EventTable[];

/** A table's columns without `session_id`, in the order of their export. */
export function columnNames(table: EventTable): string[] {
  return eventTables[table].columns.map(([name]) => name);
}

/** A batch without rows. */
export function emptyBatch(): EventBatch {
  return { frame: [], stage_event: [], parameter_change: [], control_write: [], log: [], decision: [] };
}

/** How many rows of each session a batch holds, over all tables. */
export function rowsPerSession(batch: EventBatch): Map<number, number> {
  const rows = new Map<number, number>();
  for (const table of eventTableNames) {
    for (const { sessionId } of batch[table]) rows.set(sessionId, (rows.get(sessionId) ?? 0) + 1);
  }
  return rows;
}
