import type { ParameterValues } from '../../preload/contract.ts';

/** One step of the user: the values of some parameters before and after. */
export interface HistoryStep {
  readonly processorId: string;
  readonly before: ParameterValues;
  readonly after: ParameterValues;
}

/** Key repeats on one parameter within this time are one step. */
const mergeWithinMillis = 700;
const stepsKept = 500;

/**
 * Undo and redo over runtime parameters. A drag is one step, however many values it ran through; so is a held arrow key.
 * Load-time values are not in it: undoing one would rebuild the session without being asked to.
 */
export class ParameterHistory {
  readonly #undo: HistoryStep[] = [];
  #redo: HistoryStep[] = [];
  #lastRecordedAtMillis = Number.NEGATIVE_INFINITY;

  /** Adds a finished step. A `keyboard` step merges with the one before when it goes on with the same parameters. */
  record(step: HistoryStep, origin: 'gesture' | 'keyboard', atMillis: number): void {
    if (sameValues(step.before, step.after)) return;
    this.#redo = [];
    const last = this.#undo.at(-1);
    const merges =
      origin === 'keyboard' &&
      last !== undefined &&
      last.processorId === step.processorId &&
      Object.keys(last.after).join() === Object.keys(step.after).join() &&
      atMillis - this.#lastRecordedAtMillis < mergeWithinMillis;
    if (merges) this.#undo[this.#undo.length - 1] = { ...last, after: step.after };
    else this.#undo.push(step);
    if (this.#undo.length > stepsKept) this.#undo.shift();
    this.#lastRecordedAtMillis = atMillis;
  }

  get canUndo(): boolean {
    return this.#undo.length > 0;
  }

  get canRedo(): boolean {
    return this.#redo.length > 0;
  }

  /** Moves one step back and returns it: its `before` is to be set. */
  undo(): HistoryStep | undefined {
    return this.#move(this.#undo, this.#redo);
  }

  /** Moves one step forward and returns it: its `after` is to be set. */
  redo(): HistoryStep | undefined {
    return this.#move(this.#redo, this.#undo);
  }

  #move(from: HistoryStep[], to: HistoryStep[]): HistoryStep | undefined {
    const step = from.pop();
    if (step !== undefined) to.push(step);
    this.#lastRecordedAtMillis = Number.NEGATIVE_INFINITY;
    return step;
  }
}

/** Whether both name the same parameters with the same values. */
export function sameValues(a: ParameterValues, b: ParameterValues): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
