import { Command as Palette, useCommandState } from 'cmdk';
import type { KeyboardEvent } from 'react';

/**
 * The search field of a palette, which stands inside it. Enter where nothing is found chooses what was typed, so that the next key begins a
 * new search: whoever types on in the belief that something was chosen would otherwise lengthen a text that fits nothing.
 */
export function PaletteInput({ placeholder }: { placeholder: string }) {
  const found = useCommandState((state) => state.filtered.count);
  const pressKey = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Enter' && found === 0) event.currentTarget.select();
  };
  return <Palette.Input className="palette-input" placeholder={placeholder} onKeyDown={pressKey} />;
}
