import { nativeCall, nativeCallSync } from './binding.ts';
import { V4l2Error, v4l2ErrorFrom } from './errors.ts';
import type { AllocatorReport, DeviceChange, DeviceSummary, Holder, MosaicLayout, UnpackPath } from './types.ts';
import { requireChoice, requireFunction, requireInteger, requireText, unexpected } from './validation.ts';

/** Where the addon looks for devices; other folders than the system's are for tests. */
export interface SystemRoots {
  readonly dev?: string;
  readonly sys?: string;
  readonly proc?: string;
}

/** Every video node that captures or cannot be asked, in the order of their numbers. */
export async function listDevices(roots: SystemRoots = {}): Promise<DeviceSummary[]> {
  const { dev, sys } = checkedRoots(roots);
  const devices = await nativeCall((native) => native.discover(dev, sys));
  return devices.map(({ failure, ...device }) =>
    failure === undefined ? device : { ...device, failure: v4l2ErrorFrom(failure) },
  );
}

/** A running watch. Keeps the process alive until it is closed. */
export interface DeviceWatch {
  close(): void;
}

/** Announces video and media nodes that come, go or change permissions, without polling. */
export function watchDevices(onChange: (change: DeviceChange) => void, roots: SystemRoots = {}): DeviceWatch {
  requireFunction(onChange, 'onChange');
  const { dev } = checkedRoots(roots);
  const handle = nativeCallSync((native) => native.watch(dev, onChange));
  return { close: () => nativeCallSync((native) => native.unwatch(handle)) };
}

/** The other processes that have the device open. Without root, only those of the same user are seen. */
export async function findHolders(path: string, roots: SystemRoots = {}): Promise<Holder[]> {
  requireText(path, 'path');
  const { proc } = checkedRoots(roots);
  return nativeCall((native) => native.holders(path, proc));
}

/** What kinds of shareable memory this machine gives; a kind that it lacks comes with the reason. */
export function reportAllocators(roots: SystemRoots = {}): AllocatorReport[] {
  const { dev } = checkedRoots(roots);
  return nativeCallSync((native) => native.allocators(dev));
}

/** Memory behind a file descriptor, for dma-buf streams and other processes. Owned by whoever allocated it. */
export interface AllocatedMemory {
  readonly fd: number;
  readonly byteLength: number;
  /** Fills `target`, which may be shared memory, from `byteOffset` on: a copy, since JavaScript cannot map the memory itself. */
  read(byteOffset: number, target: Uint8Array): void;
  /** Copies `source` to `byteOffset`. */
  write(byteOffset: number, source: Uint8Array): void;
  close(): void;
  [Symbol.dispose](): void;
}

/** Allocates `memfd`, `udmabuf` or `dma-heap:NAME` memory. Throws {@link V4l2Error} where the machine lacks it. */
export function allocateMemory(name: string, byteLength: number, roots: SystemRoots = {}): AllocatedMemory {
  requireText(name, 'name');
  const isHeap = /^dma-heap:[^/]+$/.test(name);
  if (!isHeap) requireChoice(name, 'name', ['memfd', 'udmabuf']);
  requireInteger(byteLength, 'byteLength', 1, Number.MAX_SAFE_INTEGER);
  const { dev } = checkedRoots(roots);
  const fd = nativeCallSync((native) => native.allocate(name, byteLength, dev));
  let open = true;
  const close = () => {
    if (open) closeDescriptor(fd);
    open = false;
  };
  const expectRange = (byteOffset: number, bytes: Uint8Array, name: string): void => {
    if (!open) throw new V4l2Error('v4l2.closed', 'Expected open memory but it was closed');
    if (!(bytes instanceof Uint8Array)) throw unexpected('a Uint8Array', name, bytes);
    requireInteger(byteOffset, 'byteOffset', 0, byteLength);
    const room = byteLength - byteOffset;
    if (bytes.length > room) throw unexpected(`at most ${room} bytes from offset ${byteOffset} on`, name, bytes);
  };
  const read = (byteOffset: number, target: Uint8Array) => {
    expectRange(byteOffset, target, 'target');
    nativeCallSync((native) => native.readMemory(fd, byteOffset, target));
  };
  const write = (byteOffset: number, source: Uint8Array) => {
    expectRange(byteOffset, source, 'source');
    nativeCallSync((native) => native.writeMemory(fd, byteOffset, source));
  };
  return { fd, byteLength, read, write, close, [Symbol.dispose]: close };
}

/** Closes a descriptor that `exportBuffers` gave. */
export function closeDescriptor(fd: number): void {
  requireInteger(fd, 'fd', 0, 0x7fffffff);
  nativeCallSync((native) => native.closeFd(fd));
}

/** The unpackers that this processor can run, slowest first. */
export function unpackPaths(): UnpackPath[] {
  return nativeCallSync((native) => native.unpackPaths());
}

/**
 * Writes a mosaic as 16-bit samples, row by row without padding, with the code that the capture thread uses. Throws when the
 * layout has no unpacker or a buffer is too short.
 */
export function unpackMosaic(
  source: Uint8Array,
  layout: MosaicLayout,
  samples: Uint16Array,
  path: UnpackPath | 'best' = 'best',
): void {
  if (!(source instanceof Uint8Array)) throw unexpected('a Uint8Array', 'source', source);
  if (!(samples instanceof Uint16Array)) throw unexpected('a Uint16Array', 'samples', samples);
  const width = requireInteger(layout.width, 'layout.width', 1, 0xffff);
  const height = requireInteger(layout.height, 'layout.height', 1, 0xffff);
  const bits = requireInteger(layout.bits, 'layout.bits', 8, 16);
  const mipi = requireChoice(layout.packing, 'layout.packing', ['unpacked', 'mipi']) === 'mipi';
  if (mipi && ![8, 10, 12, 14].includes(bits)) throw unexpected('8, 10, 12 or 14 bits of MIPI packing', 'layout.bits', bits);
  requireChoice(path, 'path', ['best', ...unpackPaths()]);
  const rowBytes = mipi ? Math.ceil((width * bits) / 8) : width * (bits === 8 ? 1 : 2);
  const strideBytes = requireInteger(layout.strideBytes ?? rowBytes, 'layout.strideBytes', rowBytes, 0x7fffffff);
  const sourceBytes = strideBytes * (height - 1) + rowBytes;
  if (source.length < sourceBytes) throw unexpected(`at least ${sourceBytes} bytes`, 'source', source);
  if (samples.length < width * height) throw unexpected(`at least ${width * height} samples`, 'samples', samples);
  nativeCallSync((native) => native.unpack(source, { width, height, bits, mipi, strideBytes }, samples, path));
}

function checkedRoots(roots: SystemRoots): Required<SystemRoots> {
  const { dev = '/dev', sys = '/sys', proc = '/proc' } = roots;
  return { dev: requireText(dev, 'roots.dev'), sys: requireText(sys, 'roots.sys'), proc: requireText(proc, 'roots.proc') };
}
