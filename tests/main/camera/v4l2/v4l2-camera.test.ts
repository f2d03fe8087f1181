import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ErrorRecord } from '../../../../main/base/errors.ts';
import type { Camera } from '../../../../main/camera/camera.ts';
import { openV4l2Camera } from '../../../../main/camera/v4l2/v4l2-camera.ts';
import { V4l2Error } from '../../../../native/v4l2-camera/index.ts';
import { nextOf } from '../../../support/next-announcement.ts';
import { RecordingSink } from '../recording-sink.ts';
import { controlOf, formatNamed, ScriptedDriver, sizeOf, summaryOf } from './scripted-driver.ts';

const modeId = '32x24@30 RG10';

interface Bench {
  readonly driver: ScriptedDriver;
  readonly camera: Camera;
  readonly sink: RecordingSink;
  readonly notices: ErrorRecord[];
}

async function opened(driver = new ScriptedDriver()): Promise<Bench> {
  const camera = await openV4l2Camera(summaryOf(), driver);
  const notices: ErrorRecord[] = [];
  camera.noticed?.subscribe((record) => notices.push(record));
  return { driver, camera, sink: new RecordingSink(32, 24, 8), notices };
}

async function streaming(driver?: ScriptedDriver): Promise<Bench> {
  const bench = await opened(driver);
  await bench.camera.start(modeId, bench.sink);
  return bench;
}

afterEach(() => {
  vi.useRealTimers();
});

describe('misuse', () => {
  it('refuses a mode that the camera has not, and asks the driver for nothing', async () => {
    const { camera, driver, sink } = await opened();
    await expect(camera.start('1x1@1 RG10', sink)).rejects.toMatchObject({ code: 'camera.unknown-mode', exitCode: 2 });
    expect([driver.device.requests, sink.slotsInUse]).toEqual([[], 0]);
    await camera.close();
  });

  it('refuses a second start, and one after close; closing twice is harmless', async () => {
    const { camera, sink, driver } = await streaming();
    await expect(camera.start(modeId, sink)).rejects.toThrow('Expected a stopped camera');
    await camera.close();
    await camera.close();
    await expect(camera.start(modeId, sink)).rejects.toThrow('Expected an open camera');
    expect([driver.device.closed, driver.watches, sink.slotsInUse]).toEqual([true, 0, 0]);
  });

  it('does not open a device that gives no mosaic, says what it gives, and leaves nothing open', async () => {
    const driver = new ScriptedDriver();
    driver.formats = [formatNamed('YUYV', [sizeOf(32, 24, [30])]), formatNamed('MJPG', [])];
    await expect(openV4l2Camera(summaryOf(), driver)).rejects.toMatchObject({
      code: 'camera.unavailable',
      action: expect.stringContaining('YUYV, MJPG'),
    });
    expect([driver.device.closed, driver.watches]).toEqual([true, 0]);
  });

  it('says who holds a busy device', async () => {
    const driver = new ScriptedDriver();
    driver.openError = new V4l2Error('v4l2.busy', '/dev/video0 is held by obs (17)');
    await expect(openV4l2Camera(summaryOf(), driver)).rejects.toMatchObject({
      code: 'v4l2.busy',
      message: /obs \(17\)/,
      exitCode: 1,
    });
    expect(driver.watches).toBe(0);
  });
});

describe('a driver that will not', () => {
  it('chooses another format: the start fails with what it chose and gives every slot back', async () => {
    const driver = new ScriptedDriver();
    driver.chosenInstead = { width: 16, fourcc: 'RGGB' };
    const { camera, sink } = await opened(driver);
    await expect(camera.start(modeId, sink)).rejects.toMatchObject({
      code: 'camera.format-refused',
      message: `Expected ${modeId} but the driver of Bench camera chose 16x24 RGGB`,
    });
    expect(sink.slotsInUse).toBe(0);
    driver.chosenInstead = {};
    await camera.start(modeId, sink);
    await camera.close();
  });

  it('chooses another rate: it streams, and the user is told', async () => {
    const driver = new ScriptedDriver();
    driver.intervalInstead = { numerator: 1, denominator: 25 };
    const { camera, notices } = await streaming(driver);
    expect(notices).toMatchObject([{ code: 'camera.rate-adjusted', message: /chose 25$/ }]);
    expect(camera.framesPerSecond).toBe(25);
    await camera.close();
  });

  it('refuses to stream: no slot is lost and a later start works', async () => {
    const driver = new ScriptedDriver();
    driver.startError = new V4l2Error('v4l2.no-space', 'No bandwidth is left');
    const { camera, sink } = await opened(driver);
    await expect(camera.start(modeId, sink)).rejects.toMatchObject({ code: 'v4l2.no-space', message: /No bandwidth/ });
    expect([sink.slotsInUse, sink.failures]).toEqual([0, []]);
    driver.startError = undefined;
    await camera.start(modeId, sink);
    await camera.close();
  });

  it('fails as soon as it has started: nobody is told that it streams, and no slot is lost', async () => {
    const driver = new ScriptedDriver();
    driver.errorAfterStart = new V4l2Error('v4l2.io', 'The first buffer was lost');
    const { camera, sink } = await opened(driver);
    await expect(camera.start(modeId, sink)).rejects.toMatchObject({ code: 'v4l2.io', message: /first buffer/ });
    expect([sink.slotsInUse, sink.failures, driver.device.stream.isOver]).toEqual([0, [], true]);
    driver.errorAfterStart = undefined;
    await camera.start(modeId, sink);
    await camera.close();
  });
});

describe('frames', () => {
  it('are published in place with the sequence, the time and the controls of the driver', async () => {
    const { camera, driver, sink } = await streaming();
    driver.device.stream.deliver({ sequence: 3 }, 700);
    expect(sink.frames).toHaveLength(1);
    const [{ meta, samples } = { meta: undefined, samples: undefined }] = sink.frames;
    expect(meta).toMatchObject({
      sequence: 3,
      timestampNs: 5_000_000_000n,
      width: 32,
      height: 24,
      controls: { brightness: 100 },
    });
    expect(meta?.sensor).toEqual({ cfa: 'RGGB', bits: 10, blackLevels: [0, 0, 0, 0], whiteLevel: 1023 });
    expect(samples?.every((sample) => sample === 700)).toBe(true);
    await camera.close();
  });

  it('are dated to the start of exposure, or to their delivery where the clock is another', async () => {
    const driver = new ScriptedDriver();
    driver.controls = [controlOf(0x009a0902, 'Exposure Time, Absolute')];
    driver.values.set(0x009a0902, 100);
    const { camera, sink } = await streaming(driver);
    driver.device.stream.deliver({ timestampSource: 'end-of-exposure' });
    driver.device.stream.deliver({ timestampClock: 'copied' });
    expect(sink.frames.map(({ meta }) => meta.timestampNs)).toEqual([4_990_000_000n, 5_100_000_000n]);
    await camera.close();
  });

  it('that are lost are each reported once, under their own reason', async () => {
    const { camera, driver, sink } = await streaming();
    const { stream } = driver.device;
    stream.counts = { delivered: 1, late: 2, noFreeSlot: 3, driverGaps: 4, bad: 5, restarts: 0 };
    stream.deliver();
    stream.deliver();
    stream.counts = { ...stream.counts, late: 3 };
    await camera.stop();
    expect(sink.losses).toEqual([
      ['source-late', 2],
      ['no-free-slot', 3],
      ['driver-gap', 4],
      ['bad-buffer', 5],
      ['source-late', 1],
    ]);
    await camera.close();
  });
});

describe('slots', () => {
  it('keep the driver supplied: four are queued, the rest is left to the lab', async () => {
    const { camera, driver, sink } = await streaming();
    const { stream } = driver.device;
    expect([stream.slots.length, sink.slotsInUse]).toEqual([4, 4]);
    for (let sequence = 0; sequence < 10; sequence++) stream.deliver({ sequence });
    expect([stream.slots.length, new Set(stream.slots).size]).toEqual([4, 4]);
    await camera.stop();
    expect(sink.slotsInUse).toBe(0);
    await camera.close();
  });

  it('come by themselves after the lab had none to spare', async () => {
    vi.useFakeTimers();
    const { camera, driver, sink } = await streaming();
    const { stream } = driver.device;
    const starved = vi.spyOn(sink, 'reserve').mockReturnValue(undefined);
    for (let sequence = 0; sequence < 4; sequence++) stream.deliver({ sequence });
    expect(stream.slots).toHaveLength(0);
    starved.mockRestore();
    vi.advanceTimersByTime(100);
    expect(stream.slots).toHaveLength(4);
    await camera.close();
  });
});

describe('a stream in trouble', () => {
  it('tells that it stalls and goes on, and fails with the reason when it gives up', async () => {
    const { camera, driver, sink, notices } = await streaming();
    const { stream } = driver.device;
    stream.enter({ state: 'backing-off', restarts: 0 });
    stream.enter({ state: 'streaming', restarts: 1 });
    expect(notices.map(({ code }) => code)).toEqual(['camera.stalled']);
    stream.deliver();
    stream.deliver();
    expect(notices.map(({ code }) => code)).toEqual(['camera.stalled', 'camera.resumed']);
    stream.enter({ state: 'failed', restarts: 5, error: new V4l2Error('v4l2.stalled', 'no frame came') });
    await sink.until(() => sink.failures.length > 0);
    expect(sink.failures).toMatchObject([{ code: 'v4l2.stalled', message: 'Bench camera: no frame came' }]);
    expect(sink.slotsInUse).toBe(0);
    await camera.stop();
    await camera.start(modeId, sink);
    await camera.close();
  });

  it('ends with the reason where the lab cannot take a frame', async () => {
    const { camera, driver, sink } = await streaming();
    vi.spyOn(sink, 'publish').mockImplementationOnce((frame) => {
      sink.abandon(frame);
      throw new Error('no room');
    });
    driver.device.stream.deliver();
    await sink.until(() => sink.failures.length > 0);
    expect([sink.failures[0]?.message, sink.slotsInUse]).toEqual(['no room', 0]);
    await camera.close();
  });

  it('ends with a sentence at the end of the stream', async () => {
    const { camera, driver, sink } = await streaming();
    driver.device.listeners.onEndOfStream?.();
    await sink.until(() => sink.failures.length > 0);
    expect(sink.failures).toMatchObject([{ code: 'camera.end-of-stream', message: 'Bench camera ended its stream' }]);
    expect(sink.slotsInUse).toBe(0);
    await camera.close();
  });

  it('streams on after a source change that leaves the format, and says what changed otherwise', async () => {
    const { camera, driver, sink } = await streaming();
    const { device } = driver;
    driver.inputs = [
      { index: 0, name: 'Sensor', status: 0, selected: true },
      { index: 1, name: 'HDMI', status: 2, selected: false },
    ];
    // What happens at another input is no concern of the stream's.
    device.listeners.onSourceChange?.({ input: 1, changes: 1 });
    device.listeners.onSourceChange?.({ input: 0, changes: 1 });
    await vi.waitFor(() => expect(device.streams).toHaveLength(2));
    await vi.waitFor(() => expect(device.stream.slots).toHaveLength(4));
    expect([device.streams[0]?.isOver, sink.failures]).toEqual([true, []]);
    device.stream.deliver();
    expect(sink.frames).toHaveLength(1);
    device.current = { ...(await device.format()), width: 64, height: 48 };
    device.listeners.onSourceChange?.({ input: 0, changes: 1 });
    await sink.until(() => sink.failures.length > 0);
    expect(sink.failures).toMatchObject([
      { code: 'camera.source-changed', message: `The signal of Bench camera changed from ${modeId} to 64x48 RG10` },
    ]);
    expect(sink.slotsInUse).toBe(0);
    await camera.close();
  });
});

describe('a camera that is unplugged', () => {
  it('fails its stream, keeps its controls on show, refuses writes, and streams again at another node', async () => {
    const { camera, driver, sink } = await streaming();
    const [first] = driver.devices;
    const gone = nextOf(camera.availability as NonNullable<Camera['availability']>, 'the loss', (state) => state === 'unplugged');
    driver.device.unplug();
    await gone;
    expect(sink.failures).toMatchObject([{ code: 'camera.unplugged', message: 'Bench camera was unplugged' }]);
    expect([sink.slotsInUse, first?.closed]).toEqual([0, true]);
    expect(camera.controls()).toMatchObject([{ id: 'brightness', value: 100 }]);
    await expect(camera.writeControls(new Map([['brightness', 1]]))).rejects.toMatchObject({ code: 'camera.unplugged' });
    await expect(camera.start(modeId, sink)).rejects.toMatchObject({ code: 'camera.unplugged' });
    const back = nextOf(
      camera.availability as NonNullable<Camera['availability']>,
      'the return',
      (state) => state === 'returned',
    );
    driver.replug('/dev/video7');
    await back;
    await camera.start(modeId, sink);
    expect(driver.device).toMatchObject({ path: '/dev/video7', requests: [{ width: 32, height: 24, fourcc: 'RG10' }] });
    await camera.close();
    expect(driver.watches).toBe(0);
  });

  it('waits for its own identity, and until it may be used', async () => {
    const { camera, driver } = await opened();
    const states: string[] = [];
    camera.availability?.subscribe((state) => states.push(state));
    driver.summaries = [];
    driver.announce({ kind: 'removed', path: '/dev/video0' });
    await vi.waitFor(() => expect(states).toEqual(['unplugged']));
    driver.replug('/dev/video0', { identity: 'another one' });
    driver.replug('/dev/video0', { failure: new V4l2Error('v4l2.permission', 'not yet') });
    await camera.stop();
    expect(driver.devices).toHaveLength(1);
    driver.replug('/dev/video0');
    await vi.waitFor(() => expect(states).toEqual(['unplugged', 'returned']));
    await camera.close();
  });
});

describe('the watchdog', () => {
  it.each([
    ['is the usual one without exposure controls', [], 1000],
    ['allows for the longest exposure in units of time', [controlOf(0x009a0902, 'Exposure', { maximum: 20_000 })], 4500],
    ['ends after ten seconds whatever the range', [controlOf(0x009a0902, 'Exposure', { maximum: 2_000_000_000 })], 10_000],
    ['ends after an hour whatever is set', [controlOf(0x009a0902, 'Exposure', { maximum: 2e9, defaultValue: 2e9 })], 3_600_000],
  ])('%s', async (_, controls, millis) => {
    const driver = new ScriptedDriver();
    driver.controls = controls;
    const { camera } = await streaming(driver);
    expect(driver.device.stream.options.watchdogMillis).toBe(millis);
    await camera.close();
  });

  it('grows with the exposure that is set while it streams, by the lab or another program, and shrinks with it', async () => {
    const driver = new ScriptedDriver();
    driver.controls = [controlOf(0x009a0902, 'Exposure', { maximum: 600_000 })];
    driver.values.set(0x009a0902, 100);
    const { camera } = await streaming(driver);
    const { stream } = driver.device;
    await camera.writeControls(new Map([['exposure', 300_000]]));
    const told = nextOf(camera.controlsChanged, 'a changed control', () => true);
    driver.device.change(0x009a0902, 400_000);
    await told;
    await camera.writeControls(new Map([['exposure', 200]]));
    await camera.writeControls(new Map([['exposure', 100]]));
    expect([stream.options.watchdogMillis, ...stream.watchdogs]).toEqual([10_000, 60_500, 80_500, 10_000]);
    await camera.close();
  });
});

describe('the levels that the user gives a format', () => {
  it('are those of its modes and frames from the next start on; other formats keep the range of their bits', async () => {
    const driver = new ScriptedDriver();
    driver.formats = [formatNamed('RG10', [sizeOf(32, 24, [30])]), formatNamed('RG12', [sizeOf(32, 24, [30])])];
    const { camera, sink } = await opened(driver);
    camera.takeLevels?.({ RG10: { blackLevels: [64, 65, 66, 67], whiteLevel: 1000 }, BA81: { whiteLevel: 200 } });
    expect(camera.sensorIn?.(modeId)).toMatchObject({ bits: 10, blackLevels: [64, 65, 66, 67], whiteLevel: 1000 });
    expect(camera.sensorIn?.('32x24@30 RG12')).toMatchObject({ bits: 12, blackLevels: [0, 0, 0, 0], whiteLevel: 4095 });
    await camera.start(modeId, sink);
    driver.device.stream.deliver();
    expect(sink.frames[0]?.meta.sensor).toMatchObject({ blackLevels: [64, 65, 66, 67], whiteLevel: 1000 });
    await camera.close();
  });
});
