import { assert } from '../../base/errors.ts';
import { type Algorithm, clamped, type DecisionInputs, type MeasuredFrame, type Outcome } from './algorithm.ts';
import { type ExposureIntents, type ExposureLimits, reachableEv, splitExposure, totalEv } from './exposure-split.ts';
import { meteredLevel, meterings } from './metering.ts';

/** How bright pictures shall be, and how fast they get there. */
export interface ExposureSettings extends ExposureLimits {
  /** Id of a metering mode: mean, highlights or centre. */
  readonly metering: string;
  /** The user's wish, EV beyond the metering's target. */
  readonly compensationEv: number;
  /** Share of the distance that one frame takes, above 0 to 1. */
  readonly speed: number;
  /** Distance from which a settled exposure moves again, EV. */
  readonly deadBandEv: number;
}

/** What exposure is decided from. */
export interface ExposureMeasured extends ExposureIntents {
  /** Level by the metering, light. */
  readonly level: number;
  /** Share of all cells that are clipped. */
  readonly clippedShare: number;
}

/** What is remembered from frame to frame. */
export interface ExposureState {
  /** Total EV that was asked for last; null before anything was. */
  readonly requestedEv: number | null;
  readonly isSettled: boolean;
  /** Frames in a row that had another exposure than was asked for. */
  readonly framesApart: number;
}

/** A black frame is taken for one of this level, so that one step does not go to the end of the range. */
const darkestLevel = 0.002;

/** The brightest that a frame is taken for, light: beyond, it is white all over, and no number in it says how much too bright it is. */
const brightestLevel = 4;

/** Shares of clipped cells from which and at which a frame's own level is no longer believed. */
const [clippedFrom, clippedAt] = [0.25, 0.75];

/** Frames after which an exposure that did not come is given up as the one to go on from: somebody else has set the camera. */
const framesUntilForeign = 12;

/** A settled exposure has arrived within this share of the dead band. */
const arrivalShare = 0.25;

/**
 * Auto exposure. What the scene needs is reckoned from the exposure that was in effect in the measured frame, so that it is the same
 * number however late the camera follows: what was asked for walks there, and nothing is corrected twice while writes are on their way.
 */
export const autoExposure: Algorithm<ExposureMeasured, ExposureSettings, ExposureState, ExposureIntents> = {
  id: 'exposure',
  defaults: {
    metering: 'mean',
    compensationEv: 0,
    speed: 0.6,
    deadBandEv: 0.12,
    leastExposureMicros: 100,
    mostExposureMicros: 33_000,
    leastGain: 1,
    mostGain: 16,
    mainsHertz: 0,
  },
  initial: { requestedEv: null, isSettled: false, framesApart: 0 },
  measure,
  decide,
};

function measure({ statistics, inEffect }: MeasuredFrame, { metering }: ExposureSettings): ExposureMeasured {
  const { clippedShare } = statistics.zones;
  const sum = clippedShare.reduce((total, share) => total + share, 0);
  const level = meteredLevel(meteringOf(metering), statistics.zones);
  return { ...inEffect, level, clippedShare: sum / clippedShare.length };
}

function meteringOf(id: string) {
  const metering = meterings.find((candidate) => candidate.id === id);
  assert(metering, `Expected a metering of ${meterings.map((known) => known.id).join(', ')} but received ${id}`);
  return metering;
}

function decide(
  inputs: DecisionInputs<ExposureMeasured, ExposureSettings, ExposureState>,
): Outcome<ExposureIntents, ExposureState> {
  const { measured, settings, state } = inputs;
  const effectiveEv = totalEv(measured);
  const isApart = state.requestedEv !== null && Math.abs(effectiveEv - state.requestedEv) > settings.deadBandEv;
  const framesApart = isApart ? state.framesApart + 1 : 0;
  const isForeign = state.requestedEv === null || framesApart > framesUntilForeign;
  const from = isForeign ? effectiveEv : (state.requestedEv as number);
  const distance = reachableEv(effectiveEv + neededEv(measured, settings), settings) - from;
  const isSettled = Math.abs(distance) <= settings.deadBandEv * (state.isSettled ? 1 : arrivalShare);
  const requestedEv = isSettled ? from : from + distance * settings.speed;
  const next = { requestedEv, isSettled, framesApart: isForeign ? 0 : framesApart };
  // What does not arrive is asked for again: the write may have been shortened on its way.
  return { intents: isSettled && !isApart ? {} : splitExposure(requestedEv, settings), state: next };
}

/** EV by which the measured frame should have had more light. */
function neededEv(measured: ExposureMeasured, { metering, compensationEv }: ExposureSettings): number {
  return Math.log2(meteringOf(metering).target / Math.max(unclippedLevel(measured), darkestLevel)) + compensationEv;
}

/**
 * The level that the frame would have if nothing had clipped. Where most of it has, light that is distributed exponentially, as that of
 * many scenes about is, has this mean: exp(-1 / mean) of it lie beyond white.
 */
function unclippedLevel({ level, clippedShare }: ExposureMeasured): number {
  const doubt = clamped((clippedShare - clippedFrom) / (clippedAt - clippedFrom), 0, 1);
  if (doubt === 0) return level;
  const reckoned = clippedShare < 1 ? Math.min(brightestLevel, -1 / Math.log(clippedShare)) : brightestLevel;
  return level + doubt * Math.max(0, reckoned - level);
}
