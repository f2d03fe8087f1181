import { Command as Palette } from 'cmdk';
import { Dialog } from 'radix-ui';
import { useFocusReturn } from '../controls/focus-return.ts';
import { type PaletteEntry, PaletteGroups } from '../controls/palette-groups.tsx';
import { PaletteInput } from '../controls/palette-input.tsx';
import { wordScore } from '../controls/word-score.ts';
import { usePageState } from '../panels/panel-context.ts';
import type { Command, CommandContext } from './command.ts';
import { commandCategories } from './command.ts';
import { commands } from './registry.ts';
import { chordText } from './shortcuts.ts';

/** Every command by name, with its key. */
export function CommandPalette({ context }: { context: CommandContext }) {
  const open = usePageState((state) => state.paletteOpen);
  const focus = useFocusReturn();
  const close = () => context.page.setState({ paletteOpen: false });

  function choose(command: Command) {
    close();
    void command.perform(context);
  }

  const groups = commandCategories.map((category) => {
    const ofIt = commands.filter((command) => command.category === category && command.id !== 'window.palette');
    return { heading: category, entries: ofIt.map((command) => entryOf(command, context, choose)) };
  });

  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && close()}>
      <Dialog.Portal>
        <Dialog.Overlay className="modal-overlay" />
        <Dialog.Content
          className="palette"
          data-modal
          aria-describedby={undefined}
          onOpenAutoFocus={focus.remember}
          onCloseAutoFocus={focus.giveBack}
        >
          <Dialog.Title className="visually-hidden">Search commands</Dialog.Title>
          <Palette label="Search commands" loop filter={wordScore}>
            <PaletteInput placeholder="Search commands" />
            <Palette.List className="palette-list">
              <Palette.Empty className="panel-empty">No command of that name.</Palette.Empty>
              <PaletteGroups groups={groups} />
            </Palette.List>
          </Palette>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
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
