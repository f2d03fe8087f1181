import type { NumberRange } from './number-text.ts';
import { formatNumber, parseNumber } from './number-text.ts';
import { TypedEntry } from './typed-entry.tsx';

/** A typed number of a range; see {@link TypedEntry} for what the keys do. */
export function NumberEntry(props: {
  label: string;
  /** Names the setting in a refusal, where the label says more than that. */
  name?: string | undefined;
  value: number | undefined;
  range: NumberRange;
  /** Stands in the field while there is no value. */
  empty?: string | undefined;
  disabled?: boolean | undefined;
  onCommit: (value: number) => void;
}) {
  const { label, name, value, range, empty, disabled, onCommit } = props;
  const bounds = [range.minimum, range.maximum].filter((bound) => bound !== undefined);
  return (
    <TypedEntry
      label={label}
      text={value === undefined ? '' : formatNumber(value, range)}
      parse={(text) => parseNumber(text, name ?? label, range)}
      kind="number"
      unit={range.unit}
      characters={Math.max(empty?.length ?? 0, ...bounds.map((bound) => formatNumber(bound, range).length))}
      empty={empty}
      disabled={disabled}
      onCommit={onCommit}
    />
  );
}
