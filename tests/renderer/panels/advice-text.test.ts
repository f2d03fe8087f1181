import { expect, test } from 'vitest';
import type { EventPayload } from '../../../preload/contract.ts';
import { adviceLines } from '../../../renderer/panels/parameters/advice-text.ts';

const said = (algorithm: string, intents: EventPayload<'algorithm.advised'>['intents']) => ({
  [algorithm]: { algorithm, sequence: 1, intents },
});

test('nothing is said where nothing was decided, and what could not be decided is said to be so', () => {
  expect(adviceLines({})).toEqual([]);
  expect(adviceLines(said('scene-white-balance', {}))).toEqual([
    { label: 'Light', parameter: 'scene_balance', text: 'nothing to decide from' },
  ]);
  expect(adviceLines(said('focus', { score: 1 }))).toEqual([]);
});

test('every number has its unit, in the order of the parameters', () => {
  const advice = {
    ...said('noise-strength', { relative_noise: 0.0234, noise_strength: 0.3 }),
    ...said('dynamic-range', { scene_range_ev: 9.06, tone_strength: 0.675, bracket_offsets_ev: [-2, 0, 2] }),
    ...said('scene-white-balance', { wb_red_gain: 1.925, wb_blue_gain: 1.5, cct_kelvin: 5210.4 }),
  };
  expect(adviceLines(advice).map(({ label, text }) => `${label}: ${text}`)).toEqual([
    'Light: 5210 K · red 1.925 · blue 1.500',
    'Range: 9.1 EV · local tone 0.68 · bracket −2, 0, +2 EV',
    'Noise: 2.3 % · strength 0.30',
  ]);
});

test('a bracket of one exposure is none', () => {
  const advice = said('dynamic-range', { scene_range_ev: 4, tone_strength: 0, bracket_offsets_ev: [0] });
  expect(adviceLines(advice)[0]?.text).toBe('4.0 EV · local tone 0.00 · bracket not needed');
});
