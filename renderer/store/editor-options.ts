import type { LabClient } from '../client/lab-client.ts';
import type { EditHistory } from './edit-history.ts';
import type { Report } from './report.ts';
import type { LabStore } from './store.ts';

/** What every editor stands on: whom it asks, what it shows, and where refusals are told. */
export interface EditorOptions {
  readonly client: LabClient;
  readonly store: LabStore;
  readonly report: Report;
}

/** What an editor stands on whose changes follow the hand and can be undone. */
export interface GestureEditorOptions extends EditorOptions {
  /** Takes every finished step; those on a device that is closed are dropped. */
  readonly history: EditHistory;
  /** Calls back with the next animation frame. */
  readonly schedule: (callback: () => void) => unknown;
  /** Any clock in milliseconds. */
  readonly now: () => number;
}
