import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { closeDescriptor, openDevice } from '../../../native/v4l2-camera/index.ts';
import { vividCaptureNodes } from '../host-driver.ts';
import { cameraPath, capture, type KeptFrame, openStill, record, smallSize, write } from './camera.ts';
import { leastOf, measureMemory, type ProcessMemory } from './process-memory.ts';
import { streamToFile } from './v4l2-ctl.ts';

const classFolder = '/sys/class/video4linux';
const warmUpCycles = 5;
const cycles = 200;
/** Halfway and at the end, the least of five measurements counts. */
const measuredCycles = [60, 70, 80, 90, 100, 160, 170, 180, 190, 200];
/** Measured: 0.4 kB, V8's own records of code that becomes hot. */
const heapBytesPerCycle = 2048;
/**
 * Less than one of the eight slots of a cycle, 115 kB. What the allocators of C and of V8 keep for later makes single measurements
 * differ by 8 MB and the least of five by 3 MB, 33 kB a cycle. The addon's own heap is compared to the byte in tests/native.
 */
const anonymousBytesPerCycle = 81_920;

function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

function threads(): number {
  return readdirSync('/proc/self/task').length;
}

function deviceMappings(): readonly string[] {
  const lines = readFileSync('/proc/self/maps', 'utf8').split('\n');
  return lines.filter((line) => /\/dev\/video|dmabuf/.test(line));
}

/** The driver keeps format and interval from one to the next. */
async function cycle(): Promise<void> {
  const camera = await openDevice(cameraPath(0));
  await capture(camera, 1);
  await camera.close();
}

describe('open, start, stop, close', () => {
  it(`leaves no descriptor, thread, mapping or memory behind in ${cycles} cycles`, async () => {
    await (await openStill(cameraPath(0), 'RG10')).close();
    for (let i = 0; i < warmUpCycles; i++) await cycle();
    const before = { descriptors: openDescriptors(), threads: threads() };
    const memory: ProcessMemory[] = [];
    for (let i = 1; i <= cycles; i++) {
      await cycle();
      if (measuredCycles.includes(i)) memory.push(measureMemory());
    }
    expect({ descriptors: openDescriptors(), threads: threads() }).toEqual(before);
    expect(deviceMappings()).toEqual([]);
    const [halfway, end] = [leastOf(memory.slice(0, 5)), leastOf(memory.slice(5))];
    console.log(`memory after ${cycles / 2} and ${cycles} cycles, bytes: ${JSON.stringify([halfway, end])}`);
    expect(end.arrayBuffers).toBe(halfway.arrayBuffers);
    expect(end.heap - halfway.heap).toBeLessThan((cycles / 2) * heapBytesPerCycle);
    expect(end.anonymous - halfway.anonymous).toBeLessThan((cycles / 2) * anonymousBytesPerCycle);
  });

  it('leaves nothing behind when a streaming camera is closed', async () => {
    const before = openDescriptors();
    const camera = await openStill(cameraPath(0), 'RG10');
    const recording = await record(camera);
    await recording.atLeast(1);
    expect(deviceMappings().length).toBeGreaterThan(0);
    await camera.close();
    expect(recording.stream.state).toBe('stopped');
    expect(openDescriptors()).toBe(before);
    expect(deviceMappings()).toEqual([]);
  });
});

describe('frames', () => {
  it.each([
    ['end-of-exposure', 0],
    ['start-of-exposure', 1],
  ] as const)("carry the kernel's monotonic clock and its source, %s, in order", async (source, choice) => {
    const camera = await openStill(cameraPath(0), 'RG10');
    await write(camera, 'Timestamp Source', choice);
    const frames = await capture(camera, 5);
    await write(camera, 'Timestamp Source', 0);
    await camera.close();
    const stamps = frames.map((frame) => frame.timestampNs);
    expect(stamps).toEqual([...stamps].sort((a, b) => (a < b ? -1 : 1)));
    for (const frame of frames) {
      expect(frame).toMatchObject({ timestampClock: 'monotonic', timestampSource: source, bytesUsed: 115200 });
      expect(frame.dequeuedNs).toBeLessThanOrEqual(frame.writtenNs);
    }
  });
});

function brightestSample({ content }: KeptFrame): number {
  return new Uint16Array(content.buffer, content.byteOffset, content.length / 2).reduce(
    (most, sample) => Math.max(most, sample),
    0,
  );
}

describe('two cameras', () => {
  it('stream at once, each its own picture', async () => {
    const [first, second] = [await openStill(cameraPath(0), 'RG10'), await openStill(cameraPath(1), 'GB12')];
    const [one, two] = await Promise.all([capture(first, 5), capture(second, 5)]);
    expect(Math.max(...one.map(brightestSample))).toBeLessThan(2 ** 10);
    expect(Math.min(...two.map(brightestSample))).toBeGreaterThan(2 ** 10);
    await Promise.all([first.close(), second.close()]);
  });

  it('share memory: one exports its buffers and the other captures into them', async () => {
    const exporter = await openStill(cameraPath(0), 'RG10');
    const exporting = await record(exporter);
    await exporting.atLeast(1);
    const descriptors = await exporting.stream.exportBuffers();
    await exporting.stop();
    const importer = await openStill(cameraPath(1), 'RG10');
    const [reference] = await capture(importer, 1);
    const [imported] = await capture(importer, 1, { memoryMode: 'dma-buf', dmaBufs: descriptors });
    for (const descriptor of descriptors) closeDescriptor(descriptor);
    expect(descriptors.length).toBeGreaterThan(0);
    expect(Buffer.compare(imported?.content ?? new Uint8Array(), reference?.content ?? new Uint8Array(1))).toBe(0);
    await Promise.all([exporter.close(), importer.close()]);
  });
});

function outputNodes(): readonly string[] {
  return readdirSync(classFolder).filter((node) =>
    /^vivid-\d+-vid-out$/.test(readFileSync(`${classFolder}/${node}/name`, 'utf8').trim()),
  );
}

describe('a camera of the multi-planar interface', () => {
  it.skipIf(vividCaptureNodes().length < 3)('gives both planes of NM12 as another program does', async () => {
    const path = vividCaptureNodes()[2] ?? '';
    await (await openStill(path, 'NM12')).close();
    const foreign = await streamToFile(path, { ...smallSize, fourcc: 'NM12' });
    const camera = await openStill(path, 'NM12');
    expect(camera.capability.multiPlanar).toBe(true);
    expect((await camera.format()).planes.length).toBe(2);
    const [frame] = await capture(camera, 1);
    await camera.close();
    expect(foreign.strides).toEqual([smallSize.width, smallSize.width]);
    expect(Buffer.compare(frame?.content ?? new Uint8Array(), foreign.bytes)).toBe(0);
  });

  it.skipIf(outputNodes().length === 0)('opens no output node for capture', async () => {
    for (const node of outputNodes()) {
      await expect(openDevice(`/dev/${node}`)).rejects.toMatchObject({ code: 'v4l2.not-a-capture-device' });
    }
  });
});
