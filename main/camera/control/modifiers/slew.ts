import { roleOf } from '../control-roles.ts';
import { changeAlgoNumbers, type Modifier, within } from './modifier.ts';

/**
 * Exposure and gain of an Algo change by a stop per frame at most: one wrong estimate then is no flash, and four stops, all in one
 * control, still take less than eight frames.
 */
export const largestFactorPerFrame = 2;

/** Damps an Algo's exposure and gain from what the device holds; a step of the control is always possible, so that none sticks. */
export const slew: Modifier = {
  name: 'slew',
  apply: (drafts) =>
    changeAlgoNumbers(drafts, ({ control, value, least, most }) => {
      const held = control.value;
      if (roleOf(control) === undefined || typeof held !== 'number' || held < 0) return {};
      const slowest = Math.min(held / largestFactorPerFrame, held - control.step);
      const fastest = Math.max(held * largestFactorPerFrame, held + control.step);
      return { value: within(within(value, slowest, fastest), least, most) };
    }),
};
