import type { ChainPrompt } from '../../../preload/contract.ts';
import { type ErrorRecord, InputError } from '../../base/errors.ts';

/** Where a processor may stand, in the order in which frames go through: the ISP is between the first two. */
export const chainPlaces = ['preprocessor', 'main', 'postprocessor'] as const;

/** One of {@link chainPlaces}. */
export type ChainPlace = (typeof chainPlaces)[number];

/** What the user wants at one place of the chain, whether it can be had or not. */
export interface ChainItem {
  /** Unique in the chain. */
  readonly key: string;
  readonly processorId: string;
  readonly place: ChainPlace;
  readonly bypass: boolean;
  readonly solo: boolean;
  readonly prompts: readonly ChainPrompt[];
}

/** The chain as the user wants it, always in the order of places. Immutable; every function here gives a new one. */
export type ChainDocument = readonly ChainItem[];

/** What has to be known of a processor to place it. */
export interface PlaceableProcessor {
  readonly id: string;
  readonly usage: readonly ChainPlace[];
}

/** An item that replaces a document's; without a key it is new. */
export interface WantedItem extends Omit<ChainItem, 'key' | 'prompts'> {
  readonly key?: string | undefined;
}

/**
 * Adds an item, by default at the end of the last place that its usage allows. `index` counts within the place; `key` is that of an item
 * which was there before and comes back.
 */
export function withItem(
  document: ChainDocument,
  processor: PlaceableProcessor,
  at: { readonly place?: ChainPlace | undefined; readonly index?: number | undefined; readonly key?: string | undefined } = {},
): ChainDocument {
  const place = at.place ?? chainPlaces.findLast((one) => processor.usage.includes(one)) ?? 'postprocessor';
  expectPlace(processor, place);
  const key = at.key === undefined ? freeKey(keysIn(document), processor.id) : returningKey(document, processor.id, at.key);
  const item: ChainItem = { key, processorId: processor.id, place, bypass: false, solo: false, prompts: [] };
  return inserted(document, item, at.index ?? document.length);
}

/** Moves an item within its place or to another. The processor is absent where there is none such now: it then keeps its place. */
export function withMoved(
  document: ChainDocument,
  key: string,
  processor: PlaceableProcessor | undefined,
  to: { readonly place?: ChainPlace | undefined; readonly index: number },
): ChainDocument {
  const item = itemOf(document, key);
  const place = to.place ?? item.place;
  if (processor) expectPlace(processor, place);
  const others = document.filter((other) => other !== item);
  return inserted(others, { ...item, place: processor ? place : item.place }, to.index);
}

/** Takes an item out. */
export function withoutItem(document: ChainDocument, key: string): ChainDocument {
  const item = itemOf(document, key);
  return document.filter((other) => other !== item);
}

/** Changes what an item says beside its place. */
export function withChanged(
  document: ChainDocument,
  key: string,
  change: Partial<Pick<ChainItem, 'bypass' | 'solo' | 'prompts'>>,
): ChainDocument {
  const item = itemOf(document, key);
  return document.map((other) => (other === item ? { ...item, ...change } : other));
}

/**
 * The document of a whole list, put in order of places. Keys of the document keep their prompts; others are refused, as is a key that
 * changes its processor. `find` gives the processor of an id; an unknown one is accepted only where the item was there before.
 */
export function withItems(
  document: ChainDocument,
  wanted: readonly WantedItem[],
  find: (id: string) => PlaceableProcessor | undefined,
): ChainDocument {
  const kept = wanted.map(({ key }) => (key === undefined ? undefined : itemOf(document, key)));
  const twice = wanted.find(({ key }, index) => key !== undefined && wanted.findIndex((one) => one.key === key) !== index);
  if (twice) throw new InputError('chain.key', `Expected every key once but received ${twice.key} twice`);
  let made: ChainDocument = kept.filter((item) => item !== undefined);
  return inPlaceOrder(
    wanted.map(({ processorId, place, bypass, solo }, index) => {
      const before = kept[index];
      const processor = find(processorId);
      if (before && before.processorId !== processorId) {
        throw new InputError(
          'chain.key',
          `Expected ${before.processorId} for key ${before.key} but received ${processorId}`,
          'Leave the key out for a new entry.',
        );
      }
      if (processor) expectPlace(processor, place);
      else if (before?.place !== place) throw unknownProcessor(processorId);
      const key = before?.key ?? freeKey(keysIn(made), processorId);
      const item = { key, processorId, place, bypass, solo, prompts: before?.prompts ?? [] };
      made = [...made, item];
      return item;
    }),
  );
}

/** The items that are to run: those that are not bypassed, and where any is soloed, of those only the soloed ones. */
export function activeItems(document: ChainDocument): ChainItem[] {
  const hasSolo = document.some(({ solo }) => solo);
  return document.filter(({ bypass, solo }) => !bypass && (solo || !hasSolo));
}

/** The item of a key. Throws InputError with the keys that there are. */
export function itemOf(document: ChainDocument, key: string): ChainItem {
  const item = document.find((one) => one.key === key);
  if (item) return item;
  const known = document.map((one) => one.key).join(', ') || 'none';
  throw new InputError('chain.unknown', `Expected an entry of the chain (${known}) but received ${key}`);
}

/** What is thrown for the id of a processor that the lab does not have now, with why that is so where it is known. */
export function unknownProcessor(id: string, reason?: ErrorRecord): InputError {
  const action = reason?.action ?? 'List the processors to see which there are.';
  const why = reason ? `: ${reason.message}` : '';
  return new InputError('chain.no-processor', `Expected a processor of the lab but received ${id}${why}`, action);
}

function expectPlace({ id, usage }: PlaceableProcessor, place: ChainPlace): void {
  if (usage.includes(place)) return;
  throw new InputError('chain.place', `Expected ${usage.join(' or ')} as the place of ${id} but received ${place}`);
}

/** The keys of entries that are added one after the other: a processor's id, with a number from 2 on where that is another's key. */
export function keysOf(processorIds: readonly string[]): string[] {
  const keys: string[] = [];
  for (const id of processorIds) keys.push(freeKey(keys, id));
  return keys;
}

function keysIn(document: ChainDocument): string[] {
  return document.map(({ key }) => key);
}

function freeKey(taken: readonly string[], processorId: string): string {
  let key = processorId;
  for (let number = 2; taken.includes(key); number++) key = `${processorId}-${number}`;
  return key;
}

/** A key as {@link freeKey} gives them, and that nothing has by now. */
function returningKey(document: ChainDocument, processorId: string, key: string): string {
  const isOwn = key === processorId || (key.startsWith(`${processorId}-`) && /^\d+$/.test(key.slice(processorId.length + 1)));
  if (!isOwn) throw new InputError('chain.key', `Expected ${processorId} or ${processorId}-NUMBER as a key but received ${key}`);
  if (!document.some((item) => item.key === key)) return key;
  throw new InputError(
    'chain.key',
    `Expected a key that nothing in the chain has but received ${key}`,
    'Leave it out for a new one.',
  );
}

function inserted(others: ChainDocument, item: ChainItem, index: number): ChainDocument {
  const neighbours = others.filter(({ place }) => place === item.place);
  const following = neighbours[index];
  const position = following ? others.indexOf(following) : others.length;
  return inPlaceOrder(others.toSpliced(position, 0, item));
}

/** Items in the order of their places: within a place nothing changes. */
export function inPlaceOrder(items: ChainDocument): ChainDocument {
  return chainPlaces.flatMap((place) => items.filter((item) => item.place === place));
}
