import { microsPerUnit } from '../control-roles.ts';
import { changeAlgoNumbers, type Modifier, within } from './modifier.ts';

/**
 * An Algo's exposure ends within the frame's time: beyond it, sensors stretch the frame and the rate falls. The user may want
 * just that, so the user's exposure is left to the device.
 */
export const frameDuration: Modifier = {
  name: 'frame-duration',
  apply: (drafts, { frameIntervalMicros }) =>
    changeAlgoNumbers(drafts, ({ control, value, least, most }) => {
      const unitMicros = microsPerUnit(control);
      if (unitMicros === undefined || frameIntervalMicros === undefined) return {};
      const longest = Math.max(least, Math.min(most, frameIntervalMicros / unitMicros));
      return { value: within(value, least, longest), most: longest };
    }),
};
