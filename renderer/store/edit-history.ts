import type { EditedValues } from './same-value.ts';
import { sameValues } from './same-value.ts';

/** One step of the user: the values of some settings before and after, and how to set them. */
export interface HistoryStep {
  /** What the settings belong to, such as `processor:fast-isp` or `device:simulator:chart`. */
  readonly subject: string;
  readonly before: EditedValues;
  readonly after: EditedValues;
  /** Sets values without making a step of it. */
  readonly apply: (values: EditedValues) => void;
}

/** Key repeats on one setting within this time are one step. */
const mergeWithinMillis = 700;
const stepsKept = 500;

/**
 * Undo and redo over runtime parameters and device controls, in the order in which the user changed them. A drag is one
 * step, however many values it ran through; so is a held arrow key. Load-time values are not in it: undoing one would
 * rebuild the session without being asked to.
 */
export class EditHistory {
  #undo: HistoryStep[] = [];
  #redo: HistoryStep[] = [];
  #lastRecordedAtMillis = Number.NEGATIVE_INFINITY;

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
    return this.#undo.length > 0;
  }

  get canRedo(): boolean {
    return this.#redo.length > 0;
  }

  /** Sets the values from before the last step; nothing where there is none. */
  undo(): void {
    const step = this.#move(this.#undo, this.#redo);
    step?.apply(step.before);
  }

  /** Sets the values of the step that was undone last; nothing where there is none. */
  redo(): void {
    const step = this.#move(this.#redo, this.#undo);
    step?.apply(step.after);
  }

  #move(from: HistoryStep[], to: HistoryStep[]): HistoryStep | undefined {
    const step = from.pop();
    if (step !== undefined) to.push(step);
    this.#lastRecordedAtMillis = Number.NEGATIVE_INFINITY;
    return step;
  }
}
