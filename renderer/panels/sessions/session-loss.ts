import type { SessionEntry } from '../../../preload/contract.ts';
import { formatCount } from '../../controls/format.ts';
import { dropReasonTexts } from '../../shell/drop-reasons.ts';

/** What a session lacks, in short and by reason, one to a line; undefined where it is whole. */
export function sessionLoss({
  lost,
  lostRows,
}: Pick<SessionEntry, 'lost' | 'lostRows'>): { short: string; long: string } | undefined {
  const reasons = dropReasonTexts.flatMap(({ reason, text }) => (lost[reason] ? [{ count: lost[reason], text }] : []));
  const frames = reasons.reduce((sum, { count }) => sum + count, 0);
  if (frames === 0 && lostRows === 0) return undefined;
  const short = [frames > 0 && `${formatCount(frames)} lost`, lostRows > 0 && `${rowsText(lostRows)} not stored`];
  const long = [
    ...reasons.map(({ count, text }) => `${formatCount(count)} · ${text}`),
    ...(lostRows > 0 ? [`${rowsText(lostRows)} could not be stored: the session is not whole`] : []),
  ];
  return { short: short.filter(Boolean).join(' · '), long: long.join('\n') };
}

function rowsText(rows: number): string {
  return `${formatCount(rows)} row${rows === 1 ? '' : 's'}`;
}
