import type { ControlDescription, ParameterState, ProcessorDescription, SessionEntry } from '../../preload/contract.ts';
import type { LabEvent } from '../client/lab-client.ts';
import { withChain, withListed, withScopePanels } from './chain-reducers.ts';
import type { LabState, NewNotice } from './store.ts';

/** Older notices make room: the list is for reading, the log is in the telemetry. */
const noticesKept = 50;

/** What one announcement changes in the state. Pure. */
export function reduceEvent(state: LabState, event: LabEvent): Partial<LabState> {
  switch (event.name) {
    case 'stream.state':
      // What was said of the scene before is nothing to the next one.
      return { stream: event.payload, ...(event.payload.phase === 'opening' ? { advice: {} } : {}) };
    case 'status.snapshot':
      return { status: event.payload };
    case 'control.changed':
      return { controls: withControls(state.controls, event.payload) };
    case 'processor.changed':
      return { processors: withProcessor(state.processors, event.payload) };
    case 'processor.listed':
      return withListed(state, event.payload);
    case 'scope.changed':
      return withScopePanels(state, event.payload);
    case 'catalogue.changed':
      return { catalogue: event.payload };
    case 'chain.changed':
      return withChain(state, event.payload);
    case 'chain.applied':
      return { chainApplied: event.payload };
    case 'chain.measured':
      return { measurements: event.payload };
    case 'chain.compared':
      return { comparisons: event.payload };
    case 'parameter.changed':
      return withParameters(state, event.payload);
    case 'parameter.applied':
      return { applied: { ...state.applied, [event.payload.processorId]: event.payload } };
    case 'session.changed':
      return { sessions: withSession(state.sessions, event.payload) };
    case 'fusion.changed':
      return { fusion: event.payload };
    case 'development.changed':
      return { development: event.payload };
    case 'sensor.analysis':
      return { analysis: event.payload };
    case 'algorithm.advised':
      return { advice: { ...state.advice, [event.payload.algorithm]: event.payload } };
    case 'notice':
      return withNotice(state, event.payload);
  }
}

/** The controls as they are now; those that did not change stay the objects they were, so that their rows rest. */
export function withControls(
  known: readonly ControlDescription[],
  next: readonly ControlDescription[],
): readonly ControlDescription[] {
  const texts = new Map(known.map((control) => [control.id, { control, text: JSON.stringify(control) }]));
  return next.map((control) => {
    const same = texts.get(control.id);
    return same?.text === JSON.stringify(control) ? same.control : control;
  });
}

/** The processors with one replaced where it stands, or added at the end. */
export function withProcessor(processors: readonly ProcessorDescription[], next: ProcessorDescription): ProcessorDescription[] {
  const known = processors.some(({ id }) => id === next.id);
  return known ? processors.map((processor) => (processor.id === next.id ? next : processor)) : [...processors, next];
}

/** The parameter state of one processor replaced, unless an answer that was overtaken by a newer version arrives late. */
export function withParameters(state: LabState, next: ParameterState): Partial<LabState> {
  const known = state.parameters[next.processorId];
  if (known !== undefined && known.version > next.version) return {};
  return { parameters: { ...state.parameters, [next.processorId]: next } };
}

/** The sessions with one added or replaced, newest first. */
export function withSession(sessions: readonly SessionEntry[], next: SessionEntry): SessionEntry[] {
  return [next, ...sessions.filter((session) => session.id !== next.id)].sort((a, b) => b.id - a.id);
}

/** The notices with one added. The same sentence is not repeated below itself. */
export function withNotice(state: LabState, notice: NewNotice): Partial<LabState> {
  const newest = state.notices.at(-1);
  if (newest?.message === notice.message && newest.level === notice.level) return {};
  const id = (newest?.id ?? 0) + 1;
  return { notices: [...state.notices, { ...notice, id }].slice(-noticesKept) };
}
