import type { ControlValue } from '../../../preload/contract.ts';
import { controlOf } from '../control-value.ts';
import type { ControlIntent, ControlOrigin, PlannedWrite } from './control-write.ts';
import { antiFlicker } from './modifiers/anti-flicker.ts';
import { frameDuration } from './modifiers/frame-duration.ts';
import { limits } from './modifiers/limits.ts';
import type { ControlContext, Draft, Modifier } from './modifiers/modifier.ts';
import { quantise } from './modifiers/quantise.ts';
import { sensorDelay } from './modifiers/sensor-delay.ts';
import { slew } from './modifiers/slew.ts';

/** What the coordinator decides from, beside the intents. */
export interface CoordinatorState extends ControlContext {
  /** Controls that the user has set: Algos keep off them until they are reset. */
  readonly heldByUser: ReadonlySet<string>;
}

/** The writes that intents come to: by the number of frames by which they are held back, each set for one request. */
export type ControlPlan = ReadonlyMap<number, ReadonlyMap<string, PlannedWrite>>;

/** The order matters: each keeps to the bounds of those before it, and the last say of a value is the control's step. */
export const modifierChain: readonly Modifier[] = [limits, frameDuration, slew, antiFlicker, quantise, sensorDelay];

/**
 * Makes the intents of one frame one set of control writes: pure, so that equal intents and state give equal writes.
 *
 * The user's hand wins over Algos, for this frame and for every control in `heldByUser`; among equals the later intent wins.
 * Throws InputError where the user asks for an unknown control or one that refuses the value; then nothing is to be written.
 */
export function planWrites(
  intents: readonly ControlIntent[],
  state: CoordinatorState,
  chain: readonly Modifier[] = modifierChain,
): ControlPlan {
  let drafts: readonly Draft[] = [...strongest(intents, state)].map(([id, wish]) => draftOf(id, wish, state));
  for (const modifier of chain) drafts = modifier.apply(drafts, state);
  const plan = new Map<number, Map<string, PlannedWrite>>();
  // The device's own order, whatever the order in which intents came.
  const order = new Map(state.controls.map(({ id }, index) => [id, index]));
  const sorted = drafts.toSorted((a, b) => (order.get(a.control.id) ?? 0) - (order.get(b.control.id) ?? 0));
  for (const { control, origin, requested, value, holdFrames } of sorted) {
    const set = plan.get(holdFrames) ?? new Map<string, PlannedWrite>();
    plan.set(holdFrames, set.set(control.id, { origin, requested, value }));
  }
  return plan;
}

interface Wish {
  readonly origin: ControlOrigin;
  readonly value: ControlValue;
}

const rankOf = ({ origin }: Pick<Wish, 'origin'>): number => (origin === 'user' ? 2 : origin === 'profile' ? 1 : 0);

/** The one wish per control that counts. */
function strongest(intents: readonly ControlIntent[], { controls, heldByUser }: CoordinatorState): Map<string, Wish> {
  const known = new Set(controls.map(({ id }) => id));
  const wishes = new Map<string, Wish>();
  for (const { origin, values } of intents) {
    for (const [id, value] of values) {
      const isOfAlgo = rankOf({ origin }) === 0;
      if (isOfAlgo && (heldByUser.has(id) || !known.has(id))) continue;
      const earlier = wishes.get(id);
      if (!earlier || rankOf(earlier) <= rankOf({ origin })) wishes.set(id, { origin, value });
    }
  }
  return wishes;
}

function draftOf(id: string, { origin, value }: Wish, { controls }: CoordinatorState): Draft {
  const control = controlOf(controls, id);
  const { minimum, maximum } = control;
  return { control, origin, requested: value, value, least: minimum, most: maximum, holdFrames: 0 };
}
