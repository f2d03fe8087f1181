import type { ParameterValues } from '../../../preload/contract.ts';
import type { ChainItem } from '../../processor/chain/chain-document.ts';
import type { ParameterStore } from '../../processor/parameter-store.ts';
import type { OfferedProcessor } from './catalogue.ts';

/** An entry of the chain that is to run: what the user wants, the processor that there is for it, and its values. */
export interface ChainMember {
  readonly item: ChainItem;
  readonly offer: OfferedProcessor;
  readonly parameters: ParameterStore;
  /** Load-time values that are tried in place of the current ones. */
  readonly triedValues?: ParameterValues;
}

/** An entry in a sentence: its processor, with the key where that is another word. */
export function memberText({ item: { key, processorId } }: ChainMember): string {
  return key === processorId ? key : `${processorId} (${key})`;
}
