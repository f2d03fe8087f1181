import type { EditedValues } from './same-value.ts';
import { sameValues } from './same-value.ts';

/** One step of the user: the values of some settings before and after, and how to set them. */
export interface HistoryStep {
  /** What the settings belong to, such as `processor:fast-isp` or `device:simulator:chart`. */
  readonly subject: string;
  readonly before: EditedValues;
  readonly after: EditedValues;
  /**
   * Sets values without making a step of it. Where that takes calls it says when it is done, and never rejects: the next step waits for it.
   */
  readonly apply: (values: EditedValues) => unknown;
  /** Whether there is now what these values would be set on; there always is by default. */
  readonly canApply?: (values: EditedValues) => boolean;
}

/** Key repeats on one setting within this time are one step. */
const mergeWithinMillis = 700;
const stepsKept = 500;

/**
 * Undo and redo over runtime parameters and device controls, in the order in which the user changed them. A drag is one
 * step, however many values it ran through; so is a held arrow key. Load-time values are not in it: undoing one would
 * rebuild the session without being asked to. Steps on something that is gone stay, since an earlier step may bring it back; one whose
 * turn comes while it is gone is dropped, and the next is taken.
 */
export class EditHistory {
  #undo: HistoryStep[] = [];
  #redo: HistoryStep[] = [];
  #lastRecordedAtMillis = Number.NEGATIVE_INFINITY;
  /** Settles when the step in work has been applied; absent between steps. */
  #busy: Promise<void> | undefined;

  /** Adds a finished step. A `keyboard` step merges with the one before when it goes on with the same settings. */
  record(step: HistoryStep, origin: 'gesture' | 'keyboard', atMillis: number): void {
    if (sameValues(step.before, step.after)) return;
    this.#redo = [];
    const last = this.#undo.at(-1);
    const merges =
      origin === 'keyboard' &&
      last !== undefined &&
      last.subject === step.subject &&
      Object.keys(last.after).join() === Object.keys(step.after).join() &&
      atMillis - this.#lastRecordedAtMillis < mergeWithinMillis;
    if (merges) this.#undo[this.#undo.length - 1] = { ...last, after: step.after };
    else this.#undo.push(step);
    if (this.#undo.length > stepsKept) this.#undo.shift();
    this.#lastRecordedAtMillis = atMillis;
  }

  /** Drops every step on a subject that cannot be set any more, such as a device that was closed. */
  forget(subject: string): void {
    this.#undo = this.#undo.filter((step) => step.subject !== subject);
    this.#redo = this.#redo.filter((step) => step.subject !== subject);
  }

  get canUndo(): boolean {
    return this.#hasNext(this.#undo, 'before');
  }

  get canRedo(): boolean {
    return this.#hasNext(this.#redo, 'after');
  }

  /** Sets the values from before the last step that can be; nothing where there is none. */
  undo(): void {
    this.#inTurn(() => this.#move(this.#undo, this.#redo, 'before'));
  }

  /** Sets the values of the step that was undone last and can be done; nothing where there is none. */
  redo(): void {
    this.#inTurn(() => this.#move(this.#redo, this.#undo, 'after'));
  }

  /** What the step in work will have brought back or taken away is not known yet. */
  #hasNext(steps: readonly HistoryStep[], side: 'before' | 'after'): boolean {
    return steps.some((step) => this.#busy !== undefined || canApply(step, step[side]));
  }

  #move(from: HistoryStep[], to: HistoryStep[], side: 'before' | 'after'): unknown {
    this.#lastRecordedAtMillis = Number.NEGATIVE_INFINITY;
    let step = from.pop();
    while (step !== undefined && !canApply(step, step[side])) step = from.pop();
    if (step === undefined) return undefined;
    to.push(step);
    return step.apply(step[side]);
  }

  #inTurn(act: () => unknown): void {
    const acted = this.#busy ? this.#busy.then(act) : act();
    if (!(acted instanceof Promise)) return;
    const idle = (): void => {
      if (this.#busy === busy) this.#busy = undefined;
    };
    const busy: Promise<void> = acted.then(idle, idle);
    this.#busy = busy;
  }
}

function canApply(step: HistoryStep, values: EditedValues): boolean {
  return step.canApply?.(values) ?? true;
}
