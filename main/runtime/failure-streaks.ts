import type { ErrorRecord } from '../base/errors.ts';

/** Failures in a row after which a processor is not asked any more. */
export const failuresUntilSuspension = 10;

/** A processor that is not run any more, and what it failed with last. */
export interface Suspension {
  readonly processor: string;
  readonly failures: number;
  readonly error: ErrorRecord;
}

/** Counts how often each processor failed in a row, so that a broken one stops costing frames and says so once. */
export class FailureStreaks {
  readonly #failures = new Map<string, { count: number; error: ErrorRecord }>();

  /** Notes how a processor's work ended. Returns the suspension that this failure brings about. */
  note(processor: string, error: ErrorRecord | undefined): Suspension | undefined {
    if (!error) {
      this.#failures.delete(processor);
      return undefined;
    }
    const count = (this.#failures.get(processor)?.count ?? 0) + 1;
    this.#failures.set(processor, { count, error });
    return count === failuresUntilSuspension ? { processor, failures: count, error } : undefined;
  }

  /** Why a processor is suspended; undefined while it may run. */
  suspension(processor: string): Suspension | undefined {
    const streak = this.#failures.get(processor);
    if (!streak || streak.count < failuresUntilSuspension) return undefined;
    return { processor, failures: streak.count, error: streak.error };
  }

  /** Gives a processor another chance: it was changed, loaded anew, or the user asks for it. */
  forgive(processor: string): void {
    this.#failures.delete(processor);
  }
}
