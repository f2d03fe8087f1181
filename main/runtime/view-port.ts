import { viewCredits } from '../../preload/contract.ts';
import type { FrameHeader } from '../../preload/frame-wire.ts';
import { millisBetween, monotonicNs } from '../base/clock.ts';
import { Announcer, type Closeable } from '../base/lifetime.ts';
import type { PublishedFrame } from './completion-dispatcher.ts';
import type { Lease } from './resource-manager.ts';

/** What a view has painted: when it said so, and how long after capture. */
export interface ShownFrame {
  readonly frameId: number;
  /** Capture to acknowledgement, milliseconds, on the lab's clock. */
  readonly latencyMillis: number;
}

interface Waiting {
  readonly header: FrameHeader;
  readonly picture: Lease;
}

/**
 * One view's way out of the lab. At most `viewCredits` frames are unacknowledged; beyond that one frame waits, and a
 * newer one replaces it. The slot is held only until the shell has copied the pixels out.
 */
export class ViewPort implements Closeable {
  readonly viewId: string;
  readonly shown = new Announcer<ShownFrame>();
  /** A frame was replaced by a newer one, while it waited here or in the view. */
  readonly replaced = new Announcer<number>();
  readonly #send: (header: FrameHeader, pixels: Uint8Array) => Promise<void>;
  readonly #unacknowledged = new Map<number, bigint>();
  #waiting: Waiting | undefined;
  #sending = false;
  #closed = false;

  constructor(viewId: string, send: (header: FrameHeader, pixels: Uint8Array) => Promise<void>) {
    this.viewId = viewId;
    this.#send = send;
  }

  /** Takes the newest picture; returns at once. */
  offer({ admission, event, picture }: PublishedFrame): void {
    if (this.#closed) return;
    const { outputWidth, outputHeight, meta } = admission;
    const header: FrameHeader = {
      frameId: event.frameId,
      sequence: meta.sequence,
      width: outputWidth,
      height: outputHeight,
      parameterVersion: event.parameterVersion,
      capturedNs: meta.timestampNs,
      finishedNs: event.finishedNs,
      payloadBytes: outputWidth * outputHeight * 4,
    };
    this.#dropWaiting();
    this.#waiting = { header, picture: picture.pin(`view ${this.viewId}`) };
    // A shell copies pixels while it sends: that is not the dispatcher's time.
    queueMicrotask(() => this.#pump());
  }

  /** The view has painted this frame; earlier ones that it skipped count as replaced. */
  acknowledge(frameId: number): void {
    const capturedNs = this.#unacknowledged.get(frameId);
    if (capturedNs === undefined) return;
    for (const earlier of [...this.#unacknowledged.keys()].filter((id) => id <= frameId)) {
      this.#unacknowledged.delete(earlier);
      if (earlier < frameId) this.replaced.announce(earlier);
    }
    this.shown.announce({ frameId, latencyMillis: millisBetween(capturedNs, monotonicNs()) });
    this.#pump();
  }

  close(): void {
    this.#closed = true;
    this.#waiting?.picture.close();
    this.#waiting = undefined;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #dropWaiting(): void {
    if (!this.#waiting) return;
    this.#waiting.picture.close();
    this.replaced.announce(this.#waiting.header.frameId);
    this.#waiting = undefined;
  }

  #pump(): void {
    const next = this.#waiting;
    if (!next || this.#sending || this.#unacknowledged.size >= viewCredits) return;
    this.#waiting = undefined;
    this.#sending = true;
    this.#unacknowledged.set(next.header.frameId, next.header.capturedNs);
    const settle = (): void => {
      next.picture.close();
      this.#sending = false;
      this.#pump();
    };
    this.#send(next.header, next.picture.bytes(next.header.payloadBytes)).then(settle, () => {
      this.#unacknowledged.delete(next.header.frameId);
      settle();
    });
  }
}
