import type { Triple } from '../../../main/base/matrix3.ts';
import { groundTruth, renderFrame } from '../../../main/camera/simulator/ground-truth.ts';
import { measuredFrame } from '../../../main/isp/algo/algorithm.ts';
import { whiteBalanceMethods } from '../../../main/isp/algo/white-balance-methods.ts';
import { colouredZones } from '../../../main/isp/algo/zone-light.ts';
import { decideFast, fastAlgoDefaults, fastAlgoInitial } from '../../../main/isp/fast-algo.ts';
import { measureMosaic } from '../../support/measure-mosaic.ts';
import type { CaseOutput } from '../measurement.ts';

/** The time of all decisions on one frame, and the mean angular error of every white balance over scenes and lights, degrees. */
const size = { width: 480, height: 360 };
const inEffect = { exposureMicros: 10_000, analogueGain: 1 };
const sensor = { cfa: 'RGGB', bits: 10, blackLevels: [64, 64, 64, 64], whiteLevel: 1023 } as const;
const scenes = ['chart', 'dead-leaves', 'dead-leaves-saturated', 'hdr', 'motion', 'siemens-star', 'zone-plate'];

function degreesBetween(a: Triple, b: Triple): number {
  const cosine = (a[0] * b[0] + a[1] * b[1] + a[2] * b[2]) / (Math.hypot(...a) * Math.hypot(...b));
  return (Math.acos(Math.min(1, cosine)) * 180) / Math.PI;
}

const errors = new Map<string, number[]>(whiteBalanceMethods.map(({ id }) => [id, []]));
const samplesMillis: number[] = [];
for (const scene of scenes) {
  for (const illuminantKelvin of [2500, 3200, 4000, 5000, 6000, 7500]) {
    for (const filters of ['colorimetric', 'absorptive'] as const) {
      const frame = { scene, ...size, settings: { illuminantKelvin, filters } };
      const statistics = await measureMosaic({ ...size, samples: renderFrame(frame), sensor });
      const { whiteBalance } = groundTruth(frame);
      const truth: Triple = [1 / whiteBalance[0], 1, 1 / whiteBalance[2]];
      for (const { id, estimate } of whiteBalanceMethods) {
        errors.get(id)?.push(degreesBetween(estimate(colouredZones(statistics.zones)), truth));
      }
      for (let run = 0; run < 5; run++) {
        const start = performance.now();
        decideFast(measuredFrame(statistics, inEffect, sensor), fastAlgoInitial, fastAlgoDefaults);
        samplesMillis.push(performance.now() - start);
      }
    }
  }
}
const counts = Object.fromEntries(
  [...errors].map(([id, all]) => [`${id}-degrees`, Number((all.reduce((sum, error) => sum + error, 0) / all.length).toFixed(2))]),
);
const output: CaseOutput = { samplesMillis: samplesMillis.slice(20), counts };
process.stdout.write(JSON.stringify(output));
