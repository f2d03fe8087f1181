import type { MeasuredFrame } from './algo/algorithm.ts';
import { autoExposure, type ExposureSettings, type ExposureState } from './algo/auto-exposure.ts';
import type { WhiteBalanceIntents } from './algo/auto-white-balance.ts';
import { autoWhiteBalance, type WhiteBalanceSettings, type WhiteBalanceState } from './algo/auto-white-balance.ts';
import { type Decision, decisionOf } from './algo/decision.ts';
import type { ExposureIntents } from './algo/exposure-split.ts';
import { type FocusReport, type FocusSettings, type FocusState, focusScore } from './algo/focus-score.ts';

/** Settings of the algorithms of every frame, by algorithm. */
export interface FastAlgoSettings {
  readonly exposure: ExposureSettings;
  readonly whiteBalance: WhiteBalanceSettings;
  readonly focus: FocusSettings;
}

/** What they remember from frame to frame. */
export interface FastAlgoState {
  readonly exposure: ExposureState;
  readonly whiteBalance: WhiteBalanceState;
  readonly focus: FocusState;
}

/** What all algorithms made of one frame. */
export interface FastAlgoOutcome {
  /** For the camera: microseconds and a factor. */
  readonly exposure: Decision<ExposureIntents>;
  /** For the ISP's parameters. */
  readonly whiteBalance: Decision<WhiteBalanceIntents>;
  /** For a person. */
  readonly focus: Decision<FocusReport>;
  readonly state: FastAlgoState;
}

/** The algorithms of every frame; `decideAgain` takes them to replay a decision. */
export const fastAlgorithms = [autoExposure, autoWhiteBalance, focusScore] as const;

/** Settings that suit most cameras; limits of exposure and gain are the camera's own. */
export const fastAlgoDefaults: FastAlgoSettings = {
  exposure: autoExposure.defaults,
  whiteBalance: autoWhiteBalance.defaults,
  focus: focusScore.defaults,
};

/** What there is to remember before the first frame of a stream. */
export const fastAlgoInitial: FastAlgoState = {
  exposure: autoExposure.initial,
  whiteBalance: autoWhiteBalance.initial,
  focus: focusScore.initial,
};

/**
 * Decides from the statistics of one frame. Pure. Frames may be left out, and writes may be late: what was in effect in the frame
 * is all that is relied on.
 */
export function decideFast(frame: MeasuredFrame, state: FastAlgoState, settings: FastAlgoSettings): FastAlgoOutcome {
  const exposure = decisionOf(autoExposure, frame, settings.exposure, state.exposure);
  const whiteBalance = decisionOf(autoWhiteBalance, frame, settings.whiteBalance, state.whiteBalance);
  const focus = decisionOf(focusScore, frame, settings.focus, state.focus);
  return {
    exposure: exposure.decision,
    whiteBalance: whiteBalance.decision,
    focus: focus.decision,
    state: { exposure: exposure.state, whiteBalance: whiteBalance.state, focus: focus.state },
  };
}
