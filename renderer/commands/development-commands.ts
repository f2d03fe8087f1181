import { activeDevelopment } from '../store/selectors.ts';
import type { Command } from './command.ts';

/** Developing with SlowISP what the stream has shown. */
export const developmentCommands: readonly Command[] = [
  {
    id: 'development.frame',
    title: () => 'Develop the newest frame with SlowISP',
    keywords: ['slow', 'picture', 'png', 'still', 'quality'],
    category: 'Stream',
    keys: ['Mod+Shift+D'],
    predicate: ({ store }) => store.getState().stream.phase === 'streaming' && activeDevelopment(store.getState()) === undefined,
    perform: ({ actions }) => actions.developFrame(),
  },
  {
    id: 'development.cancel',
    title: () => 'Cancel the development',
    keywords: ['slow', 'picture', 'stop'],
    category: 'Stream',
    keys: [],
    predicate: ({ store }) => activeDevelopment(store.getState()) !== undefined,
    perform: async ({ store, actions }) => {
      const development = activeDevelopment(store.getState());
      if (development) await actions.cancelDevelopment(development.developmentId);
    },
  },
];
