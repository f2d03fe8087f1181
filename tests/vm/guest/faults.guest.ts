import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CameraDevice, type CapturedFrame, openDevice } from '../../../native/v4l2-camera/index.ts';
import { cameraPath, capture, openStill, press, type Recording, record, smallSize, write } from './camera.ts';

const path = cameraPath(1);
const shortPatience = { watchdogMillis: 500, firstBackOffMillis: 50 };
let camera: CameraDevice;

beforeEach(async () => {
  camera = await openStill(path, 'RG10');
});

afterEach(async () => {
  await camera.close();
});

/** Every frame that the driver made between the first and the last that came must be found in one count or another. */
function framesBetween({ frames }: Recording): number {
  return (frames.at(-1)?.sequence ?? 0) - (frames[0]?.sequence ?? 0) + 1;
}

describe('a stream that cannot start', () => {
  it.each(['Inject VIDIOC_REQBUFS Error', 'Inject VIDIOC_QBUF Error', 'Inject VIDIOC_STREAMON Error'])(
    'says so and starts at the next try: %s',
    async (button) => {
      await press(camera, button);
      await expect(record(camera)).rejects.toMatchObject({ code: 'v4l2.invalid', errno: 22 });
      const frames = await capture(camera, 2);
      expect(frames.map((frame) => frame.bytesWritten)).toEqual([115200, 115200]);
    },
  );
});

describe('a stream with faults', () => {
  it('keeps a buffer with an error back and counts it', async () => {
    const recording = await record(camera);
    await recording.atLeast(2);
    await press(camera, 'Inject V4L2_BUF_FLAG_ERROR');
    await recording.atLeast(recording.frames.length + 5);
    const counters = await recording.stop();
    expect(counters.bad).toBe(1);
    expect(recording.frames.every((frame) => (frame.flags & 0x40) === 0)).toBe(true);
    expect(framesBetween(recording)).toBeLessThanOrEqual(
      counters.delivered + counters.bad + counters.driverGaps + counters.noFreeSlot + counters.late,
    );
  });

  it('counts the frames that the driver dropped', async () => {
    const recording = await record(camera);
    await recording.atLeast(2);
    await write(camera, 'Percentage of Dropped Buffers', 50);
    await recording.atLeast(20);
    await write(camera, 'Percentage of Dropped Buffers', 0);
    await recording.atLeast(recording.frames.length + 2);
    const counters = await recording.stop();
    expect(counters.driverGaps).toBeGreaterThan(0);
    expect(counters.bad).toBe(0);
    const missing = framesBetween(recording) - recording.frames.length;
    expect(missing).toBeLessThanOrEqual(counters.driverGaps + counters.noFreeSlot + counters.late);
    expect(missing).toBeGreaterThanOrEqual(1);
  });

  it.each(['Inject VIDIOC_QBUF Error', 'Inject Fatal Streaming Error'])(
    'is restarted after an error of the queue: %s',
    async (button) => {
      const recording = await record(camera, shortPatience);
      await recording.atLeast(2);
      const back = recording.entered('backing-off').then(() => recording.entered('streaming'));
      await press(camera, button);
      await back;
      await recording.atLeast(recording.frames.length + 2);
      const counters = await recording.stop();
      expect(counters.restarts).toBe(1);
      expect(recording.states.map(({ state }) => state)).toEqual(['streaming', 'backing-off', 'streaming', 'stopped']);
      const sequences = recording.frames.map((frame) => frame.sequence);
      expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => a - b));
    },
  );
});

describe('the watchdog of a running stream', () => {
  it('takes no time that is none, another one from the next frame on, and none once the stream is over', async () => {
    const recording = await record(camera, { watchdogMillis: 3_600_000 });
    await recording.atLeast(1);
    expect(() => recording.stream.setWatchdog(-1)).toThrow(/for millis but received -1/);
    const stalled = recording.entered('backing-off');
    recording.stream.setWatchdog(1);
    expect((await stalled).error).toMatchObject({ code: 'v4l2.stalled' });
    await recording.stop();
    expect(() => recording.stream.setWatchdog(1000)).toThrow(/Expected a running stream/);
  });
});

describe('a late reader', () => {
  it('gets the newest frame, and what it replaced is counted', async () => {
    const recording = await record(camera, { pendingFrames: 1 });
    await recording.atLeast(1);
    const seen = recording.frames.length;
    const lateBefore = recording.stream.counters().late;
    // As long as this asks, JavaScript is late.
    while (recording.stream.counters().late < lateBefore + 3);
    await recording.atLeast(seen + 2);
    const counters = await recording.stop();
    const sequences = recording.frames.map((frame) => frame.sequence);
    const longestStep = Math.max(...sequences.slice(1).map((sequence, index) => sequence - (sequences[index] ?? 0)));
    expect(longestStep).toBeGreaterThan(3);
    expect(counters.late).toBeGreaterThanOrEqual(3);
  });

  it('that gives no slots gets no frames, and the stream goes on without a restart', async () => {
    const memory = new SharedArrayBuffer(smallSize.width * smallSize.height * 2);
    const frames: CapturedFrame[] = [];
    const first = Promise.withResolvers<void>();
    const stream = await camera.startStream({
      memory,
      slotBytes: memory.byteLength,
      onFrame: (frame) => {
        frames.push(frame);
        first.resolve();
      },
    });
    while (stream.counters().noFreeSlot < 3);
    expect(frames).toEqual([]);
    stream.queueSlot(0);
    await first.promise;
    await stream.stop();
    expect(frames.length).toBe(1);
    expect(frames[0]?.sequence).toBeGreaterThanOrEqual(3);
    expect(stream.counters().restarts).toBe(0);
  });

  it('whose controls are written meanwhile sees the stream go on', async () => {
    const recording = await record(camera);
    await recording.atLeast(1);
    for (const brightness of [10, 200, 128]) {
      await write(camera, 'Brightness', brightness);
      await recording.atLeast(recording.frames.length + 1);
    }
    await recording.stop();
    expect(recording.states.map(({ state }) => state)).toEqual(['streaming', 'stopped']);
  });
});

describe('a stream without frames', () => {
  it('is restarted when no frame comes any more, and goes on when they do', async () => {
    const recording = await record(camera, { ...shortPatience, maximumRestarts: 100 });
    await recording.atLeast(2);
    const stalled = recording.entered('backing-off');
    await write(camera, 'Percentage of Dropped Buffers', 100);
    expect((await stalled).error).toMatchObject({ code: 'v4l2.stalled' });
    await write(camera, 'Percentage of Dropped Buffers', 0);
    await recording.atLeast(recording.frames.length + 2);
    expect((await recording.stop()).restarts).toBeGreaterThanOrEqual(1);
  });

  it('is given up after the restarts that it was allowed', async () => {
    const recording = await record(camera, { ...shortPatience, maximumRestarts: 2 });
    await recording.atLeast(1);
    const failed = recording.entered('failed');
    await write(camera, 'Percentage of Dropped Buffers', 100);
    expect((await failed).error).toMatchObject({ code: 'v4l2.stalled' });
    expect(recording.stream.counters().restarts).toBe(2);
    await write(camera, 'Percentage of Dropped Buffers', 0);
    expect((await capture(camera, 1)).length).toBe(1);
  });
});

describe('a sequence of 32 bits', () => {
  it('is counted on when the driver wraps it', async () => {
    await write(camera, 'Wrap Sequence Number', true);
    const recording = await record(camera);
    await recording.atLeast(1);
    const first = recording.frames[0]?.sequence ?? 0;
    expect(first).toBeGreaterThan(0xffff_ff00);
    const wrapped = 0x1_0000_0000;
    while ((recording.frames.at(-1)?.sequence ?? 0) < wrapped + 2) await recording.atLeast(recording.frames.length + 1);
    await recording.stop();
    await write(camera, 'Wrap Sequence Number', false);
    const sequences = recording.frames.map((frame) => frame.sequence);
    expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => a - b));
    expect(sequences.length).toBeLessThanOrEqual(framesBetween(recording));
  });
});

describe('a camera that is pulled out', () => {
  it('ends its stream as unplugged, tells so, and works again once it is back', async () => {
    const unplugged = Promise.withResolvers<void>();
    await camera.close();
    camera = await openDevice(path, { onUnplugged: () => unplugged.resolve() });
    const recording = await record(camera);
    await recording.atLeast(2);
    await press(camera, 'Disconnect');
    await unplugged.promise;
    expect(recording.stream.state).toBe('unplugged');
    expect(recording.states.at(-1)?.error).toMatchObject({ code: 'v4l2.unplugged', errno: 19 });
    await expect(camera.format()).rejects.toMatchObject({ code: 'v4l2.unplugged' });
    await camera.close();
    // vivid comes back when the last program has let it go.
    camera = await openStill(path, 'RG10');
    expect((await capture(camera, 2)).length).toBe(2);
  });
});
