import type { ChainPrompt } from '../../../preload/contract.ts';
import { errorFromRecord, InputError } from '../../base/errors.ts';
import { activeItems, inPlaceOrder, unknownProcessor } from '../../processor/chain/chain-document.ts';
import { ParameterStore } from '../../processor/parameter-store.ts';
import type { AroundParts } from '../single-frame.ts';
import type { Catalogue } from './catalogue.ts';
import { ChainBuilder } from './chain-builder.ts';
import type { StoredChain } from './chain-file.ts';
import { type ChainMember, memberText } from './chain-member.ts';
import type { RunningChain } from './running-chain.ts';

/**
 * What a kept chain is to run, in order: neither bypassed nor, where any is soloed, any other. A live chain does without what it cannot
 * have; here everything is refused with an InputError: unknown processors, places, parameters, and values out of range.
 */
export function membersOf({ entries }: StoredChain, catalogue: Pick<Catalogue, 'find' | 'absenceOf'>): ChainMember[] {
  const twice = entries.find(({ key }, index) => entries.findIndex((one) => one.key === key) !== index);
  if (twice) throw new InputError('chain.key', `Expected every key once but received ${twice.key} twice`);
  const items = inPlaceOrder(entries.map(({ values: _, ...item }) => item));
  return activeItems(items).map((item) => {
    const { key, processorId, place } = item;
    const offer = catalogue.find(processorId);
    if (!offer) throw unknownProcessor(processorId, catalogue.absenceOf(processorId).reason);
    const { usage, params } = offer.declaration;
    if (!usage.includes(place)) {
      throw new InputError('chain.place', `Expected ${usage.join(' or ')} as the place of ${key} but received ${place}`);
    }
    const parameters = new ParameterStore(key, params);
    for (const [name, value] of Object.entries(entries.find((entry) => entry.key === key)?.values ?? {})) {
      if (parameters.describe(name).kind === 'runtime') parameters.set({ [name]: value });
      else parameters.setLoadTime({ [name]: value });
    }
    return { item, offer, parameters };
  });
}

/** Builds a chain for one frame. Rejects where an entry cannot be built, with its reason. */
export async function singleChain(
  members: readonly ChainMember[],
  { geometry, ...lab }: AroundParts,
): Promise<RunningChain | undefined> {
  const promptsOf = (key: string): readonly ChainPrompt[] => members.find(({ item }) => item.key === key)?.item.prompts ?? [];
  const builder = new ChainBuilder({
    ...lab,
    // Nothing waits for a single frame.
    callMillis: Number.POSITIVE_INFINITY,
    promptsOf,
    revisionFrom: (built) => built,
    isSuspended: () => false,
  });
  const order = { members, geometry, revision: 1, isEmpty: members.length === 0, apart: new Set<string>() };
  const { chain, runs } = await builder.build(order);
  const [failed] = [...runs].flatMap(([key, { failure }]) => (failure ? [{ key, failure }] : []));
  if (!failed) return chain;
  chain?.retire();
  const name = members.filter(({ item }) => item.key === failed.key).map(memberText);
  throw errorFromRecord({ ...failed.failure, message: `${name} cannot be built: ${failed.failure.message}` });
}
