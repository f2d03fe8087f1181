import type { Algorithm } from './algorithm.ts';
import { gainsFor, type WhiteBalanceIntents } from './auto-white-balance.ts';
import { type CctCurve, expectCurve, gainsAt, kelvinOf, logDistance, searchedKelvins } from './cct-curve.ts';
import { greyWorld } from './grey-world.ts';
import { colouredZones } from './zone-light.ts';

/** What is known of camera and lamps before the scene is seen. */
export interface SceneWhiteBalanceSettings {
  readonly curve: CctCurve;
  /** The most likely light, and the standard deviation of lamps around it, mired. */
  readonly likelyKelvin: number;
  readonly spreadMired: number;
}

/** What the scene's balance is decided from. */
export interface SceneWhiteBalanceMeasured {
  /** The likeliest temperature, by zones that would be grey in it and by what is known before; null where no zone shows a colour. */
  readonly kelvin: number | null;
  /** Share of the zones that would be grey in that light. */
  readonly greyShare: number;
  /** Gains by grey world, for a scene without anything grey. */
  readonly greyWorldGains: readonly [red: number, blue: number] | null;
}

/** The gains of red and blue, and the temperature that they stand for. */
export interface SceneWhiteBalanceIntents extends WhiteBalanceIntents {
  readonly cct_kelvin: number;
}

/** How far a grey surface's gains lie from the curve, standard deviation of a logarithm: paints and papers are not quite grey. */
const greySigma = 0.05;

/** Below this share of grey zones nothing in the scene is grey, and the curve has nothing to hold on to. */
const leastGreyShare = 0.02;

/** White balance of a scene: only lights that exist are considered, and of these the likely ones sooner. */
export const sceneWhiteBalance: Algorithm<SceneWhiteBalanceMeasured, SceneWhiteBalanceSettings, null, SceneWhiteBalanceIntents> =
  {
    id: 'scene-white-balance',
    defaults: { curve: [], likelyKelvin: 4800, spreadMired: 80 },
    initial: null,
    measure: ({ statistics }, settings) => {
      expectCurve(settings.curve);
      const colours = colouredZones(statistics.zones);
      if (colours.length === 0) return { kelvin: null, greyShare: 0, greyWorldGains: null };
      const gains = colours.map(gainsFor);
      const { kelvin, greyShare } = likeliest(gains, settings);
      return { kelvin, greyShare, greyWorldGains: gainsFor(greyWorld.estimate(colours)) };
    },
    decide: ({ measured: { kelvin, greyShare, greyWorldGains }, settings: { curve } }) => {
      if (kelvin === null || greyWorldGains === null) return { intents: {}, state: null };
      const isKnown = greyShare >= leastGreyShare;
      const [wb_red_gain, wb_blue_gain] = isKnown ? gainsAt(curve, kelvin) : greyWorldGains;
      return {
        intents: { wb_red_gain, wb_blue_gain, cct_kelvin: isKnown ? kelvin : kelvinOf(curve, greyWorldGains) },
        state: null,
      };
    },
  };

function likeliest(
  gains: readonly (readonly [number, number])[],
  { curve, likelyKelvin, spreadMired }: SceneWhiteBalanceSettings,
): { readonly kelvin: number; readonly greyShare: number } {
  let best = { kelvin: likelyKelvin, greyShare: 0, score: Number.NEGATIVE_INFINITY };
  for (const kelvin of searchedKelvins(curve)) {
    const light = gainsAt(curve, kelvin);
    const votes = gains.reduce((sum, zone) => sum + Math.exp(-0.5 * (logDistance(zone, light) / greySigma) ** 2), 0);
    const greyShare = votes / gains.length;
    const prior = -0.5 * ((1e6 / kelvin - 1e6 / likelyKelvin) / spreadMired) ** 2;
    const score = Math.log(greyShare + 1e-6) + prior;
    if (score > best.score) best = { kelvin, greyShare, score };
  }
  return best;
}
