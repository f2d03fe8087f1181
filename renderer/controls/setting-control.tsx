import type { ParameterValue } from '../../preload/contract.ts';
import { Choice, type ChoiceOption } from './choice.tsx';
import { ColourControl } from './colour-control.tsx';
import { NumberEntry } from './number-entry.tsx';
import { PathEntry } from './path-entry.tsx';
import type { Setting, SettingListener } from './setting.ts';
import { notSet, spokenLabel } from './setting.ts';
import { SliderWithEntry } from './slider-with-entry.tsx';
import { Toggle } from './toggle.tsx';
import { TypedEntry } from './typed-entry.tsx';

const switchStates: readonly ChoiceOption<number>[] = [
  { value: 0, label: 'off' },
  { value: 1, label: 'on' },
];

/** The control that fits a setting's kind; curves, which need more than a line, are apart. `set` makes one step of a value. */
export function SettingControl(props: { setting: Setting; listener: SettingListener; set: (value: ParameterValue) => void }) {
  const { setting, listener, set } = props;
  const { disabled, value } = setting;
  const label = spokenLabel(setting);
  const text = String(value ?? '');
  const empty = setting.unset !== undefined && value === undefined ? notSet : undefined;
  switch (setting.control) {
    case 'slider': {
      const { minimum = 0, maximum = 1, label: name } = setting;
      const range = { ...setting, minimum, maximum };
      const common = { label, name, range, disabled, listener, empty };
      return <SliderWithEntry {...common} value={asNumber(value)} defaultValue={asNumber(setting.defaultValue)} />;
    }
    case 'number': {
      const common = { label, name: setting.label, range: setting, disabled, empty };
      return <NumberEntry {...common} value={asNumber(value)} onCommit={set} />;
    }
    case 'toggle':
      // A switch is on or off: a third state needs a menu.
      if (setting.unset !== undefined) {
        const chosen = value === undefined ? undefined : Number(value === true || value === 1);
        const choose = (state: number) => set(state === 1);
        return <Choice label={label} value={chosen} options={switchStates} empty={empty} disabled={disabled} onChoose={choose} />;
      }
      return <Toggle label={label} value={value === true || value === 1} disabled={disabled} onChange={set} />;
    case 'select': {
      const chosen = typeof value === 'boolean' ? undefined : value;
      return (
        <Choice label={label} value={chosen} options={setting.options ?? []} empty={empty} disabled={disabled} onChoose={set} />
      );
    }
    case 'colour':
      return (
        <ColourControl label={label} name={setting.label} text={text} empty={empty} disabled={disabled} listener={listener} />
      );
    case 'path':
      return (
        <PathEntry
          label={label}
          path={text}
          empty={empty}
          disabled={disabled}
          onCommit={set}
          onChoose={() => listener.choosePath?.()}
        />
      );
    // Curves and resolutions need more than one value and a line: they are made apart, and text is what is left of them here.
    case 'text':
    case 'curve':
    case 'resolution': {
      const parse = (typed: string) => ({ ok: true, value: typed }) as const;
      return <TypedEntry label={label} text={text} parse={parse} kind="text" empty={empty} disabled={disabled} onCommit={set} />;
    }
  }
}

function asNumber(value: ParameterValue | undefined): number | undefined {
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'number' ? value : undefined;
}
