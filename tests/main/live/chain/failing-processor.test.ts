import { describe, expect, it } from 'vitest';
import { nextOf } from '../../../support/next-announcement.ts';
import { gainGraph, packageFolders } from '../../processor/packages/package-folder.ts';
import { liveBenches } from '../live-bench.ts';
import type { ScriptedCamera } from '../scripted-camera.ts';
import { type ChainBench, type MadeFrame, openChainBench } from './chain-bench.ts';

const open = liveBenches();
const folders = packageFolders();
let count = 0;

/** The frames of the bench have 24 rows, those of the rules' trials others: so each of these passes the trials and fails live. */
const live = (body: string): string => `call: async ({ video }) => { if (video.shape[1] !== 24) return { video }; ${body} },`;

const failing = {
  throws: { body: live("throw new Error('it broke');"), reason: 'it broke' },
  'gives nothing': { body: live('return undefined;'), reason: 'received no video' },
  'gives another shape': {
    body: live('return { video: { data: video.data.slice(3), shape: [1, 24, 31, 3] } };'),
    reason: 'Expected one float frame of [1, 24, 32, 3] from processor bad but received',
  },
  'gives NaN': {
    body: live('video.data[7] = NaN; return { video };'),
    reason: 'Expected numbers from processor bad but received NaN',
  },
  'never answers': {
    body: live('return new Promise(() => undefined);'),
    reason: 'Expected an answer of bad within 60 ms but received none',
  },
  'ends its thread': { body: live('process.exit(3);'), reason: 'ended its thread with exit code 3' },
} as const;

interface Failing {
  readonly b: ChainBench;
  readonly camera: ScriptedCamera;
  readonly plain: MadeFrame;
}

/** A healthy processor before and behind one that fails. */
async function failingBench(body: string): Promise<Failing> {
  count += 1;
  const b = await openChainBench(open, folders, { name: `failing-${count}`, callMillis: 60 });
  await b.install('good', gainGraph);
  await b.install('bad', body);
  for (const id of ['good', 'bad', 'good']) b.chain.add(id);
  for (const key of ['good', 'good-2']) b.processors.parametersOf(key).set({ test_gain: 0.5 });
  const camera = await b.streaming();
  b.chain.change('bad', { bypass: true });
  await b.stream.rebuildChain();
  const plain = await b.make(camera);
  b.chain.change('bad', { bypass: false });
  await b.stream.rebuildChain();
  return { b, camera, plain };
}

const closeTo = (made: readonly number[], expected: readonly number[]): boolean =>
  made.every((value, channel) => Math.abs(value - (expected[channel] as number)) <= 1);

describe.each(Object.entries(failing))('a processor that %s', (_, { body, reason }) => {
  it('costs no frame and harms no other, and is suspended after ten in a row', async () => {
    const { b, camera, plain } = await failingBench(body);
    const suspended = nextOf(b.streamChain.suspended, 'a suspension', () => true);
    for (let frame = 1; frame <= 10; frame++) {
      const { event, pixel } = await b.make(camera);
      expect([event.status, closeTo(pixel, plain.pixel)]).toEqual(['done', true]);
      expect(event.passes?.map(({ error }) => error !== undefined)).toEqual([false, false, true, false]);
    }
    expect(await suspended).toMatchObject({ processor: 'bad', failures: 10 });
    const [good, bad, other] = b.streamChain.measurements();
    expect(bad).toMatchObject({ frames: 10, failures: 10 });
    expect(bad?.lastError?.message).toContain(reason);
    expect([good?.failures, other?.failures]).toEqual([0, 0]);
    await b.stream.rebuildChain();
    const after = await b.make(camera);
    expect(after.event.passes?.some(({ stage }) => stage.includes('bad'))).toBe(false);
    expect(closeTo(after.pixel, plain.pixel)).toBe(true);
    expect(b.chain.state.entries.map(({ state }) => state)).toEqual(['running', 'suspended', 'running']);
  });
});

describe('a suspended processor', () => {
  it('runs again once it is resumed, and after another ten failures stops again', async () => {
    const { b, camera } = await failingBench(failing.throws.body);
    for (let round = 0; round < 2; round++) {
      const suspended = nextOf(b.streamChain.suspended, 'a suspension', () => true);
      for (let frame = 1; frame <= 10; frame++) await b.make(camera);
      await suspended;
      b.chain.resume('bad');
      await b.stream.rebuildChain();
      expect(b.chain.state.entries[1]?.state).toBe('running');
    }
    expect(b.streamChain.measurements()[1]).toMatchObject({ failures: 20 });
  });

  it('gets another chance when one of its values changes', async () => {
    const { b, camera } = await failingBench(failing.throws.body);
    for (let frame = 1; frame <= 10; frame++) await b.make(camera);
    expect(b.chain.state.entries[1]?.state).toBe('suspended');
    b.processors.parametersOf('bad').set({ test_gain: 2 });
    expect(b.chain.state.entries[1]?.state).toBe('running');
  });
});

describe('a graph that fails in a session that it shares', () => {
  /** A look-up by the parameter: live there are but two entries. */
  const lookUp = `graph: (g, { video, test_gain }) => {
    const entries = video.shape[1] === 24 ? 2 : 8;
    const table = g.constant('float32', new Array(entries).fill(1), [entries]);
    const factor = g.gather(table, g.cast(g.reshape(test_gain, [1]), 'int32'), 0);
    return { video: g.multiply(video, g.reshape(factor, [1, 1, 1, 1])) };
  },`;

  it('gets a session of its own, so that only it is blamed and the others run', async () => {
    const { b, camera } = await failingBench(lookUp);
    const { event: healthy } = await b.make(camera);
    expect(healthy.passes?.map(({ stage }) => stage)).toEqual(['fast-isp', 'good+bad+good-2']);
    b.processors.parametersOf('bad').set({ test_gain: 4 });
    const { event: shared } = await b.make(camera);
    expect(shared.passes?.[1]?.error?.message).toBeDefined();
    await b.stream.rebuildChain();
    const { event: apart } = await b.make(camera);
    expect(apart.passes?.map(({ stage, error }) => [stage, error !== undefined])).toEqual([
      ['fast-isp', false],
      ['good', false],
      ['bad', true],
      ['good-2', false],
    ]);
    expect(b.streamChain.measurements().map(({ failures }) => failures)).toEqual([0, 1, 0]);
  });

  it('is named where it cannot even be loaded, and the others run', async () => {
    const body = lookUp.replace(
      'g.reshape(test_gain, [1])',
      'g.add(g.reshape(test_gain, [1]), g.scalar(video.shape[1] === 24 ? 3 : 0))',
    );
    const { b, camera } = await failingBench(body);
    const { event } = await b.make(camera);
    expect(event.passes?.map(({ stage }) => stage)).toEqual(['fast-isp', 'good', 'good-2']);
    expect(b.chain.state.entries.map(({ state }) => state)).toEqual(['running', 'failed', 'running']);
  });
});

describe('a graph that makes NaN', () => {
  /** Live, the root of a number below 0 where the parameter is above 2. */
  const root = (of: string): string => `graph: (g, { video, test_gain }) => {
    if (video.shape[1] !== 24) return { video: g.multiply(video, test_gain) };
    return { video: g.multiply(video, g.reshape(g.squareRoot(${of}), [1, 1, 1, 1])) };
  },`;

  it('is blamed by its name in the very frame, and alone', async () => {
    const { b, camera, plain } = await failingBench(root('g.subtract(g.scalar(2), test_gain)'));
    expect(b.chain.state.entries.map(({ state }) => state)).toEqual(['running', 'running', 'running']);
    expect((await b.make(camera)).event.passes?.map(({ stage }) => stage)).toEqual(['fast-isp', 'good+bad+good-2']);
    b.processors.parametersOf('bad').set({ test_gain: 4 });
    const { event: shared } = await b.make(camera);
    expect(shared.passes?.[1]).toMatchObject({
      culprit: 'bad',
      error: { code: 'processor.result', message: 'Expected numbers from processor bad but its graph made NaN' },
    });
    expect(b.streamChain.measurements().map(({ failures }) => failures)).toEqual([0, 1, 0]);
    await b.stream.rebuildChain();
    for (let frame = 2; frame <= 10; frame++) {
      const { event, pixel } = await b.make(camera);
      expect([event.status, closeTo(pixel, plain.pixel)]).toEqual(['done', true]);
    }
    expect(b.streamChain.measurements().map(({ failures }) => failures)).toEqual([0, 10, 0]);
    expect(b.chain.state.entries.map(({ state }) => state)).toEqual(['running', 'suspended', 'running']);
  });

  it('is loaded all the same where it does so with its first values, since others may do', async () => {
    const { b, camera } = await failingBench(root('g.subtract(g.scalar(0.5), test_gain)'));
    expect(b.chain.state.entries.map(({ state }) => state)).toEqual(['running', 'running', 'running']);
    await b.make(camera);
    b.processors.parametersOf('bad').set({ test_gain: 0.25 });
    await b.stream.rebuildChain();
    await b.make(camera);
    expect(b.streamChain.measurements().map(({ failures }) => failures)).toEqual([0, 1, 0]);
  });
});
