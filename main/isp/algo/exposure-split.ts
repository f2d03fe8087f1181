import { clamped } from './algorithm.ts';

/** What exposure time and gain may be. */
export interface ExposureLimits {
  readonly leastExposureMicros: number;
  /** At most the time of a frame, where its rate is to hold. */
  readonly mostExposureMicros: number;
  readonly leastGain: number;
  readonly mostGain: number;
  /** Of the mains that feed the lamps; 0 where nothing flickers. */
  readonly mainsHertz: 0 | 50 | 60;
}

/** An exposure as a camera is set to it. */
export interface ExposureIntents {
  readonly exposureMicros: number;
  readonly analogueGain: number;
}

/** log2 of exposure time in microseconds times gain: how much of the scene's light the frame's numbers stand for. */
export function totalEv({ exposureMicros, analogueGain }: ExposureIntents): number {
  return Math.log2(exposureMicros * analogueGain);
}

/** `ev` within what the limits can reach. */
export function reachableEv(ev: number, limits: ExposureLimits): number {
  const least = Math.log2(limits.leastExposureMicros * limits.leastGain);
  return clamped(ev, least, Math.log2(limits.mostExposureMicros * limits.mostGain));
}

/**
 * Time first, then gain: light that is collected is worth more than light that is amplified. Under flickering lamps a time beyond half
 * a period of the mains is a whole multiple of that half, so that every row collects the same light, and gain makes up for the rest;
 * a shorter one, which only very bright light asks for, cannot be free of flicker.
 */
export function splitExposure(ev: number, limits: ExposureLimits): ExposureIntents {
  const total = 2 ** reachableEv(ev, limits);
  const longest = clamped(total / limits.leastGain, limits.leastExposureMicros, limits.mostExposureMicros);
  const exposureMicros = flickerFree(longest, limits);
  return { exposureMicros, analogueGain: clamped(total / exposureMicros, limits.leastGain, limits.mostGain) };
}

function flickerFree(exposureMicros: number, { mainsHertz, leastExposureMicros }: ExposureLimits): number {
  if (mainsHertz === 0) return exposureMicros;
  const halfPeriodMicros = 1e6 / (2 * mainsHertz);
  // A time that was rounded to whole microseconds is still its multiple.
  const multiple = Math.floor(exposureMicros / halfPeriodMicros + 1e-3) * halfPeriodMicros;
  return multiple >= Math.max(halfPeriodMicros, leastExposureMicros) ? multiple : exposureMicros;
}
