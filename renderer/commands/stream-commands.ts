import { streamRuns } from '../store/selectors.ts';
import type { Command, CommandContext } from './command.ts';

function isStreaming({ store }: CommandContext): boolean {
  return store.getState().stream.phase === 'streaming';
}

/** Frames flow or are about to: what is opening or builds its graph anew can be stopped all the same. */
function isRunning({ store }: CommandContext): boolean {
  return streamRuns(store.getState());
}

function hasSource({ store }: CommandContext): boolean {
  const { connection, stream } = store.getState();
  return connection === 'connected' && stream.phase !== 'closed';
}

function isConnected({ store }: CommandContext): boolean {
  return store.getState().connection === 'connected';
}

function hasOtherSource({ store }: CommandContext): boolean {
  const { sources, stream } = store.getState();
  return sources.some(({ available, id }) => available && id !== stream.sourceId);
}

/** Commands on the source and its stream. */
export const streamCommands: readonly Command[] = [
  {
    id: 'stream.toggle',
    title: (context) => (isRunning(context) ? 'Stop' : 'Play'),
    keywords: ['start', 'pause', 'live', 'stream'],
    category: 'Stream',
    keys: ['Space'],
    predicate: hasSource,
    perform: (context) => (isRunning(context) ? context.actions.stop() : context.actions.start()),
  },
  {
    id: 'stream.record',
    title: ({ store }) => (store.getState().stream.recordingSessionId === undefined ? 'Start recording' : 'Stop recording'),
    keywords: ['capture', 'session', 'telemetry'],
    category: 'Stream',
    keys: ['R'],
    predicate: (context) =>
      isConnected(context) && (isStreaming(context) || context.store.getState().stream.recordingSessionId !== undefined),
    perform: ({ actions }) => actions.toggleRecording(),
  },
  {
    id: 'source.openFile',
    title: () => 'Open RAW file…',
    keywords: ['dng', 'load', 'import'],
    category: 'Stream',
    keys: ['Mod+O'],
    predicate: isConnected,
    perform: ({ page }) => page.setState({ openFileOpen: true }),
  },
  {
    id: 'source.choose',
    title: () => 'Choose source…',
    keywords: ['camera', 'device', 'simulator', 'select'],
    category: 'Stream',
    keys: ['Mod+Shift+O'],
    predicate: isConnected,
    perform: async ({ actions, page }) => {
      page.setState({ sourceMenuOpen: true });
      await actions.refreshSources();
    },
  },
  {
    id: 'source.next',
    title: () => 'Next source',
    keywords: ['camera', 'switch'],
    category: 'Stream',
    keys: [']'],
    predicate: hasOtherSource,
    perform: ({ actions }) => actions.stepSource(1),
  },
  {
    id: 'source.previous',
    title: () => 'Previous source',
    keywords: ['camera', 'switch'],
    category: 'Stream',
    keys: ['['],
    predicate: hasOtherSource,
    perform: ({ actions }) => actions.stepSource(-1),
  },
];
