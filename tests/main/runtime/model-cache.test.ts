import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ModelCache } from '../../../main/runtime/model-cache.ts';

/** A cache whose loads and unloads are written down. */
function recordedCache(budgetBytes: number): {
  cache: ModelCache;
  log: string[];
  acquire: (key: string, bytes?: number) => Promise<void>;
} {
  const log: string[] = [];
  const cache = new ModelCache(budgetBytes, (key) => log.push(`-${key}`));
  const acquire = (key: string, bytes = 10): Promise<void> =>
    cache.acquire(key, bytes, async () => {
      log.push(`+${key}`);
    });
  return { cache, log, acquire };
}

describe('a cache of models that is misused or whose loads fail', () => {
  it('refuses to release what is unknown or not in use', async () => {
    const { cache, acquire } = recordedCache(100);
    expect(() => cache.release('a')).toThrow('Expected a loaded model but received a');
    await acquire('a');
    cache.release('a');
    expect(() => cache.release('a')).toThrow('Expected a loaded model but received a');
  });

  it('forgets a load that failed, for everybody who waited for it, and tries again', async () => {
    const { cache, log, acquire } = recordedCache(100);
    const failing = (): Promise<void> => Promise.reject(new Error('no memory'));
    const both = await Promise.allSettled([cache.acquire('a', 10, failing), cache.acquire('a', 10, failing)]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(cache.models).toEqual([]);
    await acquire('a');
    expect(log).toEqual(['+a']);
  });
});

describe('a cache of models', () => {
  it('keeps what is released while there is room', async () => {
    const { cache, log, acquire } = recordedCache(20);
    for (const key of ['a', 'b', 'a', 'b', 'a']) {
      await acquire(key);
      cache.release(key);
    }
    expect(log).toEqual(['+a', '+b']);
  });

  it('gives up the one used longest ago first, and only as many as it must', async () => {
    const { cache, log, acquire } = recordedCache(30);
    for (const key of ['a', 'b', 'c', 'a']) {
      await acquire(key);
      cache.release(key);
    }
    await acquire('d');
    expect(log).toEqual(['+a', '+b', '+c', '-b', '+d']);
    expect(cache.models.map(({ key }) => key)).toEqual(['c', 'a', 'd']);
  });

  it('never gives up one in use, even beyond its budget, and returns to it when uses end', async () => {
    const { cache, log, acquire } = recordedCache(15);
    await acquire('a');
    await acquire('b');
    await acquire('c');
    expect(log).toEqual(['+a', '+b', '+c']);
    cache.release('b');
    cache.release('c');
    expect(log.slice(3)).toEqual(['-b', '-c']);
    cache.release('a');
    expect(cache.models).toEqual([{ key: 'a', bytes: 10, uses: 0 }]);
  });

  it('keeps nothing that nobody uses on a budget of nothing', async () => {
    const { cache, log, acquire } = recordedCache(0);
    await acquire('a');
    cache.release('a');
    expect(log).toEqual(['+a', '-a']);
  });
});

describe('any sequence of uses', () => {
  it('leaves a model loaded once at a time, in use never gone, over budget only by what is in use', async () => {
    const step = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd', 'e'), release: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.integer({ min: 0, max: 60 }), async (steps, budget) => {
        const { cache, log, acquire } = recordedCache(budget);
        const sizes: Record<string, number> = { a: 5, b: 10, c: 15, d: 20, e: 30 };
        const uses = new Map<string, number>();
        for (const { key, release } of steps) {
          const count = uses.get(key) ?? 0;
          if (release && count === 0) continue;
          if (release) cache.release(key);
          else await acquire(key, sizes[key]);
          uses.set(key, count + (release ? -1 : 1));
          const loaded = new Set<string>();
          for (const entry of log) {
            expect(loaded.has(entry.slice(1))).toBe(entry.startsWith('-'));
            if (entry.startsWith('+')) loaded.add(entry.slice(1));
            else loaded.delete(entry.slice(1));
          }
          expect(cache.models.map((model) => model.key).sort()).toEqual([...loaded].sort());
          for (const [used, times] of uses) if (times > 0) expect(loaded.has(used)).toBe(true);
          const idle = cache.models.filter((model) => model.uses === 0);
          const total = cache.models.reduce((sum, { bytes }) => sum + bytes, 0);
          if (total > budget) expect(idle).toEqual([]);
        }
      }),
      { numRuns: 300 },
    );
  });
});
