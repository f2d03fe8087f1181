import type { ParameterValues } from '../../preload/contract.ts';
import type { ParameterStore } from '../processor/parameter-store.ts';

/**
 * Sets values of both kinds that differ from the current ones. What builds anew may be refused: then nothing is set. Resolves to how many
 * were set; rejects with what checking or building rejects with.
 */
export async function setValues(
  store: ParameterStore,
  values: ParameterValues,
  applyLoadTime: (processorId: string, values: ParameterValues) => Promise<unknown>,
): Promise<number> {
  const ofKind = (kind: 'runtime' | 'load-time'): ParameterValues =>
    Object.fromEntries(
      Object.entries(values).filter(([key, value]) => store.describe(key).kind === kind && store.current.values[key] !== value),
    );
  const [loadTime, runtime] = [ofKind('load-time'), ofKind('runtime')];
  store.check(runtime, 'runtime');
  if (Object.keys(loadTime).length > 0) await applyLoadTime(store.processorId, loadTime);
  if (Object.keys(runtime).length > 0) store.set(runtime);
  return Object.keys(loadTime).length + Object.keys(runtime).length;
}
