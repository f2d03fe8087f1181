import type { FrameListener, LabTransport, TransportListener } from '../../../renderer/client/lab-client.ts';
import type { FakeLab } from './fake-lab.ts';

/** A transport to a fake lab in the same process, with a hand on its views and its connection. */
export interface FakeTransport extends LabTransport {
  /** Who takes the frames of each open view, by id. */
  readonly views: ReadonlyMap<string, FrameListener>;
  /** Who hears announcements and connection changes now. */
  readonly listener: TransportListener | undefined;
}

/** Reaches `lab` without a wire. */
export function createFakeTransport(lab: FakeLab): FakeTransport {
  const views = new Map<string, FrameListener>();
  let current: TransportListener | undefined;
  return {
    views,
    get listener() {
      return current;
    },
    call: (name, payload) => lab.call(name, payload),
    listen(listener) {
      current = listener;
      listener.connection('connected');
      return lab.subscribe((name, payload) => listener.event(name, payload));
    },
    openView(viewId, onFrame) {
      views.set(viewId, onFrame);
      return () => views.delete(viewId);
    },
  };
}
