import { Announcer } from '../base/lifetime.ts';

/** What a view made of a frame that it was offered. `dismissed`: it closed, or could not be sent it. */
export type ViewFate = 'shown' | 'replaced' | 'dismissed';

interface OpenFrame {
  undecidedViews: number;
  shown: boolean;
  replaced: boolean;
}

/**
 * Joins what several views made of the same frame: it counts as replaced once, when every view that it was offered to has
 * decided and none has shown it. One slow view beside a fast one loses nothing.
 */
export class FrameFates {
  /** Ids of frames that views replaced and none showed. */
  readonly lost = new Announcer<number>();
  readonly #open = new Map<number, OpenFrame>();

  /** The frame is about to be offered to that many views, each of which settles it once. */
  offer(frameId: number, views: number): void {
    if (views > 0) this.#open.set(frameId, { undecidedViews: views, shown: false, replaced: false });
  }

  settle(frameId: number, fate: ViewFate): void {
    const frame = this.#open.get(frameId);
    if (!frame) return;
    frame.undecidedViews -= 1;
    frame.shown ||= fate === 'shown';
    frame.replaced ||= fate === 'replaced';
    if (frame.undecidedViews > 0) return;
    this.#open.delete(frameId);
    if (frame.replaced && !frame.shown) this.lost.announce(frameId);
  }
}
