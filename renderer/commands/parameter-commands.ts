import { explainFocused } from '../controls/explanation.ts';
import { currentProcessor } from '../store/selectors.ts';
import type { Command } from './command.ts';

/** Commands on parameters, device controls and sessions. */
export const parameterCommands: readonly Command[] = [
  {
    id: 'parameters.undo',
    title: () => 'Undo',
    keywords: ['back', 'revert', 'parameter change', 'device control change'],
    category: 'Parameters',
    keys: ['Mod+Z'],
    predicate: ({ history }) => history.canUndo,
    perform: ({ history }) => history.undo(),
  },
  {
    id: 'parameters.redo',
    title: () => 'Redo',
    keywords: ['forward', 'again', 'parameter change', 'device control change'],
    category: 'Parameters',
    keys: ['Mod+Shift+Z', 'Mod+Y'],
    predicate: ({ history }) => history.canRedo,
    perform: ({ history }) => history.redo(),
  },
  {
    id: 'parameters.resetAll',
    title: () => 'Reset all parameters',
    keywords: ['default', 'isp', 'factory'],
    category: 'Parameters',
    keys: ['Mod+Shift+Backspace'],
    predicate: ({ store }) => currentProcessor(store.getState()) !== undefined,
    perform({ store, parameters }) {
      const processor = currentProcessor(store.getState());
      if (processor) parameters.resetAll(processor.id);
    },
  },
  {
    id: 'parameters.explain',
    title: () => 'Explain the focused setting',
    keywords: ['help', 'hint', 'tooltip', 'what is', 'range', 'default'],
    category: 'Parameters',
    keys: ['F1'],
    predicate: () => true,
    perform: ({ actions }) =>
      explainFocused(() => actions.inform('Press Tab until a setting has the focus: F1 explains that one.')),
  },
  {
    id: 'controls.resetAll',
    title: () => 'Reset all device controls',
    keywords: ['default', 'camera', 'v4l2', 'driver', 'factory'],
    category: 'Parameters',
    keys: [],
    predicate: ({ store }) => store.getState().connection === 'connected' && store.getState().controls.length > 0,
    perform: ({ controls }) => controls.reset(),
  },
  {
    id: 'sessions.exportLast',
    title: () => 'Export last session as CSV',
    keywords: ['save', 'telemetry', 'table', 'recording'],
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
