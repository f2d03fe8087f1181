import { NumberEntry } from './number-entry.tsx';
import type { NumberRange } from './number-text.ts';
import { formatNumber } from './number-text.ts';
import { Slider } from './slider.tsx';

/** A slider and the same value as a typed number beside it. */
export function SliderWithEntry(props: {
  label: string;
  name: string;
  value: number | undefined;
  defaultValue: number | undefined;
  range: NumberRange & { readonly minimum: number; readonly maximum: number };
  /** Stands in the field, and is spoken, while there is no value. */
  empty?: string | undefined;
  disabled: boolean;
  listener: { change(value: number): void; commit(origin: 'gesture' | 'keyboard'): void };
}) {
  const { label, name, value, range, empty, disabled, listener } = props;
  const { minimum, maximum, step, integer, unit } = range;
  const valueText = value === undefined ? (empty ?? '') : [formatNumber(value, range), unit].filter(Boolean).join(' ');

  function enter(typed: number) {
    listener.change(typed);
    listener.commit('gesture');
  }

  return (
    <>
      <Slider
        label={label}
        value={value ?? (empty === undefined ? minimum : (props.defaultValue ?? minimum))}
        valueText={valueText}
        range={{ minimum, maximum, step, integer }}
        defaultValue={props.defaultValue ?? minimum}
        isUnset={empty !== undefined}
        disabled={disabled}
        onChange={(next) => listener.change(next)}
        onCommit={(origin) => listener.commit(origin)}
      />
      <NumberEntry label={label} name={name} value={value} range={range} empty={empty} disabled={disabled} onCommit={enter} />
    </>
  );
}
