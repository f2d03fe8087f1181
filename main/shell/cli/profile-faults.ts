import { type ErrorRecord, errorFromRecord, ResourceError } from '../../base/errors.ts';
import type { ProfileStore } from '../../camera/control/profile-store.ts';
import { type CommandOutput, describeFailure } from './output.ts';

/** What could not be read or kept of a device while a command ran: the command goes on, and fails at its end. */
export class ProfileFaults {
  readonly #faults: ErrorRecord[] = [];

  constructor(profiles: ProfileStore) {
    profiles.faults.subscribe((fault) => this.#faults.push(fault));
  }

  has(record: ErrorRecord): boolean {
    return this.#faults.includes(record);
  }

  /** Throws the first as a ResourceError, after the others were told. */
  expectNone(output: CommandOutput): void {
    const [first, ...others] = this.#faults;
    for (const fault of others) output.note(describeFailure(errorFromRecord(fault)));
    if (first !== undefined) throw new ResourceError(first.code as `${string}.${string}`, first.message, first.action);
  }
}
