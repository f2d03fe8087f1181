/**
 * Base of every error that crosses a module boundary of the lab.
 *
 * `code` is stable and machine-readable (`module.reason`); `message` is one clear sentence for a person; `action` says
 * what that person can do next. `exitCode` is what the command line returns: 2 for input the user can mend, 1 otherwise.
 */
export abstract class LabError extends Error {
  abstract readonly code: string;
  readonly action: string | undefined;
  readonly exitCode: 1 | 2;

  constructor(message: string, options: { action?: string; exitCode?: 1 | 2; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.action = options.action;
    this.exitCode = options.exitCode ?? 1;
  }
}

/** Input that a user can correct: a path, a number, a name. The command line exits with 2. */
export class InputError extends LabError {
  readonly code: string;

  constructor(code: `${string}.${string}`, message: string, action?: string, cause?: unknown) {
    super(message, { exitCode: 2, cause, ...(action === undefined ? {} : { action }) });
    this.code = code;
  }
}

/** A resource of the machine that cannot be had: a port, a folder, memory, a device. The command line exits with 1. */
export class ResourceError extends LabError {
  readonly code: string;

  constructor(code: `${string}.${string}`, message: string, action?: string, cause?: unknown) {
    super(message, { exitCode: 1, cause, ...(action === undefined ? {} : { action }) });
    this.code = code;
  }
}

/** A broken promise between two parts of the lab. Never the user's fault: a bug to report. */
export class AssertionError extends LabError {
  readonly code = 'lab.assertion';
}

/** Throws an {@link AssertionError} with `message` unless `condition` holds. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** The text of anything that was thrown, without a stack. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** A text of the user's within a sentence: in quotation marks where it could not be seen without. */
export function shownText(text: string): string {
  return text === text.trim() && text !== '' ? text : `"${text}"`;
}

/** An error as plain data, to cross a thread, a process or a wire. */
export interface ErrorRecord {
  readonly code: string;
  readonly message: string;
  readonly action?: string;
  /** Where the user's input is at fault, so that it still is on the other side; absent for everything else. */
  readonly exitCode?: 2;
}

/** Turns anything that was thrown into an {@link ErrorRecord}; system errors keep their errno name as `system.ENAME`. */
export function errorRecordFrom(thrown: unknown): ErrorRecord {
  if (thrown instanceof LabError) {
    const { code, message, action, exitCode } = thrown;
    return { code, message, ...(action === undefined ? {} : { action }), ...(exitCode === 2 ? { exitCode } : {}) };
  }
  const systemCode = (thrown as { code?: unknown } | null)?.code;
  return { code: typeof systemCode === 'string' ? `system.${systemCode}` : 'lab.unexpected', message: messageOf(thrown) };
}

/** The error that a record was made of, as far as it crossed: its sentence, its action and whose fault it is. */
export function errorFromRecord(record: {
  readonly code: string;
  readonly message: string;
  readonly action?: string | undefined;
  readonly exitCode?: 2 | undefined;
}): LabError {
  const Kind = record.exitCode === 2 ? InputError : ResourceError;
  return new Kind(record.code as `${string}.${string}`, record.message, record.action);
}
