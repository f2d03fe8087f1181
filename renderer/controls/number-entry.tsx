import type { KeyboardEvent } from 'react';
import { useState } from 'react';
import type { NumberRange } from './number-text.ts';
import { formatNumber, parseNumber } from './number-text.ts';

/** A typed number. A value that is out of range is refused in place with the range; nothing is clamped. */
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
  const shown = value === undefined ? '' : formatNumber(value, range);

  function finish() {
    const text = draft;
    if (text === undefined || text === shown) return abandon();
    const entry = parseNumber(text, props.label, range);
    if (!entry.ok) return setMessage(entry.message);
    abandon();
    props.onCommit(entry.value);
  }

  function abandon() {
    setDraft(undefined);
    setMessage(undefined);
  }

  function pressKey(event: KeyboardEvent<HTMLInputElement>) {
    if (event.key === 'Enter') {
      finish();
      event.currentTarget.select();
    }
    if (event.key === 'Escape' && draft !== undefined) {
      event.stopPropagation();
      abandon();
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
        onBlur={finish}
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
