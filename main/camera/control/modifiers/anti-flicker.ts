import { microsPerUnit } from '../control-roles.ts';
import { type AlgoNumberDraft, changeAlgoNumbers, type Modifier } from './modifier.ts';

/**
 * Lamps on mains brighten twice per period. An Algo's exposure that is longer than that time becomes a whole multiple of it,
 * so that every row collects the same light; a shorter one cannot be free of flicker and stays.
 */
export const antiFlicker: Modifier = {
  name: 'anti-flicker',
  apply: (drafts, { mainsHertz }) =>
    changeAlgoNumbers(drafts, (draft) => {
      const unitMicros = microsPerUnit(draft.control);
      if (unitMicros === undefined || mainsHertz === undefined) return {};
      return { value: flickerFree(draft, 1e6 / (2 * mainsHertz) / unitMicros) };
    }),
};

/** The multiple of `period` below the draft's value, or one further where the slew would hold it at the multiple it has for ever. */
function flickerFree({ control, value, requested, least, most }: AlgoNumberDraft, period: number): number {
  const multiples = wholePeriods(value, period, control.step);
  if (multiples === 0) return value;
  const held = wholePeriods(Number(control.value), period, control.step);
  const reachable = Math.min(Number(requested), most);
  const next = (multiples + 1) * period;
  const isStuck = multiples === held && reachable >= next && next <= most;
  const chosen = isStuck ? next : multiples * period;
  return chosen < least ? value : chosen;
}

/** How often the period fits, where a value that was rounded to the control's step still counts as its multiple. */
function wholePeriods(value: number, period: number, step: number): number {
  return Math.floor((value + step / 2) / period);
}
