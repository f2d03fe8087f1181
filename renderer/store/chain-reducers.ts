import type { ChainState, ProcessorDescription } from '../../preload/contract.ts';
import type { LabState } from './store.ts';

/** The chain as the lab says it is, unless an answer that was overtaken by a newer revision arrives late. */
export function withChain(state: LabState, chain: ChainState): Partial<LabState> {
  return state.chain.revision > chain.revision ? {} : { chain };
}

/** The processors as they are listed now: of those that are gone nothing is kept, so that one that comes back begins anew. */
export function withListed(state: LabState, processors: ProcessorDescription[]): Partial<LabState> {
  const listed = new Set(processors.map(({ id }) => id));
  const present = <V>(record: Readonly<Record<string, V>>): Record<string, V> =>
    Object.fromEntries(Object.entries(record).filter(([id]) => listed.has(id)));
  const { parameters, edits, refusals, drafts, applied, presets } = state;
  return {
    processors,
    parameters: present(parameters),
    edits: present(edits),
    refusals: present(refusals),
    drafts: present(drafts),
    applied: present(applied),
    presets: present(presets),
  };
}
