import { PaletteDialog } from '../controls/palette-dialog.tsx';
import type { PaletteEntry } from '../controls/palette-groups.tsx';
import { usePageState } from '../panels/panel-context.ts';
import type { Command, CommandContext } from './command.ts';
import { commandCategories } from './command.ts';
import { commands } from './registry.ts';
import { chordText } from './shortcuts.ts';

/** Every command by name, with its key. */
export function CommandPalette({ context }: { context: CommandContext }) {
  const open = usePageState((state) => state.paletteOpen);
  const close = () => context.page.setState({ paletteOpen: false });

  function choose(command: Command) {
    close();
    void command.perform(context);
  }

  const groups = commandCategories.map((category) => {
    const ofIt = commands.filter((command) => command.category === category && command.id !== 'window.palette');
    return { heading: category, entries: ofIt.map((command) => entryOf(command, context, choose)) };
  });

  return <PaletteDialog open={open} onClose={close} title="Search commands" nothing="No command of that name." groups={groups} />;
}

function entryOf(command: Command, context: CommandContext, onChoose: (command: Command) => void): PaletteEntry {
  const title = command.title(context);
  return {
    ...{ id: command.id, title, keywords: [command.category, ...(command.keywords ?? [])] },
    disabled: !command.predicate(context),
    content: (
      <>
        <span>{title}</span>
        {command.keys[0] && <kbd>{chordText(command.keys[0])}</kbd>}
      </>
    ),
    onSelect: () => onChoose(command),
  };
}
