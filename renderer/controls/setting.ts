import type { ParameterValue } from '../../preload/contract.ts';

/** One setting of a processor as data for the settings editor. */
export interface Setting {
  /** Name of the parameter, shown in the explanation. */
  readonly id: string;
  readonly testId: string;
  readonly label: string;
  /** The group it stands in: spoken with the label, since other settings may have the same. */
  readonly group: string;
  readonly help: string;
  readonly control: 'slider' | 'number' | 'toggle' | 'select' | 'text' | 'colour' | 'curve' | 'path' | 'resolution';
  readonly unit?: string | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly step?: number | undefined;
  readonly integer: boolean;
  readonly options?: readonly { readonly value: string | number; readonly label: string }[] | undefined;
  /** What reset leads to; where it is not set at first, where its control begins. */
  readonly defaultValue: ParameterValue;
  /** Absent where it always has a value; see the contract's description of a parameter. */
  readonly unset?: 'allowed' | 'at-first' | undefined;
  /** Undefined where it is not set, or not known yet. */
  readonly value: ParameterValue | undefined;
  readonly disabled: boolean;
  /** Why the lab has refused what is shown, while it still is. */
  readonly refusal?: string | undefined;
}

/** What an entry of a setting without a value shows. */
export const notSet = 'not set';

/** Where a setting tells what the user did. Every change is followed by a commit when the gesture is over. */
export interface SettingListener<V = ParameterValue> {
  change(value: V): void;
  commit(origin: 'gesture' | 'keyboard'): void;
  /** Takes the value away, where a setting may have none. */
  unset?(): void;
  /** Lets the user choose among files; only where a setting is the path of one. */
  choosePath?(): void;
}

/** Sets a setting back to what it was at first, as one step. */
export function resetSetting({ unset, defaultValue }: Setting, listener: SettingListener): void {
  if (unset === 'at-first') listener.unset?.();
  else listener.change(defaultValue);
  listener.commit('gesture');
}

/** How a setting is called where only its name is heard: label and group. */
export function spokenLabel({ label, group }: Setting): string {
  return `${label}, ${group}`;
}
