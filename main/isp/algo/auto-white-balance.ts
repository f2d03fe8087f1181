import { assert } from '../../base/errors.ts';
import type { Triple } from '../../base/matrix3.ts';
import { type Algorithm, clamped, type DecisionInputs, type Outcome } from './algorithm.ts';
import { whiteBalanceMethods } from './white-balance-methods.ts';
import { colouredZones } from './zone-light.ts';

/** How the light's colour is found, and how fast the picture follows it. */
export interface WhiteBalanceSettings {
  /** Id of a method of `whiteBalanceMethods`. */
  readonly method: string;
  /** Share of the distance that one frame takes, above 0 to 1. */
  readonly speed: number;
  /** Change of a gain below which a settled balance stays, as a share of it. */
  readonly deadBand: number;
}

/** What white balance is decided from. */
export interface WhiteBalanceMeasured {
  /** Camera RGB of grey in this light, green 1; null where no zone shows a colour. */
  readonly light: Triple | null;
  /** Zones that showed one. */
  readonly zones: number;
}

/** What is remembered from frame to frame. */
export interface WhiteBalanceState {
  /** Gains of red and blue in use; null before the first frame, which is followed at once. */
  readonly gains: readonly [red: number, blue: number] | null;
  readonly isSettled: boolean;
}

/** Parameters of the ISP, gains relative to green. */
export interface WhiteBalanceIntents {
  readonly wb_red_gain: number;
  readonly wb_blue_gain: number;
}

/** The range of the ISP's gains. */
const gainRange = [0.25, 8] as const;

/** A settled balance has arrived within this share of the dead band. */
const arrivalShare = 0.25;

/** The gains that make camera RGB `light` grey, relative to green and within the ISP's range. */
export function gainsFor([red, green, blue]: Triple): readonly [red: number, blue: number] {
  const within = (gain: number): number => clamped(gain, ...gainRange);
  return [within(green / red), within(green / blue)];
}

/** Auto white balance: the gains walk to those of the measured light along the logarithm, where a stop up is as far as a stop down. */
export const autoWhiteBalance: Algorithm<WhiteBalanceMeasured, WhiteBalanceSettings, WhiteBalanceState, WhiteBalanceIntents> = {
  id: 'white-balance',
  defaults: { method: 'grey-world', speed: 0.2, deadBand: 0.02 },
  initial: { gains: null, isSettled: false },
  measure: ({ statistics }, { method }) => {
    const colours = colouredZones(statistics.zones);
    const known = whiteBalanceMethods.find(({ id }) => id === method);
    assert(known, `Expected a white balance of ${whiteBalanceMethods.map(({ id }) => id).join(', ')} but received ${method}`);
    if (colours.length === 0) return { light: null, zones: 0 };
    const [red, green, blue] = known.estimate(colours);
    return { light: [red / green, 1, blue / green], zones: colours.length };
  },
  decide,
};

function decide({
  measured,
  settings,
  state,
}: DecisionInputs<WhiteBalanceMeasured, WhiteBalanceSettings, WhiteBalanceState>): Outcome<
  WhiteBalanceIntents,
  WhiteBalanceState
> {
  if (measured.light === null) return { intents: {}, state };
  const wanted = gainsFor(measured.light);
  const from = state.gains ?? wanted;
  const distances = [Math.log(wanted[0] / from[0]), Math.log(wanted[1] / from[1])] as const;
  const farthest = Math.max(...distances.map(Math.abs));
  const isSettled = farthest <= Math.log1p(settings.deadBand) * (state.isSettled ? 1 : arrivalShare);
  if (isSettled && state.gains) return { intents: {}, state: { gains: from, isSettled } };
  const step = (gain: number, distance: number): number => gain * Math.exp(distance * settings.speed);
  const gains = [step(from[0], distances[0]), step(from[1], distances[1])] as const;
  return { intents: { wb_red_gain: gains[0], wb_blue_gain: gains[1] }, state: { gains, isSettled } };
}
