import type { Announcer } from '../../main/base/lifetime.ts';

/** Beyond any pause of a busy machine: it only ends a wait for what never comes. */
const mostMillis = 40_000;

/** The first value announced from now on that `wanted` accepts; rejects, naming `what`, when none comes. */
export function nextOf<T>(announcer: Pick<Announcer<T>, 'subscribe'>, what: string, wanted: (value: T) => boolean): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const timer = setTimeout(() => reject(new Error(`Expected ${what} but it never came`)), mostMillis);
  const unsubscribe = announcer.subscribe((value) => {
    if (wanted(value)) resolve(value);
  });
  return promise.finally(() => {
    clearTimeout(timer);
    unsubscribe();
  });
}
