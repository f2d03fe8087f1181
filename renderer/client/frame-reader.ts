import { viewCredits } from '../../preload/contract.ts';
import { decodeFrameHeader, frameHeaderBytes } from '../../preload/frame-wire.ts';
import type { FrameListener } from './lab-client.ts';

/** One frame is being filled while `viewCredits` are with the view, unacknowledged: no buffer is ever written while it is read. */
const bufferCount = viewCredits + 1;

/**
 * Reads frames from one endless body until it ends or `signal` aborts, whatever the chunk boundaries are.
 *
 * Pixels are read straight into {@link bufferCount} reused buffers: after the first frames of a size, nothing is allocated
 * per frame. Throws when the body ends inside a frame or loses its step.
 */
export async function readFrames(body: ReadableStream<Uint8Array>, onFrame: FrameListener, signal: AbortSignal): Promise<void> {
  const reader = body.getReader({ mode: 'byob' });
  const cancel = () => void reader.cancel(signal.reason).catch(() => undefined);
  signal.addEventListener('abort', cancel);
  const buffers = Array.from({ length: bufferCount }, () => new ArrayBuffer(0));
  let headerBuffer = new ArrayBuffer(frameHeaderBytes);
  try {
    for (let frame = 0; !signal.aborted; frame++) {
      const head = await fill(reader, headerBuffer, frameHeaderBytes);
      if (head === undefined) return;
      headerBuffer = head.buffer;
      const header = decodeFrameHeader(head);
      const slot = frame % bufferCount;
      const pixels = await fill(reader, bufferOf(buffers[slot] as ArrayBuffer, header.payloadBytes), header.payloadBytes);
      if (pixels === undefined) throw new Error('Expected pixels after a frame header but the stream ended');
      buffers[slot] = pixels.buffer;
      if (!signal.aborted) onFrame(header, pixels);
    }
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  } finally {
    signal.removeEventListener('abort', cancel);
    cancel();
  }
}

function bufferOf(buffer: ArrayBuffer, byteLength: number): ArrayBuffer {
  return buffer.byteLength === byteLength ? buffer : new ArrayBuffer(byteLength);
}

/** Fills the buffer, which each read detaches and hands back. Undefined when the stream ended before the first byte. */
async function fill(
  reader: ReadableStreamBYOBReader,
  buffer: ArrayBuffer,
  byteLength: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  let memory = buffer;
  let filled = 0;
  while (filled < byteLength) {
    const { done, value } = await reader.read(new Uint8Array(memory, filled, byteLength - filled));
    if (done || value === undefined) {
      if (filled === 0) return undefined;
      throw new Error(`Expected ${byteLength} bytes but the stream ended after ${filled}`);
    }
    memory = value.buffer;
    filled += value.byteLength;
  }
  return new Uint8Array(memory, 0, byteLength);
}
