import { Tooltip } from 'radix-ui';
import { type ReactNode, useEffect, useState } from 'react';

const modifierKeys: readonly string[] = ['Shift', 'Control', 'Alt', 'Meta'];

/** Shows a short explanation beside one focusable or hoverable element, until a key says that attention is elsewhere, or the window changes. */
export function Tip({ text, keys, children }: { text: ReactNode; keys?: string | undefined; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    if (!open) return undefined;
    // A pointer at rest would leave it over the dialog that a shortcut opens.
    const closeByKey = ({ key }: KeyboardEvent): void => {
      if (!modifierKeys.includes(key)) setOpen(false);
    };
    const close = (): void => setOpen(false);
    addEventListener('keydown', closeByKey, { capture: true });
    addEventListener('resize', close);
    return () => {
      removeEventListener('keydown', closeByKey, { capture: true });
      removeEventListener('resize', close);
    };
  }, [open]);
  return (
    <Tooltip.Root open={open} onOpenChange={setOpen}>
      <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content className="tip" sideOffset={6} collisionPadding={8}>
          {text}
          {keys && <kbd>{keys}</kbd>}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
