import { verdictText } from '../panels/source/finding-words.ts';
import { activeAnalysis, activeDevelopment } from '../store/selectors.ts';
import type { Command } from './command.ts';

/** Developing with SlowISP what the stream has shown, and looking at it for what it tells of the sensor. */
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
    id: 'sensor.analyse',
    title: () => 'Analyse the sensor',
    keywords: ['raw', 'black level', 'noise', 'defects', 'CFA', 'clipping', 'photon transfer', 'proof'],
    category: 'Stream',
    keys: [],
    predicate: ({ store, page }) => {
      const isFree = page.getState().analysis !== 'running' && activeAnalysis(store.getState()) === undefined;
      return isFree && store.getState().stream.phase === 'streaming';
    },
    perform: async ({ actions, page }) => {
      page.setState({ analysis: 'running' });
      const analysis = await actions.analyseSensor();
      if (page.getState().analysis === 'running') page.setState({ analysis });
      else if (analysis) actions.inform(`The sensor was analysed: ${verdictText(analysis.findings)}.`);
    },
  },
  {
    id: 'sensor.cancelAnalysis',
    title: () => 'Cancel the analysis of the sensor',
    keywords: ['raw', 'analyse', 'stop'],
    category: 'Stream',
    keys: [],
    predicate: ({ store }) => activeAnalysis(store.getState()) !== undefined,
    perform: ({ actions }) => actions.cancelAnalysis(),
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
