import type { SessionEntry } from '../../../preload/contract.ts';
import { formatDuration } from '../../controls/format.ts';

/** How long a session took; a session without an end that is not being recorded ended with the program. */
export function sessionDuration(session: SessionEntry, recording: boolean): string {
  if (session.endedAt === undefined) return recording ? 'recording' : 'interrupted';
  return formatDuration((Date.parse(session.endedAt) - Date.parse(session.startedAt)) / 1000);
}
