import type { ControlValue, ParameterValue } from '../../preload/contract.ts';

/** A value that the user can change, of a parameter or of a device's control; null where a parameter has none. */
export type EditedValue = ParameterValue | ControlValue | null;
/** Values by the name of a parameter or the id of a control. */
export type EditedValues = Readonly<Record<string, EditedValue>>;

/** Whether both mean the same, whatever objects hold them. */
export function sameValue(a: EditedValue | undefined, b: EditedValue | undefined): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b;
  return a.length === b.length && a.every((element, index) => element === b[index]);
}

/** Whether both name the same settings with the same values. */
export function sameValues(a: EditedValues, b: EditedValues): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && sameValue(a[name], b[name]));
}
