import type { EventPayload } from '../../preload/contract.ts';
import type { Command, CommandContext } from './command.ts';

/** Frames that a burst merges: all that the lab keeps. */
const burstFrames = 8;

/** Exposures of a bracket: short, middle and long. */
const bracketFrames = 3;

function isStreaming({ store }: CommandContext): boolean {
  return store.getState().stream.phase === 'streaming';
}

/** The merge under way. */
function activeFusion({ store }: CommandContext): EventPayload<'fusion.changed'> | undefined {
  const { fusion } = store.getState();
  return fusion && !['done', 'failed', 'cancelled'].includes(fusion.state) ? fusion : undefined;
}

/** Merging what the stream has shown already. */
export const fusionCommands: readonly Command[] = [
  {
    id: 'fusion.burst',
    title: () => `Merge the last ${burstFrames} frames into a DNG`,
    keywords: ['burst', 'fusion', 'denoise', 'stack', 'noise'],
    category: 'Stream',
    keys: ['Mod+Shift+M'],
    predicate: (context) => isStreaming(context) && !activeFusion(context),
    perform: ({ actions }) => actions.mergeFrames('burst', burstFrames),
  },
  {
    id: 'fusion.bracket',
    title: () => `Merge ${bracketFrames} exposures into a DNG`,
    keywords: ['bracket', 'fusion', 'hdr', 'exposure'],
    category: 'Stream',
    keys: [],
    predicate: (context) => isStreaming(context) && !activeFusion(context),
    perform: ({ actions }) => actions.mergeFrames('bracket', bracketFrames),
  },
  {
    id: 'fusion.cancel',
    title: () => 'Cancel the merge',
    keywords: ['burst', 'bracket', 'fusion', 'stop'],
    category: 'Stream',
    keys: [],
    predicate: (context) => activeFusion(context) !== undefined,
    perform: async (context) => {
      const fusion = activeFusion(context);
      if (fusion) await context.actions.cancelFusion(fusion.planId);
    },
  },
];
