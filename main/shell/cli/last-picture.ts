import { encode } from 'fast-png';
import type { FrameHeader } from '../../../preload/frame-wire.ts';
import { ResourceError } from '../../base/errors.ts';
import type { Closeable } from '../../base/lifetime.ts';
import { writeWhole } from '../../base/write-whole.ts';
import type { LabService } from '../service.ts';

const viewId = 'last-picture';

/** A view of the lab that keeps a copy of the newest picture, from its making until it is closed. */
export class LastPicture implements Closeable {
  readonly #view: Closeable;
  #newest: { readonly header: FrameHeader; readonly pixels: Uint8Array } | undefined;

  constructor(service: LabService) {
    this.#view = service.openView(viewId, {
      send: async (header, pixels) => {
        // Shared memory that the lab uses again: copied before this returns.
        const size = header.payloadBytes;
        const reusable = this.#newest?.pixels.length === size ? this.#newest.pixels : new Uint8Array(size);
        reusable.set(pixels);
        this.#newest = { header, pixels: reusable };
        setImmediate(() => void service.call('view.acknowledge', { viewId, frameId: header.frameId }));
      },
    });
  }

  /** Writes the newest picture as a PNG that is whole or not there. Throws where no picture has come. */
  async write(path: string): Promise<void> {
    if (this.#newest === undefined) {
      throw new ResourceError('cli.no-picture', `Expected a picture to write to ${path} but no frame was developed`);
    }
    const { header, pixels } = this.#newest;
    await writeWhole(path, encode({ width: header.width, height: header.height, data: pixels, channels: 4, depth: 8 }));
  }

  close(): void {
    this.#view.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
