import { describe, expect, it } from 'vitest';
import { renderFrame } from '../../../main/camera/simulator/ground-truth.ts';
import { measuredFrame } from '../../../main/isp/algo/algorithm.ts';
import { decideAgain } from '../../../main/isp/algo/decision.ts';
import { focusScore } from '../../../main/isp/algo/focus-score.ts';
import { decideFast, fastAlgoDefaults, fastAlgoInitial, fastAlgorithms } from '../../../main/isp/fast-algo.ts';
import { measureMosaic } from '../../support/measure-mosaic.ts';
import { plainSensor, seededRandom } from '../../support/synthetic-mosaic.ts';
import { TinyCamera } from '../../support/tiny-camera.ts';

const inEffect = { exposureMicros: 10_000, analogueGain: 1 };
const size = { width: 320, height: 240 };
const sensor = { cfa: 'RGGB', bits: 10, blackLevels: [64, 64, 64, 64], whiteLevel: 1023 } as const;

describe('a recorded decision', () => {
  it('is refused for an algorithm that does not exist', () => {
    const inputs = { measured: {}, settings: {}, state: null };
    expect(() => decideAgain(fastAlgorithms, { algorithm: 'zoom', inputs })).toThrow(
      'Expected an algorithm of exposure, white-balance, focus but received zoom',
    );
  });

  it('is decided again from what telemetry kept, to the last bit', () => {
    const camera = new TinyCamera({
      delayFrames: 2,
      start: { exposureMicros: 700, analogueGain: 1 },
      light: [0.6, 1, 0.5],
      noise: 0.003,
    });
    let state = fastAlgoInitial;
    let asked = 0;
    for (let frame = 0; frame < 25; frame++) {
      const outcome = decideFast(camera.expose(), state, fastAlgoDefaults);
      state = outcome.state;
      camera.write(outcome.exposure.intents);
      for (const decision of [outcome.exposure, outcome.whiteBalance, outcome.focus]) {
        const { algorithm, inputs } = JSON.parse(JSON.stringify(decision));
        expect(decideAgain(fastAlgorithms, { algorithm, inputs })).toEqual(decision.intents);
        asked += Object.keys(decision.intents).length;
      }
    }
    expect(asked).toBeGreaterThan(50);
  });
});

describe('the focus score', () => {
  const scoreOf = async (scene: string, settings: object): Promise<number> => {
    const statistics = await measureMosaic({ ...size, samples: renderFrame({ scene, ...size, settings }), sensor });
    return focusScore.measure({ statistics, inEffect }, focusScore.defaults).contrast;
  };

  it('falls with every step out of focus', async () => {
    const scores: number[] = [];
    for (const blurSigmaPixels of [0, 0.7, 1.5, 3]) scores.push(await scoreOf('siemens-star', { blurSigmaPixels, noise: false }));
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(scores[0] as number).toBeGreaterThan(3 * (scores[2] as number));
  });

  it('does not depend on the exposure', async () => {
    const [bright, dark] = [
      await scoreOf('dead-leaves', { noise: false }),
      await scoreOf('dead-leaves', { noise: false, exposureMicros: 2500 }),
    ];
    expect(Math.abs(dark / bright - 1)).toBeLessThan(0.02);
  });

  it('is nothing where there is nothing but noise that is known', async () => {
    const random = seededRandom(3);
    const samples = Uint16Array.from({ length: 320 * 240 }, () => {
      const gaussian = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
      return Math.round(1256 + 40 * gaussian);
    });
    const statistics = await measureMosaic({ ...size, samples, sensor: plainSensor });
    const known = { ...plainSensor, noise: { slope: 0, offset: 40 ** 2 } };
    const contrast = (of: typeof known | typeof plainSensor): number =>
      focusScore.measure(measuredFrame(statistics, inEffect, of), focusScore.defaults).contrast;
    expect(contrast(known)).toBeLessThan(0.05 * contrast(plainSensor));
  });

  it('tells whether it rises', () => {
    const decide = (contrast: number, score: number | null): unknown =>
      focusScore.decide({ measured: { contrast }, settings: focusScore.defaults, state: { score } }).intents.focus_trend;
    expect([decide(2, null), decide(2, 1), decide(1, 2), decide(2.01, 2)]).toEqual(['steady', 'rising', 'falling', 'steady']);
  });
});
