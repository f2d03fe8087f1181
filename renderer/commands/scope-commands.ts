import type { ScopePanel } from '../../preload/contract.ts';
import { scopePanelOf } from '../store/scope-selectors.ts';
import type { Command, CommandContext } from './command.ts';

/** The imported pipeline whose parameters are shown. */
function shownPanel({ page, store }: CommandContext): ScopePanel | undefined {
  return scopePanelOf(store.getState(), page.getState().shownProcessor);
}

function nameOf(context: CommandContext): string {
  return shownPanel(context)?.processor.name ?? 'the imported pipeline';
}

const keywords = ['daydream', 'scope', 'plug-in', 'json', 'kwargs'];

/** Commands on pipelines of Daydream Scope that are imported by their schemas. */
export const scopeCommands: readonly Command[] = [
  {
    id: 'scope.import',
    title: () => 'Import a schema of Daydream Scope…',
    keywords: [...keywords, 'open', 'parameters', 'panel'],
    category: 'Parameters',
    keys: ['Shift+I'],
    predicate: ({ store }) => store.getState().connection === 'connected',
    perform: ({ page }) => page.setState({ scopeDialog: 'schema' }),
  },
  {
    id: 'scope.copyValues',
    title: (context) => `Copy the values of ${nameOf(context)}`,
    keywords: [...keywords, 'clipboard'],
    category: 'Parameters',
    keys: [],
    predicate: (context) => shownPanel(context) !== undefined,
    async perform(context) {
      const panel = shownPanel(context);
      if (panel) await context.scope.copyValues(panel);
    },
  },
  {
    id: 'scope.saveValues',
    title: (context) => `Save the values of ${nameOf(context)}`,
    keywords: [...keywords, 'file', 'export'],
    category: 'Parameters',
    keys: [],
    predicate: (context) => shownPanel(context) !== undefined,
    async perform(context) {
      const panel = shownPanel(context);
      if (panel) await context.scope.saveValues(panel);
    },
  },
  {
    id: 'scope.loadValues',
    title: (context) => `Load values of ${nameOf(context)}…`,
    keywords: [...keywords, 'file', 'paste'],
    category: 'Parameters',
    keys: [],
    predicate: (context) => shownPanel(context) !== undefined,
    perform: ({ page }) => page.setState({ scopeDialog: 'values' }),
  },
  {
    id: 'scope.close',
    title: (context) => `Close ${nameOf(context)}`,
    keywords: [...keywords, 'remove'],
    category: 'Parameters',
    keys: [],
    predicate: (context) => shownPanel(context) !== undefined,
    async perform(context) {
      const panel = shownPanel(context);
      if (panel) await context.scope.close(panel.processor.id);
    },
  },
];
