import { beforeEach, describe, expect, it } from 'vitest';
import type { LoadedSegment } from '../../../../main/live/chain/chain-segment.ts';
import { type ComparedChain, ComparisonDesk, withShares } from '../../../../main/live/chain/comparison-desk.ts';
import { type ComparedSessions, type ComparisonRequest, PartError } from '../../../../main/runtime/session-comparer.ts';
import type { ChainComparison, ChainMeasurement } from '../../../../preload/contract.ts';
import { StandingTimer } from '../../../support/standing-timer.ts';

/** A segment of which nothing is used but who is in it; those of several name themselves to whom compares them. */
function segment(modelHash: string, ...keys: readonly string[]): LoadedSegment {
  const comparison = (): Promise<ComparisonRequest> => Promise.resolve({ together: modelHash } as unknown as ComparisonRequest);
  return {
    stage: keys.join('+'),
    members: keys.map((key) => ({ key })) as unknown as LoadedSegment['members'],
    ...{ inputSize: 1, modelHash, strips: 1, work: { kind: 'graph', inputs: () => ({}) } },
    ...(keys.length > 1 ? { comparison } : {}),
  };
}

const chainOf = (...segments: LoadedSegment[]): ComparedChain => ({ segments });

const compared = (hash: string, togetherMillis = 12): ComparedSessions => {
  return { hash, togetherMillis, oneByOneMillis: 20, aloneMillis: [5, 15], turns: 7 };
};

/** One comparison that was asked for, and how it is to end. */
interface Asked {
  readonly of: string;
  readonly signal: AbortSignal;
  end(result: ComparedSessions | undefined): Promise<void>;
  fail(reason: unknown): Promise<void>;
}

let asked: Asked[];
let timer: StandingTimer;
let desk: ComparisonDesk;
let announced: ChainComparison[][];

/** Everything that follows from what has just been settled. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  asked = [];
  announced = [];
  timer = new StandingTimer();
  const compare = ({ together }: ComparisonRequest, signal: AbortSignal): Promise<ComparedSessions | undefined> => {
    const { promise, resolve, reject } = Promise.withResolvers<ComparedSessions | undefined>();
    const end = (result: ComparedSessions | undefined): Promise<void> => {
      resolve(result);
      return settled();
    };
    const fail = (reason: unknown): Promise<void> => {
      reject(reason);
      return settled();
    };
    asked.push({ of: together as unknown as string, signal, end, fail });
    return promise;
  };
  desk = new ComparisonDesk({ compare, timer: timer.timer });
  desk.changed.subscribe((comparisons) => announced.push(comparisons));
});

const shared = segment('ab', 'a', 'b');
const other = segment('cd', 'c', 'd');

async function settle(): Promise<void> {
  timer.advance(3000);
  await settled();
}

describe('a comparison', () => {
  it('is made of nothing that runs alone', async () => {
    desk.follow(chainOf(segment('a', 'a'), segment('b', 'b')));
    desk.follow(undefined);
    await settle();
    expect([timer.placed, asked, announced, desk.comparisons]).toEqual([0, [], [], []]);
  });

  it('begins when the chain has stood for three seconds, one session after the other', async () => {
    desk.follow(chainOf(shared, segment('e', 'e'), other));
    expect(desk.comparisons).toEqual([
      { keys: ['a', 'b'], modelHash: 'ab' },
      { keys: ['c', 'd'], modelHash: 'cd' },
    ]);
    timer.advance(2999);
    await settled();
    expect(asked).toEqual([]);
    timer.advance(1);
    await settled();
    expect(asked.map(({ of }) => of)).toEqual(['ab']);
    await asked[0]?.end(compared('ab'));
    expect(asked.map(({ of }) => of)).toEqual(['ab', 'cd']);
    const measured = { togetherMillis: 12, oneByOneMillis: 20, aloneMillis: [5, 15], turns: 7 };
    expect(announced.at(-1)).toEqual([
      { keys: ['a', 'b'], modelHash: 'ab', measured },
      { keys: ['c', 'd'], modelHash: 'cd' },
    ]);
    await asked[1]?.end(compared('cd'));
    expect(desk.comparisons[1]).toEqual({ keys: ['c', 'd'], modelHash: 'cd', measured });
  });

  it('is not made again for a chain that comes back', async () => {
    desk.follow(chainOf(shared));
    await settle();
    await asked[0]?.end(compared('ab'));
    desk.follow(chainOf(other));
    desk.follow(chainOf(shared));
    await settle();
    expect([asked.length, desk.comparisons[0]?.measured?.turns]).toEqual([1, 7]);
    // The same graph with other names is another: its parts may be cut elsewhere.
    desk.follow(chainOf(segment('ab', 'a', 'b', 'c')));
    await settle();
    expect(asked.length).toBe(2);
  });
});

describe('a chain that changes', () => {
  it('ends what is measured for the one before, whose result counts no more; the next waits until it has ended', async () => {
    desk.follow(chainOf(shared));
    await settle();
    desk.follow(chainOf(other));
    expect(asked[0]?.signal.aborted).toBe(true);
    await settle();
    expect(asked.length).toBe(1);
    await asked[0]?.end(compared('ab'));
    expect(asked.map(({ of }) => of)).toEqual(['ab', 'cd']);
    expect(asked[1]?.signal.aborted).toBe(false);
    desk.follow(chainOf(shared));
    expect(desk.comparisons[0]).toEqual({ keys: ['a', 'b'], modelHash: 'ab' });
  });

  it('within the three seconds leaves the one before unmeasured', async () => {
    desk.follow(chainOf(shared));
    timer.advance(2000);
    desk.follow(chainOf(other));
    timer.advance(2000);
    await settled();
    expect(asked).toEqual([]);
    timer.advance(1000);
    await settled();
    expect(asked.map(({ of }) => of)).toEqual(['cd']);
  });

  it('that ends is followed no more, unless another one runs by then', async () => {
    const [first, second] = [chainOf(shared), chainOf(other)];
    desk.follow(first);
    desk.follow(second);
    desk.ended(first);
    expect(desk.comparisons.map(({ keys }) => keys)).toEqual([['c', 'd']]);
    desk.ended(second);
    expect([desk.comparisons, announced.at(-1), timer.pending]).toEqual([[], [], 0]);
  });
});

describe('a recording', () => {
  it('lets nothing be measured, and what was being measured is begun anew after it', async () => {
    desk.follow(chainOf(shared));
    await settle();
    desk.hold(true);
    expect(asked[0]?.signal.aborted).toBe(true);
    await asked[0]?.end(undefined);
    await settle();
    expect(asked.length).toBe(1);
    desk.follow(chainOf(other));
    await settle();
    expect(asked.length).toBe(1);
    desk.hold(false);
    await settle();
    expect(asked.map(({ of }) => of)).toEqual(['ab', 'cd']);
  });

  it('that goes on changes nothing', async () => {
    desk.follow(chainOf(shared));
    desk.hold(false);
    await settle();
    desk.hold(false);
    expect(asked.map(({ signal }) => signal.aborted)).toEqual([false]);
  });
});

describe('what cannot be compared', () => {
  it('says which one cannot be run alone and why, and is not tried again', async () => {
    desk.follow(chainOf(shared));
    await settle();
    await asked[0]?.fail(new PartError(1, { code: 'model.failed', message: 'It broke', action: 'Mend it.' }));
    const failure = { code: 'model.failed', message: 'b cannot be run alone: It broke', action: 'Mend it.' };
    expect(desk.comparisons).toEqual([{ keys: ['a', 'b'], modelHash: 'ab', failure }]);
    desk.follow(chainOf(shared));
    await settle();
    expect(asked.length).toBe(1);
  });

  it.each([
    ['when the chain is built again', () => desk.follow(chainOf(shared, other)), 3000],
    ['after five minutes', () => undefined, 300_000],
  ])('for a reason that may pass is tried again %s, and not before', async (_, change, millis) => {
    desk.follow(chainOf(shared, other));
    await settle();
    await asked[0]?.fail(new Error('Cannot allocate memory'));
    await asked[1]?.end(compared('cd'));
    change();
    timer.advance(millis - 1);
    await settled();
    expect(asked.length).toBe(2);
    // Until it is known better it is said why it is not.
    expect(desk.comparisons[0]).toEqual({
      ...{ keys: ['a', 'b'], modelHash: 'ab' },
      failure: { code: 'lab.unexpected', message: 'Cannot allocate memory' },
    });
    timer.advance(1);
    await settled();
    expect(asked.map(({ of }) => of)).toEqual(['ab', 'cd', 'ab']);
    await asked[2]?.end(compared('ab'));
    expect([desk.comparisons[0]?.measured?.turns, desk.comparisons[0]?.failure, timer.pending]).toEqual([7, undefined, 0]);
  });

  it('holds nothing else up', async () => {
    desk.follow(chainOf(shared, other));
    await settle();
    await asked[0]?.fail(new Error('no memory'));
    expect(announced.at(-1)?.[0]?.failure).toEqual({ code: 'lab.unexpected', message: 'no memory' });
    expect(asked.map(({ of }) => of)).toEqual(['ab', 'cd']);
  });

  it('is a graph that is another one when it is planned again', async () => {
    desk.follow(chainOf(shared));
    await settle();
    await asked[0]?.end(compared('something else'));
    expect(desk.comparisons[0]?.failure?.message).toContain('Expected the graph of a+b to be the same');
    expect(desk.comparisons[0]?.measured).toBeUndefined();
  });
});

it('closes when what was being measured has ended', async () => {
  desk.follow(chainOf(shared));
  await settle();
  let isClosed = false;
  const closing = desk.close().then(() => {
    isClosed = true;
  });
  await settled();
  expect([asked[0]?.signal.aborted, isClosed]).toEqual([true, false]);
  await asked[0]?.end(undefined);
  await closing;
});

describe('the part of an entry', () => {
  const comparison = { keys: ['a', 'b', 'c'], modelHash: 'abc' };
  const measured = { togetherMillis: 30, oneByOneMillis: 50, aloneMillis: [10, 25, 15], turns: 7 };
  const measurement = (key: string, sharedBy = 3): ChainMeasurement => {
    return { key, frames: 5, failures: 0, sharedBy, millis: { median: 12, p99: 40 } };
  };
  const shares = (measurements: ChainMeasurement[], comparisons: ChainComparison[], runs = 'abc'): (number | undefined)[] =>
    withShares(measurements, comparisons, () => runs).map(({ shareMillis }) => shareMillis);

  it('is that of the live median which it has of what all take alone', () => {
    // By hand, of 12 ms: 10/50, 25/50 and 15/50.
    const made = shares(
      ['a', 'b', 'c'].map((key) => measurement(key)),
      [{ ...comparison, measured }],
    );
    for (const [index, expected] of [2.4, 6, 3.6].entries()) expect(made[index]).toBeCloseTo(expected, 9);
  });

  it('is not told of a time of its own, before it is known, and while times are of another session', () => {
    expect(shares([measurement('d', 1)], [{ ...comparison, measured }])).toEqual([undefined]);
    expect(shares([measurement('a')], [comparison])).toEqual([undefined]);
    expect(shares([measurement('a', 2)], [{ ...comparison, measured }])).toEqual([undefined]);
    expect(shares([measurement('a')], [{ ...comparison, measured }], 'as many others')).toEqual([undefined]);
    expect(shares([{ key: 'a', frames: 0, failures: 0, sharedBy: 3 }], [{ ...comparison, measured }])).toEqual([undefined]);
    const nothing = { ...measured, aloneMillis: [0, 0, 0] };
    expect(shares([measurement('a')], [{ ...comparison, measured: nothing }])).toEqual([undefined]);
  });
});
