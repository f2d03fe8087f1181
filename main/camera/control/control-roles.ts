import type { ControlDescription } from '../../../preload/contract.ts';

/** What a control does to a frame, as far as the modifiers have to know. */
export type ControlRole = 'exposure' | 'gain';

/** Microseconds of one step of 1 in the units that exposure times come in; UVC and V4L2 count in 100 µs. */
const microsOfUnit: Readonly<Record<string, number>> = { µs: 1, '× 100 µs': 100, ms: 1000, s: 1e6 };
const hundredMicrosIds = /^exposure[_-](time[_-])?absolute$/;
const exposureIds = /^exposure([_-]time)?$/;
const gainIds = /^((analogue|analog|digital)[_-])?gain$/;

/** The role of a control; undefined for those that no modifier treats by its meaning. */
export function roleOf(control: ControlDescription): ControlRole | undefined {
  if (microsPerUnit(control) !== undefined) return 'exposure';
  return gainIds.test(control.id) ? 'gain' : undefined;
}

/** How long an exposure control's value of 1 is, microseconds; undefined where it is not a time, for example counted in lines. */
export function microsPerUnit({ id, unit }: ControlDescription): number | undefined {
  if (hundredMicrosIds.test(id)) return microsOfUnit[unit ?? '× 100 µs'];
  return exposureIds.test(id) && unit !== undefined ? microsOfUnit[unit] : undefined;
}

/** The mains frequency that the camera's own menu is set to, hertz; undefined where it has none or is off or automatic. */
export function mainsHertzOf(controls: readonly ControlDescription[]): number | undefined {
  const menu = controls.find(({ id, type }) => type === 'menu' && /^power[_-]line[_-]frequency$/.test(id));
  const label = menu?.options?.find(({ value }) => value === menu.value)?.label ?? '';
  const hertz = Number(/^(\d+) ?Hz$/i.exec(label)?.[1]);
  return hertz > 0 ? hertz : undefined;
}
