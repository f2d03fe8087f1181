import type { ParameterDescription, ParameterValue } from '../../../preload/contract.ts';
import type { Setting } from '../../controls/setting-row.tsx';

/** A parameter of a processor as data for the one settings editor. */
export function settingOfParameter(
  parameter: ParameterDescription,
  value: ParameterValue | undefined,
  disabled: boolean,
): Setting {
  return {
    id: parameter.name,
    testId: `param-${parameter.name}`,
    label: parameter.label,
    group: parameter.category,
    help: parameter.help,
    control: parameter.control,
    unit: parameter.unit,
    minimum: parameter.minimum,
    maximum: parameter.maximum,
    step: parameter.step,
    integer: parameter.integer,
    options: parameter.options,
    defaultValue: parameter.defaultValue,
    value,
    disabled,
  };
}
