import type { ChainEntry } from '../../preload/contract.ts';
import { entryOf, steppedPosition } from '../store/chain-selectors.ts';
import { currentProcessor } from '../store/selectors.ts';
import type { Command, CommandContext } from './command.ts';

/** The entry whose parameters are shown: what commands on the chain are about. */
function shownEntry({ page, store }: CommandContext): ChainEntry | undefined {
  return entryOf(store.getState().chain, page.getState().shownProcessor);
}

/** The processor whose parameters are shown. */
function shownProcessorId({ page, store }: CommandContext): string | undefined {
  const state = store.getState();
  const shown = state.processors.find(({ id }) => id === page.getState().shownProcessor);
  return (shown ?? currentProcessor(state))?.id;
}

function nameOf(context: CommandContext): string {
  return shownEntry(context)?.name ?? 'the chosen processor';
}

function stepCommand(id: string, words: string, key: string, direction: 1 | -1): Command {
  const target = ({ store }: CommandContext, entry: ChainEntry) => {
    const { chain, catalogue } = store.getState();
    return steppedPosition(chain, catalogue, entry.key, direction);
  };
  return {
    id,
    title: (context) => `Move ${nameOf(context)} ${words}`,
    keywords: ['chain', 'order', 'rearrange', 'processor'],
    category: 'Chain',
    keys: [key],
    predicate: (context) => {
      const entry = shownEntry(context);
      return entry !== undefined && target(context, entry) !== undefined;
    },
    async perform(context) {
      const entry = shownEntry(context);
      const to = entry && target(context, entry);
      if (to) await context.chain.move(entry.key, to, 'keyboard');
    },
  };
}

/** Commands on the chain of processors around the ISP. */
export const chainCommands: readonly Command[] = [
  {
    id: 'chain.add',
    title: () => 'Add a processor…',
    keywords: ['chain', 'plug-in', 'effect', 'filter', 'insert'],
    category: 'Chain',
    keys: ['Shift+A'],
    predicate: ({ store }) => store.getState().catalogue !== undefined,
    perform: ({ page }) => page.setState({ addProcessorOpen: true }),
  },
  {
    id: 'chain.packages',
    title: () => 'Packages of processors…',
    keywords: ['chain', 'plug-in', 'folder', 'trust', 'install'],
    category: 'Chain',
    keys: [],
    predicate: ({ store }) => store.getState().catalogue !== undefined,
    perform: ({ page }) => page.setState({ packagesOpen: true }),
  },
  {
    id: 'chain.bypass',
    title: (context) => `${shownEntry(context)?.bypass ? 'Run' : 'Bypass'} ${nameOf(context)}`,
    keywords: ['chain', 'off', 'on', 'mute', 'disable', 'enable'],
    category: 'Chain',
    keys: ['Shift+B'],
    predicate: (context) => shownEntry(context) !== undefined,
    async perform(context) {
      const entry = shownEntry(context);
      if (entry) await context.chain.setBypass(entry.key, !entry.bypass);
    },
  },
  {
    id: 'chain.solo',
    title: (context) => `${shownEntry(context)?.solo ? 'End solo of' : 'Solo'} ${nameOf(context)}`,
    keywords: ['chain', 'alone', 'only'],
    category: 'Chain',
    keys: ['Shift+S'],
    predicate: (context) => shownEntry(context) !== undefined,
    async perform(context) {
      const entry = shownEntry(context);
      if (entry) await context.chain.setSolo(entry.key, !entry.solo);
    },
  },
  stepCommand('chain.moveUp', 'up', 'Alt+ArrowUp', -1),
  stepCommand('chain.moveDown', 'down', 'Alt+ArrowDown', 1),
  {
    id: 'chain.remove',
    title: (context) => `Remove ${nameOf(context)}`,
    keywords: ['chain', 'delete'],
    category: 'Chain',
    keys: ['Shift+Delete'],
    predicate: (context) => shownEntry(context) !== undefined,
    async perform(context) {
      const entry = shownEntry(context);
      if (entry) await context.chain.remove(entry.key);
    },
  },
  {
    id: 'chain.resume',
    title: (context) => `Resume ${nameOf(context)}`,
    keywords: ['chain', 'suspended', 'failed', 'again'],
    category: 'Chain',
    keys: [],
    predicate: (context) => ['suspended', 'failed'].includes(shownEntry(context)?.state ?? ''),
    async perform(context) {
      const entry = shownEntry(context);
      if (entry) await context.chain.resume(entry.key);
    },
  },
  {
    id: 'processor.code',
    title: () => 'Show the code of the processor',
    keywords: ['source', 'graph', 'scope', 'daydream', 'python', 'export'],
    category: 'Chain',
    keys: ['Shift+C'],
    predicate: (context) => shownProcessorId(context) !== undefined,
    perform: (context) => context.page.setState({ codeOf: shownProcessorId(context) }),
  },
];
