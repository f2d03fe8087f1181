import type { EventPayload, StreamState } from '../../../preload/contract.ts';
import { errorFromRecord } from '../../base/errors.ts';
import type { Closeable } from '../../base/lifetime.ts';
import type { LabService } from '../service.ts';
import { type CommandOutput, describeFailure } from './output.ts';

type Notice = EventPayload<'notice'>;

/**
 * Tells on stderr what the lab announces while a command runs, one line each and none twice, from its making until it is closed.
 * The reason for which the stream failed is left out: the command itself ends with it.
 */
export class Notices implements Closeable {
  readonly #output: CommandOutput;
  readonly #told = new Set<string>();
  readonly #unsubscribe: () => void;

  constructor(service: LabService, output: CommandOutput) {
    this.#output = output;
    this.#unsubscribe = service.subscribe<'notice' | 'stream.state'>((eventName, payload) => {
      if (eventName === 'notice') this.tell(payload as Notice);
      const failure = eventName === 'stream.state' ? (payload as StreamState).error : undefined;
      if (failure !== undefined) this.#told.add(describeFailure(errorFromRecord(failure)));
    });
  }

  close(): void {
    this.#unsubscribe();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Tells it unless it was told before. */
  tell(notice: Omit<Notice, 'level'>): void {
    const line = describeFailure(errorFromRecord(notice));
    if (this.#told.has(line)) return;
    this.#told.add(line);
    this.#output.note(line);
  }
}
