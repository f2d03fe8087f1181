/** Bytes of the header in front of the pixels of every frame that a shell sends to a view. */
export const frameHeaderBytes = 64;

const frameMagic = 0x31464c43; // "CLF1"

/** What a view learns about a frame beside its pixels. */
export interface FrameHeader {
  /** The lab's own running number, 1 for the first frame after start-up. */
  readonly frameId: number;
  /** The source's sequence number. */
  readonly sequence: number;
  readonly width: number;
  readonly height: number;
  /** The parameter version that made this picture. */
  readonly parameterVersion: number;
  /** CLOCK_MONOTONIC of capture, nanoseconds. */
  readonly capturedNs: bigint;
  /** CLOCK_MONOTONIC at which the stage finished, nanoseconds. */
  readonly finishedNs: bigint;
  /** Bytes of the pixels that follow: width * height * 4, RGBA, 8 bit, rows without padding. */
  readonly payloadBytes: number;
}

/** Writes a header as {@link frameHeaderBytes} little-endian bytes. */
export function encodeFrameHeader(header: FrameHeader): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(frameHeaderBytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, frameMagic, true);
  view.setUint32(4, header.payloadBytes, true);
  view.setUint32(8, header.frameId, true);
  view.setUint32(12, header.sequence >>> 0, true);
  view.setUint32(16, header.width, true);
  view.setUint32(20, header.height, true);
  view.setUint32(24, header.parameterVersion, true);
  view.setBigUint64(32, header.capturedNs, true);
  view.setBigUint64(40, header.finishedNs, true);
  return bytes;
}

/** Reads a header; throws when the bytes are not the start of a frame, which means that the stream lost its step. */
export function decodeFrameHeader(bytes: Uint8Array): FrameHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < frameHeaderBytes || view.getUint32(0, true) !== frameMagic) {
    throw new Error('Expected a frame header but received other bytes');
  }
  return {
    payloadBytes: view.getUint32(4, true),
    frameId: view.getUint32(8, true),
    sequence: view.getUint32(12, true),
    width: view.getUint32(16, true),
    height: view.getUint32(20, true),
    parameterVersion: view.getUint32(24, true),
    capturedNs: view.getBigUint64(32, true),
    finishedNs: view.getBigUint64(40, true),
  };
}
