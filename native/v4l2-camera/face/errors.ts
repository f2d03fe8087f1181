/** What the addon's errors say about their cause. */
export interface V4l2ErrorDetails {
  /** The kernel's error number; 0 when no system call failed. */
  readonly errno?: number;
  /** The id of the control that made a batch fail, where the driver tells. */
  readonly control?: number;
  readonly cause?: unknown;
}

/**
 * Everything that can go wrong with a camera. `code` is stable: `v4l2.argument` for a caller's mistake, `v4l2.unavailable`
 * when the addon cannot be loaded, and the codes of README.md for what the kernel refuses. `message` says what to do where
 * that is known.
 */
export class V4l2Error extends Error {
  override readonly name = 'V4l2Error';
  readonly code: string;
  readonly errno: number;
  readonly control: number | undefined;

  constructor(code: string, message: string, details: V4l2ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.errno = details.errno ?? 0;
    this.control = details.control;
  }
}

/** Turns an error of the native half, thrown or told in a notice, into a {@link V4l2Error}. */
export function v4l2ErrorFrom(raw: unknown): V4l2Error {
  if (raw instanceof V4l2Error) return raw;
  const { code, message, errno, control } = (raw ?? {}) as { code?: unknown; message?: unknown } & V4l2ErrorDetails;
  return new V4l2Error(typeof code === 'string' ? code : 'v4l2.system', typeof message === 'string' ? message : String(raw), {
    ...(typeof errno === 'number' ? { errno } : {}),
    ...(typeof control === 'number' ? { control } : {}),
    cause: raw,
  });
}

/** The text of anything that was thrown, without a stack. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
