import { describe, expect, it } from 'vitest';
import { linuxAllocators } from '../../../main/runtime/linux-allocators.ts';
import { negotiate } from '../../../main/runtime/platform-allocator.ts';
import { nativeCallSync } from '../../../native/v4l2-camera/face/binding.ts';
import { closeDescriptor } from '../../../native/v4l2-camera/index.ts';
import { cameraPath, capture, openStill, record } from './camera.ts';

/** Copies as the memory of an allocator does, for a dma-buf that a driver has made: this kernel gives no other. */
const dmaBuf = {
  read: (fd: number, target: Uint8Array) => nativeCallSync((native) => native.readMemory(fd, 0, target)),
  write: (fd: number, offset: number, source: Uint8Array) => nativeCallSync((native) => native.writeMemory(fd, offset, source)),
};

describe('memory behind a descriptor', () => {
  it('holds the frame that a driver captured into it, and can be written', async () => {
    const exporter = await openStill(cameraPath(0), 'RG10');
    const exporting = await record(exporter);
    await exporting.atLeast(1);
    const descriptors = await exporting.stream.exportBuffers();
    await exporting.stop();
    const importer = await openStill(cameraPath(1), 'RG10');
    const frames = await capture(importer, descriptors.length + 1, { memoryMode: 'dma-buf', dmaBufs: descriptors });
    const expected = frames[0]?.content as Uint8Array;
    expect(expected.some((byte) => byte !== 0)).toBe(true);
    for (const fd of descriptors) {
      const held = new Uint8Array(expected.length);
      dmaBuf.read(fd, held);
      expect(Buffer.compare(held, expected)).toBe(0);
      dmaBuf.write(fd, 3, Uint8Array.of(1, 2, 3));
      dmaBuf.read(fd, held);
      expect([...held.subarray(3, 6)]).toEqual([1, 2, 3]);
      expect(() => dmaBuf.write(fd, 2 ** 30, Uint8Array.of(1))).toThrow(expect.objectContaining({ code: 'v4l2.invalid' }));
      closeDescriptor(fd);
    }
    await Promise.all([exporter.close(), importer.close()]);
  });

  it('is offered for other processes where the kernel has nothing for devices, with the reason', () => {
    expect(negotiate(linuxAllocators(), ['processes']).allocator?.name).toBe('memfd');
    const { allocator, refusals } = negotiate(linuxAllocators(), ['dma-buf']);
    if (allocator === undefined) expect(refusals.map(({ reason }) => reason).join()).toMatch(/udmabuf.*dma-heaps/s);
    else expect(allocator.capabilities).toContain('dma-buf');
  });
});
