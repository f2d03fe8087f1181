import type {
  ChainPrompt,
  ControlValue,
  EventPayload,
  ParameterDescription,
  ParameterValue,
  ParameterValues,
  ProcessorDescription,
} from '../../preload/contract.ts';
import type { LabState } from './store.ts';

/** The value a runtime control shows: the user's own until the lab has confirmed it, then the lab's; undefined where it is not set. */
export function shownValue(state: LabState, processorId: string, name: string): ParameterValue | undefined {
  const edited = ownValue(state.edits[processorId], name);
  return edited === undefined ? ownValue(state.parameters[processorId]?.values, name) : (edited ?? undefined);
}

/** A value of that name: a parameter may be called as what every object inherits. */
function ownValue<V>(values: Readonly<Record<string, V>> | undefined, name: string): V | undefined {
  return values !== undefined && Object.hasOwn(values, name) ? values[name] : undefined;
}

/** The value a device's control shows: the user's own until the device has answered, then the device's. */
export function shownControlValue(state: LabState, id: string): ControlValue | undefined {
  return state.controlEdits[id] ?? state.controls.find((control) => control.id === id)?.value;
}

const noPrompts: readonly ChainPrompt[] = [];

/** The prompts that an entry of the chain shows: the user's own until the lab has confirmed them, then the lab's. */
export function shownPrompts(state: LabState, key: string): readonly ChainPrompt[] {
  return state.promptEdits[key] ?? state.chain.entries.find((entry) => entry.key === key)?.prompts ?? noPrompts;
}

/** The value a load-time control shows: the draft's, else the lab's. */
export function draftValue(state: LabState, processorId: string, name: string): ParameterValue | undefined {
  return ownValue(state.drafts[processorId], name) ?? ownValue(state.parameters[processorId]?.values, name);
}

/** Why the lab has refused what a parameter shows, while a hand still holds it. */
export function refusalOf(state: LabState, processorId: string, name: string): string | undefined {
  const refusal = state.refusals[processorId];
  return refusal?.names.includes(name) ? refusal.message : undefined;
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

/** Whether frames flow or are about to, so that the next thing to do with the stream is to stop it. */
export function streamRuns({ stream }: LabState): boolean {
  return stream.phase === 'streaming' || stream.phase === 'opening' || stream.phase === 'reloading';
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

/** From which frame on the last write of the user is in effect: the latest over the controls that it wrote; undefined while none is. */
export function lastWriteEffect({ controls, writtenControls }: LabState): number | undefined {
  const sequences = writtenControls.map((id) => controls.find((control) => control.id === id)?.effectiveAtSequence);
  const known = sequences.filter((sequence) => sequence !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

/** The merge of frames under way; none where the lab cannot be heard. */
export function activeFusion({ connection, fusion }: LabState): EventPayload<'fusion.changed'> | undefined {
  return goingOn(connection, fusion);
}

/** The picture that SlowISP develops now; none where the lab cannot be heard. */
export function activeDevelopment({ connection, development }: LabState): EventPayload<'development.changed'> | undefined {
  return goingOn(connection, development);
}

/** The analysis of the sensor under way; none where the lab cannot be heard. */
export function activeAnalysis({ connection, analysis }: LabState): EventPayload<'sensor.analysis'> | undefined {
  return goingOn(connection, analysis);
}

function goingOn<T extends { readonly state: string }>(connection: LabState['connection'], work: T | undefined): T | undefined {
  return connection === 'connected' && work && !['done', 'failed', 'cancelled'].includes(work.state) ? work : undefined;
}

/** Every frame that was lost, over all reasons. */
export function droppedTotal(dropped: Readonly<Record<string, number>>): number {
  return Object.values(dropped).reduce((sum, count) => sum + count, 0);
}

/** The record without one key. */
export function withoutKey<V>(record: Readonly<Record<string, V>>, key: string): Record<string, V> {
  return Object.fromEntries(Object.entries(record).filter(([other]) => other !== key));
}
