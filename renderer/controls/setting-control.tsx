import type { ParameterValue } from '../../preload/contract.ts';
import { Choice } from './choice.tsx';
import { ColourControl } from './colour-control.tsx';
import { NumberEntry } from './number-entry.tsx';
import { PathEntry } from './path-entry.tsx';
import type { Setting, SettingListener } from './setting.ts';
import { spokenLabel } from './setting.ts';
import { SliderWithEntry } from './slider-with-entry.tsx';
import { Toggle } from './toggle.tsx';
import { TypedEntry } from './typed-entry.tsx';

/** The control that fits a setting's kind; curves, which need more than a line, are apart. `set` makes one step of a value. */
export function SettingControl(props: { setting: Setting; listener: SettingListener; set: (value: ParameterValue) => void }) {
  const { setting, listener, set } = props;
  const { disabled, value } = setting;
  const label = spokenLabel(setting);
  const text = String(value ?? '');
  switch (setting.control) {
    case 'slider': {
      const { minimum = 0, maximum = 1, label: name } = setting;
      const range = { ...setting, minimum, maximum };
      const common = { label, name, range, disabled, listener };
      return <SliderWithEntry {...common} value={asNumber(value)} defaultValue={asNumber(setting.defaultValue)} />;
    }
    case 'number': {
      const common = { label, name: setting.label, range: setting, disabled };
      return <NumberEntry {...common} value={asNumber(value)} onCommit={set} />;
    }
    case 'toggle':
      return <Toggle label={label} value={value === true || value === 1} disabled={disabled} onChange={set} />;
    case 'select': {
      const chosen = typeof value === 'boolean' ? undefined : value;
      return <Choice label={label} value={chosen} options={setting.options ?? []} disabled={disabled} onChoose={set} />;
    }
    case 'colour':
      return <ColourControl label={label} name={setting.label} text={text} disabled={disabled} listener={listener} />;
    case 'path':
      return <PathEntry label={label} path={text} disabled={disabled} onCommit={set} onChoose={() => listener.choosePath?.()} />;
    // Curves and resolutions need more than one value and a line: they are made apart, and text is what is left of them here.
    case 'text':
    case 'curve':
    case 'resolution': {
      const parse = (typed: string) => ({ ok: true, value: typed }) as const;
      return <TypedEntry label={label} text={text} parse={parse} kind="text" disabled={disabled} onCommit={set} />;
    }
  }
}

function asNumber(value: ParameterValue | undefined): number | undefined {
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'number' ? value : undefined;
}
