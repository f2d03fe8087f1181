import { labCallErrorFrom } from '../client/lab-client.ts';
import { withNotice } from './reduce-event.ts';
import type { LabStore } from './store.ts';

/** Runs something that calls the lab; a failure becomes a notice. Resolves to whether it went well, never rejects. */
export type Report = (action: () => Promise<void>) => Promise<boolean>;

/** The one place where failed calls turn into notices, unless the caller shows the error itself. */
export function createReport(store: LabStore): Report {
  return async (action) => {
    try {
      await action();
      return true;
    } catch (thrown) {
      const { code, message, action: advice } = labCallErrorFrom(thrown);
      const notice = { level: 'error' as const, code, message, ...(advice === undefined ? {} : { action: advice }) };
      store.setState((state) => withNotice(state, notice));
      return false;
    }
  };
}
