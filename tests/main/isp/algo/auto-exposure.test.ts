import { describe, expect, it } from 'vitest';
import { autoExposure, type ExposureSettings } from '../../../../main/isp/algo/auto-exposure.ts';
import { type ExposureIntents, splitExposure } from '../../../../main/isp/algo/exposure-split.ts';
import { meteredLevel, meterings } from '../../../../main/isp/algo/metering.ts';
import { contrastyScene, TinyCamera, type TinyCameraOptions } from '../../../support/tiny-camera.ts';

interface Step {
  /** Distance of the frame's metered level from the target, EV; positive is too bright. */
  readonly offEv: number;
  /** Exposure in effect, log2 of microseconds times gain. */
  readonly ev: number;
  readonly exposureMicros: number;
  readonly isAsking: boolean;
  readonly rowLight: readonly number[];
}

/** Frames of the tiny camera under auto exposure. */
function run(options: TinyCameraOptions, changed: Partial<ExposureSettings> = {}, frames = 40): Step[] {
  const settings = { ...autoExposure.defaults, ...changed };
  const target = meterings.find(({ id }) => id === settings.metering)?.target ?? Number.NaN;
  const camera = new TinyCamera(options);
  let state = autoExposure.initial;
  return Array.from({ length: frames }, () => {
    const { statistics, inEffect, rowLight } = camera.expose();
    const measured = autoExposure.measure({ statistics, inEffect }, settings);
    const outcome = autoExposure.decide({ measured, settings, state });
    state = outcome.state;
    camera.write(outcome.intents);
    const { exposureMicros, analogueGain } = inEffect;
    const [offEv, ev] = [Math.log2(measured.level / target), Math.log2(exposureMicros * analogueGain)];
    return { offEv, ev, exposureMicros, rowLight, isAsking: 'exposureMicros' in outcome.intents };
  });
}

/** Frames until the level is within a sixth of a stop of the target for good. */
function framesToConverge(steps: readonly Step[]): number {
  return steps.findLastIndex(({ offEv }) => Math.abs(offEv) > 1 / 6) + 1;
}

const tooDark = { exposureMicros: 625, analogueGain: 1 };
const tooBright = { exposureMicros: 20_000, analogueGain: 8 };

describe('auto exposure', () => {
  it('refuses a metering that does not exist', () => {
    expect(() => run({ delayFrames: 0, start: tooDark }, { metering: 'faces' }, 1)).toThrow(
      'Expected a metering of mean, highlights, centre but received faces',
    );
  });

  for (const delayFrames of [0, 1, 2, 3]) {
    for (const [name, start] of Object.entries({ dark: tooDark, bright: tooBright })) {
      for (const mainsHertz of [0, 50, 60] as const) {
        it(`settles from 4 EV too ${name} in 8 frames, ${delayFrames} frames late, ${mainsHertz} Hz, without going back`, () => {
          const steps = run({ delayFrames, start, noise: 0.002 }, { mainsHertz });
          expect(framesToConverge(steps)).toBeLessThanOrEqual(8 + delayFrames);
          const direction = name === 'dark' ? 1 : -1;
          const back = steps.slice(1).map(({ ev }, index) => direction * ((steps[index] as Step).ev - ev));
          expect(Math.max(...back)).toBeLessThan(0.05);
          const beyond = steps.map(({ offEv }) => direction * offEv);
          expect(Math.max(...beyond)).toBeLessThan(1 / 6);
          expect(steps.slice(20).some(({ isAsking }) => isAsking)).toBe(false);
        });
      }
    }
  }

  for (const { id } of meterings) {
    it(`settles by ${id} metering from both sides`, () => {
      for (const start of [tooDark, tooBright]) {
        expect(framesToConverge(run({ delayFrames: 1, start }, { metering: id }))).toBeLessThanOrEqual(9);
      }
    });
  }

  it('follows the compensation', () => {
    const { offEv } = run({ delayFrames: 1, start: tooDark }, { compensationEv: -1 }).at(-1) as Step;
    expect(offEv).toBeCloseTo(-1, 0);
  });

  it('asks again where somebody else has changed the exposure', () => {
    const camera = new TinyCamera({ delayFrames: 0, start: tooDark });
    let state = autoExposure.initial;
    const frame = (): number => {
      const { statistics, inEffect } = camera.expose();
      const measured = autoExposure.measure({ statistics, inEffect }, autoExposure.defaults);
      const outcome = autoExposure.decide({ measured, settings: autoExposure.defaults, state });
      state = outcome.state;
      camera.write(outcome.intents);
      return measured.level;
    };
    for (let index = 0; index < 20; index++) frame();
    camera.write(tooBright);
    for (let index = 0; index < 20; index++) frame();
    expect(Math.abs(Math.log2(frame() / 0.18))).toBeLessThan(0.2);
  });
});

describe('auto exposure under lamps', () => {
  for (const mainsHertz of [50, 60] as const) {
    it(`gives every row the same light at ${mainsHertz} Hz, and does not hunt`, () => {
      const scene = contrastyScene(0.18, 25_000);
      const lit = { delayFrames: 2, start: tooDark, scene, mainsHertz };
      const swing = ({ rowLight }: Step): number => Math.max(...rowLight) - Math.min(...rowLight);
      const steps = run(lit, { mainsHertz });
      for (const step of steps.slice(15)) {
        expect(swing(step)).toBeLessThan(0.002);
        expect(step.isAsking).toBe(false);
      }
      // The same lamp is seen to flicker where nothing is done about it.
      expect(Math.max(...run(lit, { mostExposureMicros: 26_500 }).slice(15).map(swing))).toBeGreaterThan(0.005);
    });
  }
});

describe('the split of an exposure', () => {
  const limits = { ...autoExposure.defaults };

  it('takes time before gain', () => {
    expect(rounded(splitExposure(Math.log2(20_000), limits))).toEqual({ exposureMicros: 20_000, analogueGain: 1 });
    const { exposureMicros, analogueGain } = splitExposure(Math.log2(66_000), limits);
    expect([exposureMicros, analogueGain]).toEqual([33_000, expect.closeTo(2, 9)]);
  });

  it('takes whole half periods of the mains, and makes up for them by gain', () => {
    const fifty = splitExposure(Math.log2(29_000), { ...limits, mainsHertz: 50 });
    expect([fifty.exposureMicros, fifty.analogueGain]).toEqual([20_000, expect.closeTo(1.45, 9)]);
    const sixty = splitExposure(Math.log2(29_000), { ...limits, mainsHertz: 60 });
    expect([sixty.exposureMicros, sixty.analogueGain]).toEqual([expect.closeTo(25_000, 6), expect.closeTo(1.16, 9)]);
  });

  it('does not reach beyond the limits', () => {
    expect(rounded(splitExposure(-5, limits))).toEqual({ exposureMicros: 100, analogueGain: 1 });
    expect(rounded(splitExposure(40, limits))).toEqual({ exposureMicros: 33_000, analogueGain: 16 });
    expect(splitExposure(Math.log2(5000), { ...limits, mainsHertz: 50 }).exposureMicros).toBeCloseTo(5000, 6);
  });
});

describe('metering', () => {
  it('weighs zones by their light or their place', () => {
    const { statistics } = new TinyCamera({
      delayFrames: 0,
      start: { exposureMicros: 1, analogueGain: 1 },
      scene: spotScene(),
    }).expose();
    const [mean, highlights, centre] = meterings.map((metering) => meteredLevel(metering, statistics.zones));
    // One zone of 768 has 0.9, the others 0.1.
    expect(mean).toBeCloseTo((0.9 + 767 * 0.1) / 768, 5);
    expect(highlights).toBeCloseTo((0.81 + 767 * 0.01) / (0.9 + 767 * 0.1), 5);
    expect(centre).toBeGreaterThan(mean as number);
  });
});

function spotScene(): Float64Array {
  return new Float64Array(768).fill(0.1).fill(0.9, 12 * 32 + 16, 12 * 32 + 17);
}

/** Without the last digits of a logarithm and back. */
function rounded({ exposureMicros, analogueGain }: ExposureIntents): ExposureIntents {
  return { exposureMicros: Number(exposureMicros.toFixed(6)), analogueGain: Number(analogueGain.toFixed(9)) };
}
