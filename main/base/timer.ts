/** Calls back after that many milliseconds; the returned function takes the order back. Tests give their own. */
export type Timer = (millis: number, callback: () => void) => () => void;

/** The event loop's timer; it does not keep the process alive. */
export const systemTimer: Timer = (millis, callback) => {
  const timer = setTimeout(callback, millis);
  timer.unref();
  return () => clearTimeout(timer);
};
