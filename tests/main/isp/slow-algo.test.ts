import { describe, expect, it } from 'vitest';
import { groundTruth, renderFrame } from '../../../main/camera/simulator/ground-truth.ts';
import { sensorNoise } from '../../../main/camera/simulator/sensor-model.ts';
import { measuredFrame } from '../../../main/isp/algo/algorithm.ts';
import { gainsAt, kelvinOf } from '../../../main/isp/algo/cct-curve.ts';
import { decideAgain } from '../../../main/isp/algo/decision.ts';
import { dynamicRange } from '../../../main/isp/algo/dynamic-range.ts';
import { noiseStrength } from '../../../main/isp/algo/noise-strength.ts';
import { decideSlow, type SlowAlgoOutcome, slowAlgorithms, slowAlgoSettings } from '../../../main/isp/slow-algo.ts';
import { measureMosaic } from '../../support/measure-mosaic.ts';

const inEffect = { exposureMicros: 10_000, analogueGain: 1 };
const size = { width: 320, height: 240 };
const sensor = { cfa: 'RGGB', bits: 10, blackLevels: [64, 64, 64, 64], whiteLevel: 1023 } as const;

/** The simulator's own gains under its lamps: what a calibration of it would find. */
const curve = [2500, 3500, 5000, 7500].map((kelvin) => {
  const { whiteBalance } = groundTruth({ scene: 'chart', ...size, settings: { illuminantKelvin: kelvin } });
  return { kelvin, red: whiteBalance[0], blue: whiteBalance[2] };
});

async function outcomeOf(scene: string, settings: object, noise?: { slope: number; offset: number }): Promise<SlowAlgoOutcome> {
  const statistics = await measureMosaic({ ...size, samples: renderFrame({ scene, ...size, settings }), sensor });
  const described = noise ? { ...sensor, noise } : sensor;
  return decideSlow(measuredFrame(statistics, inEffect, described), slowAlgoSettings(described, curve));
}

describe('the curve of a camera over colour temperature', () => {
  it('is refused where it is none', () => {
    expect(() => slowAlgoSettings(sensor, [{ kelvin: 5000, red: 2, blue: 1.5 }])).toThrow('Expected two or more points');
    expect(() => slowAlgoSettings(sensor, [...curve].reverse())).toThrow('of rising kelvin');
  });

  it('gives its points, what lies between them evenly in mired, and the outermost beyond', () => {
    const two = [
      { kelvin: 2500, red: 1, blue: 4 },
      { kelvin: 5000, red: 2, blue: 1 },
    ];
    expect(gainsAt(two, 2500)).toEqual([1, 4]);
    // 300 mired lie halfway between 400 and 200.
    expect(gainsAt(two, 1e6 / 300)).toEqual([expect.closeTo(Math.SQRT2, 9), expect.closeTo(2, 9)]);
    expect(gainsAt(two, 9000)).toEqual([2, 1]);
    expect(Math.abs(kelvinOf(two, [Math.SQRT2, 2]) - 1e6 / 300)).toBeLessThan(15);
  });

  it('follows Planck through the balance of the sensor where nothing was measured', () => {
    const settings = slowAlgoSettings({ ...sensor, whiteBalance: [1.95, 1, 1.6] });
    const [red, blue] = gainsAt(settings.whiteBalance.curve, 5500);
    expect(red).toBeCloseTo(1.95, 1);
    expect(blue).toBeCloseTo(1.6, 1);
    const [warmRed, warmBlue] = gainsAt(settings.whiteBalance.curve, 2800);
    expect(warmRed).toBeLessThan(red);
    expect(warmBlue).toBeGreaterThan(blue);
  });
});

describe('the white balance of a scene', () => {
  for (const scene of ['chart', 'dead-leaves', 'motion']) {
    for (const illuminantKelvin of [2700, 4000, 6500]) {
      it(`finds ${illuminantKelvin} K within 30 mired on ${scene}`, async () => {
        const { intents } = (await outcomeOf(scene, { illuminantKelvin })).whiteBalance;
        const kelvin = intents.cct_kelvin ?? Number.NaN;
        expect(Math.abs(1e6 / kelvin - 1e6 / illuminantKelvin)).toBeLessThan(30);
      });
    }
  }
});

describe('the range of a scene', () => {
  const plain = { dark: 0.02, bright: 0.6, clippedShare: 0, clearLight: 0.01 };
  const decide = (changed: object) =>
    dynamicRange.decide({ measured: { ...plain, ...changed }, settings: dynamicRange.defaults, state: null }).intents;

  it('asks for no bracket where one frame holds it', () => {
    const { scene_range_ev, tone_strength, bracket_offsets_ev } = decide({});
    expect(scene_range_ev).toBeCloseTo(Math.log(30) / Math.log(2), 9);
    expect(tone_strength).toBe(0);
    expect(bracket_offsets_ev).toEqual([0]);
  });

  it('adds shorter frames for what is clipped and longer ones for what is drowned in noise', () => {
    expect(decide({ clippedShare: 0.01 }).bracket_offsets_ev).toEqual([-2, 0]);
    expect(decide({ clippedShare: 0.1 }).bracket_offsets_ev).toEqual([-4, -2, 0]);
    expect(decide({ dark: 0.001 }).bracket_offsets_ev).toEqual([0, 2, 4]);
    expect(decide({ dark: 0.0001, clippedShare: 0.5 }).bracket_offsets_ev).toEqual([-4, -2, 0, 2, 4]);
  });

  it('is greater for the high-contrast scene of the simulator than for its chart', async () => {
    const [hdr, chart] = [await outcomeOf('hdr', {}), await outcomeOf('chart', {})];
    expect(hdr.dynamicRange.intents.tone_strength).toBeGreaterThan((chart.dynamicRange.intents.tone_strength as number) + 0.2);
    expect(hdr.dynamicRange.intents.bracket_offsets_ev?.length).toBeGreaterThan(1);
  });
});

describe('the strength of noise reduction', () => {
  it('rises with the gain, from the model of the sensor', async () => {
    const strengthAt = async (analogueGain: number): Promise<number> => {
      const { dnPerElectron, floorDn2 } = sensorNoise(analogueGain);
      const outcome = await outcomeOf(
        'chart',
        { analogueGain, exposureMicros: 10_000 / analogueGain },
        { slope: dnPerElectron, offset: floorDn2 },
      );
      return outcome.noise.intents.noise_strength ?? Number.NaN;
    };
    const strengths = [await strengthAt(1), await strengthAt(4), await strengthAt(16)];
    expect(strengths).toEqual([...strengths].sort((a, b) => a - b));
    expect((strengths[2] as number) - (strengths[0] as number)).toBeGreaterThan(0.2);
  });

  it('finds the noise of a flat field without a model', async () => {
    const samples = renderFrame({ scene: 'flat-field', ...size, settings: { analogueGain: 8, exposureMicros: 1250 } });
    const statistics = await measureMosaic({ ...size, samples, sensor });
    const { relativeNoise, source } = noiseStrength.measure({ statistics, inEffect }, noiseStrength.defaults);
    // Green of the even rows alone, in double precision: red's rows begin with red.
    const greens = [...samples].filter((_, index) => Math.floor(index / 320) % 2 === 0 && index % 2 === 1).map((dn) => dn - 64);
    const mean = greens.reduce((sum, dn) => sum + dn, 0) / greens.length;
    const sigma = Math.sqrt(greens.reduce((sum, dn) => sum + (dn - mean) ** 2, 0) / greens.length);
    expect(source).toBe('zones');
    // The flattest tenth of small zones lies below the mean of all.
    expect((relativeNoise as number) / (sigma / mean)).toBeGreaterThan(0.75);
    expect((relativeNoise as number) / (sigma / mean)).toBeLessThan(1.1);
  });

  it('asks nothing of a black frame', () => {
    const measured = { relativeNoise: null, source: 'zones' } as const;
    expect(noiseStrength.decide({ measured, settings: noiseStrength.defaults, state: null }).intents).toEqual({});
  });
});

describe('a recorded decision on a scene', () => {
  it('is decided again from what telemetry kept', async () => {
    const outcome = await outcomeOf('hdr', { illuminantKelvin: 3200 });
    for (const decision of [outcome.whiteBalance, outcome.dynamicRange, outcome.noise]) {
      const { algorithm, inputs } = JSON.parse(JSON.stringify(decision));
      expect(decideAgain(slowAlgorithms, { algorithm, inputs })).toEqual(decision.intents);
      expect(Object.keys(decision.intents)).not.toHaveLength(0);
    }
  });
});
