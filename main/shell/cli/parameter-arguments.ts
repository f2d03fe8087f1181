import type { ParameterDescription, ParameterValue, ParameterValues } from '../../../preload/contract.ts';
import { InputError } from '../../base/errors.ts';
import type { SensorDescription } from '../../frame/frame-meta.ts';
import { ParameterStore } from '../../processor/parameter-store.ts';
import type { Stage } from '../../processor/stage.ts';
import { decimalNumber } from './decimal.ts';

/** What {@link valuesFromArguments} may be told beside the arguments. */
export interface ArgumentRules {
  /** The only kind of parameter that has an effect: the other one is refused. */
  readonly kind?: 'runtime' | 'load-time';
  /** Values that suit the camera, for example of its tuning file; those that the stage does not have are none of it. */
  readonly suggested?: ParameterValues;
}

/**
 * A stage's parameter values from `--param name=value` arguments, on top of what suits the sensor. Refuses unknown names and values
 * out of range.
 */
export function valuesFromArguments(
  stage: Stage,
  sensor: SensorDescription | undefined,
  entries: readonly string[],
  { kind, suggested = {} }: ArgumentRules = {},
): ParameterValues {
  const store = new ParameterStore(stage.declaration.id, stage.declaration.params);
  if (sensor) store.rebase(stage.defaultsFor(sensor));
  for (const [name, value] of Object.entries(suggested)) {
    if (!(name in stage.declaration.params)) continue;
    if (store.describe(name).kind === 'runtime') store.set({ [name]: value });
    else store.setLoadTime({ [name]: value });
  }
  setFromArguments(store, entries, { option: '--param', ...(kind ? { kind } : {}) });
  return store.current.values;
}

/** Sets the parameters of a store from `name=value` arguments of an option. Refuses unknown names and values out of range. */
export function setFromArguments(
  store: ParameterStore,
  entries: readonly string[],
  { option, kind }: Pick<ArgumentRules, 'kind'> & { readonly option: string },
): void {
  for (const entry of entries) {
    const [, name = '', text = ''] = /^([^=]+)=(.*)$/.exec(entry) ?? [];
    if (!name) throw new InputError('cli.param', `Expected name=value for ${option} but received ${entry}`);
    const description = store.describe(name);
    const values = { [name]: typedValue(description, text) };
    if ((kind ?? description.kind) === 'runtime') store.set(values);
    else store.setLoadTime(values);
  }
}

function typedValue({ control, defaultValue }: ParameterDescription, text: string): ParameterValue {
  if (control === 'toggle') return text === 'true' ? true : text === 'false' ? false : text;
  // What is no number is left to the parameter's own refusal, which names the range.
  return (typeof defaultValue === 'number' ? decimalNumber(text) : undefined) ?? text;
}
