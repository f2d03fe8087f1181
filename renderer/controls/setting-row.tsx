import type { ParameterValue } from '../../preload/contract.ts';
import { Choice } from './choice.tsx';
import { NumberEntry } from './number-entry.tsx';
import { ResetButton } from './reset-button.tsx';
import { SliderWithEntry } from './slider-with-entry.tsx';
import { Tip } from './tip.tsx';
import { Toggle } from './toggle.tsx';
import { TypedEntry } from './typed-entry.tsx';

/** One setting of a processor as data for the settings editor. */
export interface Setting {
  /** Name of the parameter, shown in the explanation. */
  readonly id: string;
  readonly testId: string;
  readonly label: string;
  /** The group it stands in: spoken with the label, since other settings may have the same. */
  readonly group: string;
  readonly help: string;
  readonly control: 'slider' | 'number' | 'toggle' | 'select' | 'text';
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
export interface SettingListener<V = ParameterValue> {
  change(value: V): void;
  commit(origin: 'gesture' | 'keyboard'): void;
}

/** Label, control, typed value and reset of one setting in one line. */
export function SettingRow({ setting, listener }: { setting: Setting; listener: SettingListener }) {
  const modified = setting.value !== undefined && setting.value !== setting.defaultValue;

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
      <Tip text={<SettingHelp setting={setting} />}>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: the reset button beside it does the same by keyboard */}
        <span className="setting-label" onDoubleClick={reset}>
          {setting.label}
        </span>
      </Tip>
      <div className="setting-control">
        <SettingControl setting={setting} listener={listener} set={set} />
      </div>
      <ResetButton name={spokenLabel(setting)} disabled={!modified || setting.disabled} onReset={reset} />
    </div>
  );
}

function spokenLabel({ label, group }: Setting): string {
  return `${label}, ${group}`;
}

function SettingControl(props: { setting: Setting; listener: SettingListener; set: (value: ParameterValue) => void }) {
  const { setting, listener, set } = props;
  const { disabled, value } = setting;
  const label = spokenLabel(setting);
  switch (setting.control) {
    case 'slider': {
      const { minimum = 0, maximum = 1, label: name } = setting;
      const range = { ...setting, minimum, maximum };
      const common = { label, name, range, disabled, listener };
      return <SliderWithEntry {...common} value={asNumber(value)} defaultValue={asNumber(setting.defaultValue)} />;
    }
    case 'number':
      return (
        <NumberEntry
          label={label}
          name={setting.label}
          value={asNumber(value)}
          range={setting}
          disabled={disabled}
          onCommit={set}
        />
      );
    case 'toggle':
      return <Toggle label={label} value={value === true || value === 1} disabled={disabled} onChange={set} />;
    case 'select': {
      const chosen = typeof value === 'boolean' ? undefined : value;
      return <Choice label={label} value={chosen} options={setting.options ?? []} disabled={disabled} onChoose={set} />;
    }
    case 'text': {
      const parse = (text: string) => ({ ok: true, value: text }) as const;
      return <TypedEntry label={label} text={String(value ?? '')} parse={parse} kind="text" disabled={disabled} onCommit={set} />;
    }
  }
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
        {range && ` · ${range}`} · default {String(defaultValue)}
      </span>
    </span>
  );
}

function asNumber(value: ParameterValue | undefined): number | undefined {
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'number' ? value : undefined;
}
