import type { NoiseModel, SensorDescription } from '../../frame/frame-meta.ts';
import type { RawAlgoIntents } from '../raw-algo.ts';
import { greenDiagonalOf } from './cfa-order.ts';
import type { SensorMeasurement } from './sensor-analysis.ts';

/** What was found about one thing that is taken for known of a sensor, in words, and what a person can do about it. */
export interface SensorFinding {
  readonly about: keyof RawAlgoIntents;
  readonly verdict: 'agrees' | 'differs' | 'undecided';
  readonly message: string;
  readonly action?: string;
}

/** Noise at mid-grey and in the dark that is within this factor of what is known is the same noise. */
const noiseTolerance = 1.25;

/** Levels that are off by less are not worth a word, DN. */
const leastDriftDn = 0.25;

/** Puts the decisions that were made of a measurement into words. Changes nothing: whoever reads them may. */
export function findingsOf(
  intents: RawAlgoIntents,
  { isDark, hasMoved, frames }: Omit<SensorMeasurement, 'inputs'>,
  sensor: SensorDescription,
): SensorFinding[] {
  const { blackLevel, cfaOrder, clippingPoint, photonTransfer, defectGrowth } = intents;
  return [
    ...(blackLevel ? [blackLevelFinding(blackLevel)] : []),
    ...(cfaOrder ? [cfaFinding(cfaOrder)] : []),
    ...(clippingPoint ? [clippingFinding(clippingPoint)] : []),
    ...(photonTransfer ? [noiseFinding(photonTransfer, frames, sensor)] : []),
    ...(defectGrowth ? [defectFinding(defectGrowth, isDark || hasMoved)] : []),
  ];
}

function blackLevelFinding({ decision, inputs }: NonNullable<RawAlgoIntents['blackLevel']>): SensorFinding {
  const about = 'blackLevel';
  if (!decision) return { about, verdict: 'undecided', message: 'The frame has too few samples to tell its black level.' };
  const levels = decision.blackLevels.map((level) => level.toFixed(2)).join(', ');
  if (decision.blackLevels.every((level, phase) => Math.abs(level - (inputs.current[phase] as number)) < leastDriftDn)) {
    return { about, verdict: 'agrees', message: `Black lies at ${levels} DN, as it is taken for.` };
  }
  const current = inputs.current.map((level) => level.toFixed(2)).join(', ');
  return {
    about,
    verdict: 'differs',
    message: `If the lens was covered, black lies at ${levels} DN and not at ${current} DN.`,
    action: 'Cover the lens to be sure, then set blackLevels of the tuning file at this gain.',
  };
}

function cfaFinding({ decision, inputs }: NonNullable<RawAlgoIntents['cfaOrder']>): SensorFinding {
  const about = 'cfaOrder';
  const { declared, parts, levelVotes, detailVotes } = inputs;
  if (!decision) {
    const counted = (votes: typeof levelVotes): string => {
      const [mine, other] = greenDiagonalOf(declared) === 'odd' ? [votes.odd, votes.even] : [votes.even, votes.odd];
      return `${mine} for ${declared} and ${other} against it`;
    };
    const tally = `of ${parts} parts of the picture, brightness speaks in ${counted(levelVotes)}, fine detail in ${counted(detailVotes)}`;
    const message = `This scene does not prove where the greens lie: ${tally}, which may be chance.`;
    const action =
      'Fill the picture with strong colours, such as a colour chart or red and blue cloth, in focus and not clipped.';
    return { about, verdict: 'undecided', message, action };
  }
  const { agrees, candidates, by, votes, diagonal } = decision;
  const sign = by === 'level' ? 'only they are equally bright' : 'they share more fine detail than red and blue';
  const proof = `in ${votes[diagonal]} of ${parts} parts of the picture, ${sign}`;
  if (agrees) {
    const message = `The greens lie where ${declared} has them: ${proof}. ${candidates[1]} has them there too, with red and blue swapped.`;
    return { about, verdict: 'agrees', message };
  }
  return {
    about,
    verdict: 'differs',
    message: `The greens lie where ${candidates.join(' or ')} has them, not where ${declared} has: ${proof}.`,
    action: 'Set cfa of the tuning file: of the two, the one in which red and blue are right.',
  };
}

function clippingFinding({ decision, inputs }: NonNullable<RawAlgoIntents['clippingPoint']>): SensorFinding {
  const about = 'clippingPoint';
  if (!decision) {
    const message = 'Nothing in the scene saturates, so that nothing tells the white level.';
    return { about, verdict: 'undecided', message, action: 'Expose longer, until a light source clips.' };
  }
  const { whiteLevel, clippedSamples, agrees } = decision;
  const pile = `${clippedSamples} samples pile up from ${whiteLevel} DN on`;
  if (agrees) return { about, verdict: 'agrees', message: `${pile}, where white is taken to be.` };
  return {
    about,
    verdict: 'differs',
    message: `${pile}, but white is taken to be at ${inputs.declaredWhite} DN.`,
    action: `Set whiteLevel of the tuning file to ${whiteLevel}.`,
  };
}

function noiseFinding(
  { decision }: NonNullable<RawAlgoIntents['photonTransfer']>,
  frames: number,
  { noise, whiteLevel, blackLevels }: SensorDescription,
): SensorFinding {
  const about = 'photonTransfer';
  if (!decision) {
    const message = 'Light varies too little over the scene to tell its noise.';
    return { about, verdict: 'undecided', message, action: 'Show it something dark and something bright.' };
  }
  const { slope, offset, electronsPerDn, readNoiseElectrons } = decision;
  const line = `variance = ${slope.toPrecision(3)} · DN above black + ${offset.toPrecision(3)}`;
  const electrons = `${electronsPerDn.toPrecision(3)} electrons a DN, read noise ${readNoiseElectrons.toPrecision(2)} electrons`;
  const source = frames > 1 ? 'From differences of frames' : 'From the flat parts of one frame';
  const model = `${source}: ${line} (${electrons})`;
  const range = whiteLevel - Math.max(...blackLevels);
  if (noise && isSameNoise(decision, noise, range)) return { about, verdict: 'agrees', message: `${model}, as is known.` };
  const known = noise
    ? `, but ${noise.slope.toPrecision(3)} and ${noise.offset.toPrecision(3)} are known`
    : '; nothing was known';
  return { about, verdict: 'differs', message: `${model}${known}.`, action: 'Set noise of the tuning file at this gain.' };
}

function isSameNoise(measured: NoiseModel, known: NoiseModel, range: number): boolean {
  const ratios = [0.02, 0.18].map((light) => {
    const variance = (model: NoiseModel): number => model.slope * light * range + model.offset;
    return variance(measured) / variance(known);
  });
  return ratios.every((ratio) => ratio < noiseTolerance && ratio > 1 / noiseTolerance);
}

function defectFinding({ decision, inputs }: NonNullable<RawAlgoIntents['defectGrowth']>, isCertain: boolean): SensorFinding {
  const about = 'defectGrowth';
  const { frames, known } = inputs;
  if (!decision) {
    const message = `${frames} frames are too few to tell defects from detail.`;
    return { about, verdict: 'undecided', message, action: 'Let the stream run for a moment and try again.' };
  }
  const count = decision.added.length;
  const beside = `beside the ${known.length} that are known`;
  if (count === 0) return { about, verdict: 'agrees', message: `No sample stands out in all frames ${beside}.` };
  if (!isCertain) {
    return {
      about,
      verdict: 'undecided',
      message: `${count} samples stand out in all frames ${beside}, but the scene stood still, and detail looks the same.`,
      action: 'Move the camera meanwhile, or cover the lens.',
    };
  }
  return {
    about,
    verdict: 'differs',
    message: `${count} samples stand out in all frames ${beside}.`,
    action: 'Take them into defects of the tuning file; until then, switch defect correction on.',
  };
}
