import type { CallOutcome, EventName, EventPayload } from '../../preload/contract.ts';
import type { FrameHeader } from '../../preload/frame-wire.ts';
import type { Closeable } from '../base/lifetime.ts';

/** Where a shell takes a view's frames. `send` resolves when the pixels, which lie in shared memory, have been copied out. */
export interface ViewSink {
  send(header: FrameHeader, pixels: Uint8Array): Promise<void>;
}

/**
 * The lab as its shells see it: the contract's calls and events and the views' frames. Shells carry bytes; every
 * decision is behind this interface. Used on the lab's thread only.
 */
export interface LabService {
  /** Parses the payload by the contract, runs the call and never rejects: every failure is an outcome with `ok: false`. */
  call(name: string, payload: unknown): Promise<CallOutcome<unknown>>;
  /** Hears every event until the returned function is called. */
  subscribe<N extends EventName>(listener: (name: N, payload: EventPayload<N>) => void): () => void;
  /**
   * Sends the newest frames to `sink`, at most `viewCredits` of them without a `view.acknowledge`, until closed. A second
   * view of the same id replaces the first.
   */
  openView(viewId: string, sink: ViewSink): Closeable;
}

/** What a shell is given: a lab's service, and an end that waits for the frames under way. */
export interface ShellLab {
  readonly service: LabService;
  close(): Promise<void>;
}

/** Makes a lab for a shell; `startSource` opens and starts the first source that is available. */
export type CreateShellLab = (options: {
  readonly shell: 'electron' | 'http';
  readonly startSource: boolean;
}) => Promise<ShellLab>;
