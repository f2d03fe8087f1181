import type { SessionEntry } from '../../../preload/contract.ts';
import { InputError, ResourceError } from '../../base/errors.ts';
import type { CreateShellLab, LabService } from '../service.ts';
import { EndSignal } from './end-signal.ts';
import { callLab } from './lab-calls.ts';
import type { CommandOutput } from './output.ts';

/** Arguments of `lab record`. */
export interface RecordOptions {
  readonly source: string;
  readonly mode?: string;
  readonly seconds: number;
  readonly name?: string;
  readonly json?: boolean;
}

/** A day. Timers end soon after: beyond 2^31 ms they fire at once. */
const mostSeconds = 86_400;

/** `lab record`: streams a source without a window and records it. Ctrl-C ends the session early and keeps it. */
export async function runRecord(options: RecordOptions, createLab: CreateShellLab, output: CommandOutput): Promise<void> {
  if (!(options.seconds > 0 && options.seconds <= mostSeconds)) {
    throw new InputError('cli.seconds', `Expected 0 to ${mostSeconds} seconds for --seconds but received ${options.seconds}`);
  }
  using end = new EndSignal();
  const lab = await createLab({ shell: 'http', startSource: false });
  try {
    const session = await recordSession(lab.service, options, end);
    const { id, name, frames, stageEvents } = session;
    output.result(
      options.json
        ? JSON.stringify(session, null, 2)
        : `Recorded session ${id}, ${name}: ${frames} frames, ${stageEvents} stage events.`,
    );
  } finally {
    await lab.close();
  }
}

async function recordSession(service: LabService, options: RecordOptions, end: EndSignal): Promise<SessionEntry> {
  const { source, mode, seconds, name } = options;
  await callLab(service, 'source.open', { sourceId: source });
  if (mode !== undefined) await callLab(service, 'stream.start', { modeId: mode });
  await callLab(service, 'recording.start', name === undefined ? {} : { name });
  await recorded(service, seconds, end);
  return callLab(service, 'recording.stop', {});
}

/** Resolves after `seconds` or when asked to end; rejects when the stream fails before. Leaves no timer and no listener behind. */
async function recorded(service: LabService, seconds: number, end: EndSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, seconds * 1000);
  const unsubscribe = service.subscribe<'stream.state'>((eventName, state) => {
    if (eventName === 'stream.state' && state.phase === 'failed' && state.error) {
      reject(new ResourceError('stream.failed', state.error.message, state.error.action));
    }
  });
  try {
    await Promise.race([promise, end.asked]);
  } finally {
    clearTimeout(timer);
    unsubscribe();
  }
}
