import { viewCredits } from '../../preload/contract.ts';
import type { FrameHeader } from '../../preload/frame-wire.ts';
import { millisBetween, monotonicNs } from '../base/clock.ts';
import { Announcer, type Closeable } from '../base/lifetime.ts';
import type { PublishedFrame } from './completion-dispatcher.ts';
import type { ViewFate } from './frame-fates.ts';
import type { Lease } from './resource-manager.ts';

/** What a view has painted: when it said so, and how long after capture. */
export interface ShownFrame {
  readonly frameId: number;
  /** Capture to acknowledgement, milliseconds, on the lab's clock. */
  readonly latencyMillis: number;
}

/** Pixels on their way to a view: in a slot of their own pin, or copied out of it. */
interface Outgoing {
  readonly header: FrameHeader;
  readonly pixels: () => Uint8Array;
  close(): void;
}

/** What became of a frame that was offered to a view. */
export interface SettledFrame {
  readonly frameId: number;
  readonly fate: ViewFate;
}

/**
 * One view's way out of the lab. At most `viewCredits` frames are unacknowledged; beyond that one frame waits, and a
 * newer one replaces it. The slot is held only until the shell has copied the pixels out. Where views that do not read hold all
 * the memory that views may, one that is ready gets a copy: it costs time, but nobody else's slot.
 */
export class ViewPort implements Closeable {
  readonly viewId: string;
  readonly shown = new Announcer<ShownFrame>();
  /**
   * Exactly once for every frame that was offered: shown; replaced by a newer one, while it waited here or in the view; or
   * dismissed, because the view closed or could not be sent it.
   */
  readonly settled = new Announcer<SettledFrame>();
  readonly #send: (header: FrameHeader, pixels: Uint8Array) => Promise<void>;
  readonly #unacknowledged = new Map<number, bigint>();
  #waiting: Outgoing | undefined;
  #sending = false;
  #closed = false;

  constructor(viewId: string, send: (header: FrameHeader, pixels: Uint8Array) => Promise<void>) {
    this.viewId = viewId;
    this.#send = send;
  }

  /** Takes the newest picture; returns at once. */
  offer({ admission, event, picture }: PublishedFrame): void {
    if (this.#closed) {
      this.#settle(event.frameId, 'dismissed');
      return;
    }
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
    this.#waiting = this.#pinned(header, picture) ?? this.#copied(header, picture);
    if (!this.#waiting) {
      // What this view holds is older, and it has yet to show it.
      this.#settle(event.frameId, 'replaced');
      return;
    }
    // A shell copies pixels while it sends: that is not the dispatcher's time.
    queueMicrotask(() => this.#pump());
  }

  /** The view has painted this frame; earlier ones that it skipped were replaced. */
  acknowledge(frameId: number): void {
    const capturedNs = this.#unacknowledged.get(frameId);
    if (capturedNs === undefined) return;
    for (const earlier of [...this.#unacknowledged.keys()].filter((id) => id <= frameId)) {
      this.#unacknowledged.delete(earlier);
      this.#settle(earlier, earlier < frameId ? 'replaced' : 'shown');
    }
    this.shown.announce({ frameId, latencyMillis: millisBetween(capturedNs, monotonicNs()) });
    this.#pump();
  }

  close(): void {
    this.#closed = true;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.close();
    const undecided = [...this.#unacknowledged.keys(), ...(waiting ? [waiting.header.frameId] : [])];
    this.#unacknowledged.clear();
    for (const frameId of undecided) this.#settle(frameId, 'dismissed');
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #pinned(header: FrameHeader, picture: Lease): Outgoing | undefined {
    const pinned = picture.pin(`view ${this.viewId}`, 'view');
    return pinned && { header, pixels: () => pinned.bytes(header.payloadBytes), close: () => pinned.close() };
  }

  /** A view has at most one copy, since it gets none while it sends. */
  #copied(header: FrameHeader, picture: Lease): Outgoing | undefined {
    if (!this.#isReady) return undefined;
    const pixels = picture.bytes(header.payloadBytes).slice();
    return { header, pixels: () => pixels, close: () => undefined };
  }

  get #isReady(): boolean {
    return !this.#sending && this.#unacknowledged.size < viewCredits;
  }

  #dropWaiting(): void {
    if (!this.#waiting) return;
    this.#waiting.close();
    this.#settle(this.#waiting.header.frameId, 'replaced');
    this.#waiting = undefined;
  }

  #pump(): void {
    const next = this.#waiting;
    if (!next || !this.#isReady) return;
    this.#waiting = undefined;
    this.#sending = true;
    this.#unacknowledged.set(next.header.frameId, next.header.capturedNs);
    const settle = (): void => {
      next.close();
      this.#sending = false;
      this.#pump();
    };
    // Called from inside a promise, a shell that throws has refused like any other.
    const sent = new Promise<void>((resolve) => resolve(this.#send(next.header, next.pixels())));
    sent.then(settle, () => {
      if (this.#unacknowledged.delete(next.header.frameId)) this.#settle(next.header.frameId, 'dismissed');
      settle();
    });
  }

  #settle(frameId: number, fate: ViewFate): void {
    this.settled.announce({ frameId, fate });
  }
}
