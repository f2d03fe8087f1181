import { millisBetween, monotonicNs } from '../base/clock.ts';
import { assert } from '../base/errors.ts';
import { Announcer } from '../base/lifetime.ts';
import { RollingWindow } from '../base/statistics.ts';
import type { FrameMeta, SensorDescription } from '../frame/frame-meta.ts';
import type { CompletionEvent, Envelope } from './envelope.ts';
import type { Lease } from './resource-manager.ts';

/** A frame's envelope on its way, with what it holds and what its picture will be. */
export interface Admission {
  readonly envelope: Envelope;
  readonly meta: FrameMeta;
  /** What the frame's numbers were taken for, where that is not what its source says: the camera's tuning has another word. */
  readonly sensor?: SensorDescription;
  readonly mosaic: Lease;
  readonly picture: Lease;
  readonly outputWidth: number;
  readonly outputHeight: number;
}

/** Work that makes no picture: the leases it holds and who waits for its end. */
interface WorkAdmission {
  readonly envelope: Envelope;
  readonly leases: readonly Lease[];
  readonly settle: (event: CompletionEvent) => void;
}

/** A finished picture. The lease is the dispatcher's and ends with the announcement: pin it to keep the picture. */
export interface PublishedFrame {
  readonly admission: Admission;
  readonly event: CompletionEvent;
  readonly picture: Lease;
}

/** A completed envelope, whatever became of it. Leases are closed by then. */
export interface Completion {
  readonly admission: Admission;
  readonly event: CompletionEvent;
}

/**
 * The only place where work is completed: publishes pictures, tells the recorder and closes leases, once per envelope, on the
 * lab's thread. Completions are announced in the order in which the frames of a stream were admitted; leases are closed at once.
 * A second completion of the same frame is counted and otherwise ignored.
 */
export class CompletionDispatcher {
  /** Finished pictures, newest last. */
  readonly published = new Announcer<PublishedFrame>();
  /** Every completion of a frame, after its publication, in the order of capture. */
  readonly completed = new Announcer<Completion>();
  /** Every completion of work without a picture. */
  readonly worked = new Announcer<CompletionEvent>();
  /** Time that a completion took here, milliseconds, over the last thousand. */
  readonly dispatchMillis = new RollingWindow(1000);
  readonly #admissions = new Map<string, Admission>();
  readonly #work = new Map<string, WorkAdmission>();
  /** Admitted frames of each stream and stage that are not announced yet, oldest first; those that have ended with their end. */
  readonly #unannounced = new Map<string, { readonly key: string; completion: Completion | undefined }[]>();
  #ignored = 0;

  /** Makes the dispatcher responsible for an envelope's leases. Called before the envelope is submitted. */
  admit(admission: Admission): void {
    const { envelope } = admission;
    const key = this.#newKey(envelope);
    this.#admissions.set(key, admission);
    const line = this.#unannounced.get(lineOf(envelope)) ?? [];
    line.push({ key, completion: undefined });
    this.#unannounced.set(lineOf(envelope), line);
  }

  /**
   * The same for work that makes no picture. Resolves with its completion, whatever became of it; the leases are closed by then.
   * Where the lane does not take the envelope, {@link withdraw} closes them.
   */
  admitWork(envelope: Envelope, leases: readonly Lease[]): Promise<CompletionEvent> {
    const key = this.#newKey(envelope);
    return new Promise((settle) => this.#work.set(key, { envelope, leases, settle }));
  }

  /** Takes back work that no lane has taken. Its promise is never settled. */
  withdraw(envelope: Envelope): void {
    const work = this.#work.get(keyOf(envelope));
    this.#work.delete(keyOf(envelope));
    for (const lease of work?.leases ?? []) lease.close();
  }

  /** Completes an envelope. */
  complete(event: CompletionEvent): void {
    const startedNs = monotonicNs();
    const key = keyOf(event);
    const admission = this.#admissions.get(key);
    const work = this.#work.get(key);
    this.#admissions.delete(key);
    this.#work.delete(key);
    if (work) this.#completeWork(work, event);
    else if (!admission) this.#ignored += 1;
    if (!admission) return;
    this.#publish(admission, event);
    this.#announce({ admission, event });
    this.dispatchMillis.push(millisBetween(startedNs, monotonicNs()));
  }

  /** Envelopes that are admitted and not completed yet, of one model where its hash is given. */
  pending(modelHash?: string): number {
    return this.open().filter((envelope) => modelHash === undefined || envelope.modelHash === modelHash).length;
  }

  /** The envelopes that are admitted and not completed yet. */
  open(): Envelope[] {
    return [...this.#admissions.values(), ...this.#work.values()].map(({ envelope }) => envelope);
  }

  /** Completed frames that wait for an earlier one of their stream to be announced. */
  get unannounced(): number {
    return [...this.#unannounced.values()].flat().filter(({ completion }) => completion !== undefined).length;
  }

  /** Completions of frames that were complete already. */
  get ignored(): number {
    return this.#ignored;
  }

  #newKey(envelope: Envelope): string {
    const key = keyOf(envelope);
    const isNew = !this.#admissions.has(key) && !this.#work.has(key);
    assert(isNew, `Expected a new envelope but received frame ${envelope.frameId}/${envelope.stage} again`);
    return key;
  }

  #publish(admission: Admission, event: CompletionEvent): void {
    if (event.status === 'done') this.published.announce({ admission, event, picture: admission.picture });
    admission.mosaic.close();
    admission.picture.close();
  }

  #completeWork({ leases, settle }: WorkAdmission, event: CompletionEvent): void {
    for (const lease of leases) lease.close();
    settle(event);
    this.worked.announce(event);
  }

  /** Announces this completion and those after it that waited for it, or lets it wait for an earlier frame. */
  #announce(completion: Completion): void {
    const { envelope } = completion.admission;
    const line = this.#unannounced.get(lineOf(envelope)) ?? [];
    const entry = line.find(({ key }) => key === keyOf(envelope));
    if (entry) entry.completion = completion;
    while (line[0]?.completion) this.completed.announce((line.shift() as { completion: Completion }).completion);
    // Listeners may have ended this line and begun another of the same name.
    if (this.#unannounced.get(lineOf(envelope))?.length === 0) this.#unannounced.delete(lineOf(envelope));
  }
}

type Identity = Pick<Envelope, 'streamId' | 'frameId' | 'stage'>;

function keyOf({ streamId, frameId, stage }: Identity): string {
  return `${streamId}/${frameId}/${stage}`;
}

function lineOf({ streamId, stage }: Identity): string {
  return `${streamId}/${stage}`;
}
