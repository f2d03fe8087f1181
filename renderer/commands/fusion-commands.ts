import { activeFusion } from '../store/selectors.ts';
import type { Command, CommandContext } from './command.ts';

/** Frames that a burst merges: all that the lab keeps. */
const burstFrames = 8;

/** Exposures of a bracket: short, middle and long. */
const bracketFrames = 3;

function isStreaming({ store }: CommandContext): boolean {
  return store.getState().stream.phase === 'streaming';
}

function isMerging({ store }: CommandContext): boolean {
  return activeFusion(store.getState()) !== undefined;
}

/** Merging what the stream has shown already. */
export const fusionCommands: readonly Command[] = [
  {
    id: 'fusion.burst',
    title: () => `Merge the last ${burstFrames} frames into a DNG`,
    keywords: ['burst', 'fusion', 'denoise', 'stack', 'noise'],
    category: 'Stream',
    keys: ['Mod+Shift+M'],
    predicate: (context) => isStreaming(context) && !isMerging(context),
    perform: ({ actions }) => actions.mergeFrames('burst', burstFrames),
  },
  {
    id: 'fusion.bracket',
    title: () => `Merge ${bracketFrames} exposures into a DNG`,
    keywords: ['bracket', 'fusion', 'hdr', 'exposure'],
    category: 'Stream',
    keys: [],
    predicate: (context) => isStreaming(context) && !isMerging(context),
    perform: ({ actions }) => actions.mergeFrames('bracket', bracketFrames),
  },
  {
    id: 'fusion.plannedBracket',
    title: () => 'Take and merge the bracket that this scene needs',
    keywords: ['bracket', 'fusion', 'hdr', 'exposure', 'automatic', 'dynamic range'],
    category: 'Stream',
    keys: [],
    predicate: (context) => isStreaming(context) && !isMerging(context),
    perform: ({ actions }) => actions.mergeFrames('bracket', 'automatic'),
  },
  {
    id: 'fusion.cancel',
    title: () => 'Cancel the merge',
    keywords: ['burst', 'bracket', 'fusion', 'stop'],
    category: 'Stream',
    keys: [],
    predicate: isMerging,
    perform: async ({ store, actions }) => {
      const fusion = activeFusion(store.getState());
      if (fusion) await actions.cancelFusion(fusion.planId);
    },
  },
];
