import { currentProcessor } from '../store/selectors.ts';
import type { Command } from './command.ts';

/** Commands on parameters and sessions. */
export const parameterCommands: readonly Command[] = [
  {
    id: 'parameters.undo',
    title: () => 'Undo parameter change',
    category: 'Parameters',
    keys: ['Mod+Z'],
    predicate: ({ parameters }) => parameters.canUndo,
    perform: ({ parameters }) => parameters.undo(),
  },
  {
    id: 'parameters.redo',
    title: () => 'Redo parameter change',
    category: 'Parameters',
    keys: ['Mod+Shift+Z', 'Mod+Y'],
    predicate: ({ parameters }) => parameters.canRedo,
    perform: ({ parameters }) => parameters.redo(),
  },
  {
    id: 'parameters.resetAll',
    title: () => 'Reset all parameters',
    category: 'Parameters',
    keys: ['Mod+Shift+Backspace'],
    predicate: ({ store }) => currentProcessor(store.getState()) !== undefined,
    perform({ store, parameters }) {
      const processor = currentProcessor(store.getState());
      if (processor) parameters.resetAll(processor.id);
    },
  },
  {
    id: 'sessions.exportLast',
    title: () => 'Export last session as CSV',
    category: 'Sessions',
    keys: ['Mod+E'],
    predicate: ({ store }) => store.getState().sessions.length > 0,
    async perform({ store, actions }) {
      const { sessions, stream } = store.getState();
      const last = sessions.find(({ id }) => id !== stream.recordingSessionId) ?? sessions[0];
      if (last) await actions.exportSession(last.id);
    },
  },
];
