import { z } from 'zod';
import type { ParameterValues } from '../../preload/contract.ts';
import { defineProcessor } from '../processor/define-processor.ts';
import { runtime } from '../processor/parameters.ts';
import { meterings } from './algo/metering.ts';
import { whiteBalanceMethods } from './algo/white-balance-methods.ts';
import { type FastAlgoSettings, fastAlgoDefaults } from './fast-algo.ts';
import { numberIn } from './operator.ts';
import { fastAlgoStatistics } from './statistics-stage.ts';

/** Value of a mode parameter that leaves a setting to the user's hand. */
export const manualMode = 'manual';

const offOr = (ids: readonly string[]) => z.enum([manualMode, ...ids]).default(manualMode);
const speed = z.number().min(0.05).max(1);
const { statistics_clip } = fastAlgoStatistics.declaration.params as typeof fastAlgoStatistics.declaration.params &
  Record<'statistics_clip', ReturnType<typeof runtime>>;

/** FastAlgo as a user sets it: which algorithms of every frame act, and how. Everything is manual until it is chosen otherwise. */
export const fastAlgoDeclaration = defineProcessor({
  id: 'fast-algo',
  name: 'FastAlgo',
  description: 'Exposure and white balance by themselves, from statistics of every frame',
  supportsPrompts: false,
  modes: { video: { default: true } },
  usage: ['main'],
  params: {
    ae_mode: runtime(offOr(meterings.map(({ id }) => id)), {
      order: 1,
      label: 'Metering',
      category: 'Auto exposure',
      help: 'What of the frame sets exposure time and gain of the camera; manual leaves them alone',
      optionLabels: ['Manual', ...meterings.map(({ name }) => name)],
    }),
    ae_compensation_ev: runtime(z.number().min(-4).max(4).default(0), {
      order: 2,
      label: 'Compensation',
      category: 'Auto exposure',
      unit: 'EV',
      step: 0.1,
      help: 'Brighter or darker than the metering asks for',
    }),
    ae_speed: runtime(speed.default(fastAlgoDefaults.exposure.speed), {
      order: 3,
      label: 'Speed',
      category: 'Auto exposure',
      step: 0.05,
      help: 'Share of the distance to the wanted exposure that one frame takes',
    }),
    ae_mains_hertz: runtime(z.enum(['0', '50', '60']).default('0'), {
      order: 4,
      label: 'Mains',
      category: 'Auto exposure',
      help: 'Of the lamps: exposures are whole multiples of half a period, so that nothing flickers',
      optionLabels: ['None', '50 Hz', '60 Hz'],
    }),
    awb_mode: runtime(offOr(whiteBalanceMethods.map(({ id }) => id)), {
      order: 5,
      label: 'Method',
      category: 'Auto white balance',
      help: 'How the colour of the light is found; manual leaves the gains of the stage alone',
      optionLabels: ['Manual', ...whiteBalanceMethods.map(({ name }) => name)],
    }),
    awb_speed: runtime(speed.default(fastAlgoDefaults.whiteBalance.speed), {
      order: 6,
      label: 'Speed',
      category: 'Auto white balance',
      step: 0.05,
      help: 'Share of the distance to the wanted gains that one frame takes',
    }),
    statistics_clip: { ...statistics_clip, ui: { ...statistics_clip.ui, order: 7 } },
  },
});

/** Which algorithms act. */
export interface ActiveAlgorithms {
  readonly exposure: boolean;
  readonly whiteBalance: boolean;
}

/** What acts under these values. */
export function activeAlgorithms(values: ParameterValues): ActiveAlgorithms {
  return { exposure: values['ae_mode'] !== manualMode, whiteBalance: values['awb_mode'] !== manualMode };
}

/** Limits of a camera's exposure controls; see `ExposureLimits`. */
export type CameraLimits = Pick<
  FastAlgoSettings['exposure'],
  'leastExposureMicros' | 'mostExposureMicros' | 'leastGain' | 'mostGain'
>;

/** Settings of the algorithms by the user's values, within what the camera can do. An algorithm that does not act has its default mode. */
export function fastAlgoSettings(values: ParameterValues, limits: CameraLimits): FastAlgoSettings {
  const { exposure, whiteBalance, focus } = fastAlgoDefaults;
  const active = activeAlgorithms(values);
  return {
    exposure: {
      ...exposure,
      ...limits,
      metering: active.exposure ? String(values['ae_mode']) : exposure.metering,
      compensationEv: numberIn(values, 'ae_compensation_ev'),
      speed: numberIn(values, 'ae_speed'),
      mainsHertz: Number(values['ae_mains_hertz']) as 0 | 50 | 60,
    },
    whiteBalance: {
      ...whiteBalance,
      method: active.whiteBalance ? String(values['awb_mode']) : whiteBalance.method,
      speed: numberIn(values, 'awb_speed'),
    },
    focus,
  };
}
