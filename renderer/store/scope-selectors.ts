import type { ProcessorDescription, ScopePanel } from '../../preload/contract.ts';
import type { LabState } from './store.ts';

/** The imported pipeline of that id. */
export function scopePanelOf(
  { scopePanels }: Pick<LabState, 'scopePanels'>,
  processorId: string | undefined,
): ScopePanel | undefined {
  return scopePanels.find(({ processor }) => processor.id === processorId);
}

/** A processor of the lab that a pipeline may have been exported from: the stage, or an entry of the chain. */
export interface ScopeTarget {
  /** The stage's id or the entry's key. */
  readonly id: string;
  readonly name: string;
}

/** The processors of the lab that a pipeline may come from: the stage first, then entries by their order. */
export function scopeTargets(
  { exportedFrom }: ScopePanel,
  { processors, chain }: Pick<LabState, 'processors' | 'chain'>,
): ScopeTarget[] {
  const entries = chain.entries.filter(({ processorId }) => processorId === exportedFrom);
  const isEntry = (id: string): boolean => chain.entries.some(({ key }) => key === id);
  const own = processors.filter(({ id }) => id === exportedFrom && !isEntry(id));
  return [...own.map(({ id, name }) => ({ id, name })), ...entries.map(({ key, name }) => ({ id: key, name }))];
}

/** The description whose rows change their values at once, whatever kind they are of in Scope: nothing is built from them here. */
export function actingAtOnce(parameters: ProcessorDescription['parameters']): ProcessorDescription['parameters'] {
  return parameters.map((parameter) => ({ ...parameter, kind: 'runtime' }));
}
