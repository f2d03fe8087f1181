import type { ChainState, ProcessorDescription, ScopePanel } from '../../preload/contract.ts';
import type { LabState } from './store.ts';

/**
 * The chain as the lab says it is, unless that is known already or an answer arrives late, overtaken by an announcement. Entries that are gone
 * are no processors any more, which the lab announces by itself, but perhaps later.
 */
export function withChain(state: LabState, chain: ChainState): Partial<LabState> {
  if (!isNewer(chain, state.chain)) return {};
  const present = new Set(chain.entries.map(({ key }) => key));
  const gone = new Set(state.chain.entries.flatMap(({ key }) => (present.has(key) ? [] : [key])));
  if (gone.size === 0) return { chain };
  const processors = state.processors.filter(({ id }) => !gone.has(id));
  return { chain, ...withListed(state, processors) };
}

/**
 * Whether one of two things that the same lab said of its chain was said after the other. The revision would not do: it is one before and
 * after it is built.
 */
export function isNewer(chain: ChainState, known: ChainState): boolean {
  return chain.stateNumber > known.stateNumber;
}

/** The processors as they are listed now: of those that are gone nothing is kept, so that one that comes back begins anew. */
export function withListed(state: LabState, processors: ProcessorDescription[]): Partial<LabState> {
  return { processors, ...keptOf(state, [...processors, ...state.scopePanels.map(({ processor }) => processor)]) };
}

/** The imported pipelines as they are now; nothing is kept of one that was closed. */
export function withScopePanels(state: LabState, scopePanels: ScopePanel[]): Partial<LabState> {
  return { scopePanels, ...keptOf(state, [...state.processors, ...scopePanels.map(({ processor }) => processor)]) };
}

function keptOf(state: LabState, present: readonly ProcessorDescription[]): Partial<LabState> {
  const listed = new Set(present.map(({ id }) => id));
  const kept = <V>(record: Readonly<Record<string, V>>): Record<string, V> =>
    Object.fromEntries(Object.entries(record).filter(([id]) => listed.has(id)));
  const { parameters, edits, refusals, drafts, applied, presets } = state;
  return {
    parameters: kept(parameters),
    edits: kept(edits),
    refusals: kept(refusals),
    drafts: kept(drafts),
    applied: kept(applied),
    presets: kept(presets),
  };
}
