import { describe, expect, it } from 'vitest';
import {
  activeItems,
  type ChainDocument,
  type PlaceableProcessor,
  withChanged,
  withItem,
  withItems,
  withMoved,
  withoutItem,
} from '../../../../main/processor/chain/chain-document.ts';

const everywhere: PlaceableProcessor = { id: 'everywhere', usage: ['preprocessor', 'main', 'postprocessor'] };
const behind: PlaceableProcessor = { id: 'behind', usage: ['postprocessor'] };
const find = (id: string): PlaceableProcessor | undefined => [everywhere, behind].find((one) => one.id === id);
const order = (document: ChainDocument): string[] => document.map(({ key, place }) => `${key} ${place}`);

describe('the document of a chain', () => {
  it('refuses a place that a processor does not have, by name', () => {
    const sentence = 'Expected postprocessor as the place of behind but received preprocessor';
    expect(() => withItem([], behind, { place: 'preprocessor' })).toThrow(sentence);
    const document = withItem([], behind);
    expect(() => withMoved(document, 'behind', behind, { place: 'preprocessor', index: 0 })).toThrow(sentence);
    const wanted = { processorId: 'behind', place: 'preprocessor', bypass: false, solo: false } as const;
    expect(() => withItems([], [wanted], find)).toThrow(sentence);
  });

  it('refuses keys that it does not have, that come twice, or that change their processor', () => {
    const document = withItem([], behind);
    const entry = { key: 'behind', processorId: 'behind', place: 'postprocessor', bypass: false, solo: false } as const;
    expect(() => withoutItem(document, 'other')).toThrow('Expected an entry of the chain (behind) but received other');
    expect(() => withItems(document, [entry, entry], find)).toThrow('Expected every key once but received behind twice');
    expect(() => withItems(document, [{ ...entry, processorId: 'everywhere' }], find)).toThrow('Expected behind for key behind');
  });

  it('accepts a processor that is gone only where it was before', () => {
    const gone = { processorId: 'gone', place: 'main', bypass: false, solo: false } as const;
    expect(() => withItems([], [gone], find)).toThrow('Expected a processor of the lab but received gone');
    const document = withItem([], { id: 'gone', usage: ['main'] });
    expect(order(withItems(document, [{ ...gone, key: 'gone' }], find))).toEqual(['gone main']);
  });

  it('keeps the order of places, and numbers the keys of one processor', () => {
    let document = withItem([], behind);
    document = withItem(document, everywhere, { place: 'preprocessor' });
    document = withItem(document, everywhere, { place: 'main' });
    document = withItem(document, behind, { index: 0 });
    expect(order(document)).toEqual([
      'everywhere preprocessor',
      'everywhere-2 main',
      'behind-2 postprocessor',
      'behind postprocessor',
    ]);
  });

  it('moves within a place by index, and to another place', () => {
    let document = withItem(withItem(withItem([], behind), behind), everywhere, { place: 'main' });
    document = withMoved(document, 'behind-2', behind, { index: 0 });
    expect(order(document)).toEqual(['everywhere main', 'behind-2 postprocessor', 'behind postprocessor']);
    document = withMoved(document, 'everywhere', everywhere, { place: 'postprocessor', index: 1 });
    expect(order(document)).toEqual(['behind-2 postprocessor', 'everywhere postprocessor', 'behind postprocessor']);
  });

  it('runs what is neither bypassed nor silenced by a solo', () => {
    const document = withItem(withItem(withItem([], behind), behind), everywhere);
    const active = (changed: ChainDocument): string[] => activeItems(changed).map(({ key }) => key);
    expect(active(withChanged(document, 'behind', { bypass: true }))).toEqual(['behind-2', 'everywhere']);
    const soloed = withChanged(document, 'behind-2', { solo: true });
    expect(active(soloed)).toEqual(['behind-2']);
    expect(active(withChanged(soloed, 'behind-2', { bypass: true }))).toEqual([]);
  });

  it('keeps prompts and keys of entries that stay when the whole is replaced', () => {
    const prompts = [{ text: 'warm', weight: 1 }];
    const document = withChanged(withItem(withItem([], behind), everywhere), 'behind', { prompts });
    const wanted = document.map(({ key, processorId, place }) => ({ key, processorId, place, bypass: true, solo: false }));
    const fresh = { processorId: 'everywhere', place: 'postprocessor', bypass: false, solo: false } as const;
    const made = withItems(document, [fresh, ...wanted], find);
    expect(made.map(({ key }) => key)).toEqual(['everywhere-2', 'behind', 'everywhere']);
    expect(made.find(({ key }) => key === 'behind')?.prompts).toEqual(prompts);
  });
});

describe('an item that comes back', () => {
  it('has the key that it had, unless that is taken or another processor’s', () => {
    const document = withItem([], behind);
    expect(order(withItem(document, behind, { index: 0, key: 'behind-3' }))).toEqual([
      'behind-3 postprocessor',
      'behind postprocessor',
    ]);
    expect(() => withItem(document, behind, { key: 'behind' })).toThrow(
      'Expected a key that nothing in the chain has but received behind',
    );
    for (const key of ['everywhere', 'behind-', 'behind-x', 'behind3', '']) {
      expect(() => withItem(document, behind, { key })).toThrow(`Expected behind or behind-NUMBER as a key but received ${key}`);
    }
  });
});
