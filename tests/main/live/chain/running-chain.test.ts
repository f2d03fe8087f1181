import { rename } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { gainGraph, packageFolders } from '../../processor/packages/package-folder.ts';
import { liveBenches } from '../live-bench.ts';
import { type ChainBench, type ChainBenchOptions, openChainBench } from './chain-bench.ts';

const open = liveBenches();
const folders = packageFolders();
let count = 0;

const bench = (options: Partial<ChainBenchOptions> = {}): Promise<ChainBench> => {
  count += 1;
  return openChainBench(open, folders, { name: `chain-${count}`, ...options });
};

const halfCall =
  'call: ({ video }) => ({ video: { ...video, data: video.data.slice(-video.data.length / video.shape[0]).map((v) => v / 2) } }),';
const halved = (pixel: readonly number[]): number[] => pixel.map((value, channel) => (channel === 3 ? 255 : value / 2));

/** Every channel within one step: bytes round. */
function expectPixel(made: readonly number[], expected: readonly number[]): void {
  for (const [channel, value] of expected.entries())
    expect(Math.abs((made[channel] as number) - value)).toBeLessThanOrEqual(0.51);
}

describe('an entry of the chain that cannot run', () => {
  it('is left out with its reason before the ISP, where it is called or wants three channels; the others run', async () => {
    const b = await bench();
    await b.install('half', gainGraph);
    b.processors.changed.subscribe(() => undefined);
    const camera = await b.streaming();
    b.chain.add('onnx-model', { place: 'preprocessor' });
    b.chain.add('half');
    b.processors.parametersOf('half').set({ test_gain: 0.5 });
    await b.stream.rebuildChain();
    const { event } = await b.make(camera);
    const [called, half] = b.chain.state.entries;
    expect(called).toMatchObject({
      state: 'failed',
      reason: { code: 'chain.not-for-mosaics', action: 'Move it behind the ISP.' },
    });
    expect(called?.reason?.message).toContain('but ONNX model does not: it is called');
    expect(half).toMatchObject({ state: 'running', kind: 'graph', inputSize: 1 });
    expect(event).toMatchObject({ status: 'done', passes: [{ members: [] }, { stage: 'half' }] });
  });
});

describe('the chain', () => {
  it('applies graphs and calls behind the ISP, in their order, into the frame’s own slot', async () => {
    const b = await bench();
    await b.install('gain', gainGraph);
    await b.install('caller', halfCall);
    const camera = await b.streaming();
    const { pixel: plain } = await b.make(camera);
    b.chain.add('caller');
    await b.stream.rebuildChain();
    const called = await b.make(camera);
    expectPixel(called.pixel, halved(plain));
    // Twice as bright before it is halved: what is clipped in between tells the order.
    b.chain.add('gain', { index: 0 });
    b.processors.parametersOf('gain').set({ test_gain: 4 });
    await b.stream.rebuildChain();
    const both = await b.make(camera);
    expectPixel(both.pixel, halved(plain.map((value) => Math.min(255, value * 4))));
    expect(both.event.passes?.map(({ stage }) => stage)).toEqual(['fast-isp', 'gain', 'caller']);
  });

  it('runs neighbouring graphs as one session, whose time they share', async () => {
    const b = await bench();
    await b.install('gain', gainGraph);
    const camera = await b.streaming();
    const { pixel: plain } = await b.make(camera);
    b.chain.add('gain');
    b.chain.add('gain');
    b.processors.parametersOf('gain').set({ test_gain: 0.5 });
    b.processors.parametersOf('gain-2').set({ test_gain: 0.5 });
    await b.stream.rebuildChain();
    const { pixel, event } = await b.make(camera);
    expectPixel(
      pixel,
      plain.map((value, channel) => (channel === 3 ? 255 : value / 4)),
    );
    expect(event.passes?.[1]).toMatchObject({
      stage: 'gain+gain-2',
      members: [
        { key: 'gain', version: 2 },
        { key: 'gain-2', version: 2 },
      ],
    });
    const [first, second] = b.streamChain.measurements();
    expect([first, second]).toMatchObject([
      { frames: 1, sharedBy: 2 },
      { frames: 1, sharedBy: 2 },
    ]);
    expect(first?.millis).toEqual(second?.millis);
  });
});

describe('the chain that runs', () => {
  it('leaves out what is bypassed, and everything but what is soloed', async () => {
    const b = await bench();
    await b.install('gain', gainGraph);
    const camera = await b.streaming();
    for (const _ of [1, 2]) b.chain.add('gain');
    const stages = async (): Promise<unknown> => {
      await b.stream.rebuildChain();
      return (await b.make(camera)).event.passes?.map(({ stage }) => stage);
    };
    b.chain.change('gain', { bypass: true });
    expect(await stages()).toEqual(['fast-isp', 'gain-2']);
    b.chain.change('gain', { bypass: false, solo: true });
    expect(await stages()).toEqual(['fast-isp', 'gain']);
    b.chain.change('gain', { bypass: true });
    expect(await stages()).toEqual(['fast-isp']);
    expect(b.chain.state.entries.map(({ state }) => state)).toEqual(['bypassed', 'bypassed']);
  });

  it('names the revision and the versions that made every frame', async () => {
    const b = await bench();
    await b.install('gain', gainGraph);
    const camera = await b.streaming();
    b.chain.add('gain');
    await b.stream.rebuildChain();
    const store = b.processors.parametersOf('gain');
    const before = await b.make(camera);
    store.set({ test_gain: 0 });
    const after = await b.make(camera);
    expect(before.event.passes?.[1]?.members).toEqual([{ key: 'gain', version: 1 }]);
    expect(after.event.passes?.[1]?.members).toEqual([{ key: 'gain', version: 2 }]);
    expect([before.pixel[1] !== 0, after.pixel]).toEqual([true, [0, 0, 0, 255]]);
    expect(after.event.chainRevision).toBe(b.chain.revision);
  });

  it('loses no frame while it is changed again and again, and gives everything back at the end', async () => {
    const b = await bench();
    await b.install('gain', gainGraph);
    await b.install('caller', halfCall);
    const camera = await b.streaming();
    const revisions = new Set<number>();
    for (let round = 0; round < 6; round++) {
      if (round % 2 === 0) b.chain.add(round % 4 === 0 ? 'gain' : 'temporal-denoise');
      else b.chain.move('gain', { index: b.chain.keys.length });
      const rebuilt = b.stream.rebuildChain();
      for (let frame = 0; frame < 3; frame++) {
        const { event } = await b.make(camera);
        expect(event.status).toBe('done');
        if (event.chainRevision !== undefined) revisions.add(event.chainRevision);
      }
      await rebuilt;
    }
    expect([...revisions]).toEqual([...revisions].sort((one, other) => one - other));
    await b.stream.stop();
    expect([b.models.inUse, b.resources.openLeases()]).toEqual([[], []]);
  });
});

describe('a change of the chain', () => {
  it('is told with a higher number each time, whether it was made, is being built or was built', async () => {
    const b = await bench();
    await b.streaming();
    const told = [b.chain.state];
    b.chain.changed.subscribe((state) => told.push(state));
    const answer = b.chain.add('prompt-style');
    await b.stream.rebuildChain();
    const last = told.at(-1);
    expect([last?.revision, last?.isBuilding]).toEqual([answer.revision, false]);
    expect(last?.stateNumber).toBeGreaterThan(answer.stateNumber);
    const numbers = told.map(({ stateNumber }) => stateNumber);
    expect(numbers).toEqual([...new Set(numbers)].sort((one, other) => one - other));
    expect(b.chain.state).toEqual(last);
  });

  it('gives frames the revision of new prompts, for which nothing is built', async () => {
    const b = await bench();
    const camera = await b.streaming();
    b.chain.add('prompt-style');
    await b.stream.rebuildChain();
    const before = await b.make(camera);
    b.chain.setPrompts('prompt-style', [{ text: 'grey', weight: 1 }]);
    const after = await b.make(camera);
    expect(after.event.chainRevision).toBe(b.chain.revision);
    expect(before.event.chainRevision).toBe(b.chain.revision - 1);
  });

  it('gives back what was built for an entry that is taken out meanwhile', async () => {
    const b = await bench();
    const camera = await b.streaming();
    b.chain.add('unsharp-mask');
    await b.stream.rebuildChain();
    await b.make(camera);
    const applied = b.stream.applyChainLoadTime({ key: 'unsharp-mask', values: { unsharp_sigma: 2 } });
    b.chain.remove('unsharp-mask');
    await expect(applied).rejects.toMatchObject({ code: 'processor.unknown' });
    await b.stream.rebuildChain();
    await b.make(camera);
    await b.stream.stop();
    expect([b.models.inUse, b.resources.openLeases()]).toEqual([[], []]);
  });
});

describe('a chain that cannot be built at all', () => {
  it('leaves no model behind, neither of a start nor of a load-time value', async () => {
    const b = await bench();
    const { build } = b.streamChain;
    b.streamChain.build = () => Promise.reject(new Error('no chain'));
    await expect(b.streaming()).rejects.toThrow('no chain');
    expect(b.models.inUse).toEqual([]);
    b.streamChain.build = build;
    await b.streaming();
    const running = [...b.models.inUse];
    b.streamChain.build = () => Promise.reject(new Error('no chain'));
    await expect(b.stream.applyLoadTime({ output_resolution: 'half' })).rejects.toThrow('no chain');
    expect(b.models.inUse).toEqual(running);
    b.streamChain.build = build;
  });
});

describe('a processor of several frames', () => {
  const meanOfThree = `prepare: () => ({ inputSize: 3 }),
    graph: (g, { video, test_gain }) => ({ video: g.multiply(g.reduceMean(video, [0]), test_gain) }),`;

  it('sees the last ones at its place, the first frame standing in for those before it', async () => {
    const b = await bench();
    await b.install('mean', meanOfThree);
    const camera = await b.streaming();
    const levels = [600, 1400, 2600, 900];
    const plain: (readonly number[])[] = [];
    for (const level of levels) plain.push((await b.make(camera, level)).pixel);
    b.chain.add('mean');
    await b.stream.rebuildChain();
    for (const [index, level] of levels.entries()) {
      const { pixel } = await b.make(camera, level);
      const seen = [index, index - 1, index - 2].map((frame) => plain[Math.max(0, frame)] as readonly number[]);
      const mean = [0, 1, 2].map((channel) => seen.reduce((sum, one) => sum + (one[channel] as number), 0) / 3);
      expectPixel(pixel, mean);
    }
  });

  it('sees nothing of what was before the stream was started again', async () => {
    const b = await bench();
    await b.install('mean', meanOfThree);
    const camera = await b.streaming();
    const { pixel: plain } = await b.make(camera, 900);
    b.chain.add('mean');
    await b.stream.rebuildChain();
    for (const level of [2600, 1400, 2000]) await b.make(camera, level);
    await b.stream.stop();
    await b.stream.start();
    expectPixel((await b.make(camera, 900)).pixel, plain);
  });

  it('works before the ISP too, on what no other part of the lab sees', async () => {
    const b = await bench();
    const camera = await b.streaming();
    b.chain.add('temporal-denoise', { place: 'preprocessor' });
    b.processors.parametersOf('temporal-denoise').set({ temporal_tolerance: 0.5 });
    await b.stream.rebuildChain();
    const mosaics: number[] = [];
    b.dispatcher.published.subscribe(({ admission }) => mosaics.push(admission.mosaic.samples()[0] as number));
    const first = await b.make(camera, 1000);
    const second = await b.make(camera, 1100);
    await b.stream.stop();
    b.chain.remove('temporal-denoise');
    await b.stream.start();
    const plain = await b.make(camera, 1100);
    expect(mosaics).toEqual([1000, 1100, 1100]);
    // Between the frame before and its own.
    expect(second.pixel[1]).toBeGreaterThan(first.pixel[1] as number);
    expect(second.pixel[1]).toBeLessThan(plain.pixel[1] as number);
    expect(first.event.passes?.map(({ stage }) => stage)).toEqual(['temporal-denoise', 'fast-isp']);
  });
});

describe('a package while frames stream', () => {
  it('is loaded anew with its values kept, and versions go on counting', async () => {
    const b = await bench();
    await b.install('gain', gainGraph);
    const camera = await b.streaming();
    b.chain.add('gain');
    b.processors.parametersOf('gain').set({ test_gain: 0.5 });
    await b.stream.rebuildChain();
    const before = await b.make(camera);
    let isInstalled = false;
    const squared = 'graph: (g, { video, test_gain }) => ({ video: g.multiply(g.multiply(video, test_gain), test_gain) }),';
    const installing = b.install('gain', squared).finally(() => {
      isInstalled = true;
    });
    // Not one frame goes without it meanwhile.
    while (!isInstalled) {
      const { event } = await b.make(camera);
      expect(event.passes?.map(({ stage, error }) => [stage, error])).toEqual([
        ['fast-isp', undefined],
        ['gain', undefined],
      ]);
    }
    await installing;
    await b.stream.rebuildChain();
    const after = await b.make(camera);
    expectPixel(after.pixel, halved(before.pixel));
    expect(b.processors.parametersOf('gain').state).toMatchObject({ version: 3, values: { test_gain: 0.5 } });
  });

  it('runs on where its new content is not trusted yet or broken, and after it was renamed', async () => {
    const b = await bench();
    const folder = await b.install('gain', gainGraph);
    const camera = await b.streaming();
    b.chain.add('gain');
    b.processors.parametersOf('gain').set({ test_gain: 0 });
    const isBlack = async (): Promise<boolean> => {
      await b.stream.rebuildChain();
      return (await b.make(camera)).pixel[1] === 0;
    };
    expect(await isBlack()).toBe(true);
    await b.write('gain', 'graph: (g, { video, test_gain }) => ({ video: g.add(video, test_gain) }),');
    await b.library.refresh();
    expect([b.library.entries[0]?.state, await isBlack()]).toEqual(['untrusted', true]);
    await b.write('gain', gainGraph);
    await rename(folder, `${folder}-renamed`);
    await b.library.refresh();
    expect([b.chain.state.entries[0]?.state, await isBlack()]).toEqual(['running', true]);
  });

  it('waits for trust, is missed when it is gone, and comes back with its values', async () => {
    const b = await bench();
    const folder = await b.install('gain', gainGraph);
    const camera = await b.streaming();
    b.chain.add('gain');
    b.processors.parametersOf('gain').set({ test_gain: 0 });
    await b.library.setDisabled(folder, true);
    await b.stream.rebuildChain();
    const missed = await b.make(camera);
    expect([b.chain.state.entries[0]?.state, missed.event.passes?.length]).toEqual(['missing', 1]);
    await b.write('gain', `${gainGraph} // changed`);
    await b.library.setDisabled(folder, false);
    expect(b.chain.state.entries[0]).toMatchObject({ state: 'waiting-for-trust', reason: { action: 'Read it, then trust it.' } });
    const [entry] = b.library.entries;
    await b.library.trust(folder, String(entry?.hash));
    await b.stream.rebuildChain();
    expect((await b.make(camera)).pixel).toEqual([0, 0, 0, 255]);
  });
});
