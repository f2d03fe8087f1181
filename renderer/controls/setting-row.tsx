import { RotateCcw } from 'lucide-react';
import type { ParameterValue } from '../../preload/contract.ts';
import { Choice } from './choice.tsx';
import { NumberEntry } from './number-entry.tsx';
import { formatNumber } from './number-text.ts';
import { Slider } from './slider.tsx';
import { TextEntry } from './text-entry.tsx';
import { Tip } from './tip.tsx';
import { Toggle } from './toggle.tsx';

/** One setting as data, whether it came from a processor's schema or from a device: one editor serves both. */
export interface Setting {
  /** Name of the parameter or id of the control, shown in the explanation. */
  readonly id: string;
  readonly testId: string;
  readonly label: string;
  readonly help: string;
  readonly control: 'slider' | 'number' | 'toggle' | 'select' | 'text' | 'button';
  readonly unit?: string | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly step?: number | undefined;
  readonly integer: boolean;
  readonly options?: readonly { readonly value: string | number; readonly label: string }[] | undefined;
  readonly defaultValue: ParameterValue;
  readonly value: ParameterValue | undefined;
  readonly disabled: boolean;
}

/** Where a setting tells what the user did. Every change is followed by a commit when the gesture is over. */
export interface SettingListener {
  change(value: ParameterValue): void;
  commit(origin: 'gesture' | 'keyboard'): void;
}

/** Label, control, typed value and reset of one setting in one line. */
export function SettingRow({ setting, listener }: { setting: Setting; listener: SettingListener }) {
  const modified = isModified(setting);

  function set(value: ParameterValue) {
    listener.change(value);
    listener.commit('gesture');
  }

  function reset() {
    if (modified && !setting.disabled) set(setting.defaultValue);
  }

  return (
    <div
      className="setting"
      data-testid={setting.testId}
      data-control={setting.control}
      data-modified={modified || undefined}
      data-disabled={setting.disabled || undefined}
    >
      {setting.control !== 'button' && (
        <Tip text={<SettingHelp setting={setting} />}>
          {/* biome-ignore lint/a11y/noStaticElementInteractions: the reset button beside it does the same by keyboard */}
          <span className="setting-label" onDoubleClick={reset}>
            {setting.label}
          </span>
        </Tip>
      )}
      <div className="setting-control">
        <SettingControl setting={setting} listener={listener} set={set} />
      </div>
      {setting.control !== 'button' && (
        <button
          type="button"
          className="setting-reset"
          aria-label={`Reset ${setting.label}`}
          disabled={!modified || setting.disabled}
          onClick={reset}
        >
          <RotateCcw size={11} aria-hidden />
        </button>
      )}
    </div>
  );
}

function SettingControl(props: { setting: Setting; listener: SettingListener; set: (value: ParameterValue) => void }) {
  const { setting, set } = props;
  const { label, disabled, value } = setting;
  switch (setting.control) {
    case 'slider':
      return <SliderWithEntry {...props} />;
    case 'number':
      return <NumberEntry label={label} value={asNumber(value)} range={setting} disabled={disabled} onCommit={set} />;
    case 'toggle':
      return <Toggle label={label} value={value === true || value === 1} disabled={disabled} onChange={set} />;
    case 'select': {
      const chosen = typeof value === 'boolean' ? undefined : value;
      return <Choice label={label} value={chosen} options={setting.options ?? []} disabled={disabled} onChoose={set} />;
    }
    case 'text':
      return <TextEntry label={label} value={String(value ?? '')} disabled={disabled} onCommit={set} />;
    case 'button':
      return (
        <button type="button" className="button" disabled={disabled} onClick={() => set(1)}>
          {label}
        </button>
      );
  }
}

function SliderWithEntry({
  setting,
  listener,
  set,
}: {
  setting: Setting;
  listener: SettingListener;
  set: (value: number) => void;
}) {
  const { minimum = 0, maximum = 1, step, integer, label, disabled } = setting;
  const value = asNumber(setting.value);
  const text = value === undefined ? '' : [formatNumber(value, setting), setting.unit].filter(Boolean).join(' ');
  return (
    <>
      <Slider
        label={label}
        value={value ?? minimum}
        valueText={text}
        range={{ minimum, maximum, step, integer }}
        defaultValue={asNumber(setting.defaultValue) ?? minimum}
        disabled={disabled}
        onChange={listener.change}
        onCommit={listener.commit}
      />
      <NumberEntry label={label} value={value} range={setting} disabled={disabled} onCommit={set} />
    </>
  );
}

function SettingHelp({ setting }: { setting: Setting }) {
  const { minimum, maximum, unit, defaultValue } = setting;
  const range = minimum !== undefined && maximum !== undefined ? `${minimum} to ${maximum}${unit ? ` ${unit}` : ''}` : undefined;
  return (
    <span className="setting-help">
      <span className="setting-name">{setting.label}</span>
      {setting.help && <span>{setting.help}</span>}
      <span className="setting-facts">
        {setting.id}
        {range && ` · ${range}`}
        {setting.control !== 'button' && ` · default ${String(defaultValue)}`}
      </span>
    </span>
  );
}

function isModified({ control, value, defaultValue }: Setting): boolean {
  return control !== 'button' && value !== undefined && value !== defaultValue;
}

function asNumber(value: ParameterValue | undefined): number | undefined {
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'number' ? value : undefined;
}
