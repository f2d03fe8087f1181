import { isOfAlgo, type Modifier } from './modifier.ts';

/**
 * Sensors take up exposure and gain a different number of frames after the write. Of an Algo's set the quicker controls are
 * held back, so that all of it takes effect on one frame; what the user sets is written at once, in one request.
 */
export const sensorDelay: Modifier = {
  name: 'sensor-delay',
  apply: (drafts, { delayFrames }) => {
    const delayOf = (id: string): number => delayFrames?.[id] ?? 0;
    const longest = Math.max(0, ...drafts.filter(isOfAlgo).map(({ control }) => delayOf(control.id)));
    return drafts.map((draft) => (isOfAlgo(draft) ? { ...draft, holdFrames: longest - delayOf(draft.control.id) } : draft));
  },
};
