import { assert } from '../../base/errors.ts';
import type { Algorithm, DecisionInputs, MeasuredFrame } from './algorithm.ts';

/** What is asked for, by name of the control, parameter or plan. */
export type Intents = Readonly<Record<string, number | string | readonly number[]>>;

/** One decision as telemetry keeps it: plain JSON data, from whose inputs {@link decideAgain} makes the intents again. */
export interface Decision<Asked = Intents> {
  /** Id of the algorithm. */
  readonly algorithm: string;
  readonly inputs: DecisionInputs<unknown, unknown, unknown>;
  /** Empty where everything is well. */
  readonly intents: Partial<Asked>;
}

/** Measures a frame and decides from it, keeping what the decision was made from. */
export function decisionOf<Measured, Settings, State, Asked>(
  { id, measure, decide }: Algorithm<Measured, Settings, State, Asked>,
  frame: MeasuredFrame,
  settings: Settings,
  state: State,
): { readonly decision: Decision<Asked>; readonly state: State } {
  const inputs = { measured: measure(frame, settings), settings, state };
  const outcome = decide(inputs);
  return { decision: { algorithm: id, inputs, intents: outcome.intents }, state: outcome.state };
}

/** What every algorithm looks like to one that only hands its inputs back. */
interface AnyAlgorithm {
  readonly id: string;
  decide(inputs: never): { readonly intents: object };
}

/** Makes a recorded decision again, from its algorithm and inputs alone. */
export function decideAgain(
  algorithms: readonly AnyAlgorithm[],
  { algorithm, inputs }: Pick<Decision, 'algorithm' | 'inputs'>,
): Partial<Intents> {
  const found = algorithms.find(({ id }) => id === algorithm);
  assert(found, `Expected an algorithm of ${algorithms.map(({ id }) => id).join(', ')} but received ${algorithm}`);
  // They are the algorithm's own, as it once gave them away.
  return found.decide(inputs as never).intents as Partial<Intents>;
}
