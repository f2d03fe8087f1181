import type { ParameterDescription, ParameterValue } from '../../../preload/contract.ts';
import type { Setting } from '../../controls/setting.ts';

/** A parameter of a processor as data for the one settings editor. */
export function settingOfParameter(
  parameter: ParameterDescription,
  value: ParameterValue | undefined,
  disabled: boolean,
  refusal?: string,
): Setting {
  return {
    id: parameter.name,
    testId: `param-${parameter.name}`,
    label: parameter.label,
    group: parameter.category,
    help: parameter.help,
    control: controlOf(parameter),
    unit: parameter.unit,
    minimum: parameter.minimum,
    maximum: parameter.maximum,
    step: parameter.step,
    integer: parameter.integer,
    options: parameter.options,
    defaultValue: parameter.defaultValue,
    unset: parameter.unset,
    value,
    disabled,
    refusal,
  };
}

/** A text may be more than a text; numbers of a `resolution` have a row of their own. */
function controlOf({ control, component }: ParameterDescription): Setting['control'] {
  if (control !== 'text') return control;
  switch (component) {
    case 'colour':
    case 'curve':
      return component;
    case 'image':
    case 'model':
    case 'file':
      return 'path';
    default:
      return 'text';
  }
}
