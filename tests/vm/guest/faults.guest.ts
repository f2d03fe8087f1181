import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type CameraDevice,
  type CapturedFrame,
  openDevice,
  type StreamCounters,
  type StreamOptions,
} from '../../../native/v4l2-camera/index.ts';
import { cameraPath, capture, openStill, press, type Recording, record, smallSize, write } from './camera.ts';
import { expectEveryFrameCounted, moveRightFast } from './frame-count.ts';

const path = cameraPath(1);
const shortPatience = { watchdogMillis: 500, firstBackOffMillis: 50 };
let camera: CameraDevice;

beforeEach(async () => {
  camera = await openStill(path, 'RG10');
});

afterEach(async () => {
  await camera.close();
});

/** Streams a picture that tells by itself which of the driver's frames it is. */
async function recordMoving(options: Partial<StreamOptions> = {}): Promise<Recording> {
  await write(camera, 'Horizontal Movement', moveRightFast);
  return record(camera, options);
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

/** What a stop takes back may have replaced another frame, which would be counted beyond the last one that came: first no more come. */
async function stopWhenQuiet(recording: Recording): Promise<StreamCounters> {
  await write(camera, 'Percentage of Dropped Buffers', 100);
  for (let quiet = -1; quiet !== recording.frames.length; await camera.controls()) quiet = recording.frames.length;
  const counters = await recording.stop();
  await write(camera, 'Percentage of Dropped Buffers', 0);
  return counters;
}

describe('a stream with faults', () => {
  it('keeps every buffer with an error back and counts it', async () => {
    const recording = await recordMoving();
    const injected = 3;
    for (let error = 1; error <= injected; error++) {
      await recording.atLeast(recording.frames.length + 2);
      await press(camera, 'Inject V4L2_BUF_FLAG_ERROR');
      // The driver remembers that it is to fail, not how often.
      while (recording.stream.counters().bad < error) await recording.atLeast(recording.frames.length + 1);
    }
    await recording.atLeast(recording.frames.length + 1);
    const counters = await stopWhenQuiet(recording);
    expect(counters.bad).toBe(injected);
    expect(recording.frames.every((frame) => (frame.flags & 0x40) === 0)).toBe(true);
    // The driver numbers from 0, and the first ones may have been replaced before they were seen.
    expectEveryFrameCounted(recording, counters, recording.frames[0]?.sequence);
  });

  it('counts exactly the frames that the driver dropped', async () => {
    await write(camera, 'Percentage of Dropped Buffers', 50);
    const recording = await recordMoving();
    await recording.atLeast(60);
    const counters = await recording.stop();
    const made = expectEveryFrameCounted(recording, counters);
    expect([counters.bad, counters.restarts]).toEqual([0, 0]);
    // Half of them on average. That one in ten or fewer is dropped has a chance of less than one in 10^14.
    expect(counters.driverGaps).toBeGreaterThan(made / 10);
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
    const recording = await recordMoving({ pendingFrames: 1 });
    await recording.atLeast(1);
    const seen = recording.frames.length;
    const lateBefore = recording.stream.counters().late;
    // As long as this asks, JavaScript is late.
    while (recording.stream.counters().late < lateBefore + 3);
    await recording.atLeast(seen + 2);
    const counters = await stopWhenQuiet(recording);
    const sequences = recording.frames.map((frame) => frame.sequence);
    const longestStep = Math.max(...sequences.slice(1).map((sequence, index) => sequence - (sequences[index] ?? 0)));
    expect(longestStep).toBeGreaterThan(3);
    expect(counters.late).toBeGreaterThanOrEqual(3);
    // The driver numbers from 0, and the first ones may have been replaced before they were seen.
    expectEveryFrameCounted(recording, counters, sequences[0]);
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

  it('is given up with the reason after the restarts that it was allowed, and has counted nothing else', async () => {
    await write(camera, 'Percentage of Dropped Buffers', 100);
    const recording = await record(camera, { ...shortPatience, maximumRestarts: 2 });
    const { error } = await recording.entered('failed');
    expect(error).toMatchObject({ code: 'v4l2.stalled' });
    expect(error?.message).toBe(`No frame from ${path} for 500 ms; given up after 2 restarts without a recovery`);
    const states = ['streaming', 'backing-off', 'streaming', 'backing-off', 'streaming', 'failed'];
    expect(recording.states.map(({ state }) => state)).toEqual(states);
    const nothing = { delivered: 0, late: 0, noFreeSlot: 0, driverGaps: 0, bad: 0 };
    expect([recording.frames, recording.stream.counters()]).toEqual([[], { ...nothing, restarts: 2 }]);
    await write(camera, 'Percentage of Dropped Buffers', 0);
    expect((await capture(camera, 1)).length).toBe(1);
  });

  it('is given up as well where it delivers for a moment after each restart', async () => {
    const recording = await record(camera, { watchdogMillis: 1000, recoveryMillis: 3_600_000, maximumRestarts: 2 });
    const failed = recording.entered('failed');
    for (let stall = 0; stall <= 2; stall++) {
      await recording.atLeast(recording.frames.length + 1);
      const stalled = recording.entered(stall < 2 ? 'backing-off' : 'failed');
      const again = recording.entered('streaming');
      await write(camera, 'Percentage of Dropped Buffers', 100);
      await stalled;
      await write(camera, 'Percentage of Dropped Buffers', 0);
      if (stall < 2) await again;
    }
    expect((await failed).restarts).toBe(2);
    expect(recording.states.filter(({ state }) => state === 'backing-off').map(({ restarts }) => restarts)).toEqual([1, 2]);
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
