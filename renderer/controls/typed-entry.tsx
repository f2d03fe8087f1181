import type { CSSProperties, FocusEvent, KeyboardEvent } from 'react';
import { useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { useDescribedBy } from './explanation.ts';

/** What a person typed, read: a value, or one sentence why it is none. */
export type TypedText<V> = { readonly ok: true; readonly value: V } | { readonly ok: false; readonly message: string };

/** A longer unit is cut where a row has no room for it, and whole in the explanation of the setting: numbers keep their line. */
const charactersOfUnit = 3;
/** What the usual field holds beside its padding. */
const charactersOfField = 7;
const fieldPadding = '18px';
const inputPadding = '11px';

/**
 * A typed value. Enter refuses what `parse` refuses in place, with its sentence; nothing is clamped. Leaving the field with
 * such a text goes back to the value that holds. An accepted Enter and Escape leave the field, so that shortcuts work again.
 * A text under way stays what was typed, whatever becomes of the value meanwhile.
 */
export function TypedEntry<V>(props: {
  label: string;
  /** The value that holds, as text. */
  text: string;
  parse: (text: string) => TypedText<V>;
  kind: 'number' | 'text';
  unit?: string | undefined;
  /** How many characters the longest value has, where the usual field may be too narrow for it. */
  characters?: number | undefined;
  disabled?: boolean | undefined;
  /** Stands in the field while nobody types: the part of a long text that tells it from others. */
  restText?: string | undefined;
  /** Stands in the field where there is no text. */
  empty?: string | undefined;
  onCommit: (value: V) => void;
}) {
  const { text, kind, disabled, unit } = props;
  const describedBy = useDescribedBy();
  const { characters = 0 } = props;
  const unitLength = unit?.length ?? 0;
  const [draft, setDraft] = useState<string | undefined>(undefined);
  const [message, setMessage] = useState<string | undefined>(undefined);
  const rest = useRestText(text, props.restText);
  // Leaving by Escape runs the blur handler of a render that still holds the draft.
  const escaping = useRef(false);

  function typed(): TypedText<V> | undefined {
    return draft === undefined || draft === text ? undefined : props.parse(draft);
  }

  function leave() {
    const entry = escaping.current ? undefined : typed();
    escaping.current = false;
    rest.leave();
    setDraft(undefined);
    setMessage(undefined);
    if (entry?.ok) props.onCommit(entry.value);
  }

  function pressKey(event: KeyboardEvent<HTMLInputElement>) {
    if (event.key === 'Enter') {
      const entry = typed();
      if (entry === undefined || entry.ok) return event.currentTarget.blur();
      // A form around the field must not be sent with what the field refuses.
      event.preventDefault();
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
    <span
      className={kind === 'text' ? 'entry entry-text' : 'entry'}
      style={roomFor(characters, unitLength)}
      data-disabled={disabled || undefined}
    >
      <input
        type="text"
        inputMode={kind === 'text' ? 'text' : 'decimal'}
        autoComplete="off"
        spellCheck={false}
        placeholder={props.empty}
        aria-label={props.label}
        aria-describedby={describedBy}
        aria-invalid={message !== undefined}
        disabled={disabled}
        style={unitLength > charactersOfUnit ? { minWidth: `calc(${characters}ch + ${inputPadding})` } : undefined}
        value={draft ?? rest.shown}
        onChange={(event) => setDraft(event.target.value)}
        onFocus={rest.enter}
        onBlur={leave}
        onKeyDown={pressKey}
      />
      {unit && <EntryUnit unit={unit} />}
      {message && (
        <span className="entry-message" role="alert">
          {message}
        </span>
      )}
    </span>
  );
}

function EntryUnit({ unit }: { unit: string }) {
  return (
    <span className="entry-unit" title={unit}>
      {unit}
    </span>
  );
}

/** The room that a field takes where the usual one is too narrow: as much as its row has, at least for the number with a short unit. */
function roomFor(characters: number, unitLength: number): CSSProperties | undefined {
  const width = (length: number) => `calc(${characters + length}ch + ${fieldPadding})`;
  if (characters + unitLength <= charactersOfField) return undefined;
  if (unitLength <= charactersOfUnit) return { width: width(unitLength) };
  return { flex: `1000 1 max(70px, ${width(charactersOfUnit)})`, maxWidth: width(unitLength) };
}

/** The whole text in a field that has the focus, and what stands for it meanwhile in one that has not. */
function useRestText(text: string, restText: string | undefined) {
  const [focused, setFocused] = useState(false);

  function enter(event: FocusEvent<HTMLInputElement>) {
    const field = event.currentTarget;
    // What is selected has to be what can be changed.
    if (restText !== undefined) flushSync(() => setFocused(true));
    field.select();
  }

  return { shown: focused ? text : (restText ?? text), enter, leave: () => setFocused(false) };
}
