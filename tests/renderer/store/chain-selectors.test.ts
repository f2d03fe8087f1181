import { expect, test } from 'vitest';
import type { ChainEntry, ChainState } from '../../../preload/contract.ts';
import type { ChainPlace } from '../../../renderer/store/chain-selectors.ts';
import { sharesWithAbove, steppedPosition } from '../../../renderer/store/chain-selectors.ts';
import { fakeProcessors } from '../../support/fake-lab/chain-descriptions.ts';

const catalogue = { processors: [...fakeProcessors], packages: [], userFolder: '/own', folders: [] };

function entry(key: string, place: ChainPlace, change: Partial<ChainEntry> = {}): ChainEntry {
  const facts = { name: key, bypass: false, solo: false, state: 'running', supportsPrompts: false, prompts: [] } as const;
  return { key, processorId: key, place, ...facts, prompts: [], ...change };
}

function chainOf(...entries: ChainEntry[]): ChainState {
  return { revision: 1, stateNumber: 1, entries, isBuilding: false };
}

test('a step goes past the neighbour, and at the end of a place into the next that its usage allows', () => {
  const chain = chainOf(
    entry('temporal-denoise', 'preprocessor'),
    entry('prompt-style', 'main'),
    entry('unsharp-mask', 'postprocessor'),
  );
  const step = (key: string, direction: 1 | -1) => steppedPosition(chain, catalogue, key, direction);
  // Its usage names no place between the two.
  expect(step('temporal-denoise', 1)).toEqual({ place: 'postprocessor', index: 0 });
  expect(step('temporal-denoise', -1)).toBeUndefined();
  expect(step('prompt-style', 1)).toEqual({ place: 'postprocessor', index: 0 });
  expect(step('prompt-style', -1)).toBeUndefined();
  expect(step('unsharp-mask', -1)).toBeUndefined();
  expect(step('nothing', 1)).toBeUndefined();
});

test('a step back into a place comes in behind what stands there', () => {
  const chain = chainOf(entry('a', 'main'), entry('b', 'main'), entry('prompt-style', 'postprocessor'));
  expect(steppedPosition(chain, catalogue, 'prompt-style', -1)).toEqual({ place: 'main', index: 2 });
  expect(steppedPosition(chain, catalogue, 'a', 1)).toEqual({ place: 'main', index: 1 });
});

test('an entry whose processor is gone keeps its place', () => {
  const chain = chainOf(entry('gone', 'main', { state: 'missing' }), entry('other', 'main'));
  expect(steppedPosition(chain, catalogue, 'gone', 1)).toEqual({ place: 'main', index: 1 });
  expect(steppedPosition(chain, catalogue, 'other', 1)).toBeUndefined();
});

test('entries of one session stand with the first of them', () => {
  const one = { modelHash: 'a' };
  const chain = chainOf(
    entry('first', 'postprocessor', one),
    entry('second', 'postprocessor', one),
    entry('bypassed', 'postprocessor'),
    entry('third', 'postprocessor', one),
    entry('fourth', 'postprocessor', { modelHash: 'b' }),
  );
  expect(chain.entries.map(({ key }) => sharesWithAbove(chain, key))).toEqual([false, true, false, true, false]);
});
