import { describe, expect, it } from 'vitest';
import type { CameraMode, WritableFrame } from '../../../main/camera/camera.ts';
import { fastIsp } from '../../../main/isp/fast-isp.ts';
import type { DropReason } from '../../../main/live/drop-ledger.ts';
import type { Stage } from '../../../main/processor/stage.ts';
import type { Lease } from '../../../main/runtime/resource-manager.ts';
import { dropReasons } from '../../../preload/contract.ts';
import { type LiveBench, liveBenches } from './live-bench.ts';

const bench = liveBenches();
const mosaicSlots = 29;
const pictureSlots = 8;

/** FastISP, but for a missing graph input at 4 EV. */
const fragileStage: Stage = {
  ...fastIsp,
  inputs: (values, sensor) => (values.exposure_ev === 4 ? {} : fastIsp.inputs(values, sensor)),
};

/** The losses that occurred, by reason. */
function losses({ ledger }: LiveBench): Partial<Record<DropReason, number>> {
  return Object.fromEntries(Object.entries(ledger.counts(dropReasons)).filter(([, count]) => count > 0));
}

/** Every frame that came in is either done or in exactly one drop counter. */
function expectBalance(lab: LiveBench, done: number, dropped: Partial<Record<DropReason, number>>): void {
  expect(losses(lab)).toEqual(dropped);
  expect(lab.completions.filter(({ event }) => event.status === 'done')).toHaveLength(done);
  expect(lab.stream.framesIn).toBe(done + Object.values(dropped).reduce((sum, count) => sum + count, 0));
}

describe('misuse', () => {
  it('refuses a frame that was not reserved, and one that was published before', async () => {
    const lab = bench();
    const camera = await lab.streaming();
    const frame = camera.sink.reserve() as WritableFrame;
    const strange = { ...frame, handle: { ...frame.handle, slot: 3 } };
    expect(() => camera.publish(strange)).toThrow('Expected a reserved slot but received slot 3');
    camera.publish(frame);
    expect(() => camera.publish(frame)).toThrow('Expected a reserved slot');
    expect(() => camera.sink.abandon(frame)).toThrow('Expected a reserved slot');
    await lab.settled();
  });

  it('refuses to write to a slot of an earlier use', async () => {
    const lab = bench();
    const camera = await lab.streaming();
    const first = camera.sink.reserve() as WritableFrame;
    camera.sink.abandon(first);
    const second = camera.sink.reserve() as WritableFrame;
    expect(second.handle.slot).toBe(first.handle.slot);
    expect(() => camera.publish(first)).toThrow('Expected a reserved slot');
    camera.sink.abandon(second);
  });
});

describe('accounting', () => {
  it('counts what the source lost, by its reason', async () => {
    const lab = bench();
    const camera = await lab.streaming();
    camera.sink.lost('source-late', 2);
    camera.sink.lost('driver-gap', 3);
    camera.sink.lost('bad-buffer', 1);
    camera.deliver();
    await lab.settled();
    expectBalance(lab, 1, { 'source-late': 2, 'driver-gap': 3, 'bad-buffer': 1 });
  });

  it('counts a frame that a newer one replaced while it waited', async () => {
    const lab = bench();
    const camera = await lab.streaming();
    for (let frame = 0; frame < 4; frame++) camera.deliver();
    await lab.settled();
    expectBalance(lab, 2, { 'replaced-in-lane': 2 });
    const done = lab.completions.filter(({ event }) => event.status === 'done');
    expect(done.map(({ admission }) => admission.meta.sequence)).toEqual([1, 4]);
  });

  it('counts a frame whose stage failed, and says why', async () => {
    const lab = bench({ stage: fragileStage });
    const camera = await lab.streaming();
    lab.parameters.set({ exposure_ev: 4 });
    camera.deliver();
    await lab.settled();
    lab.parameters.set({ exposure_ev: 0 });
    camera.deliver();
    await lab.settled();
    expectBalance(lab, 1, { failed: 1 });
    expect(lab.completions[0]?.event.error?.message).toMatch(/Expected a value for graph input \w+/);
  });
});

describe('slots', () => {
  it('are lent no more often than there are, and come back when abandoned', async () => {
    const lab = bench();
    const camera = await lab.streaming();
    const frames = Array.from({ length: mosaicSlots }, () => camera.sink.reserve() as WritableFrame);
    expect(frames.every((frame) => frame !== undefined)).toBe(true);
    camera.deliver();
    expectBalance(lab, 0, { 'no-free-slot': 1 });
    for (const frame of frames) camera.sink.abandon(frame);
    expectBalance(lab, 0, { 'no-free-slot': 1 });
    camera.deliver();
    await lab.settled();
    expectBalance(lab, 1, { 'no-free-slot': 1 });
    expect(lab.resources.usages().map(({ slotsInUse }) => slotsInUse)).toEqual([0, 0]);
  });

  it('of a frame for whose picture none is free come back, and the frame is counted', async () => {
    const lab = bench();
    const camera = await lab.streaming();
    const kept: Lease[] = [];
    lab.dispatcher.published.subscribe(({ picture }) => kept.push(picture.pin('a slow view') as Lease));
    for (let frame = 0; frame < pictureSlots; frame++) {
      camera.deliver();
      await lab.settled();
    }
    camera.deliver();
    expectBalance(lab, pictureSlots, { 'no-free-slot': 1 });
    const usages = lab.resources.usages();
    expect(usages.map(({ slotsInUse }) => slotsInUse)).toEqual([0, pictureSlots]);
    expect(usages[1]?.owners).toEqual(kept.map(() => 'a slow view'));
    await lab.stream.stop();
    expect(lab.resources.usages()).toHaveLength(1);
    for (const lease of kept) lease.close();
    expect(lab.resources.usages()).toEqual([]);
  });
});

describe('a frame that waits for the lane', () => {
  /** Four intervals of 30 frames per second. */
  const fourIntervals = 133_333_333n;

  it('is not begun after four intervals of the mode: it expires, is counted, and its slots come back', async () => {
    const lab = bench();
    const camera = await lab.streaming();
    camera.deliver();
    camera.deliver();
    lab.clock.nowNs += fourIntervals + 1n;
    await lab.settled();
    expectBalance(lab, 1, { expired: 1 });
    expect(lab.completions.map(({ event }) => event.status)).toEqual(['done', 'expired']);
    expect(lab.resources.openLeases()).toEqual([]);
    expect(lab.resources.usages().map(({ slotsInUse }) => slotsInUse)).toEqual([0, 0]);
  });

  it('is begun until then', async () => {
    const lab = bench();
    const camera = await lab.streaming();
    camera.deliver();
    camera.deliver();
    lab.clock.nowNs += fourIntervals;
    await lab.settled();
    expectBalance(lab, 2, {});
  });

  it('waits as long as the rate that the camera really has allows', async () => {
    const lab = bench();
    const camera = await lab.streaming();
    camera.framesPerSecond = 7.5;
    camera.deliver();
    camera.deliver();
    lab.clock.nowNs += 4n * fourIntervals;
    await lab.settled();
    camera.deliver();
    camera.deliver();
    lab.clock.nowNs += 4n * fourIntervals + 2n;
    await lab.settled();
    expectBalance(lab, 3, { expired: 1 });
  });

  it('does not expire for having been captured long ago: a source may catch up', async () => {
    const lab = bench();
    const camera = await lab.streaming();
    for (let sequence = 1; sequence <= 3; sequence++) {
      const { width, height } = camera.modes[0] as CameraMode;
      const frame = camera.sink.reserve() as WritableFrame;
      const { sensor } = camera;
      camera.sink.publish(frame, { sequence, timestampNs: BigInt(sequence), width, height, sensor, controls: {} });
      await lab.settled();
    }
    expectBalance(lab, 3, {});
  });

  it('costs no stream its picture: where every frame takes ten intervals, one that finds the lane idle is shown', async () => {
    const lab = bench();
    const camera = await lab.streaming();
    for (let round = 0; round < 5; round++) {
      camera.deliver();
      camera.deliver();
      lab.clock.advance(10_000 / 30);
      await lab.settled();
    }
    expectBalance(lab, 5, { expired: 5 });
    expect(lab.resources.openLeases()).toEqual([]);
  });
});

describe('the recipe of a frame', () => {
  it('is that of its arrival: a change acts on the very next frame', async () => {
    const lab = bench();
    const camera = await lab.streaming();
    const greens: number[] = [];
    lab.dispatcher.published.subscribe(({ picture }) => greens.push(picture.bytes()[1] as number));
    camera.deliver();
    const { version } = lab.parameters.set({ exposure_ev: 1 });
    camera.deliver();
    await lab.settled();
    expect(lab.completions.map(({ event }) => event.parameterVersion)).toEqual([version - 1, version]);
    expect(greens[1]).toBeGreaterThan(greens[0] as number);
  });

  it('numbers frames through, over stops and starts', async () => {
    const lab = bench();
    const camera = await lab.streaming();
    camera.deliver();
    await lab.stream.stop();
    await lab.stream.start();
    camera.deliver();
    await lab.settled();
    expect(lab.completions.map(({ event }) => event.frameId)).toEqual([1, 2]);
  });
});
