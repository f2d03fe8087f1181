import type { KeyboardEvent } from 'react';
import { useRef, useState } from 'react';
import type { NumberRange } from './number-text.ts';
import { formatNumber, parseNumber } from './number-text.ts';

/**
 * A typed number. Enter refuses a value out of range in place, with the range; nothing is clamped. Leaving the field with
 * such a value goes back to the one that holds. An accepted Enter and Escape leave the field, so that shortcuts work again.
 */
export function NumberEntry(props: {
  label: string;
  value: number | undefined;
  range: NumberRange;
  disabled?: boolean | undefined;
  onCommit: (value: number) => void;
}) {
  const { value, range } = props;
  const [draft, setDraft] = useState<string | undefined>(undefined);
  const [message, setMessage] = useState<string | undefined>(undefined);
  const [known, setKnown] = useState(value);
  // Leaving by Escape runs the blur handler of a render that still holds the draft.
  const escaping = useRef(false);
  const shown = value === undefined ? '' : formatNumber(value, range);

  // A value set elsewhere wins over a text that was typed against the one before.
  if (!Object.is(known, value)) {
    setKnown(value);
    abandon();
  }

  function typedEntry() {
    return draft === undefined || draft === shown ? undefined : parseNumber(draft, props.label, range);
  }

  function leave() {
    const entry = escaping.current ? undefined : typedEntry();
    escaping.current = false;
    abandon();
    if (entry?.ok) props.onCommit(entry.value);
  }

  function abandon() {
    setDraft(undefined);
    setMessage(undefined);
  }

  function pressKey(event: KeyboardEvent<HTMLInputElement>) {
    if (event.key === 'Enter') {
      const entry = typedEntry();
      if (entry === undefined || entry.ok) return event.currentTarget.blur();
      setMessage(entry.message);
      event.currentTarget.select();
    }
    if (event.key === 'Escape') {
      if (draft !== undefined) event.stopPropagation();
      escaping.current = true;
      event.currentTarget.blur();
    }
  }

  return (
    <span className="entry" data-disabled={props.disabled || undefined}>
      <input
        type="text"
        inputMode="decimal"
        autoComplete="off"
        spellCheck={false}
        aria-label={props.label}
        aria-invalid={message !== undefined}
        disabled={props.disabled}
        value={draft ?? shown}
        onChange={(event) => setDraft(event.target.value)}
        onFocus={(event) => event.target.select()}
        onBlur={leave}
        onKeyDown={pressKey}
      />
      {range.unit && <span className="entry-unit">{range.unit}</span>}
      {message && (
        <span className="entry-message" role="alert">
          {message}
        </span>
      )}
    </span>
  );
}
