import { stat } from 'node:fs/promises';
import type { DeviceSummary } from '../../../native/v4l2-camera/index.ts';
import { ResourceError } from '../../base/errors.ts';
import { systemFace, type V4l2Face } from '../../camera/v4l2/device-face.ts';
import { EndSignal } from './end-signal.ts';
import type { CommandOutput } from './output.ts';

/** A camera that was there, came, went, or whose node changed its permissions. */
interface WatchEvent {
  readonly event: 'present' | 'added' | 'removed' | 'changed';
  readonly path: string;
  readonly name?: string;
  readonly identity?: string;
  /** Why it cannot be used at present; udev sets permissions shortly after a node was added. */
  readonly failure?: string;
}

type ChangeKind = 'added' | 'removed' | 'changed';

/** What is gone already counts as one: that it went is told next. */
async function isCharacterDevice(path: string): Promise<boolean> {
  return stat(path).then(
    (status) => status.isCharacterDevice(),
    () => true,
  );
}

/** `lab watch`: the cameras that are there, then one line for each that comes, goes or changes, until Ctrl-C. Polls nothing. */
export async function runWatch(
  { json }: { readonly json?: boolean },
  output: CommandOutput,
  face: V4l2Face = systemFace,
  // In this place, because a test has no terminal to press Ctrl-C on.
  asked?: Promise<void>,
  isDevice: (path: string) => Promise<boolean> = isCharacterDevice,
): Promise<void> {
  const obstacle = face.obstacle();
  if (obstacle !== undefined) throw new ResourceError('v4l2.unavailable', obstacle, '`lab doctor` says what is missing.');
  using end = new EndSignal();
  const failed = Promise.withResolvers<never>();
  const print = (event: WatchEvent): void => output.result(json ? JSON.stringify(event) : lineOf(event));
  // One after the other: to name a camera takes time, and its lines keep the order of what happened.
  let last: Promise<void> = Promise.resolve();
  const known = new Map<string, WatchEvent>();
  const others = new Set<string>();
  const enqueue = (job: () => Promise<void>): void => {
    last = last.then(job);
    last.catch((thrown) => failed.reject(thrown));
  };
  const tell = async (kind: ChangeKind, path: string): Promise<void> => {
    // A file in the device folder is no device, however it is called, and neither is its end.
    if (kind === 'removed' ? others.delete(path) : !(await isDevice(path))) {
      if (kind !== 'removed') others.add(path);
      return;
    }
    print(await eventOf(face, kind, path, known));
  };
  const watch = face.watchDevices(({ kind, path }) => enqueue(() => tell(kind, path)));
  try {
    enqueue(async () => {
      for (const device of await face.listDevices()) print(remembered(known, described('present', device)));
    });
    await Promise.race([asked ?? end.asked, failed.promise]);
    await last;
  } finally {
    watch.close();
  }
}

/** A node that went can no longer be asked: its name is what was known of it. */
async function eventOf(face: V4l2Face, event: ChangeKind, path: string, known: Map<string, WatchEvent>): Promise<WatchEvent> {
  if (event === 'removed') {
    const { name, identity } = known.get(path) ?? {};
    known.delete(path);
    return { event, path, ...(name === undefined ? {} : { name }), ...(identity === undefined ? {} : { identity }) };
  }
  const device = (await face.listDevices()).find((candidate) => candidate.path === path);
  // A node that does not capture, such as a camera's metadata, is announced by its path alone.
  return device === undefined ? { event, path } : remembered(known, described(event, device));
}

function described(event: WatchEvent['event'], { path, name, identity, failure }: DeviceSummary): WatchEvent {
  return { event, path, name, identity, ...(failure === undefined ? {} : { failure: failure.message }) };
}

function remembered(known: Map<string, WatchEvent>, event: WatchEvent): WatchEvent {
  known.set(event.path, event);
  return event;
}

function lineOf({ event, path, name, identity, failure }: WatchEvent): string {
  const who = name === undefined ? '' : `  ${name}  ${identity ?? ''}`;
  return `${event.padEnd(8)} ${path}${who}${failure === undefined ? '' : `  (${failure})`}`;
}
