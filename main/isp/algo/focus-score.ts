import type { Algorithm, MeasuredFrame } from './algorithm.ts';

/** How the score is smoothed. */
export interface FocusSettings {
  /** Weight of the newest frame, above 0 to 1. */
  readonly smoothing: number;
  /** Change from frame to frame, as a share of the score, below which it counts as steady. */
  readonly steadyShare: number;
}

/** What the score is made of. */
export interface FocusMeasured {
  /** Detail in the middle of the frame relative to its brightness, noise taken off; 0 where there is nothing but noise. */
  readonly contrast: number;
}

/** What is remembered from frame to frame. */
export interface FocusState {
  readonly score: number | null;
}

/** The score and where it is going; nothing is asked of the camera, since lenses that the lab knows have no motor. */
export interface FocusReport {
  readonly focus_score: number;
  readonly focus_trend: 'rising' | 'falling' | 'steady';
}

/** The variance of one green less the mean of two, in units of one sample's. */
const noiseFactor = 1.5;

/** Focus as one number that is greatest where the picture is sharpest, whatever the exposure. */
export const focusScore: Algorithm<FocusMeasured, FocusSettings, FocusState, FocusReport> = {
  id: 'focus',
  defaults: { smoothing: 0.4, steadyShare: 0.02 },
  initial: { score: null },
  measure: (frame) => ({ contrast: Math.max(0, frame.statistics.focus - noiseContrast(frame)) }),
  decide: ({ measured, settings, state }) => {
    const { contrast } = measured;
    const before = state.score ?? contrast;
    const score = before + settings.smoothing * (contrast - before);
    const isSteady = Math.abs(score - before) <= settings.steadyShare * before;
    const trend = isSteady ? 'steady' : score > before ? 'rising' : 'falling';
    return { intents: { focus_score: score, focus_trend: trend }, state: { score } };
  },
};

/** What noise alone adds to the contrast, by the mean green of the frame's middle. */
function noiseContrast({ statistics, noise }: MeasuredFrame): number {
  const { green } = statistics.centre;
  return noise && green > 0 ? (noiseFactor * (noise.slope * green + noise.offset)) / green ** 2 : 0;
}
