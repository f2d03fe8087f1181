import type { SessionEntry } from '../../../preload/contract.ts';
import { InputError } from '../../base/errors.ts';
import type { CreateShellLab, LabService } from '../service.ts';
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

/** `lab record`: streams a source without a window and records it. Ctrl-C ends the session early and keeps it. */
export async function runRecord(options: RecordOptions, createLab: CreateShellLab, output: CommandOutput): Promise<void> {
  if (!(options.seconds > 0))
    throw new InputError('cli.seconds', `Expected more than 0 for --seconds but received ${options.seconds}`);
  const lab = await createLab({ shell: 'http', startSource: false });
  try {
    const session = await recordSession(lab.service, options);
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

async function recordSession(service: LabService, { source, mode, seconds, name }: RecordOptions): Promise<SessionEntry> {
  await callLab(service, 'source.open', { sourceId: source });
  if (mode !== undefined) await callLab(service, 'stream.start', { modeId: mode });
  const failed = failureOf(service);
  await callLab(service, 'recording.start', name === undefined ? {} : { name });
  await Promise.race([enough(seconds), failed]);
  return callLab(service, 'recording.stop', {});
}

function enough(seconds: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, seconds * 1000);
    process.once('SIGINT', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Rejects when the stream fails while it is recorded. */
function failureOf(service: LabService): Promise<never> {
  return new Promise((_, reject) => {
    service.subscribe<'stream.state'>((eventName, state) => {
      if (eventName === 'stream.state' && state.phase === 'failed' && state.error) {
        reject(new InputError('stream.failed', state.error.message, state.error.action));
      }
    });
  });
}
