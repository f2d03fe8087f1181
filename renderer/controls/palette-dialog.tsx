import { Command as Palette } from 'cmdk';
import { Dialog } from 'radix-ui';
import { useFocusReturn } from './focus-return.ts';
import { type PaletteGroup, PaletteGroups } from './palette-groups.tsx';
import { PaletteInput } from './palette-input.tsx';
import { wordScore } from './word-score.ts';

/**
 * Entries over the page that are found by typing: Enter chooses what fits best, Escape closes, and the focus goes back to what had it.
 * `title` is also what the empty field says; `nothing` stands where no entry fits.
 */
export function PaletteDialog(props: {
  open: boolean;
  onClose: () => void;
  title: string;
  nothing: string;
  groups: readonly PaletteGroup[];
}) {
  const { open, onClose, title, nothing, groups } = props;
  const focus = useFocusReturn();
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="modal-overlay" />
        <Dialog.Content
          className="palette"
          data-modal
          aria-describedby={undefined}
          onOpenAutoFocus={focus.remember}
          onCloseAutoFocus={focus.giveBack}
        >
          <Dialog.Title className="visually-hidden">{title}</Dialog.Title>
          <Palette label={title} loop filter={wordScore}>
            <PaletteInput placeholder={title} />
            <Palette.List className="palette-list">
              <Palette.Empty className="panel-empty">{nothing}</Palette.Empty>
              <PaletteGroups groups={groups} />
            </Palette.List>
          </Palette>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
