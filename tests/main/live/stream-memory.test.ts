import { describe, expect, it } from 'vitest';
import { fusionBytes, limitConsumers, streamSlots } from '../../../main/live/stream-memory.ts';
import { Budgets } from '../../../main/runtime/budgets.ts';
import type { Lease } from '../../../main/runtime/resource-manager.ts';
import { liveBenches } from './live-bench.ts';

const bench = liveBenches();

/** Bytes of a mosaic and a picture of the scripted camera's first mode. */
const [mosaicBytes, pictureBytes] = [32 * 24 * 2, 32 * 24 * 4];

describe('the budgets of a stream', () => {
  it('are shares of its slots, which leave the live path its own', () => {
    const budgets = new Budgets();
    limitConsumers(budgets, mosaicBytes, pictureBytes);
    const [view, recorder, plugIns] = (['view', 'recorder', 'plug-ins'] as const).map((consumer) =>
      budgets.budgetBytes(consumer),
    );
    // Chains have pools of their own; two of the most frames that a processor may see, with what lies between passes, fit.
    expect([view, recorder, plugIns]).toEqual([3 * pictureBytes, 4 * mosaicBytes, 2 * (16 + 4) * pictureBytes]);
    // Merged mosaics have a pool of their own, of two.
    const heldMosaics = ((recorder as number) + fusionBytes(mosaicBytes)) / mosaicBytes - 2;
    expect(streamSlots.mosaics - heldMosaics).toBe(9);
    expect(streamSlots.pictures - ((view as number) + (recorder as number)) / pictureBytes).toBe(3);
  });

  it.each(['mosaic', 'picture'] as const)(
    'contain who holds on to every %s: the others and the camera lose no frame, and each is told of its own refusals',
    async (what) => {
      const lab = bench();
      const camera = await lab.streaming();
      const { resources, dispatcher } = lab;
      const merged = resources.createPool('merged', mosaicBytes, 2);
      resources.budgets.limit('fusion', fusionBytes(mosaicBytes));
      using outputs = await resources.reserveForPlan({ owner: 'merge', slots: { [merged.poolId]: 2 } });
      // Whatever is shown, views show pictures; fusions are of mosaics.
      const greedy = what === 'mosaic' ? (['recorder', 'fusion'] as const) : (['recorder', 'view'] as const);
      const hoard: Lease[] = [];
      dispatcher.published.subscribe(({ admission, picture }) => {
        const lease = what === 'mosaic' ? admission.mosaic : picture;
        // Each on frames of its own: together on the same ones they would hold fewer slots.
        for (const consumer of greedy) {
          const pinned = lease.pin(consumer, consumer);
          if (!pinned) continue;
          hoard.push(pinned);
          break;
        }
      });
      for (let frame = 0; frame < 60; frame++) {
        camera.deliver();
        await lab.settled();
      }
      expect(lab.completions.map(({ event }) => event.status)).toEqual(Array<string>(60).fill('done'));
      expect(lab.ledger.counts(['no-free-slot'])).toEqual({ 'no-free-slot': 0 });
      const usages = resources.budgets.usages();
      for (const consumer of greedy) {
        const usage = usages.find((account) => account.consumer === consumer);
        expect(usage?.bytes).toBeLessThanOrEqual(usage?.budgetBytes as number);
        expect(usage?.refusals).toBeGreaterThan(30);
      }
      expect(usages.filter(({ consumer }) => !greedy.some((one) => one === consumer)).map(({ refusals }) => refusals)).toEqual([
        0, 0, 0, 0,
      ]);
      // A camera may fill or queue eight frames all the same.
      const reserved = Array.from({ length: what === 'mosaic' ? 9 : 0 }, () => camera.sink.reserve());
      expect(reserved.filter((frame) => frame !== undefined)).toHaveLength(what === 'mosaic' ? 9 : 0);
      for (const frame of reserved) if (frame) camera.sink.abandon(frame);
      expect(outputs.remaining(merged.poolId)).toBe(2);
      for (const lease of hoard) lease.close();
    },
  );
});
