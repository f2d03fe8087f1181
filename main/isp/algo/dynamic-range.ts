import { quantile } from '../../base/statistics.ts';
import { type Algorithm, clamped, type MeasuredFrame } from './algorithm.ts';
import { greenOfZones } from './zone-light.ts';

/** From which range of a scene on its tones are pressed together, and what a bracket is for. */
export interface DynamicRangeSettings {
  /** Range that a screen shows without help, and the one at which the strength is 1, EV. */
  readonly plainEv: number;
  readonly fullEv: number;
  /** Share of clipped cells from which a shorter exposure is worth while, and the one from which two are. */
  readonly clippedShare: number;
  readonly muchClippedShare: number;
  /** Signal to noise that the dark parts are to have. */
  readonly shadowSnr: number;
  /** EV from frame to frame of a bracket, and the most that one side reaches. */
  readonly stepEv: number;
  readonly mostEv: number;
}

/** What tone and bracket are decided from. */
export interface DynamicRangeMeasured {
  /** Light that 1 % and 99 % of the zones do not exceed, the dark one not below the noise. */
  readonly dark: number;
  readonly bright: number;
  readonly clippedShare: number;
  /** Light at which signal and noise are in the wanted ratio; 0 where the noise is not known. */
  readonly clearLight: number;
}

/** Strength of tone mapping, and the frames of a bracket. */
export interface DynamicRangeIntents {
  /** EV from dark to bright; a lower bound where something is clipped. */
  readonly scene_range_ev: number;
  /** 0 to 1. */
  readonly tone_strength: number;
  /** EV of each frame against the metered exposure, rising; only 0 where one frame holds the scene. */
  readonly bracket_offsets_ev: readonly number[];
}

/** The darkest light that counts where the noise is not known. */
const darkestLight = 1 / 4096;

/** The range of a scene, and what follows for tones and brackets. */
export const dynamicRange: Algorithm<DynamicRangeMeasured, DynamicRangeSettings, null, DynamicRangeIntents> = {
  id: 'dynamic-range',
  defaults: { plainEv: 5, fullEv: 11, clippedShare: 0.005, muchClippedShare: 0.05, shadowSnr: 4, stepEv: 2, mostEv: 4 },
  initial: null,
  measure: (frame, settings) => {
    const light = [...greenOfZones(frame.statistics.zones)];
    const { clippedShare } = frame.statistics.zones;
    return {
      dark: Math.max(quantile(light, 0.01), clearLight(frame, 1), darkestLight),
      bright: Math.max(quantile(light, 0.99), darkestLight),
      clippedShare: clippedShare.reduce((sum, share) => sum + share, 0) / clippedShare.length,
      clearLight: clearLight(frame, settings.shadowSnr),
    };
  },
  decide: ({ measured: { dark, bright, clippedShare, clearLight: clear }, settings }) => {
    const { plainEv, fullEv, stepEv, mostEv } = settings;
    const stepsDown = clippedShare >= settings.muchClippedShare ? 2 : clippedShare >= settings.clippedShare ? 1 : 0;
    const stepsUp = clear > dark ? Math.ceil(Math.log2(clear / dark) / stepEv) : 0;
    const [down, up] = [stepsDown, stepsUp].map((steps) => Math.min(steps, Math.floor(mostEv / stepEv))) as [number, number];
    const range = Math.max(0, Math.log2(bright / dark)) + stepsDown * stepEv;
    return {
      intents: {
        scene_range_ev: range,
        tone_strength: clamped((range - plainEv) / (fullEv - plainEv), 0, 1),
        bracket_offsets_ev: Array.from({ length: down + up + 1 }, (_, frame) => (frame - down) * stepEv),
      },
      state: null,
    };
  },
};

/** Light `x` at which x / sqrt(slope * x + offset) is `snr`; 0 where the noise is not known. */
function clearLight({ noise }: MeasuredFrame, snr: number): number {
  if (!noise) return 0;
  const half = (snr ** 2 * noise.slope) / 2;
  return half + Math.sqrt(half ** 2 + snr ** 2 * noise.offset);
}
