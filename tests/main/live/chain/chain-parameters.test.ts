import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gainGraph, packageFolders } from '../../processor/packages/package-folder.ts';
import { liveBenches } from '../live-bench.ts';
import { type ChainBench, openChainBench } from './chain-bench.ts';

const open = liveBenches();
const folders = packageFolders();
let count = 0;

const bench = (): Promise<ChainBench> => {
  count += 1;
  return openChainBench(open, folders, { name: `parameters-${count}` });
};

describe('the parameters of entries', () => {
  it('land whatever comes between: the last value is applied, and versions never go back', async () => {
    const b = await bench();
    await b.install('gain', gainGraph);
    const camera = await b.streaming();
    b.chain.add('gain');
    b.chain.add('gain');
    await b.stream.rebuildChain();
    const keys = ['gain', 'gain-2'] as const;
    const newest = new Map<string, number>();
    const step = fc.oneof(
      { weight: 20, arbitrary: fc.record({ key: fc.constantFrom(...keys), value: fc.integer({ min: 0, max: 400 }) }) },
      { weight: 1, arbitrary: fc.constant('frame' as const) },
      { weight: 1, arbitrary: fc.constant('rebuild' as const) },
    );
    // A thousand updates in each of a few second-long stories, with frames and swaps wherever they fall.
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1000, maxLength: 1000 }), async (story) => {
        let rebuilt: Promise<void> = Promise.resolve();
        const versions: (readonly { readonly key: string; readonly version: number }[])[] = [];
        const unsubscribe = b.dispatcher.completed.subscribe(({ event }) => {
          if (event.status === 'done') versions.push((event.passes ?? []).flatMap(({ members }) => members));
        });
        for (const one of story) {
          if (one === 'frame') camera.deliver();
          else if (one === 'rebuild') rebuilt = b.stream.rebuildChain();
          else b.processors.parametersOf(one.key).set({ test_gain: one.value / 100 });
        }
        await rebuilt;
        await b.settled();
        const { event } = await b.make(camera);
        unsubscribe();
        for (const { key, version } of versions.flat()) {
          expect(version).toBeGreaterThanOrEqual(newest.get(key) ?? 0);
          newest.set(key, version);
        }
        const applied = event.passes?.flatMap(({ members }) => members);
        expect(applied).toEqual(keys.map((key) => ({ key, version: b.processors.parametersOf(key).current.version })));
      }),
      { numRuns: 5 },
    );
  });

  it('that shape the graph are taken over with the chain that has them, and refused where it cannot be built', async () => {
    const b = await bench();
    const camera = await b.streaming();
    b.chain.add('lut');
    await b.stream.rebuildChain();
    const before = await b.make(camera);
    const refused = b.stream.applyChainLoadTime({ key: 'lut', values: { lut_path: '/nowhere.cube' } });
    await expect(refused).rejects.toThrow('Expected a readable .cube file but received /nowhere.cube');
    const same = await b.make(camera);
    expect(same.event.passes).toMatchObject([{}, { modelHash: before.event.passes?.[1]?.modelHash, members: [{ version: 1 }] }]);
    const inverted = await folders.write('cubes', { 'inverted.cube': 'LUT_1D_SIZE 2\n1 1 1\n0 0 0\n' });
    const state = await b.stream.applyChainLoadTime({ key: 'lut', values: { lut_path: `${inverted}/inverted.cube` } });
    const after = await b.make(camera);
    expect([state.version, after.event.passes?.[1]?.members]).toEqual([2, [{ key: 'lut', version: 2 }]]);
    expect(after.pixel.slice(0, 3).map((value, channel) => value + (before.pixel[channel] as number))).toEqual([255, 255, 255]);
  });
});

describe('what the user sets', () => {
  it('reaches a call in the lane with the next frame, prompts as well', async () => {
    const b = await bench();
    const camera = await b.streaming();
    b.chain.add('prompt-style');
    await b.stream.rebuildChain();
    const plain = await b.make(camera);
    b.chain.setPrompts('prompt-style', [{ text: 'grey', weight: 1 }]);
    const grey = await b.make(camera);
    const [red, green, blue] = plain.pixel as [number, number, number];
    const luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    for (const value of grey.pixel.slice(0, 3)) expect(Math.abs(value - luma)).toBeLessThanOrEqual(0.51);
    b.processors.parametersOf('prompt-style').set({ style_strength: 0 });
    expect((await b.make(camera)).pixel).toEqual(plain.pixel);
  });

  it('outlives a restart with the order of the chain', async () => {
    const first = await bench();
    first.chain.add('unsharp-mask');
    first.chain.add('temporal-denoise', { place: 'preprocessor' });
    first.processors.parametersOf('unsharp-mask').set({ unsharp_amount: 1.5 });
    first.chain.setPrompts('unsharp-mask', [{ text: 'none', weight: 2 }]);
    first.chain.change('temporal-denoise', { bypass: true });
    await first.saved();
    const second = await openChainBench(open, folders, { name: `parameters-${count}` });
    const kept = ({ chain }: ChainBench): unknown =>
      chain.state.entries.map(({ key, place, bypass, solo, prompts }) => ({ key, place, bypass, solo, prompts }));
    expect(kept(second)).toEqual(kept(first));
    expect(second.processors.parametersOf('unsharp-mask').current.values).toMatchObject({ unsharp_amount: 1.5 });
  });
});
