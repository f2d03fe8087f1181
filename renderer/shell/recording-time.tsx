import { useEffect, useState } from 'react';
import { formatDuration } from '../controls/format.ts';
import { useLabState } from '../panels/panel-context.ts';

/** The running time of the recording, once a second; nothing while nothing is recorded. */
export function RecordingTime() {
  const startedAt = useLabState(({ stream, sessions }) => sessions.find(({ id }) => id === stream.recordingSessionId)?.startedAt);
  const [now, setNow] = useState(() => Date.now());

  useEffect(() => {
    if (startedAt === undefined) return undefined;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [startedAt]);

  if (startedAt === undefined) return null;
  return <span className="record-time">{formatDuration((now - Date.parse(startedAt)) / 1000)}</span>;
}
