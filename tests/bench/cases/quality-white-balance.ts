import type { Triple } from '../../../main/base/matrix3.ts';
import { groundTruth, renderFrame } from '../../../main/camera/simulator/ground-truth.ts';
import { simulatedSensor } from '../../../main/camera/simulator/sensor-model.ts';
import { measuredFrame } from '../../../main/isp/algo/algorithm.ts';
import { autoWhiteBalance } from '../../../main/isp/algo/auto-white-balance.ts';
import { whiteBalanceMethods } from '../../../main/isp/algo/white-balance-methods.ts';
import { colouredZones } from '../../../main/isp/algo/zone-light.ts';
import { decideSlow, slowAlgoSettings } from '../../../main/isp/slow-algo.ts';
import { recoveryAngularError } from '../../../main/quality/angular-error.ts';
import { measureMosaic } from '../../support/measure-mosaic.ts';
import type { QualityFigure, QualityOutput } from '../quality.ts';
import { meanOf } from './quality-pictures.ts';

const scenes = ['chart', 'dead-leaves', 'dead-leaves-saturated', 'hdr', 'motion'];
const kelvins = [2500, 3200, 4000, 5000, 6500, 7500];
const size = { width: 320, height: 240 };
const sceneMethod = "SlowAlgo's scene balance, Planck's curve";

/** Angular errors by method and then by scene, degrees. */
const errors = new Map<string, Map<string, number[]>>();

function note(method: string, scene: string, estimate: Triple, truth: Triple): void {
  const ofMethod = errors.get(method) ?? new Map<string, number[]>();
  ofMethod.set(scene, [...(ofMethod.get(scene) ?? []), recoveryAngularError(estimate, truth)]);
  errors.set(method, ofMethod);
}

async function measure(scene: string, illuminantKelvin: number, filters: 'colorimetric' | 'absorptive'): Promise<void> {
  const frame = { scene, ...size, settings: { illuminantKelvin, filters } };
  const sensor = simulatedSensor('RGGB');
  const [red, , blue] = groundTruth(frame).whiteBalance;
  const truth: Triple = [1 / red, 1, 1 / blue];
  const statistics = await measureMosaic({ ...size, samples: renderFrame(frame), sensor });
  for (const { name, id, estimate } of whiteBalanceMethods) {
    const title = id === autoWhiteBalance.defaults.method ? `${name} (default)` : name;
    note(title, scene, estimate(colouredZones(statistics.zones)), truth);
  }
  const inEffect = { exposureMicros: 10_000, analogueGain: 1 };
  const { intents } = decideSlow(measuredFrame(statistics, inEffect, sensor), slowAlgoSettings(sensor)).whiteBalance;
  const { wb_red_gain = Number.NaN, wb_blue_gain = Number.NaN } = intents;
  note(sceneMethod, scene, [1 / wb_red_gain, 1, 1 / wb_blue_gain], truth);
}

for (const scene of scenes) {
  for (const kelvin of kelvins) {
    for (const filters of ['colorimetric', 'absorptive'] as const) await measure(scene, kelvin, filters);
  }
}

const protocol = `Mean recovery angular error of white balance: simulator scenes ${scenes.join(', ')}, ${size.width}x${size.height}, each under ${kelvins.join(', ')} K and through both sets of filters`;
const figures = [...errors].map(([name, byScene]): QualityFigure => {
  const all = [...byScene.values()].flat();
  const details = Object.fromEntries([...byScene].map(([scene, ofScene]) => [scene, meanOf(ofScene)]));
  const target = { bound: 'at most', value: 2 } as const;
  return {
    name,
    protocol,
    value: meanOf(all),
    unit: '°',
    n: all.length,
    target,
    details: { ...details, worst: Math.max(...all) },
  };
});
const output: QualityOutput = { figures };
process.stdout.write(JSON.stringify(output));
