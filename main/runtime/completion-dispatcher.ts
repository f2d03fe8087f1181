import { millisBetween, monotonicNs } from '../base/clock.ts';
import { assert } from '../base/errors.ts';
import { Announcer } from '../base/lifetime.ts';
import { RollingWindow } from '../base/statistics.ts';
import type { FrameMeta } from '../frame/frame-meta.ts';
import type { CompletionEvent, Envelope } from './envelope.ts';
import type { Lease } from './resource-manager.ts';

/** An envelope on its way, with what it holds and what its picture will be. */
export interface Admission {
  readonly envelope: Envelope;
  readonly meta: FrameMeta;
  readonly mosaic: Lease;
  readonly picture: Lease;
  readonly outputWidth: number;
  readonly outputHeight: number;
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
 * The only place where work is completed: publishes pictures, tells the recorder and closes leases, once per envelope,
 * on the lab's thread. A second completion of the same frame is counted and otherwise ignored. What a listener throws
 * reaches the caller, after leases are closed and the completion is announced.
 */
export class CompletionDispatcher {
  /** Finished pictures, newest last. */
  readonly published = new Announcer<PublishedFrame>();
  /** Every completion, after its publication. */
  readonly completed = new Announcer<Completion>();
  /** Time that a completion took here, milliseconds, over the last thousand. */
  readonly dispatchMillis = new RollingWindow(1000);
  readonly #admissions = new Map<string, Admission>();
  #ignored = 0;

  /** Makes the dispatcher responsible for an envelope's leases. Called before the envelope is submitted. */
  admit(admission: Admission): void {
    const key = keyOf(admission.envelope);
    assert(!this.#admissions.has(key), `Expected a new envelope but received frame ${key} again`);
    this.#admissions.set(key, admission);
  }

  /** Completes an envelope. */
  complete(event: CompletionEvent): void {
    const startedNs = monotonicNs();
    const admission = this.#admissions.get(keyOf(event));
    if (!admission) {
      this.#ignored += 1;
      return;
    }
    this.#admissions.delete(keyOf(event));
    try {
      this.#publish(admission, event);
    } finally {
      this.completed.announce({ admission, event });
      this.dispatchMillis.push(millisBetween(startedNs, monotonicNs()));
    }
  }

  #publish(admission: Admission, event: CompletionEvent): void {
    try {
      if (event.status === 'done') this.published.announce({ admission, event, picture: admission.picture });
    } finally {
      admission.mosaic.close();
      admission.picture.close();
    }
  }

  /** Envelopes that are admitted and not completed yet, of one model where its hash is given. */
  pending(modelHash?: string): number {
    if (modelHash === undefined) return this.#admissions.size;
    return [...this.#admissions.values()].filter(({ envelope }) => envelope.modelHash === modelHash).length;
  }

  /** Completions of frames that were complete already. */
  get ignored(): number {
    return this.#ignored;
  }
}

function keyOf({ frameId, stage }: { readonly frameId: number; readonly stage: string }): string {
  return `${frameId}/${stage}`;
}
