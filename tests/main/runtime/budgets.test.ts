import { describe, expect, it } from 'vitest';
import { Budgets, type Consumer } from '../../../main/runtime/budgets.ts';

function usageOf(budgets: Budgets, consumer: Consumer) {
  return budgets.usages().find((usage) => usage.consumer === consumer);
}

describe('Budgets', () => {
  it('refuses a negative budget, a consumer that does not exist and a refund of more than was charged', () => {
    const budgets = new Budgets();
    expect(() => budgets.limit('view', -1)).toThrow('Expected a budget of at least 0 bytes for view but received -1');
    expect(() => budgets.charge('nobody' as Consumer, 1)).toThrow('but received nobody');
    budgets.charge('view', 10);
    expect(() => budgets.refund('view', 11)).toThrow('Expected view to hold at least the 11 bytes that it gives back');
  });

  it('takes an eviction that evicts nothing for the bug that it is', () => {
    const budgets = new Budgets();
    budgets.limit('view', 10, () => true);
    expect(() => budgets.charge('view', 11)).toThrow('Expected view to have closed a lease');
  });

  it('refuses what exceeds the budget where nothing can be given up, and charges nothing for it', () => {
    const budgets = new Budgets();
    budgets.limit('recorder', 100);
    expect([budgets.charge('recorder', 60), budgets.charge('recorder', 60), budgets.charge('recorder', 40)]).toEqual([
      true,
      false,
      true,
    ]);
    expect(usageOf(budgets, 'recorder')).toMatchObject({ bytes: 100, peakBytes: 100, refusals: 1, evictions: 0 });
  });

  it('lets a consumer give up what it values least, and nobody else', () => {
    const budgets = new Budgets();
    const held = [30, 40, 30];
    for (const bytes of held) budgets.charge('view', bytes);
    budgets.charge('fusion', 1000);
    budgets.limit('view', 100, () => {
      const oldest = held.shift();
      if (oldest !== undefined) budgets.refund('view', oldest);
      return oldest !== undefined;
    });
    expect(budgets.charge('view', 50)).toBe(true);
    expect(held).toEqual([30]);
    expect(usageOf(budgets, 'view')).toMatchObject({ bytes: 80, budgetBytes: 100, evictions: 2, refusals: 0 });
    expect(usageOf(budgets, 'fusion')).toMatchObject({ bytes: 1000, evictions: 0 });
  });

  it('limits all but camera and lanes from the start', () => {
    const budgets = new Budgets();
    for (const consumer of ['camera', 'lane'] as const) {
      expect(budgets.charge(consumer, Number.MAX_SAFE_INTEGER)).toBe(true);
      expect(usageOf(budgets, consumer)?.budgetBytes).toBe(Number.POSITIVE_INFINITY);
    }
    for (const consumer of ['view', 'recorder', 'fusion', 'plug-ins'] as const) {
      // More than a few frames, less than the memory of a machine.
      expect(budgets.charge(consumer, 100 * 2 ** 20)).toBe(true);
      expect(budgets.charge(consumer, 1024 * 2 ** 20)).toBe(false);
      expect(usageOf(budgets, consumer)).toMatchObject({ bytes: 100 * 2 ** 20, refusals: 1 });
    }
  });
});
