import type { EventPayload } from '../../../preload/contract.ts';

type Advice = EventPayload<'algorithm.advised'>;

/** One line of advice: what it is about, the parameter that says what becomes of it, and its numbers with their units. */
export interface AdviceLine {
  readonly label: string;
  readonly parameter: string;
  readonly text: string;
}

const decimals = (value: unknown, digits: number): string => Number(value).toFixed(digits);
const signed = (ev: number): string => (ev > 0 ? `+${ev}` : String(ev).replace('-', '−'));

/** By algorithm; empty intents mean that nothing could be decided. */
const lines: Readonly<Record<string, Omit<AdviceLine, 'text'> & { readonly text: (intents: Advice['intents']) => string }>> = {
  'scene-white-balance': {
    label: 'Light',
    parameter: 'scene_balance',
    text: ({ cct_kelvin, wb_red_gain, wb_blue_gain }) =>
      `${decimals(cct_kelvin, 0)} K · red ${decimals(wb_red_gain, 3)} · blue ${decimals(wb_blue_gain, 3)}`,
  },
  'dynamic-range': {
    label: 'Range',
    parameter: 'scene_tone',
    text: ({ scene_range_ev, tone_strength, bracket_offsets_ev }) =>
      `${decimals(scene_range_ev, 1)} EV · local tone ${decimals(tone_strength, 2)} · bracket ${bracketText(bracket_offsets_ev)}`,
  },
  'noise-strength': {
    label: 'Noise',
    parameter: 'scene_noise',
    text: ({ relative_noise, noise_strength }) =>
      `${decimals(Number(relative_noise) * 100, 1)} % · strength ${decimals(noise_strength, 2)}`,
  },
};

function bracketText(offsets: unknown): string {
  const all = Array.isArray(offsets) ? (offsets as number[]) : [];
  return all.length < 2 ? 'not needed' : `${all.map(signed).join(', ')} EV`;
}

/** What SlowAlgo said, in the order of its parameters. */
export function adviceLines(advice: Readonly<Record<string, Advice>>): AdviceLine[] {
  return Object.entries(lines).flatMap(([algorithm, { label, parameter, text }]) => {
    const intents = advice[algorithm]?.intents;
    if (!intents) return [];
    return [{ label, parameter, text: Object.keys(intents).length === 0 ? 'nothing to decide from' : text(intents) }];
  });
}
