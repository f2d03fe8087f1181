import type { Command, CommandContext } from './command.ts';

function isStreaming({ store }: CommandContext): boolean {
  return store.getState().stream.phase === 'streaming';
}

function isReady({ store }: CommandContext): boolean {
  const { connection, stream } = store.getState();
  return connection === 'connected' && ['streaming', 'stopped', 'failed'].includes(stream.phase);
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
    title: (context) => (isStreaming(context) ? 'Stop' : 'Play'),
    category: 'Stream',
    keys: ['Space'],
    predicate: isReady,
    perform: (context) => (isStreaming(context) ? context.actions.stop() : context.actions.start()),
  },
  {
    id: 'stream.record',
    title: ({ store }) => (store.getState().stream.recordingSessionId === undefined ? 'Start recording' : 'Stop recording'),
    category: 'Stream',
    keys: ['R'],
    predicate: (context) =>
      isConnected(context) && (isStreaming(context) || context.store.getState().stream.recordingSessionId !== undefined),
    perform: ({ actions }) => actions.toggleRecording(),
  },
  {
    id: 'source.openFile',
    title: () => 'Open RAW file…',
    category: 'Stream',
    keys: ['Mod+O'],
    predicate: isConnected,
    perform: ({ page }) => page.setState({ openFileOpen: true }),
  },
  {
    id: 'source.choose',
    title: () => 'Choose source…',
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
    category: 'Stream',
    keys: [']'],
    predicate: hasOtherSource,
    perform: ({ actions }) => actions.stepSource(1),
  },
  {
    id: 'source.previous',
    title: () => 'Previous source',
    category: 'Stream',
    keys: ['['],
    predicate: hasOtherSource,
    perform: ({ actions }) => actions.stepSource(-1),
  },
];
