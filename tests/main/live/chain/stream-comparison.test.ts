import { describe, expect, it } from 'vitest';
import { nextOf } from '../../../support/next-announcement.ts';
import { StandingTimer } from '../../../support/standing-timer.ts';
import { gainGraph, packageFolders } from '../../processor/packages/package-folder.ts';
import { liveBenches } from '../live-bench.ts';
import { openChainBench } from './chain-bench.ts';

const open = liveBenches();
const folders = packageFolders();

describe('a chain of neighbours that runs', () => {
  it('is compared with the same one by one, and every entry gets its part of the live time', async () => {
    const timer = new StandingTimer();
    const b = await openChainBench(open, folders, { name: 'compared', comparison: { timer: timer.timer } });
    await b.install('gain', gainGraph);
    const camera = await b.streaming();
    for (const id of ['gain', 'unsharp-mask', 'gain', 'prompt-style']) b.chain.add(id);
    await b.stream.rebuildChain();
    await b.make(camera);
    const { comparisons } = b.streamChain;
    const hash = b.chain.state.entries.find(({ key }) => key === 'gain')?.modelHash;
    const keys = ['gain', 'unsharp-mask', 'gain-2'];
    expect(comparisons.comparisons).toEqual([{ keys, modelHash: hash }]);
    expect(b.streamChain.measurements().map(({ sharedBy, shareMillis }) => [sharedBy, shareMillis])).toEqual([
      [3, undefined],
      [3, undefined],
      [3, undefined],
      [1, undefined],
    ]);

    const compared = nextOf(comparisons.changed, 'a comparison', () => true);
    timer.advance(3000);
    const [comparison] = await compared;
    expect(comparison).toMatchObject({ keys, modelHash: hash });
    expect(comparison?.failure).toBeUndefined();
    const { togetherMillis = 0, aloneMillis = [] } = comparison?.measured ?? {};
    expect([togetherMillis > 0, aloneMillis.length, aloneMillis.every((millis) => millis > 0)]).toEqual([true, 3, true]);

    const measurements = b.streamChain.measurements();
    const shares = measurements.slice(0, 3).map(({ shareMillis = Number.NaN }) => shareMillis);
    expect(shares.reduce((sum, millis) => sum + millis, 0)).toBeCloseTo(measurements[0]?.millis?.median ?? Number.NaN, 9);
    expect((shares[0] as number) / (shares[1] as number)).toBeCloseTo((aloneMillis[0] as number) / (aloneMillis[1] as number), 6);
    expect(measurements[3]?.shareMillis).toBeUndefined();

    b.chain.remove('unsharp-mask');
    await b.stream.rebuildChain();
    expect(comparisons.comparisons).toMatchObject([{ keys: ['gain', 'gain-2'] }]);
    expect(comparisons.comparisons[0]?.measured).toBeUndefined();
    await b.make(camera);
    // The window of times begins anew with the session.
    expect(b.streamChain.measurements()[0]).toMatchObject({ frames: 2, sharedBy: 2 });
    await b.stream.stop();
    expect([comparisons.comparisons, timer.pending, b.models.inUse]).toEqual([[], 0, []]);
  });
});
