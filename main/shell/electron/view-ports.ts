import { encodeFrameHeader, frameHeaderBytes } from '../../../preload/frame-wire.ts';
import type { Closeable } from '../../base/lifetime.ts';
import type { LabService, ViewSink } from '../service.ts';
import type { ElectronModule, LabPort, LabWebContents } from './electron-module.ts';

/** A sink that copies frames out of shared memory into a port. */
function portSink(port: LabPort): ViewSink {
  let staging = new Uint8Array(0);
  return {
    async send(header, pixels) {
      const bytes = frameHeaderBytes + pixels.byteLength;
      // Posting serialises at once, so one buffer serves every frame; it serialises the whole buffer, so it fits exactly.
      if (staging.byteLength !== bytes) staging = new Uint8Array(bytes);
      staging.set(encodeFrameHeader(header));
      staging.set(pixels, frameHeaderBytes);
      port.postMessage(staging);
    },
  };
}

/** The open views of one window: a port each, closed with the page that asked for it. Used on the lab's thread only. */
export class ViewPorts implements Closeable {
  readonly #electron: Pick<ElectronModule, 'MessageChannelMain'>;
  readonly #service: LabService;
  readonly #views = new Map<string, () => void>();

  constructor(electron: Pick<ElectronModule, 'MessageChannelMain'>, service: LabService) {
    this.#electron = electron;
    this.#service = service;
  }

  /** Opens a view and hands the page its end of the channel. A view of the same id is closed first. */
  open(viewId: string, page: LabWebContents): void {
    this.#views.get(viewId)?.();
    const { port1, port2 } = new this.#electron.MessageChannelMain();
    const view = this.#service.openView(viewId, portSink(port1));
    const close = () => {
      if (this.#views.get(viewId) !== close) return;
      this.#views.delete(viewId);
      view.close();
      port1.close();
    };
    this.#views.set(viewId, close);
    port1.on('close', close);
    port1.start();
    page.postMessage('lab:view', { viewId }, [port2]);
  }

  close(): void {
    for (const close of [...this.#views.values()]) close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
