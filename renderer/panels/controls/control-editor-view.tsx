import { useState } from 'react';
import type { ControlDescription, ControlValue } from '../../../preload/contract.ts';
import { Choice } from '../../controls/choice.tsx';
import { useDescribedBy } from '../../controls/explanation.ts';
import { NumberEntry } from '../../controls/number-entry.tsx';
import type { SettingListener } from '../../controls/setting.ts';
import { SliderWithEntry } from '../../controls/slider-with-entry.tsx';
import { Toggle } from '../../controls/toggle.tsx';
import { TypedEntry } from '../../controls/typed-entry.tsx';
import { ArrayButton } from './array-dialog.tsx';
import { elementsOf, maskBits, numberRange } from './control-facts.ts';
import { maskText, parseExact, parseMask, parseText } from './control-text.ts';

/** What every editor of a control is given. `label` is spoken: the control's own with its class. */
export interface ControlEditorProps {
  readonly control: ControlDescription;
  readonly label: string;
  readonly value: ControlValue;
  readonly disabled: boolean;
  readonly listener: SettingListener<ControlValue>;
  /** Sets a value as one step. */
  readonly set: (value: ControlValue) => void;
  /** Writes once, as an act. */
  readonly act: (value: ControlValue) => void;
}

/** The editor that fits a control's kind. */
export function ControlEditorView(props: ControlEditorProps) {
  const { control, label, value, disabled, set } = props;
  switch (control.type) {
    case 'integer':
    case 'number':
      return control.momentary ? <ActEditor {...props} /> : <NumberEditor {...props} />;
    case 'boolean':
      return <Toggle label={label} value={value !== 0} disabled={disabled} onChange={(on) => set(on ? 1 : 0)} />;
    case 'menu':
      return <Choice label={label} value={Number(value)} options={control.options ?? []} disabled={disabled} onChoose={set} />;
    case 'button':
      return <ActButton {...props} />;
    case 'integer64':
      return <ExactEditor {...props} />;
    case 'bitmask':
      return <MaskEditor {...props} />;
    case 'text': {
      const parse = (text: string) => parseText(text, control.label, control);
      return <TypedEntry label={label} text={String(value)} parse={parse} kind="text" disabled={disabled} onCommit={set} />;
    }
    case 'area':
      return <AreaEditor {...props} />;
    case 'array':
    case 'bytes':
      return <ArrayButton control={control} label={label} value={value} disabled={disabled} onWrite={set} />;
  }
}

function ActButton({ control, label, disabled, act }: ControlEditorProps) {
  const describedBy = useDescribedBy();
  return (
    <button
      type="button"
      className="button"
      aria-label={label}
      aria-describedby={describedBy}
      disabled={disabled}
      onClick={() => act(1)}
    >
      {control.label}
    </button>
  );
}

function NumberEditor({ control, label, value, disabled, listener, set }: ControlEditorProps) {
  const range = { ...numberRange(control), minimum: control.minimum, maximum: control.maximum };
  const number = Number(value);
  const name = control.label;
  if (control.maximum <= control.minimum) {
    return <NumberEntry label={label} name={name} value={number} range={range} disabled={disabled} onCommit={set} />;
  }
  const common = { label, name, range, disabled, listener };
  return <SliderWithEntry {...common} value={number} defaultValue={Number(control.defaultValue)} />;
}

/** A number that is written only on purpose: under a slider every value that it passes would be done. */
function ActEditor({ control, label, disabled, act }: ControlEditorProps) {
  const range = numberRange(control);
  const [amount, setAmount] = useState(Number(control.defaultValue));
  return (
    <>
      <NumberEntry label={label} name={control.label} value={amount} range={range} disabled={disabled} onCommit={setAmount} />
      <button
        type="button"
        className="button button-small"
        aria-label={`Write ${label}`}
        disabled={disabled}
        onClick={() => act(amount)}
      >
        Write
      </button>
    </>
  );
}

function ExactEditor({ control, label, value, disabled, set }: ControlEditorProps) {
  const range = control.exactRange ?? { minimum: String(control.minimum), maximum: String(control.maximum) };
  return (
    <span className="entry-wide">
      <TypedEntry
        label={label}
        text={String(value).replace('-', '−')}
        parse={(text) => parseExact(text, control.label, range)}
        kind="number"
        unit={control.unit}
        disabled={disabled}
        onCommit={set}
      />
    </span>
  );
}

function MaskEditor({ control, label, value, disabled, set }: ControlEditorProps) {
  const mask = Number(value);
  const bits = maskBits(control);
  return (
    <div className="mask">
      <span className="entry-wide">
        <TypedEntry
          label={label}
          text={maskText(mask)}
          parse={(text) => parseMask(text, control.label, control.maximum)}
          kind="number"
          disabled={disabled}
          onCommit={set}
        />
      </span>
      {bits && (
        <div className="mask-bits">
          {bits.map(({ bit, label: name }) => {
            const on = Math.floor(mask / bit) % 2 === 1;
            return (
              <button
                key={bit}
                type="button"
                className="mask-bit"
                aria-pressed={on}
                aria-label={`${name}, ${label}`}
                disabled={disabled}
                onClick={() => set(on ? mask - bit : mask + bit)}
              >
                {name}
              </button>
            );
          })}
        </div>
      )}
    </div>
  );
}

function AreaEditor({ control, label, value, disabled, set }: ControlEditorProps) {
  const [width = 0, height = 0] = elementsOf(control, value);
  const range = { ...numberRange(control), unit: undefined };
  const side = (name: string, length: number, withLength: (length: number) => number[]) => (
    <NumberEntry
      label={`${name}, ${label}`}
      name={`${control.label} ${name.toLowerCase()}`}
      value={length}
      range={range}
      disabled={disabled}
      onCommit={(typed) => set(withLength(typed))}
    />
  );
  return (
    <>
      {side('Width', width, (next) => [next, height])}
      <span aria-hidden>×</span>
      {side('Height', height, (next) => [width, next])}
      {control.unit && <span className="entry-unit">{control.unit}</span>}
    </>
  );
}
