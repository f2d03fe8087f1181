import type { ChainState } from '../../preload/contract.ts';
import type { LabState } from './store.ts';

/** The chain as the lab says it is, unless an answer that was overtaken by a newer revision arrives late. */
export function withChain(state: LabState, chain: ChainState): Partial<LabState> {
  return state.chain.revision > chain.revision ? {} : { chain };
}
