import type {
  CapturedFrame,
  DeviceChange,
  DeviceSummary,
  DeviceWatch,
  StreamStateChange,
} from '../../../native/v4l2-camera/index.ts';
import { V4l2Error } from '../../../native/v4l2-camera/index.ts';
import type { ControlDescription, ControlValue } from '../../../preload/contract.ts';
import { assert, type ErrorRecord, errorRecordFrom } from '../../base/errors.ts';
import { Announcer } from '../../base/lifetime.ts';
import type { SensorDescription, SensorLevels } from '../../frame/frame-meta.ts';
import { type Camera, type CameraMode, type FrameSink, unpluggedCode } from '../camera.ts';
import { modeOf } from '../camera-modes.ts';
import { applyMode, type Connection, connect, isSelected } from './connection.ts';
import type { V4l2Face } from './device-face.ts';
import { exposureNs } from './exposure-time.ts';
import { type RunningStream, startOfExposure, watchdogOf } from './running-stream.ts';
import { SlotFeed } from './slot-feed.ts';
import { startIntoSlots } from './stream-start.ts';
import { deviceErrorFrom, meansUnplugged, streamFailure, unplugged } from './v4l2-errors.ts';
import { modesOf, sensorOf, type V4l2Mode } from './v4l2-modes.ts';

/** How often a stream is supplied and its losses are reported when no frame gives the occasion. */
const tendMillis = 100;

/** Identity of a V4L2 device as a source. */
export function v4l2SourceId(identity: string): string {
  return `v4l2:${identity}`;
}

/**
 * Opens a device as a camera. Rejects with InputError where it gives no mosaic, and with ResourceError where it is busy, closed
 * to this user or gone. The camera outlives its device: unplugged, it waits for the same identity to come back.
 */
export async function openV4l2Camera(summary: DeviceSummary, face: V4l2Face): Promise<Camera> {
  const camera = new V4l2Camera(summary, face);
  await camera.open();
  return camera;
}

class V4l2Camera implements Camera {
  readonly id: string;
  readonly name: string;
  readonly controlsChanged = new Announcer<readonly string[]>();
  readonly availability = new Announcer<'unplugged' | 'returned'>();
  readonly noticed = new Announcer<ErrorRecord>();
  readonly #identity: string;
  readonly #face: V4l2Face;
  #path: string;
  /** Undefined while the device is away. */
  #connection: Connection | undefined;
  /** Of the last connection; they stay while the device is away. */
  #modes: readonly V4l2Mode[] = [];
  #descriptions: readonly ControlDescription[] = [];
  #running: RunningStream | undefined;
  #modeId: string | undefined;
  #levels: SensorLevels = {};
  #watch: DeviceWatch | undefined;
  #closed = false;
  #last: Promise<unknown> = Promise.resolve();

  constructor(summary: DeviceSummary, face: V4l2Face) {
    this.id = v4l2SourceId(summary.identity);
    this.name = summary.name;
    this.#identity = summary.identity;
    this.#path = summary.path;
    this.#face = face;
  }

  get modes(): readonly CameraMode[] {
    return this.#modes.map(({ id, width, height, framesPerSecond, pixelFormat }) => ({
      ...{ id, width, height, framesPerSecond, pixelFormat },
    }));
  }

  get sensor(): SensorDescription {
    return this.sensorIn(this.#modeId ?? (this.#modes[0] as V4l2Mode).id);
  }

  sensorIn(modeId: string): SensorDescription {
    return sensorOf(this.#modeNamed(modeId), this.#levels);
  }

  get framesPerSecond(): number | undefined {
    return this.#running?.rate;
  }

  takeLevels(levels: SensorLevels): void {
    this.#levels = levels;
  }

  controls(): readonly ControlDescription[] {
    return this.#connection?.controls.descriptions() ?? this.#descriptions;
  }

  /** For `openV4l2Camera` alone. */
  async open(): Promise<void> {
    // Watched before it is opened, so that it cannot come and go unseen.
    this.#watch = this.#face.watchDevices((change) => this.#follow(change));
    try {
      await this.#connect();
    } catch (thrown) {
      this.#watch.close();
      throw thrown;
    }
  }

  async writeControls(values: ReadonlyMap<string, ControlValue>): Promise<ReadonlyMap<string, ControlValue>> {
    assert(!this.#closed, 'Expected an open camera but received a write after close');
    const connection = this.#expectConnection();
    try {
      const held = await connection.controls.write(values);
      this.#fitWatchdog();
      return held;
    } catch (thrown) {
      if (meansUnplugged((thrown as Error).cause)) this.#lose(connection);
      throw thrown;
    }
  }

  async readVolatile(): Promise<void> {
    await this.#connection?.controls.readVolatile();
  }

  start(modeId: string, sink: FrameSink): Promise<void> {
    return this.#inTurn(async () => {
      assert(!this.#closed, 'Expected an open camera but received start after close');
      assert(this.#running === undefined, 'Expected a stopped camera but received start while streaming');
      const connection = this.#expectConnection();
      await this.#begin(connection, this.#modeNamed(modeId), sink);
    });
  }

  stop(): Promise<void> {
    return this.#inTurn(() => this.#end());
  }

  close(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#closed) return;
      this.#closed = true;
      this.#watch?.close();
      const connection = this.#connection;
      try {
        await this.#end();
      } finally {
        this.#remember();
        this.#connection = undefined;
        await connection?.device.close();
      }
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #connect(): Promise<void> {
    let opened: Connection | undefined;
    const connection = await connect(this.#face, this.#path, this.name, {
      onSourceChange: ({ input }) => void this.#inTurn(() => this.#takeSourceChange(opened, input)),
      onEndOfStream: () => void this.#inTurn(() => this.#endWith(endOfStream(this.name))),
      onUnplugged: () => this.#lose(opened),
    });
    opened = connection;
    connection.controls.changed.subscribe((ids) => {
      this.#fitWatchdog();
      this.controlsChanged.announce(ids);
    });
    this.#connection = connection;
    this.#modes = connection.modes;
  }

  async #begin(connection: Connection, mode: V4l2Mode, sink: FrameSink): Promise<void> {
    const { device, controls } = connection;
    const feed = new SlotFeed(sink);
    const running: RunningStream = {
      mode,
      sink,
      feed,
      sensor: this.sensorIn(mode.id),
      rate: mode.framesPerSecond,
      stalled: false,
    };
    try {
      running.rate = await applyMode(device, mode, this.name);
      // Formats and rates move limits and values of blanking and exposure, which the driver has announced by now.
      await controls.settled();
      this.#modeId = mode.id;
      this.#running = running;
      running.watchdogMillis = watchdogOf(connection, running);
      const stream = await startIntoSlots(device, feed, {
        memory: sink.pool.memory,
        slotBytes: sink.pool.slotBytes,
        watchdogMillis: running.watchdogMillis,
        onFrame: (frame) => this.#take(connection, running, frame),
        onState: (change) => this.#followStream(running, change),
      });
      running.stream = stream;
      // It may have started and failed in one breath, before there was anybody to tell.
      if (stream.isOver) throw running.failure ?? new V4l2Error('v4l2.stopped', 'The stream ended as soon as it had started');
      feed.attach(stream);
      running.timer = setInterval(() => feed.supply(), tendMillis);
      // The controls may have changed while the driver started.
      this.#fitWatchdog();
      this.#noticeRate(mode, running.rate);
    } catch (thrown) {
      this.#running = undefined;
      // The driver must not write into slots that are somebody else's by now.
      await running.stream?.stop().catch(() => undefined);
      // One that is gone does so until its device is closed.
      if (meansUnplugged(thrown)) await device.close().catch(() => undefined);
      feed.release();
      if (meansUnplugged(thrown)) this.#lose(connection);
      throw deviceErrorFrom(thrown, this.name);
    }
  }

  /** An exposure longer than the watchdog is no stall. */
  #fitWatchdog(): void {
    const [running, connection] = [this.#running, this.#connection];
    if (running?.stream === undefined || running.stream.isOver || connection === undefined) return;
    const millis = watchdogOf(connection, running);
    if (millis === running.watchdogMillis) return;
    running.watchdogMillis = millis;
    running.stream.setWatchdog(millis);
  }

  /** Ends the stream, if one runs, and gives back its slots; what it lost until then is reported. */
  async #end(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    this.#running = undefined;
    clearInterval(running.timer);
    try {
      await running.stream?.stop();
      running.feed.report();
    } finally {
      running.feed.release();
    }
  }

  async #endWith(error: ErrorRecord): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    // The reason for the end is the one to tell: a stop that fails as well follows from it.
    await this.#end().catch(() => undefined);
    running.sink.failed(error);
  }

  #take({ controls }: Connection, running: RunningStream, frame: CapturedFrame): void {
    const { width, height } = running.mode;
    this.#noticeResumption(running);
    try {
      running.feed.publish(frame, {
        sequence: frame.sequence,
        timestampNs: startOfExposure(frame, exposureNs(controls, running.mode)),
        width,
        height,
        sensor: running.sensor,
        controls: controls.numericValues,
      });
    } catch (thrown) {
      // Nobody hears what is thrown into the addon's callback: the stream ends with it instead.
      void this.#inTurn(() => this.#endWith(errorRecordFrom(thrown)));
    }
  }

  #followStream(running: RunningStream, { state, restarts, error }: StreamStateChange): void {
    // Before the driver streams, the failed start says it all; after a loss, `#lose` does.
    if (state === 'failed') running.failure = error;
    if (running.stream === undefined || this.#running !== running) return;
    if (state === 'failed') {
      void this.#inTurn(async () => {
        if (this.#running === running) await this.#endWith(streamFailure(error, this.name));
      });
    }
    if (state === 'backing-off') {
      running.stalled = true;
      const message = `${this.name} sent no frame in time; its stream is started again (attempt ${restarts + 1})`;
      this.noticed.announce({ code: 'camera.stalled', message, action: 'Check cable, power and trigger if this goes on.' });
    }
  }

  /** With the first frame, and not when the driver has been told to stream again: that says nothing about frames. */
  #noticeResumption(running: RunningStream): void {
    if (!running.stalled) return;
    running.stalled = false;
    this.noticed.announce({ code: 'camera.resumed', message: `${this.name} sends frames again` });
  }

  #noticeRate(mode: V4l2Mode, rate: number): void {
    if (Math.abs(rate / mode.framesPerSecond - 1) < 0.01) return;
    const message = `Expected ${mode.framesPerSecond} frames per second but the driver of ${this.name} chose ${rate}`;
    this.noticed.announce({ code: 'camera.rate-adjusted', message });
  }

  /** The signal changed: goes on where the format is still the mode's, and says what it is now where it is not. */
  async #takeSourceChange(connection: Connection | undefined, input: number): Promise<void> {
    const running = this.#running;
    if (connection === undefined || this.#connection !== connection) return;
    try {
      if (!(await isSelected(connection.device, input))) return;
      await this.#end().catch(() => undefined);
      connection.modes = modesOf(await connection.device.formats());
      this.#modes = connection.modes.length > 0 ? connection.modes : this.#modes;
      const { width, height, fourcc } = await connection.device.format();
      if (running === undefined) return;
      const { mode, sink } = running;
      if (width === mode.width && height === mode.height && fourcc === mode.fourcc) {
        await this.#begin(connection, mode, sink);
        return;
      }
      const message = `The signal of ${this.name} changed from ${mode.id} to ${width}x${height} ${fourcc}`;
      sink.failed({ code: 'camera.source-changed', message, action: 'Choose a mode that fits it and start again.' });
    } catch (thrown) {
      running?.sink.failed(errorRecordFrom(deviceErrorFrom(thrown, this.name)));
    }
  }

  #follow({ kind, path }: DeviceChange): void {
    const connection = this.#connection;
    if (kind === 'removed') {
      if (connection !== undefined && path === this.#path) this.#lose(connection);
      return;
    }
    if (connection === undefined) void this.#inTurn(() => this.#tryReturn());
  }

  /** The device is gone: what streams ends, and the camera waits for it to come back. Harmless when it is known already. */
  #lose(connection: Connection | undefined): void {
    if (connection === undefined || this.#connection !== connection || this.#closed) return;
    this.#remember();
    this.#connection = undefined;
    void this.#inTurn(async () => {
      // A driver that is gone cannot be told to stop: only its closed device leaves the slots alone.
      this.#running?.feed.detach();
      // The node is gone; whatever closing it says changes nothing any more.
      await connection.device.close().catch(() => undefined);
      await this.#endWith(errorRecordFrom(unplugged(this.name)));
      this.availability.announce('unplugged');
      await this.#tryReturn();
    });
  }

  /** Opens the device of the same identity again, where it is there. Until it can be used, every later change tries anew. */
  async #tryReturn(): Promise<void> {
    if (this.#closed || this.#connection !== undefined) return;
    try {
      const devices = await this.#face.listDevices();
      const found = devices.find(({ identity, failure }) => identity === this.#identity && failure === undefined);
      if (found === undefined) return;
      this.#path = found.path;
      await this.#connect();
    } catch (thrown) {
      const record = errorRecordFrom(deviceErrorFrom(thrown, this.name));
      // Gone again while it was asked: it is still just away.
      if (record.code !== unpluggedCode) this.noticed.announce(record);
      return;
    }
    this.availability.announce('returned');
  }

  #remember(): void {
    this.#descriptions = this.#connection?.controls.descriptions() ?? this.#descriptions;
  }

  #modeNamed(modeId: string): V4l2Mode {
    const { id } = modeOf({ name: this.name, modes: this.#modes }, modeId);
    return this.#modes.find((mode) => mode.id === id) as V4l2Mode;
  }

  #expectConnection(): Connection {
    if (this.#connection === undefined) throw unplugged(this.name);
    return this.#connection;
  }

  #inTurn<T>(operation: () => Promise<T>): Promise<T> {
    const result = this.#last.then(operation);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

function endOfStream(name: string): ErrorRecord {
  return { code: 'camera.end-of-stream', message: `${name} ended its stream`, action: 'Start it again.' };
}
