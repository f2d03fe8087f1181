import { assert } from '../base/errors.ts';
import { callOnPictures, type PictureCall } from '../processor/chain/picture-call.ts';
import type { ProcessorHandle } from '../processor/processor-handle.ts';
import type { LaneCallable } from './lane-protocol.ts';

/** The processors of one thread that are called, by hash: what {@link LaneSessions} is for models. */
export class LaneCallables {
  readonly #handles = new Map<string, ProcessorHandle>();

  /** Opens a processor; one that is there already stays. Rejects where it cannot be opened. */
  async load({ hash, source }: LaneCallable): Promise<void> {
    if (this.#handles.has(hash)) return;
    // Only lanes that call anything load what is called.
    const { openCallSource } = await import('../processor/chain/open-call-source.ts');
    this.#handles.set(hash, await openCallSource(source));
  }

  /** Shuts a processor down; an unknown hash is nothing to end. */
  async unload(hash: string): Promise<void> {
    const handle = this.#handles.get(hash);
    this.#handles.delete(hash);
    await handle?.close();
  }

  /** Calls a processor. Rejects as {@link callOnPictures} does. */
  async call(hash: string, call: PictureCall): Promise<void> {
    const handle = this.#handles.get(hash);
    assert(handle, `Expected processor ${hash} to be loaded`);
    await callOnPictures({ id: String(handle.facts.id), call: (request) => handle.call(request) }, call);
  }
}
