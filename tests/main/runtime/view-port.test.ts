import { describe, expect, it } from 'vitest';
import { ViewPort } from '../../../main/runtime/view-port.ts';
import { viewCredits } from '../../../preload/contract.ts';
import type { FrameHeader } from '../../../preload/frame-wire.ts';
import { AdmissionDesk, completionOf } from '../../support/admissions.ts';

interface Sent {
  readonly header: FrameHeader;
  readonly pixels: Uint8Array;
  resolve(): void;
  reject(): void;
}

/** A view whose shell answers when the test says so. */
class ViewBench {
  readonly desk = new AdmissionDesk();
  readonly sent: Sent[] = [];
  readonly replaced: number[] = [];
  readonly shown: number[] = [];
  readonly painted: number[] = [];
  readonly dismissed: number[] = [];
  readonly view: ViewPort;

  constructor() {
    this.view = new ViewPort('main', (header, pixels) => {
      return new Promise((resolve, reject) => {
        this.sent.push({ header, pixels, resolve, reject: () => reject(new Error('the window is gone')) });
      });
    });
    this.view.settled.subscribe(({ frameId, fate }) => (fate === 'shown' ? this.painted : this[fate]).push(frameId));
    this.view.shown.subscribe(({ frameId }) => this.shown.push(frameId));
  }

  /** Offers a frame as the dispatcher does, which closes its own leases right after. */
  async offer(frameId: number): Promise<void> {
    const admission = this.desk.admission(frameId);
    admission.picture.bytes().fill(frameId);
    this.view.offer({ admission, event: completionOf(admission), picture: admission.picture });
    admission.mosaic.close();
    admission.picture.close();
    await settled();
  }

  async copied(index: number): Promise<void> {
    this.sent[index]?.resolve();
    await settled();
  }

  get sentIds(): number[] {
    return this.sent.map(({ header }) => header.frameId);
  }
}

/** Lets promises that are settled already run their reactions. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('a view that is misused', () => {
  it('takes no acknowledgement of frames that it was never sent', async () => {
    const bench = new ViewBench();
    await bench.offer(1);
    bench.view.acknowledge(2);
    bench.view.acknowledge(0);
    expect(bench.shown).toEqual([]);
    bench.view.acknowledge(1);
    bench.view.acknowledge(1);
    expect(bench.shown).toEqual([1]);
  });

  it('gives every slot back and takes no more when it is closed, also twice', async () => {
    const bench = new ViewBench();
    await bench.offer(1);
    await bench.offer(2);
    expect(bench.desk.slotsInUse).toBe(2);
    bench.view.close();
    bench.view.close();
    expect(bench.desk.slotsInUse).toBe(1);
    await bench.copied(0);
    await bench.offer(3);
    expect([bench.sentIds, bench.desk.slotsInUse]).toEqual([[1], 0]);
    // Every frame that was offered is decided once, also the one that came too late.
    expect([bench.dismissed, bench.replaced, bench.painted]).toEqual([[1, 2, 3], [], []]);
  });
});

describe('a view', () => {
  it('is sent header and pixels, and holds the slot until they are copied', async () => {
    const bench = new ViewBench();
    await bench.offer(5);
    expect(bench.sent[0]?.header).toEqual({
      frameId: 5,
      sequence: 4,
      width: 4,
      height: 2,
      parameterVersion: 1,
      capturedNs: 5_000_000n,
      finishedNs: 5_000_000n,
      payloadBytes: 32,
    });
    expect(bench.sent[0]?.pixels).toEqual(new Uint8Array(32).fill(5));
    expect(bench.desk.slotsInUse).toBe(1);
    await bench.copied(0);
    expect(bench.desk.slotsInUse).toBe(0);
  });

  it('is sent one frame at a time; the newest of those that wait wins', async () => {
    const bench = new ViewBench();
    for (const frameId of [1, 2, 3]) await bench.offer(frameId);
    expect([bench.sentIds, bench.replaced]).toEqual([[1], [2]]);
    await bench.copied(0);
    expect(bench.sentIds).toEqual([1, 3]);
  });

  it('has no more frames under way than its credits, until it says that it painted one', async () => {
    const bench = new ViewBench();
    for (let frameId = 1; frameId <= viewCredits + 2; frameId++) {
      await bench.offer(frameId);
      await bench.copied(frameId - 1);
    }
    expect([bench.sentIds, bench.replaced]).toEqual([[1, 2], [3]]);
    bench.view.acknowledge(1);
    expect([bench.sentIds, bench.shown]).toEqual([[1, 2, 4], [1]]);
  });

  it('forgives frames that were never painted once a later one is, and counts them as replaced', async () => {
    const bench = new ViewBench();
    for (const frameId of [1, 2]) {
      await bench.offer(frameId);
      await bench.copied(frameId - 1);
    }
    bench.view.acknowledge(2);
    expect([bench.replaced, bench.painted]).toEqual([[1], [2]]);
    for (const frameId of [3, 4]) {
      await bench.offer(frameId);
      await bench.copied(frameId - 1);
    }
    expect([bench.sentIds, bench.shown]).toEqual([[1, 2, 3, 4], [2]]);
  });

  it('gives slot and credit back when sending fails', async () => {
    const bench = new ViewBench();
    for (let frameId = 1; frameId <= viewCredits + 1; frameId++) {
      await bench.offer(frameId);
      bench.sent[frameId - 1]?.reject();
      await settled();
    }
    expect([bench.sentIds, bench.desk.slotsInUse]).toEqual([[1, 2, 3], 0]);
    bench.view.acknowledge(3);
    expect([bench.shown, bench.dismissed]).toEqual([[], [1, 2, 3]]);
  });
});

describe('views whose clients do not read', () => {
  it('hold what views may and no more; one that reads gets every frame', async () => {
    const desk = new AdmissionDesk();
    desk.resources.budgets.limit('view', 3 * 4 * 2 * 4);
    const stalled = [1, 2, 3, 4, 5, 6].map((view) => new ViewPort(`stalled ${view}`, () => new Promise(() => undefined)));
    const received: number[] = [];
    const healthy = new ViewPort('healthy', async ({ frameId }, pixels) => {
      expect(pixels.every((byte) => byte === frameId)).toBe(true);
      received.push(frameId);
    });
    for (let frameId = 1; frameId <= 12; frameId++) {
      const admission = desk.admission(frameId);
      admission.picture.bytes().fill(frameId);
      // One view after the other comes to hold a picture.
      for (const view of [...stalled.slice(0, frameId), healthy]) {
        view.offer({ admission, event: completionOf(admission), picture: admission.picture });
      }
      admission.mosaic.close();
      admission.picture.close();
      await settled();
      healthy.acknowledge(frameId);
      expect(desk.slotsInUse).toBeLessThanOrEqual(3);
    }
    expect(received).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });
});

describe('a shell that throws', () => {
  it('has refused the frame, like one that rejects', async () => {
    const desk = new AdmissionDesk();
    const view = new ViewPort('main', () => {
      throw new Error('the window is gone');
    });
    const fates: string[] = [];
    view.settled.subscribe(({ frameId, fate }) => fates.push(`${frameId} ${fate}`));
    for (const frameId of [1, 2, 3]) {
      const admission = desk.admission(frameId);
      view.offer({ admission, event: completionOf(admission), picture: admission.picture });
      admission.mosaic.close();
      admission.picture.close();
      await settled();
    }
    expect([fates, desk.slotsInUse]).toEqual([['1 dismissed', '2 dismissed', '3 dismissed'], 0]);
  });
});
