import { panelDefinitions } from '../panels/panel-definitions.ts';
import type { Command } from './command.ts';

const panelCommands: readonly Command[] = panelDefinitions.map(({ id, title }) => ({
  id: `window.toggle.${id}`,
  keywords: ['panel', 'tab', 'toggle', 'open', 'close'],
  title: ({ workspace }) => `${workspace.isPanelOpen(id) ? 'Hide' : 'Show'} ${title}`,
  category: 'Window',
  keys: [],
  predicate: () => true,
  perform: ({ workspace }) => workspace.togglePanel(id),
}));

/** Commands on panels, layout and theme. */
export const windowCommands: readonly Command[] = [
  {
    id: 'window.palette',
    title: () => 'Search commands…',
    category: 'Window',
    keys: ['Mod+K', 'Mod+Shift+P'],
    predicate: () => true,
    perform: ({ page }) => page.setState({ paletteOpen: true }),
  },
  ...panelCommands,
  {
    id: 'window.resetLayout',
    title: () => 'Reset layout to Tune',
    keywords: ['workspace', 'panels', 'default', 'restore'],
    category: 'Window',
    keys: [],
    predicate: () => true,
    perform: ({ workspace }) => workspace.resetLayout(),
  },
  {
    id: 'window.toggleTheme',
    keywords: ['theme', 'appearance', 'colour', 'color', 'light', 'background', 'mode'],
    title: ({ page }) => (page.getState().theme === 'dark' ? 'Use mid-grey surround' : 'Use dark surround'),
    category: 'Window',
    keys: ['Shift+T'],
    predicate: () => true,
    perform: ({ page }) => page.setState(({ theme }) => ({ theme: theme === 'dark' ? 'grey' : 'dark' })),
  },
];
