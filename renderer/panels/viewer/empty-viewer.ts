import { faultText } from '../../store/fault-text.ts';
import type { LabState } from '../../store/store.ts';

/** What an empty viewer says: why there is no picture and what to do. */
export function emptyViewerMessage({ connection, stream }: LabState): string {
  if (connection === 'disconnected') return 'Disconnected from the lab; trying again. Check that it is still running.';
  switch (stream.phase) {
    case 'closed':
      return 'No source is open. Choose one on the left, or open a RAW file with Ctrl+O.';
    case 'opening':
      return `Opening ${stream.sourceName ?? 'the source'}…`;
    case 'stopped':
      return 'Stopped. Play (Space) to start.';
    case 'reloading':
      return 'Building the graph anew…';
    case 'failed':
      return faultText(stream.error ?? { message: 'The source failed.' });
    case 'streaming':
      return 'Waiting for the first frame…';
  }
}
