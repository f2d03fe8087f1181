import { useState } from 'react';

/** A typed text, committed by Enter or on leaving, abandoned by Escape. */
export function TextEntry(props: {
  label: string;
  value: string;
  disabled?: boolean | undefined;
  onCommit: (value: string) => void;
}) {
  const [draft, setDraft] = useState<string | undefined>(undefined);

  function finish() {
    if (draft !== undefined && draft !== props.value) props.onCommit(draft);
    setDraft(undefined);
  }

  return (
    <span className="entry entry-text" data-disabled={props.disabled || undefined}>
      <input
        type="text"
        autoComplete="off"
        spellCheck={false}
        aria-label={props.label}
        disabled={props.disabled}
        value={draft ?? props.value}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={finish}
        onKeyDown={(event) => {
          if (event.key === 'Enter') finish();
          if (event.key === 'Escape') setDraft(undefined);
        }}
      />
    </span>
  );
}
