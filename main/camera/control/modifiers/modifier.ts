import type { ControlDescription, ControlValue } from '../../../../preload/contract.ts';
import type { ControlOrigin } from '../control-write.ts';

/** What the modifiers know of the camera at the frame for which a set is made. Everything that they may depend on is here. */
export interface ControlContext {
  /** The device's list with the values that it holds. */
  readonly controls: readonly ControlDescription[];
  /** Time from frame to frame, microseconds; absent while nothing streams. */
  readonly frameIntervalMicros?: number;
  /** Frequency of the mains that feed the lamps, hertz; absent where it is not known. */
  readonly mainsHertz?: number;
  /** Frames from a write to its effect, by control id; 0 where it is not said. */
  readonly delayFrames?: Readonly<Record<string, number>>;
}

/** One control of a set on its way through the modifiers. */
export interface Draft {
  readonly control: ControlDescription;
  readonly origin: ControlOrigin;
  readonly requested: ControlValue;
  /** What would be written so far. */
  readonly value: ControlValue;
  /** Bounds that later modifiers keep to. */
  readonly least: number;
  readonly most: number;
  /** Frames by which the write is held back, so that a set takes effect on one frame. */
  readonly holdFrames: number;
}

/** One rule that a set of control writes passes through. Pure: equal drafts and context give equal drafts. */
export interface Modifier {
  readonly name: string;
  apply(drafts: readonly Draft[], context: ControlContext): readonly Draft[];
}

/** A draft whose value is one number, asked for by an Algo: what most modifiers act on, since the user's hand is not corrected. */
export interface AlgoNumberDraft extends Draft {
  readonly value: number;
}

/** Applies `change` to the numbers of Algos and leaves the others as they are. */
export function changeAlgoNumbers(
  drafts: readonly Draft[],
  change: (draft: AlgoNumberDraft) => Partial<Pick<Draft, 'value' | 'least' | 'most'>>,
): readonly Draft[] {
  return drafts.map((draft) => (isAlgoNumber(draft) ? { ...draft, ...change(draft) } : draft));
}

/** True for values of Algos, which the lab limits; the user's are refused or written as they are. */
export function isOfAlgo({ origin }: Pick<Draft, 'origin'>): boolean {
  return origin.startsWith('algo:');
}

/** `value` within `least` and `most`; `least` where they cross. */
export function within(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}

function isAlgoNumber(draft: Draft): draft is AlgoNumberDraft {
  const { type } = draft.control;
  return isOfAlgo(draft) && typeof draft.value === 'number' && (type === 'integer' || type === 'number');
}
