import type { PreloadBridge } from '../../preload/contract.ts';
import { decodeFrameHeader, frameHeaderBytes } from '../../preload/frame-wire.ts';
import type { FrameListener, LabTransport } from './lab-client.ts';

/** The lab in the same program, through the preload script. Calls and events are forwarded, frames come over one port per view. */
export function createElectronTransport(bridge: PreloadBridge, page: Window = window): LabTransport {
  return {
    call: (name, payload) => bridge.call(name, payload),
    listen(listener) {
      const unsubscribe = bridge.subscribe((name, payload) => listener.event(name, payload));
      listener.connection('connected');
      return unsubscribe;
    },
    openView: (viewId, onFrame) => openPort(bridge, page, viewId, onFrame),
  };
}

function openPort(bridge: PreloadBridge, page: Window, viewId: string, onFrame: FrameListener): () => void {
  let port: MessagePort | undefined;

  function receivePort(event: MessageEvent<unknown>): void {
    const data = event.data as { viewId?: unknown } | null;
    // The preload script posts from this same window; a message from any other one is not ours.
    if (event.source !== page || data?.viewId !== viewId || !event.ports[0]) return;
    port?.close();
    port = event.ports[0];
    port.onmessage = (message: MessageEvent<Uint8Array | ArrayBuffer>) => deliver(message.data, onFrame);
  }

  page.addEventListener('message', receivePort);
  bridge.openView(viewId);
  return () => {
    page.removeEventListener('message', receivePort);
    port?.close();
  };
}

function deliver(data: Uint8Array | ArrayBuffer, onFrame: FrameListener): void {
  const bytes = data instanceof Uint8Array ? data : new Uint8Array(data);
  const header = decodeFrameHeader(bytes);
  onFrame(header, bytes.subarray(frameHeaderBytes, frameHeaderBytes + header.payloadBytes));
}
