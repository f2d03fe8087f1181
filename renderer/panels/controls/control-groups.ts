import type { ControlDescription } from '../../../preload/contract.ts';

/** One class of a device's controls, in the order in which the device names them. */
export interface ControlGroup {
  readonly group: string;
  readonly controls: readonly ControlDescription[];
}

/** The controls by the device's own classes; classes stand where their first control stands. */
export function controlGroups(controls: readonly ControlDescription[]): ControlGroup[] {
  const groups = new Map<string, ControlDescription[]>();
  for (const control of controls) groups.set(control.group, [...(groups.get(control.group) ?? []), control]);
  return [...groups].map(([group, members]) => ({ group, controls: members }));
}

/** The controls whose label, id or class holds every word of `filter`, whatever its case; all of them for no words. */
export function matchingControls(controls: readonly ControlDescription[], filter: string): readonly ControlDescription[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return controls;
  return controls.filter(({ label, id, group }) => {
    const text = `${label} ${id} ${group}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
