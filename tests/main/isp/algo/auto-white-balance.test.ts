import { describe, expect, it } from 'vitest';
import type { Triple } from '../../../../main/base/matrix3.ts';
import { groundTruth, renderFrame } from '../../../../main/camera/simulator/ground-truth.ts';
import { autoWhiteBalance } from '../../../../main/isp/algo/auto-white-balance.ts';
import { whiteBalanceMethods } from '../../../../main/isp/algo/white-balance-methods.ts';
import { colouredZones } from '../../../../main/isp/algo/zone-light.ts';
import { measureMosaic } from '../../../support/measure-mosaic.ts';
import { TinyCamera } from '../../../support/tiny-camera.ts';

const start = { exposureMicros: 10_000, analogueGain: 1 };
const settings = autoWhiteBalance.defaults;

function degreesBetween(a: Triple, b: Triple): number {
  const cosine = (a[0] * b[0] + a[1] * b[1] + a[2] * b[2]) / (Math.hypot(...a) * Math.hypot(...b));
  return (Math.acos(Math.min(1, cosine)) * 180) / Math.PI;
}

describe('auto white balance', () => {
  const seen = (light: Triple, exposureMicros = 10_000) => {
    const { statistics, inEffect } = new TinyCamera({ delayFrames: 0, start: { ...start, exposureMicros }, light }).expose();
    return autoWhiteBalance.measure({ statistics, inEffect }, settings);
  };

  it('refuses a method that does not exist', () => {
    const { statistics, inEffect } = new TinyCamera({ delayFrames: 0, start }).expose();
    expect(() => autoWhiteBalance.measure({ statistics, inEffect }, { ...settings, method: 'magic' })).toThrow(
      'Expected a white balance of grey-world, shades-of-grey, white-patch, cheng-pca but received magic',
    );
  });

  it('asks nothing of a frame that is all white or all black', () => {
    for (const exposureMicros of [3e7, 1]) {
      const measured = seen([1, 1, 1], exposureMicros);
      expect(measured).toEqual({ light: null, zones: 0 });
      expect(autoWhiteBalance.decide({ measured, settings, state: autoWhiteBalance.initial }).intents).toEqual({});
    }
  });

  it('takes the first light at once, and walks to the next one without going beyond', () => {
    let outcome = autoWhiteBalance.decide({ measured: seen([0.5, 1, 0.4]), settings, state: autoWhiteBalance.initial });
    expect(outcome.intents.wb_red_gain).toBeCloseTo(2, 3);
    expect(outcome.intents.wb_blue_gain).toBeCloseTo(2.5, 3);
    const gains: number[] = [];
    for (let frame = 0; frame < 40; frame++) {
      outcome = autoWhiteBalance.decide({ measured: seen([1, 1, 0.4]), settings, state: outcome.state });
      gains.push(outcome.state.gains?.[0] ?? Number.NaN);
    }
    expect(gains).toEqual([...gains].sort((a, b) => b - a));
    expect(gains.at(-1)).toBeCloseTo(1, 1);
    expect(outcome.intents).toEqual({});
  });

  it('keeps gains within those of the ISP', () => {
    const { intents } = autoWhiteBalance.decide({ measured: seen([0.05, 1, 5]), settings, state: autoWhiteBalance.initial });
    expect(intents).toEqual({ wb_red_gain: 8, wb_blue_gain: 0.25 });
  });
});

describe('the methods of white balance on scenes of the simulator', () => {
  const scenes = ['chart', 'dead-leaves', 'dead-leaves-saturated', 'hdr', 'motion'];
  const kelvins = [2500, 3500, 5000, 7500];
  const size = { width: 320, height: 240 };

  it('err by at most 2 degrees on average, the default by the least', { timeout: 120_000 }, async () => {
    const errors = new Map<string, number[]>(whiteBalanceMethods.map(({ id }) => [id, []]));
    for (const scene of scenes) {
      for (const illuminantKelvin of kelvins) {
        for (const filters of ['colorimetric', 'absorptive'] as const) {
          const frame = { scene, ...size, settings: { illuminantKelvin, filters } };
          const { blackLevelDn, whiteLevelDn, whiteBalance } = groundTruth(frame);
          const black = blackLevelDn;
          const sensor = { cfa: 'RGGB', bits: 10, blackLevels: [black, black, black, black], whiteLevel: whiteLevelDn } as const;
          const { zones } = await measureMosaic({ ...size, samples: renderFrame(frame), sensor });
          const truth: Triple = [1 / whiteBalance[0], 1, 1 / whiteBalance[2]];
          for (const { id, estimate } of whiteBalanceMethods) {
            errors.get(id)?.push(degreesBetween(estimate(colouredZones(zones)), truth));
          }
        }
      }
    }
    const means = [...errors].map(([id, all]) => [id, all.reduce((sum, error) => sum + error, 0) / all.length] as const);
    const table = means.map(
      ([id, mean]) => `${id} ${mean.toFixed(2)}°, worst ${Math.max(...(errors.get(id) ?? [])).toFixed(2)}°`,
    );
    const [best] = [...means].sort(([, a], [, b]) => a - b);
    expect(best?.[0], table.join('; ')).toBe(settings.method);
    for (const [, mean] of means) expect(mean, table.join('; ')).toBeLessThanOrEqual(2);
  });
});
