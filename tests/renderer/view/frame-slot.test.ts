import { expect, test } from 'vitest';
import type { HeldFrame } from '../../../renderer/view/frame-slot.ts';
import { FrameSlot, pixelAt } from '../../../renderer/view/frame-slot.ts';

function frame(frameId: number): HeldFrame {
  const header = {
    frameId,
    sequence: frameId,
    width: 2,
    height: 2,
    parameterVersion: 1,
    capturedNs: 0n,
    finishedNs: 0n,
    payloadBytes: 16,
  };
  return { header, pixels: new Uint8Array(16).map((_, at) => at + frameId * 16) };
}

function slotUnderTest() {
  const acknowledged: number[] = [];
  return { acknowledged, slot: new FrameSlot((frameId) => acknowledged.push(frameId)) };
}

test('pixels outside the frame are none', () => {
  expect([pixelAt(frame(0), -1, 0), pixelAt(frame(0), 2, 0), pixelAt(frame(0), 0, 2)]).toEqual([undefined, undefined, undefined]);
});

test('a pixel is its four bytes', () => {
  expect(pixelAt(frame(0), 1, 1)).toEqual([12, 13, 14, 15]);
});

test('without a frame there is nothing to paint and nothing to acknowledge', () => {
  const { slot, acknowledged } = slotUnderTest();
  expect(slot.takeNewest()).toBe(false);
  slot.acknowledgeNewest();
  expect(acknowledged).toEqual([]);
});

test('the newest frame wins and is acknowledged once', () => {
  const { slot, acknowledged } = slotUnderTest();
  slot.arrive(frame(1));
  slot.arrive(frame(2));
  expect(slot.takeNewest()).toBe(true);
  slot.acknowledgeNewest();
  slot.acknowledgeNewest();
  expect([slot.shown?.header.frameId, acknowledged]).toEqual([2, [2]]);
});

test('frozen, the picture stays, in memory of its own, while frames go on being acknowledged', () => {
  const { slot, acknowledged } = slotUnderTest();
  const first = frame(1);
  slot.arrive(first);
  slot.takeNewest();
  slot.freeze(true);
  first.pixels.fill(0);
  slot.arrive(frame(2));
  expect(slot.takeNewest()).toBe(false);
  slot.acknowledgeNewest();
  expect(slot.shown && pixelAt(slot.shown, 0, 0)).toEqual([16, 17, 18, 19]);
  expect(acknowledged).toEqual([2]);
  slot.freeze(false);
  slot.arrive(frame(3));
  slot.takeNewest();
  expect(slot.shown?.header.frameId).toBe(3);
});
