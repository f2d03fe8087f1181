import type { SessionEntry } from '../../../preload/contract.ts';

/** How many frames a session lost, and for what reasons: `12 (10 replaced-in-lane, 2 expired)`; `0` where none was. */
export function lostFramesText({ lost }: Pick<SessionEntry, 'lost'>): string {
  const reasons = Object.entries(lost);
  const total = reasons.reduce((sum, [, frames]) => sum + frames, 0);
  return total === 0 ? '0' : `${total} (${reasons.map(([reason, frames]) => `${frames} ${reason}`).join(', ')})`;
}

/** A recorded session in one sentence. */
export function sessionSentence(session: SessionEntry): string {
  const { id, name, developed, stageEvents, lostRows } = session;
  const rows = lostRows === 0 ? '' : `; ${lostRows} rows could not be stored`;
  return `Recorded session ${id}, ${name}: ${developed} frames developed, ${lostFramesText(session)} lost, ${stageEvents} stage events${rows}.`;
}
