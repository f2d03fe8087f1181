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
  disabled: boolean;
  listener: { change(value: number): void; commit(origin: 'gesture' | 'keyboard'): void };
}) {
  const { label, name, value, range, disabled, listener } = props;
  const { minimum, maximum, step, integer, unit } = range;
  const valueText = value === undefined ? '' : [formatNumber(value, range), unit].filter(Boolean).join(' ');

  function enter(typed: number) {
    listener.change(typed);
    listener.commit('gesture');
  }

  return (
    <>
      <Slider
        label={label}
        value={value ?? minimum}
        valueText={valueText}
        range={{ minimum, maximum, step, integer }}
        defaultValue={props.defaultValue ?? minimum}
        disabled={disabled}
        onChange={(next) => listener.change(next)}
        onCommit={(origin) => listener.commit(origin)}
      />
      <NumberEntry label={label} name={name} value={value} range={range} disabled={disabled} onCommit={enter} />
    </>
  );
}
