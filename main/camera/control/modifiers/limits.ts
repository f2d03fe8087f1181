import { expectWritable } from '../../control-value.ts';
import { type Draft, isOfAlgo, type Modifier, within } from './modifier.ts';

/**
 * The control's own range. What the user asks for beyond it is refused with an InputError that names the range; numbers of
 * Algos are brought into it, and what else of theirs does not fit is left out.
 */
export const limits: Modifier = {
  name: 'limits',
  apply: (drafts) => drafts.map(limited).filter((draft) => draft !== undefined),
};

function limited(draft: Draft): Draft | undefined {
  const { control, value } = draft;
  if (!isOfAlgo(draft)) {
    expectWritable(control, value);
    return draft;
  }
  const isRange = control.type === 'integer' || control.type === 'number';
  const kept = isRange && typeof value === 'number' && !Number.isNaN(value) ? within(value, draft.least, draft.most) : value;
  try {
    // A whole number is made one by the quantisation.
    expectWritable(isRange ? { ...control, type: 'number' } : control, kept);
    return { ...draft, value: kept };
  } catch {
    return undefined;
  }
}
