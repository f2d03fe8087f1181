import { describe, expect, it } from 'vitest';
import { quantile } from '../../../main/base/statistics.ts';
import { type CameraDevice, openDevice } from '../../../native/v4l2-camera/index.ts';
import { cameraPath, capture, openStill } from './camera.ts';

const modes = ['mmap', 'user-pointer'] as const;
type Mode = (typeof modes)[number];

const size = { width: 640, height: 360 };
const slotBytes = size.width * size.height * 2;
const slots = Array.from({ length: 6 }, (_, slot) => slot * slotBytes);
const rounds = 3;
const framesPerRound = 16;
/** Of every round: the stream is still being set up. */
const warmUpFrames = 4;

/**
 * Processor time of the whole process between one frame and the next, microseconds: the calls into the driver and, with `mmap`,
 * the copy into the slot. The driver's own drawing is not in it.
 */
async function processorMicros(camera: CameraDevice, memoryMode: Mode): Promise<number[]> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const micros: number[] = [];
  let previous = process.cpuUsage();
  const stream = await camera.startStream({
    ...{ memory: new SharedArrayBuffer(slots.length * slotBytes), slotBytes, slots, memoryMode, pendingFrames: slots.length - 1 },
    onFrame: ({ slotOffset }, running) => {
      const { user, system } = process.cpuUsage(previous);
      previous = process.cpuUsage();
      micros.push(user + system);
      if (micros.length === warmUpFrames + framesPerRound) resolve();
      if (!running.isOver) running.queueSlot(slotOffset);
    },
  });
  await promise;
  await stream.stop();
  return micros.slice(warmUpFrames, warmUpFrames + framesPerRound);
}

describe('memory that the driver fills', () => {
  it('gives the same pixels whether it is the driver’s or a slot; the processor time of both is printed', async () => {
    await (await openStill(cameraPath(0), 'RG10')).close();
    const camera = await openDevice(cameraPath(0));
    await camera.setFormat({ ...size, fourcc: 'RG10' });
    const micros = new Map<Mode, number[]>(modes.map((mode) => [mode, []]));
    // In turns, so that whatever else the machine does meets both alike.
    for (let round = 0; round < rounds; round++) {
      for (const mode of modes) micros.get(mode)?.push(...(await processorMicros(camera, mode)));
    }
    const pictures = [];
    for (const memoryMode of modes) pictures.push((await capture(camera, 1, { memoryMode }))[0]?.content);
    await camera.close();
    for (const [mode, values] of micros) {
      const [median, p95] = [0.5, 0.95].map((share) => Math.round(quantile(values, share)));
      console.log(`${mode}, ${size.width}x${size.height} RG10, emulated: n ${values.length}, median ${median} µs, p95 ${p95} µs`);
    }
    const [own, direct] = pictures;
    expect(own?.length).toBe(slotBytes);
    expect(Buffer.compare(own ?? new Uint8Array(), direct ?? new Uint8Array(1))).toBe(0);
  });
});
