import type { ParameterDescription, ParameterValue, ParameterValues, ProcessorDescription } from '../../preload/contract.ts';
import type { LabState } from './store.ts';

/** The value a runtime control shows: the user's own until the lab has confirmed it, then the lab's. */
export function shownValue(state: LabState, processorId: string, name: string): ParameterValue | undefined {
  return state.edits[processorId]?.[name] ?? state.parameters[processorId]?.values[name];
}

/** The value a load-time control shows: the draft's, else the lab's. */
export function draftValue(state: LabState, processorId: string, name: string): ParameterValue | undefined {
  return state.drafts[processorId]?.[name] ?? state.parameters[processorId]?.values[name];
}

/** What the draft of a processor would change. */
export function draftChanges(state: LabState, processorId: string): ParameterValues {
  const current = state.parameters[processorId]?.values ?? {};
  const draft = state.drafts[processorId] ?? {};
  return Object.fromEntries(Object.entries(draft).filter(([name, value]) => current[name] !== value));
}

/** Load-time settings are locked while frames flow, until the user asks to edit them. */
export function loadTimeLocked(state: LabState, processorId: string): boolean {
  const { phase } = state.stream;
  if (phase === 'reloading') return true;
  return (phase === 'streaming' || phase === 'opening') && state.drafts[processorId] === undefined;
}

/** The processor whose parameters the page shows: the stream's, else the first one. */
export function currentProcessor(state: LabState): ProcessorDescription | undefined {
  return state.processors.find(({ id }) => id === state.stream.processorId) ?? state.processors[0];
}

/** One titled block of parameters, in the order of the declaration. */
export interface ParameterGroup {
  readonly category: string;
  readonly parameters: readonly ParameterDescription[];
}

/** The parameters of one kind by category; categories stand where their first parameter stands. */
export function parameterGroups(processor: ProcessorDescription, kind: ParameterDescription['kind']): ParameterGroup[] {
  const groups = new Map<string, ParameterDescription[]>();
  const ordered = processor.parameters.filter((parameter) => parameter.kind === kind).sort((a, b) => a.order - b.order);
  for (const parameter of ordered) groups.set(parameter.category, [...(groups.get(parameter.category) ?? []), parameter]);
  return [...groups].map(([category, parameters]) => ({ category, parameters }));
}

/** Every frame that was lost, over all reasons. */
export function droppedTotal(dropped: Readonly<Record<string, number>>): number {
  return Object.values(dropped).reduce((sum, count) => sum + count, 0);
}

/** The record without one key. */
export function withoutKey<V>(record: Readonly<Record<string, V>>, key: string): Record<string, V> {
  return Object.fromEntries(Object.entries(record).filter(([other]) => other !== key));
}
