import { X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import type { ReactNode } from 'react';
import { useFocusReturn } from './focus-return.ts';

/**
 * A dialog over the page: focus stays inside and then goes back to where it was, Escape closes it, shortcuts rest meanwhile. Focus starts on
 * the element with `data-initial-focus`, otherwise on the first that takes it.
 */
export function Modal(props: {
  open: boolean;
  onClose: () => void;
  title: string;
  description: string;
  /** Room for two columns, such as files beside their text. */
  wide?: boolean;
  children: ReactNode;
}) {
  const focus = useFocusReturn();
  return (
    <Dialog.Root open={props.open} onOpenChange={(open) => !open && props.onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="modal-overlay" />
        <Dialog.Content
          className="modal"
          data-wide={props.wide}
          data-modal
          onOpenAutoFocus={(event) => {
            focus.remember();
            focusInitial(event);
          }}
          onCloseAutoFocus={focus.giveBack}
        >
          <header className="modal-head">
            <Dialog.Title className="modal-title">{props.title}</Dialog.Title>
            <Dialog.Close className="icon-button" aria-label="Close">
              <X size={14} />
            </Dialog.Close>
          </header>
          <Dialog.Description className="modal-description">{props.description}</Dialog.Description>
          {props.children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function focusInitial(event: Event): void {
  const dialog = event.currentTarget;
  const initial = dialog instanceof HTMLElement ? dialog.querySelector<HTMLElement>('[data-initial-focus]') : null;
  if (!initial) return;
  event.preventDefault();
  initial.focus();
}
