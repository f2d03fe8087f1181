import type { ControlDescription } from '../../../preload/contract.ts';
import type { Setting } from '../../controls/setting-row.tsx';

const editors = { integer: 'slider', number: 'slider', boolean: 'toggle', menu: 'select', button: 'button' } as const;

/** A device control as data for the one settings editor. */
export function settingOfControl(control: ControlDescription, value: number): Setting {
  return {
    id: control.id,
    testId: `control-${control.id}`,
    label: control.label,
    help: control.help ?? '',
    control: editors[control.type],
    unit: control.unit,
    minimum: control.minimum,
    maximum: control.maximum,
    step: control.step > 0 ? control.step : undefined,
    integer: control.type === 'integer',
    options: control.options,
    defaultValue: control.defaultValue,
    value,
    disabled: control.readOnly,
  };
}

/** The controls by the device's own groups, in the order in which the device names them. */
export function controlGroups(controls: readonly ControlDescription[]): { group: string; controls: ControlDescription[] }[] {
  const groups = new Map<string, ControlDescription[]>();
  for (const control of controls) groups.set(control.group, [...(groups.get(control.group) ?? []), control]);
  return [...groups].map(([group, members]) => ({ group, controls: members }));
}
