import { describe, expect, it } from 'vitest';
import type { FusionPlan, FusionRequest } from '../../../../main/runtime/fusion/fusion-plan.ts';
import { createSimulatedBurst, psnr, sensor } from './burst.ts';
import { FusionBench, height, width } from './fusion-bench.ts';

const burstOf = (frameCount: number): FusionRequest => ({ kind: 'burst', frameCount });

async function benchWithBurst(frames = 8): Promise<FusionBench> {
  const bench = await FusionBench.open();
  for (let sequence = 0; sequence < frames; sequence++) bench.capture({ sequence });
  return bench;
}

/** Takes a plan to the point where only the merge is missing. */
async function selected(bench: FusionBench, request: FusionRequest): Promise<FusionPlan> {
  const plan = bench.fusion.createPlan(request);
  await bench.fusion.reserveForPlan(plan);
  await bench.fusion.selectFrames(plan);
  return plan;
}

describe('a fusion that cannot be had', () => {
  it.each([0, 9, 2.5])('is refused with %d frames', async (frameCount) => {
    const { fusion } = await FusionBench.open();
    expect(() => fusion.createPlan(burstOf(frameCount))).toThrow(
      `Expected 1 to 8 frames for a fusion but received ${frameCount}`,
    );
    expect(fusion.activePlans).toEqual([]);
  });

  it('is refused a step that is not its turn, and stays where it was', async () => {
    const { fusion } = await benchWithBurst(1);
    const plan = fusion.createPlan(burstOf(1));
    await expect(async () => fusion.selectFrames(plan)).rejects.toThrow('Expected a plan that is reserved for "select"');
    expect(() => fusion.buildMergeSpec(plan)).toThrow('which is created');
    expect(plan.state).toBe('created');
  });

  it('fails with what to do where the ring holds too little, and holds nothing', async () => {
    const bench = await benchWithBurst(3);
    const plan = bench.fusion.createPlan(burstOf(4));
    await bench.fusion.reserveForPlan(plan);
    await expect(bench.fusion.selectFrames(plan)).rejects.toMatchObject({
      message: 'Expected 4 captured frames for a fusion but received 3',
      action: expect.stringContaining('Let the stream run'),
    });
    expect([plan.state, bench.heldByPlans, bench.fusion.activePlans]).toEqual(['failed', [], []]);
    expect(bench.resources.usage(bench.outputPoolId).states).toMatchObject({ free: 2 });
  });

  it('fails where a bracket shows fewer exposures than it wants', async () => {
    const bench = await benchWithBurst(4);
    await expect(selected(bench, { kind: 'bracket', frameCount: 2 })).rejects.toThrow(
      'Expected frames of 2 exposures for a bracket but received 1',
    );
    expect(bench.heldByPlans).toEqual([]);
  });
});

describe('a fusion', () => {
  it('merges a burst out of the ring and leaves nothing behind', async () => {
    const bench = await benchWithBurst();
    const plan = await selected(bench, burstOf(8));
    expect(plan.frames.map(({ meta }) => meta.sequence)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    const spec = bench.fusion.buildMergeSpec(plan);
    const result = await bench.fusion.schedulePlan(plan, spec);
    const truth = createSimulatedBurst(width, height)({ sequence: 0, noise: false });
    // Single frames of this scene have 48 to 49 dB; what the plan knows of the noise it has measured itself.
    expect(psnr(result.mosaic.samples(width * height), spec.outputScale, truth)).toBeGreaterThan(56);
    expect(result.sensor).toMatchObject({ bits: 16, whiteLevel: sensor.whiteLevel * spec.outputScale });
    expect(Object.keys(result.statistics)).toContain('meanWeight.7');
    expect([plan.state, bench.heldByPlans]).toEqual(['done', ['fusion plan 1']]);
    result.mosaic.close();
    expect([bench.heldByPlans, bench.fusion.activePlans, bench.dispatcher.open()]).toEqual([[], [], []]);
  });

  it('takes the sharpest frames, the sharpest being the reference', async () => {
    const bench = await FusionBench.open();
    // Of one exposure and gain, but what is seen is blurred by nothing but noise: a flat frame is the least sharp one.
    for (let sequence = 0; sequence < 6; sequence++) bench.capture({ sequence });
    for (const { meta, mosaic } of bench.ring.frames()) if (meta.sequence % 2 === 1) mosaic.samples().fill(400);
    const plan = await selected(bench, burstOf(3));
    expect(plan.frames.map(({ meta }) => meta.sequence)).toEqual([0, 2, 4]);
    const sharpness = plan.frames.map((frame) => frame.sharpness);
    expect(sharpness[plan.reference]).toBe(Math.max(...sharpness));
  });

  it('takes one frame of each exposure for a bracket, and looks like the brightest that does not clip', async () => {
    const bench = await FusionBench.open();
    for (const [sequence, exposureMicros] of [2500, 10_000, 30_000, 2500, 10_000, 30_000].entries()) {
      bench.capture({ sequence, exposureMicros });
    }
    const plan = await selected(bench, { kind: 'bracket', frameCount: 3 });
    expect(plan.frames.map(({ exposure }) => exposure).sort((a, b) => a - b)).toEqual([2500, 10_000, 30_000]);
    expect(plan.frames[plan.reference]?.exposure).toBe(10_000);
  });
});

describe('a fusion that is cancelled', () => {
  const steps = ['create', 'reserve', 'select', 'schedule'] as const;

  it.each(steps)('after "%s" gives everything back', async (last) => {
    const bench = await benchWithBurst(4);
    const { fusion } = bench;
    const plan = fusion.createPlan(burstOf(4));
    if (last !== 'create') await fusion.reserveForPlan(plan);
    if (last === 'select' || last === 'schedule') await fusion.selectFrames(plan);
    const merged = last === 'schedule' ? fusion.schedulePlan(plan, fusion.buildMergeSpec(plan)) : undefined;
    fusion.cancel(plan);
    await (merged && expect(merged).rejects.toMatchObject({ code: 'runtime.cancelled' }));
    expect([plan.state, bench.heldByPlans, fusion.activePlans, bench.dispatcher.open()]).toEqual(['cancelled', [], [], []]);
    expect(bench.resources.usage(bench.outputPoolId).states).toMatchObject({ free: 2 });
    fusion.cancel(plan);
    expect(plan.state).toBe('cancelled');
  });

  it('while it waits for memory lets the next one in', async () => {
    const bench = await benchWithBurst(2);
    const { fusion } = bench;
    const plans = [0, 1, 2, 3].map(() => fusion.createPlan(burstOf(2)));
    const waits = plans.map((plan) => fusion.reserveForPlan(plan));
    await Promise.all(waits.slice(0, 2));
    fusion.cancel(plans[2] as FusionPlan);
    await expect(waits[2]).rejects.toMatchObject({ code: 'runtime.cancelled' });
    fusion.cancel(plans[0] as FusionPlan);
    await waits[3];
    expect(plans.map(({ state }) => state)).toEqual(['cancelled', 'reserved', 'cancelled', 'reserved']);
  });
});

describe('a fusion among others', () => {
  it('that is cancelled at any moment is told so, and by no other words', async () => {
    const bench = await benchWithBurst(4);
    const { fusion } = bench;
    const merges = Array.from({ length: 12 }, async () => {
      const plan = fusion.createPlan(burstOf(2));
      await fusion.reserveForPlan(plan);
      await fusion.selectFrames(plan);
      (await fusion.schedulePlan(plan, fusion.buildMergeSpec(plan))).mosaic.close();
    });
    const settled = Promise.allSettled(merges);
    while (fusion.activePlans.length > 6) await new Promise(setImmediate);
    // One after the other: each that goes lets the next one in, which then goes as well.
    for (const plan of fusion.activePlans) fusion.cancel(plan);
    const reasons = (await settled).flatMap((merge) => (merge.status === 'rejected' ? [merge.reason.code] : []));
    expect(reasons).toEqual(new Array(6).fill('runtime.cancelled'));
    expect([bench.heldByPlans, fusion.activePlans, bench.dispatcher.open()]).toEqual([[], [], []]);
  });

  it('refuses a step while another one is under way', async () => {
    const bench = await benchWithBurst(2);
    const plan = bench.fusion.createPlan(burstOf(2));
    const first = bench.fusion.reserveForPlan(plan);
    await expect(bench.fusion.reserveForPlan(plan)).rejects.toThrow('to wait for the end of its step before "reserve"');
    await first;
    expect(bench.resources.usage(bench.outputPoolId).states).toMatchObject({ reserved: 1, free: 1 });
    expect(plan.state).toBe('reserved');
  });

  it('that is cancelled while the lane is scoring ends without a selection', async () => {
    const bench = await benchWithBurst(4);
    const plan = bench.fusion.createPlan(burstOf(2));
    await bench.fusion.reserveForPlan(plan);
    const selecting = bench.fusion.selectFrames(plan);
    bench.fusion.cancel(plan);
    await expect(selecting).rejects.toMatchObject({ code: 'runtime.cancelled' });
    await bench.threading.drained();
    expect([plan.frames, bench.heldByPlans, bench.dispatcher.open()]).toEqual([[], [], []]);
  });
});
