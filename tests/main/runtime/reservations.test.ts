import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Timer } from '../../../main/base/timer.ts';
import { ReservationLine, type ReservationRequest } from '../../../main/runtime/reservations.ts';

/** Pools of a few slots, and a clock that stands until it is told. */
class Bench {
  readonly free: Record<string, number>;
  readonly due: { callback: () => void; cancelled: boolean }[] = [];
  readonly line: ReservationLine<ReservationRequest>;

  constructor(free: Record<string, number>) {
    this.free = free;
    const timer: Timer = (_millis, callback) => {
      const entry = { callback, cancelled: false };
      this.due.push(entry);
      return () => {
        entry.cancelled = true;
      };
    };
    this.line = new ReservationLine(
      (poolId) => this.free[poolId] as number,
      (request) => this.#add(request, -1),
      timer,
    );
  }

  giveBack(request: ReservationRequest): void {
    this.#add(request, 1);
    this.line.serve();
  }

  #add(request: ReservationRequest, sign: 1 | -1): ReservationRequest {
    for (const [poolId, count] of Object.entries(request.slots)) this.free[poolId] = (this.free[poolId] as number) + sign * count;
    return request;
  }
}

const plan = (owner: string, slots: Record<string, number>): ReservationRequest => ({ owner, slots });

describe('ReservationLine', () => {
  it('gives up after its time, when it is cancelled, and at once when it was cancelled before', async () => {
    const { line, due } = new Bench({ a: 0 });
    const late = line.reserve(plan('burst', { a: 2 }), { timeoutMillis: 50 });
    due[0]?.callback();
    await expect(late).rejects.toThrow('Expected free slots for burst (2 of a) within 50 ms but received none');
    const cancel = new AbortController();
    const unwanted = line.reserve(plan('burst', { a: 1 }), { signal: cancel.signal });
    cancel.abort();
    await expect(unwanted).rejects.toMatchObject({ code: 'runtime.cancelled' });
    await expect(line.reserve(plan('burst', { a: 1 }), { signal: cancel.signal })).rejects.toMatchObject({
      code: 'runtime.cancelled',
    });
    expect(line.waiting).toEqual([]);
  });

  it('takes all or nothing', async () => {
    const bench = new Bench({ a: 3, b: 1 });
    const first = await bench.line.reserve(plan('first', { a: 2, b: 1 }));
    const second = bench.line.reserve(plan('second', { a: 1, b: 1 }), { timeoutMillis: 50 });
    expect(bench.free).toEqual({ a: 1, b: 0 });
    bench.giveBack(first);
    expect(await second).toMatchObject({ owner: 'second' });
    expect(bench.free).toEqual({ a: 2, b: 0 });
    expect(bench.due[0]?.cancelled).toBe(true);
  });

  it('is not overtaken in the pools that it waits for, and holds nobody up in others', async () => {
    const bench = new Bench({ a: 1, b: 1 });
    const large = bench.line.reserve(plan('large', { a: 2 }));
    const small = bench.line.reserve(plan('small', { a: 1 }));
    await bench.line.reserve(plan('other', { b: 1 }));
    expect(bench.line.waiting.map(({ owner }) => owner)).toEqual(['large', 'small']);
    bench.giveBack(plan('camera', { a: 1 }));
    await large;
    expect(bench.line.waiting.map(({ owner }) => owner)).toEqual(['small']);
    bench.giveBack(plan('camera', { a: 1 }));
    await small;
  });
});

describe('ReservationLine, as plans come and go', () => {
  it('lets in what waited behind a plan that gave up', async () => {
    const bench = new Bench({ a: 1 });
    const cancel = new AbortController();
    const large = bench.line.reserve(plan('large', { a: 2 }), { signal: cancel.signal });
    const small = bench.line.reserve(plan('small', { a: 1 }));
    cancel.abort();
    await expect(large).rejects.toMatchObject({ code: 'runtime.cancelled' });
    expect(await small).toMatchObject({ owner: 'small' });
  });

  it('sends away every plan that names a pool which is going, the one as well that could only now be had', async () => {
    const bench = new Bench({ a: 0, b: 1 });
    const plans = [plan('large', { a: 1 }), plan('odd', { a: 0, b: 1 }), plan('other', { b: 2 })];
    const [large, odd, other] = plans.map((wish) => bench.line.reserve(wish)) as [
      Promise<unknown>,
      Promise<unknown>,
      Promise<unknown>,
    ];
    bench.line.refusePool('a');
    for (const gone of [large, odd]) await expect(gone).rejects.toMatchObject({ code: 'runtime.pool-gone' });
    expect([bench.free, bench.line.waiting]).toEqual([{ a: 0, b: 1 }, [plans[2]]]);
    bench.giveBack(plan('camera', { b: 1 }));
    await other;
  });

  it('grants every plan in the end, whatever the order of plans and returns', async () => {
    const slots = fc.record({ a: fc.integer({ min: 0, max: 3 }), b: fc.integer({ min: 0, max: 3 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(slots, { maxLength: 30 }), fc.infiniteStream(fc.nat()), async (wishes, choices) => {
        const bench = new Bench({ a: 3, b: 3 });
        const held: ReservationRequest[] = [];
        let granted = 0;
        const granting = wishes.map((wish, index) =>
          bench.line.reserve(plan(`plan ${index}`, wish)).then((request) => {
            granted += 1;
            held.push(request);
          }),
        );
        await Promise.resolve();
        while (granted < wishes.length) {
          expect(Math.min(...Object.values(bench.free))).toBeGreaterThanOrEqual(0);
          expect(held.length).toBeGreaterThan(0);
          const [back] = held.splice((choices.next().value as number) % held.length, 1);
          bench.giveBack(back as ReservationRequest);
          await Promise.resolve();
        }
        await Promise.all(granting);
        expect(bench.line.waiting).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
