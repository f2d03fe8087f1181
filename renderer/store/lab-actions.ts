import type { RawGeometry } from '../../preload/contract.ts';
import type { LabClient } from '../client/lab-client.ts';
import { type BackgroundActions, createBackgroundActions } from './background-actions.ts';
import { withNotice, withSession } from './reduce-event.ts';
import type { Report } from './report.ts';
import type { LabStore } from './store.ts';

/** What the user asks of the lab beside parameters and controls. Failures become notices, except where said otherwise. */
export interface LabActions extends BackgroundActions {
  openSource(sourceId: string): Promise<void>;
  /** Opens the next (1) or previous (-1) available source, round the list. */
  stepSource(direction: 1 | -1): Promise<void>;
  refreshSources(): Promise<void>;
  /** Rejects with the lab's error: the dialog shows it in place. */
  openFile(path: string, geometry: RawGeometry | undefined): Promise<void>;
  start(modeId?: string): Promise<void>;
  stop(): Promise<void>;
  toggleRecording(): Promise<void>;
  exportSession(sessionId: number): Promise<void>;
  /** Adds a notice of the page's own; the path of a file that it tells of can be copied from it. */
  inform(message: string, path?: string): void;
  dismissNotice(id: number): void;
  dismissAllNotices(): void;
}

/** The actions over one client and store. */
export function createLabActions(client: LabClient, store: LabStore, report: Report): LabActions {
  /** After a failure the page asks where the stream stands now: a refused stop may well have stopped it. */
  const changeStream = async (change: () => Promise<void>) => {
    if (await report(change)) return;
    await client.call('stream.state', {}).then(
      (stream) => store.setState({ stream }),
      // The failure itself is already told; a lab that cannot be asked either is told by the connection.
      () => undefined,
    );
  };
  const openSource = async (sourceId: string) => {
    await changeStream(async () => store.setState({ stream: await client.call('source.open', { sourceId }) }));
  };
  const inform = (message: string, path?: string): void => {
    const file = path === undefined ? {} : { path };
    store.setState((state) => withNotice(state, { level: 'info', code: 'page.done', message, ...file }));
  };
  return {
    ...createBackgroundActions(client, report, inform),
    openSource,
    inform,
    async stepSource(direction) {
      const { sources, stream } = store.getState();
      const available = sources.filter(({ available: isAvailable }) => isAvailable);
      const current = available.findIndex(({ id }) => id === stream.sourceId);
      const next = available.at((Math.max(current, direction === 1 ? -1 : 0) + direction) % available.length);
      if (next && next.id !== stream.sourceId) await openSource(next.id);
    },
    async refreshSources() {
      await report(async () => store.setState({ sources: await client.call('source.list', {}) }));
    },
    async openFile(path, geometry) {
      const payload = geometry === undefined ? { path } : { path, geometry };
      store.setState({ stream: await client.call('source.openFile', payload) });
      store.setState({ sources: await client.call('source.list', {}) });
    },
    async start(modeId) {
      const payload = modeId === undefined ? {} : { modeId };
      await changeStream(async () => store.setState({ stream: await client.call('stream.start', payload) }));
    },
    async stop() {
      await changeStream(async () => store.setState({ stream: await client.call('stream.stop', {}) }));
    },
    async toggleRecording() {
      const recording = store.getState().stream.recordingSessionId !== undefined;
      await changeStream(async () => {
        const session = await client.call(recording ? 'recording.stop' : 'recording.start', {});
        store.setState(({ sessions }) => ({ sessions: withSession(sessions, session) }));
        store.setState({ stream: await client.call('stream.state', {}) });
      });
    },
    async exportSession(sessionId) {
      await report(async () => {
        const result = await client.call('session.export', { sessionId });
        store.setState(({ exports }) => ({ exports: { ...exports, [sessionId]: result } }));
      });
    },
    dismissNotice(id) {
      store.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }));
    },
    dismissAllNotices() {
      store.setState({ notices: [] });
    },
  };
}
