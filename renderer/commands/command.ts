import type { LabServices } from '../panels/panel-context.ts';
import type { PanelId } from '../panels/panel-definitions.ts';

/** What the layout does for commands. */
export interface Workspace {
  isPanelOpen(panelId: PanelId): boolean;
  togglePanel(panelId: PanelId): void;
  /** Puts the built-in Tune layout back. */
  resetLayout(): void;
}

/** All that a command may use. */
export interface CommandContext extends Omit<LabServices, 'client'> {
  readonly workspace: Workspace;
}

/** The headings under which the menu and the palette list commands, in this order. */
export const commandCategories = ['Stream', 'View', 'Parameters', 'Chain', 'Sessions', 'Window'] as const;

/** One thing the user can do. This record alone feeds menu, palette, shortcuts and tests. */
export interface Command {
  /** Stable: `category.name`. */
  readonly id: string;
  /** What it would do now. */
  title(context: CommandContext): string;
  /** Other words that people look for it by, beside those of its title. */
  readonly keywords?: readonly string[];
  readonly category: (typeof commandCategories)[number];
  /** Chords such as `Mod+Shift+P`, `Space`, `+`; `Mod` is Ctrl, or Command on a Mac. The first one is shown. */
  readonly keys: readonly string[];
  /** Whether it can be done now; shown greyed where it cannot. */
  predicate(context: CommandContext): boolean;
  perform(context: CommandContext): void | Promise<void>;
}
