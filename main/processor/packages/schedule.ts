/** Calls an action after some milliseconds; the returned function takes that back. */
export type Schedule = (action: () => void, millis: number) => () => void;

/** The system's timer. It keeps no program running. */
export const systemSchedule: Schedule = (action, millis) => {
  const timer = setTimeout(action, millis);
  timer.unref();
  return () => clearTimeout(timer);
};
