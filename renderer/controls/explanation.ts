import type { RefObject } from 'react';
import { createContext, useContext, useEffect, useId, useRef, useState } from 'react';

/** Sent to the focused control; the row that it stands in opens or closes its explanation. */
const explainEvent = 'explain';
/** How long a closing menu may take to give the focus back. */
const focusReturnMillis = 500;

const DescribedByContext = createContext<string | undefined>(undefined);

/** Gives the id of a row's explanation to the controls in it. */
export const DescribedBy = DescribedByContext.Provider;

/** The id of the text that describes a control, for its `aria-describedby`; undefined outside a row that has one. */
export function useDescribedBy(): string | undefined {
  return useContext(DescribedByContext);
}

/** What a row needs to explain itself: by the pointer on its label, by a key in its controls, and to screen readers. */
export interface Explanation {
  /** For the row's element. */
  readonly row: RefObject<HTMLDivElement | null>;
  /** For the element with the description. */
  readonly id: string;
  readonly open: boolean;
  setOpen(open: boolean): void;
}

/** The state of one row's explanation; it closes when the focus goes elsewhere. */
export function useExplanation(): Explanation {
  const row = useRef<HTMLDivElement>(null);
  const id = useId();
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const element = row.current;
    const toggle = () => setOpen((before) => !before);
    const leave = ({ relatedTarget }: FocusEvent) => {
      if (!(relatedTarget instanceof Node && element?.contains(relatedTarget))) setOpen(false);
    };
    element?.addEventListener(explainEvent, toggle);
    element?.addEventListener('focusout', leave);
    return () => {
      element?.removeEventListener(explainEvent, toggle);
      element?.removeEventListener('focusout', leave);
    };
  }, []);
  return { row, id, open, setOpen };
}

/**
 * Opens the explanation of the setting that has the focus, or closes it; `missing` runs where none has. Asked from a menu or the
 * palette, it waits until that has given the focus back.
 */
export function explainFocused(missing: () => void, page: Document | undefined = globalThis.document): void {
  const explain = () => {
    const focused = page?.activeElement;
    if (focused?.closest('[data-explained]')) focused.dispatchEvent(new CustomEvent(explainEvent, { bubbles: true }));
    else missing();
  };
  if (page?.activeElement?.closest('[role=dialog],[role=menu]')) {
    // The row hears of the focus before its tip may open: only what comes after that stays.
    const returned = () => requestAnimationFrame(explain);
    page.addEventListener('focusin', returned, { once: true, signal: AbortSignal.timeout(focusReturnMillis) });
  } else explain();
}
