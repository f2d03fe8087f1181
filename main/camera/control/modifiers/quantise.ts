import { type Draft, type Modifier, within } from './modifier.ts';

/**
 * Numbers to the control's step, counted from its minimum, as drivers do it: what the device is then asked for is what it can
 * hold. It goes for the user as well, and the report names both what was asked and what was applied.
 */
export const quantise: Modifier = {
  name: 'quantise',
  apply: (drafts) => drafts.map((draft) => ({ ...draft, value: quantised(draft) })),
};

function quantised({ control, value, least, most }: Draft): Draft['value'] {
  const { type, minimum, maximum, step } = control;
  if (typeof value !== 'number' || !(step > 0) || (type !== 'integer' && type !== 'number')) return value;
  const stepsIn = (limit: number): number => Math.floor((limit - minimum) / step + 1e-9);
  const nearest = Math.round((value - minimum) / step);
  const steps = within(nearest, Math.ceil((least - minimum) / step - 1e-9), Math.min(stepsIn(most), stepsIn(maximum)));
  const raw = minimum + steps * step;
  return type === 'integer' ? Math.round(raw) : Number(raw.toPrecision(12));
}
