import { useRef } from 'react';

/** What a dialog without a button of its own needs so that closing it gives the focus back to what had it. */
export interface FocusReturn {
  /** At the beginning of the dialog's `onOpenAutoFocus`, before the focus moves. */
  remember(): void;
  /** For the dialog's `onCloseAutoFocus`. */
  giveBack(event: Event): void;
}

/** Remembers who had the focus. Dialogs that commands open have no trigger, to which the focus would go back by itself. */
export function useFocusReturn(): FocusReturn {
  const before = useRef<Element | null>(null);
  return {
    remember: () => {
      before.current = document.activeElement;
    },
    giveBack: (event) => {
      event.preventDefault();
      if (before.current instanceof HTMLElement && before.current.isConnected) before.current.focus();
    },
  };
}
