import { onTestFinished } from 'vitest';
import { onFault } from '../../main/base/lifetime.ts';

/** Everything that listeners throw until the test ends; it would otherwise go to the console. */
export function faultsOfTest(): readonly unknown[] {
  const faults: unknown[] = [];
  onTestFinished(onFault((thrown) => faults.push(thrown)));
  return faults;
}
