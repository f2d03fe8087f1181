import { Tooltip } from 'radix-ui';
import { type FocusEvent, type ReactNode, useEffect, useState } from 'react';

/** Keys that say nothing of where attention is: modifiers, one that moves the focus, which tells more, and the one for explanations. */
const neutralKeys: readonly string[] = ['Shift', 'Control', 'Alt', 'Meta', 'Tab', 'F1'];

/**
 * Shows a short explanation beside one focusable or hoverable element, until a key says that attention is elsewhere, or the window
 * changes. `shown` is for those that a key opens as well.
 */
export function Tip(props: {
  text: ReactNode;
  keys?: string | undefined;
  shown?: { readonly open: boolean; setOpen(open: boolean): void };
  children: ReactNode;
}) {
  const { text, keys, shown, children } = props;
  const [ownOpen, setOwnOpen] = useState(false);
  const open = shown?.open ?? ownOpen;
  const setOpen = shown?.setOpen ?? setOwnOpen;
  useEffect(() => {
    if (!open) return undefined;
    // A pointer at rest would leave it over the dialog that a shortcut opens.
    const closeByKey = ({ key }: KeyboardEvent): void => {
      if (!neutralKeys.includes(key)) setOpen(false);
    };
    const close = (): void => setOpen(false);
    addEventListener('keydown', closeByKey, { capture: true });
    addEventListener('resize', close);
    return () => {
      removeEventListener('keydown', closeByKey, { capture: true });
      removeEventListener('resize', close);
    };
  }, [open, setOpen]);
  return (
    <Tooltip.Root open={open} onOpenChange={setOpen}>
      <Tooltip.Trigger asChild onFocus={ignoreUnseenFocus}>
        {children}
      </Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content className="tip" sideOffset={6} collisionPadding={8}>
          {text}
          {keys && <kbd>{keys}</kbd>}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}

/** A dialog that was closed by the pointer gives the focus back, which shows nowhere: nobody has asked for the explanation then. */
function ignoreUnseenFocus(event: FocusEvent): void {
  if (!event.currentTarget.matches(':focus-visible')) event.preventDefault();
}
