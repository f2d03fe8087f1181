import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BackgroundQueue } from '../../../main/runtime/background-queue.ts';

describe('BackgroundQueue', () => {
  it.each([0, -1, 1.5])('refuses a capacity of %d', (capacity) => {
    expect(() => new BackgroundQueue(capacity)).toThrow(`Expected a positive capacity but received ${capacity}`);
  });

  it('refuses a push that was cancelled before, and one that is cancelled while it waits', async () => {
    const queue = new BackgroundQueue<string>(1);
    await expect(queue.push('a', { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'runtime.cancelled' });
    await queue.push('b');
    const cancel = new AbortController();
    const refused = expect(queue.push('c', { signal: cancel.signal })).rejects.toMatchObject({ code: 'runtime.cancelled' });
    expect(queue.waiting).toBe(1);
    cancel.abort();
    await refused;
    expect([queue.take(), queue.take()]).toEqual(['b', undefined]);
  });

  it('holds a push back until there is room', async () => {
    const queue = new BackgroundQueue<number>(2);
    const accepted: number[] = [];
    const pushes = [1, 2, 3, 4].map((item) => queue.push(item).then(() => accepted.push(item)));
    await Promise.all(pushes.slice(0, 2));
    expect(accepted).toEqual([1, 2]);
    expect(queue.take()).toBe(1);
    await pushes[2];
    expect(accepted).toEqual([1, 2, 3]);
    expect(queue.remove((item) => item === 3)).toEqual([3]);
    await pushes[3];
    expect([queue.take(), queue.take(), queue.take()]).toEqual([2, 4, undefined]);
  });

  it('gives out by priority and then age, never holds more than its capacity and loses nothing', async () => {
    const push = fc.record({ priority: fc.integer({ min: -2, max: 2 }) });
    const commands = fc.array(fc.oneof(push, fc.constant('take' as const)), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(commands, fc.integer({ min: 1, max: 5 }), async (sequence, capacity) => {
        const queue = new BackgroundQueue<number>(capacity);
        const inside: { id: number; priority: number }[] = [];
        const outside: { id: number; priority: number }[] = [];
        const order = (a: { id: number; priority: number }, b: { id: number; priority: number }): number =>
          b.priority - a.priority || a.id - b.id;
        const admit = (): void => {
          if (inside.length < capacity && outside.length > 0) inside.push(...outside.sort(order).splice(0, 1));
        };
        for (const [id, command] of sequence.entries()) {
          if (command === 'take') {
            const [expected] = inside.sort(order).splice(0, 1);
            admit();
            expect(queue.take()).toBe(expected?.id);
          } else {
            outside.push({ id, ...command });
            admit();
            void queue.push(id, command);
          }
          expect(queue.length).toBe(inside.length);
          expect(queue.waiting).toBe(outside.length);
        }
      }),
      { numRuns: 500 },
    );
  });
});
