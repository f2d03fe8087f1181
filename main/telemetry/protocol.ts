import type { SessionEntry } from '../../preload/contract.ts';
import type { ErrorRecord } from '../base/errors.ts';
import type { SessionInsert } from './queries.ts';
import type { CsvExport, EventBatch, LostRows } from './rows.ts';

/** Every question to the writer thread. Answers come in any order; appends are carried out in the order of their posting. */
export interface WriterCalls {
  readonly open: { request: { path: string; maximumBytes?: number }; response: undefined };
  readonly append: { request: { batch: EventBatch; lostBefore: ReadonlyMap<number, number> }; response: LostRows[] };
  readonly startSession: { request: SessionInsert; response: SessionEntry };
  readonly endSession: { request: { id: number; endedAt: string }; response: SessionEntry };
  readonly session: { request: { id: number }; response: SessionEntry };
  readonly listSessions: { request: undefined; response: SessionEntry[] };
  readonly exportCsv: { request: { sessionId: number; folder: string }; response: CsvExport };
  readonly close: { request: undefined; response: undefined };
}

/** Name of a question to the writer thread. */
export type WriterCallName = keyof WriterCalls;

/** A question on its way; the answer carries the same id. */
export interface WriterRequest<N extends WriterCallName = WriterCallName> {
  readonly id: number;
  readonly name: N;
  readonly payload: WriterCalls[N]['request'];
}

/** The answer to one question. */
export type WriterResponse =
  | { readonly id: number; readonly ok: true; readonly result: unknown }
  | { readonly id: number; readonly ok: false; readonly error: ErrorRecord };
