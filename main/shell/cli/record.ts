import type { SessionEntry, StreamState } from '../../../preload/contract.ts';
import { errorFromRecord, InputError, ResourceError } from '../../base/errors.ts';
import { type ChainPlace, chainPlaces } from '../../processor/chain/chain-document.ts';
import type { CreateShellLab, LabService } from '../service.ts';
import { EndSignal } from './end-signal.ts';
import { callLab } from './lab-calls.ts';
import { LastPicture } from './last-picture.ts';
import { Notices } from './notices.ts';
import type { CommandOutput } from './output.ts';
import { expectPictureFile } from './picture-file.ts';
import { sessionSentence } from './session-text.ts';

/** Arguments of `lab record`. */
export interface RecordOptions {
  readonly source: string;
  /** In the place of `source`, as a person names a device. */
  readonly camera?: string;
  readonly mode?: string;
  readonly seconds?: number;
  readonly frames?: number;
  readonly picture?: string;
  readonly name?: string;
  /** Processors joined by commas, each with its place behind an @ where it is not the last one that it may have. */
  readonly chain?: string;
  readonly json?: boolean;
}

/** A day. Timers end soon after: beyond 2^31 ms they fire at once. */
const mostSeconds = 86_400;
const usualSeconds = 5;

/**
 * `lab record`: streams a source without a window and records it. Ctrl-C ends the session early and keeps it. Rejects with a
 * ResourceError, after the session is printed, where rows of it could not be stored.
 */
export async function runRecord(options: RecordOptions, createLab: CreateShellLab, output: CommandOutput): Promise<void> {
  const { seconds, frames } = options;
  if (seconds !== undefined && !(seconds > 0 && seconds <= mostSeconds)) {
    throw new InputError(
      'cli.seconds',
      `Expected more than 0 and at most ${mostSeconds} seconds for --seconds but received ${seconds}`,
    );
  }
  if (frames !== undefined && !(Number.isSafeInteger(frames) && frames > 0)) {
    throw new InputError('cli.frames', `Expected a whole number above 0 for --frames but received ${frames}`);
  }
  if (options.picture !== undefined) await expectPictureFile(options.picture, '--picture');
  using end = new EndSignal();
  const lab = await createLab({ shell: 'http', startSource: false });
  try {
    using notices = new Notices(lab.service, output);
    using last = options.picture === undefined ? undefined : new LastPicture(lab.service);
    const session = await recordSession(lab.service, options, notices, end);
    output.result(options.json ? JSON.stringify(session, null, 2) : sessionSentence(session));
    if (options.picture !== undefined) await last?.write(options.picture);
    requireEveryRow(session);
    if (session.endedAt === undefined) throw unfinished(session.id);
  } finally {
    await lab.close();
  }
}

/** Why they were lost is what the lab has announced. */
function requireEveryRow({ id, lostRows }: SessionEntry): void {
  if (lostRows === 0) return;
  const message = `Expected every row of session ${id} to be stored but ${lostRows} could not be`;
  throw new ResourceError('cli.rows-lost', message, 'The lines above say why.');
}

async function recordSession(
  service: LabService,
  options: RecordOptions,
  notices: Notices,
  end: EndSignal,
): Promise<SessionEntry> {
  const { source, camera, mode, name, frames } = options;
  const seconds = options.seconds ?? (frames === undefined ? usualSeconds : mostSeconds);
  if (options.chain !== undefined) await setChain(service, options.chain);
  await callLab(service, 'source.open', { sourceId: camera ?? source, ...(mode === undefined ? {} : { modeId: mode }) });
  const limits = { ...(name === undefined ? {} : { name }), ...(frames === undefined ? {} : { frames }) };
  const { id } = await callLab(service, 'recording.start', limits);
  return (await recorded(service, id, seconds, end)) ?? (await stopped(service, id, notices));
}

/** Puts these into the chain in place of what was kept, from now on; where one of them cannot be had, what was kept stays. */
async function setChain(service: LabService, text: string): Promise<void> {
  // Packages are read beside the start of the lab, and the chain may name them.
  const { processors } = await callLab(service, 'catalogue.refresh', {});
  const parts = text.split(',').map((part) => part.trim());
  const entries = parts
    .filter((part) => part !== '')
    .map((part) => {
      const [processorId = '', place] = part.split('@');
      const processor = processors.find(({ id }) => id === processorId);
      if (!processor) {
        const known = processors.map(({ id }) => id).join(', ');
        throw new InputError('cli.chain', `Expected one of ${known} in --chain but received ${processorId}`);
      }
      if (place !== undefined && !isPlace(place)) {
        throw new InputError('cli.place', `Expected ${chainPlaces.join(', ')} behind @ in --chain but received ${place}`);
      }
      const usual = chainPlaces.findLast((one) => processor.usage.includes(one)) as ChainPlace;
      return { processorId, place: place ?? usual, bypass: false, solo: false };
    });
  await callLab(service, 'chain.set', { entries });
}

function isPlace(text: string): text is ChainPlace {
  return chainPlaces.some((place) => place === text);
}

/** On a full disk not even the end of a session can be stored: what was recorded before is there all the same. */
async function stopped(service: LabService, sessionId: number, notices: Notices): Promise<SessionEntry> {
  const outcome = await service.call('recording.stop', {});
  if (outcome.ok) return outcome.result as SessionEntry;
  const session = (await callLab(service, 'session.list', {})).find(({ id }) => id === sessionId);
  if (session === undefined) throw errorFromRecord(outcome.error);
  notices.tell(outcome.error);
  return session;
}

function unfinished(sessionId: number): ResourceError {
  return new ResourceError('cli.unfinished', `Session ${sessionId} has ended, but its end could not be stored`);
}

/**
 * Resolves after `seconds`, when asked to end, or with the session when it has ended by itself; rejects when the stream fails
 * before. Leaves no timer and no listener behind.
 */
async function recorded(
  service: LabService,
  sessionId: number,
  seconds: number,
  end: EndSignal,
): Promise<SessionEntry | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<SessionEntry | undefined>();
  const timer = setTimeout(() => resolve(undefined), seconds * 1000);
  let newest: SessionEntry | undefined;
  const unsubscribe = service.subscribe<'stream.state' | 'session.changed'>((eventName, payload) => {
    if (eventName === 'session.changed') newest = payload as SessionEntry;
    if (eventName !== 'stream.state') return;
    const { phase, error, recordingSessionId } = payload as StreamState;
    if (phase === 'failed' && error) reject(errorFromRecord(error));
    else if (recordingSessionId === sessionId) return;
    else if (newest?.endedAt === undefined) reject(unfinished(sessionId));
    else resolve(newest);
  });
  try {
    return await Promise.race([promise, end.asked.then(() => undefined)]);
  } finally {
    clearTimeout(timer);
    unsubscribe();
  }
}
