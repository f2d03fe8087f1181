import { monotonicNs } from '../base/clock.ts';
import { ResourceError } from '../base/errors.ts';
import type { Consumer } from '../runtime/budgets.ts';
import type { CompletionDispatcher } from '../runtime/completion-dispatcher.ts';
import type { CompletionEvent, Envelope } from '../runtime/envelope.ts';
import type { Lease } from '../runtime/lease.ts';
import type { ThreadingManager } from '../runtime/threading-manager.ts';

/** Below everything else of the background lane: a merge has frames in its hands that the camera would like to have back. */
const lowPriority = -1;

const progressMillis = 250;

/** The lab's parts that work in the background needs. */
export interface BackgroundWorkParts {
  readonly dispatcher: CompletionDispatcher;
  readonly threading: ThreadingManager;
}

/** A piece of work: what its envelope says, the slots that it reads and writes, its strips, and what ends it early. */
export interface BackgroundWork extends Pick<Envelope, 'frameId' | 'streamId' | 'stage' | 'modelHash' | 'task' | 'parameters'> {
  readonly reads: readonly Lease[];
  readonly writes: readonly Lease[];
  /** Whose memory is written; what is read are mosaics, which fusions hold anyway. */
  readonly writesFor: Consumer;
  readonly strips: number;
  readonly signal: AbortSignal;
  /** Told several times a second which share is done, 0 to 1. */
  readonly progressed: (share: number) => void;
}

/**
 * Runs work at low priority on the background lane, which holds its slots by leases of its own. Rejects with ResourceError
 * `background.failed` where it fails, and with whatever the lane says where it is cancelled.
 */
export async function runInBackground(
  { dispatcher, threading }: BackgroundWorkParts,
  work: BackgroundWork,
): Promise<CompletionEvent> {
  const { reads, writes, writesFor, strips, signal, progressed, ...identity } = work;
  const handles = { inputs: reads.map(({ handle }) => handle), outputs: writes.map(({ handle }) => handle) };
  const envelope: Envelope = { ...identity, ...handles, lane: 'background', queuedNs: monotonicNs() };
  const pins = [
    ...reads.flatMap((lease) => lease.pin(work.stage, 'fusion') ?? []),
    ...writes.flatMap((lease) => lease.pin(work.stage, writesFor) ?? []),
  ];
  const completion = dispatcher.admitWork(envelope, pins);
  const timer = setInterval(() => progressed(threading.background.progressOf(envelope)), progressMillis);
  try {
    await threading.background.submit(envelope, strips, { priority: lowPriority, signal });
    const event = await completion;
    if (event.status === 'done' && !signal.aborted) return event;
    throw new ResourceError('background.failed', event.error?.message ?? event.status, event.error?.action);
  } catch (thrown) {
    dispatcher.withdraw(envelope);
    throw thrown;
  } finally {
    clearInterval(timer);
  }
}
