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
  readonly defaultValue: ParameterValue;
  readonly value: ParameterValue | undefined;
  readonly disabled: boolean;
  /** Why the lab has refused what is shown, while it still is. */
  readonly refusal?: string | undefined;
}

/** Where a setting tells what the user did. Every change is followed by a commit when the gesture is over. */
export interface SettingListener<V = ParameterValue> {
  change(value: V): void;
  commit(origin: 'gesture' | 'keyboard'): void;
  /** Lets the user choose among files; only where a setting is the path of one. */
  choosePath?(): void;
}

/** How a setting is called where only its name is heard: label and group. */
export function spokenLabel({ label, group }: Setting): string {
  return `${label}, ${group}`;
}
