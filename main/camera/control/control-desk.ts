import type { ControlDescription, ControlReport, ControlValues } from '../../../preload/contract.ts';
import { type ErrorRecord, InputError } from '../../base/errors.ts';
import { Announcer } from '../../base/lifetime.ts';
import type { FrameMeta } from '../../frame/frame-meta.ts';
import type { ControlIntent, ControlWrite } from './control-write.ts';
import { type DeskDevice, DeviceDesk } from './device-desk.ts';
import { Pacer } from './pacer.ts';
import type { ProfileStore } from './profile-store.ts';

/** As often as a display shows what has changed. */
const announcementMillis = 1000 / 30;
/** How often controls that the device changes by itself are read again. */
const volatileMillis = 1000;

/**
 * The lab's only way to the controls of the open camera, whichever it is: Coordinator → Modifiers → IoctlApplier → device.
 * Nothing here starts or stops a stream.
 */
export class ControlDesk {
  /**
   * The whole list: after writes, after changes by another program or the device itself, and when a write's first frame is known.
   * At most about 30 times a second; the newest is never left out.
   */
  readonly changed = new Announcer<ControlDescription[]>();
  /** What one request wrote. */
  readonly written = new Announcer<readonly ControlWrite[]>();
  /** Writes whose first frame is known, or that a newer one overtook before. */
  readonly settled = new Announcer<readonly ControlWrite[]>();
  /** Something that the user should know and that stops nothing: a control that could not be set as it was left. */
  readonly noticed = new Announcer<ErrorRecord>();
  readonly #profiles: ProfileStore | undefined;
  readonly #pacer = new Pacer(announcementMillis, () => this.changed.announce(this.#desk?.controls() ?? []));
  #desk: DeviceDesk | undefined;
  #isWatched = false;
  #volatileTimer: NodeJS.Timeout | undefined;

  /** Without a store, what the user asks for is forgotten when the device is detached. */
  constructor(profiles?: ProfileStore) {
    this.#profiles = profiles;
    profiles?.faults.subscribe((fault) => this.noticed.announce(fault));
  }

  /** Takes a device that was just opened, and sets it as the user left it. Never rejects: what cannot be set is announced. */
  async attach(device: DeskDevice): Promise<void> {
    await this.adopt(device);
    await this.#desk?.reapplyAll();
  }

  /** Takes a device as it is and writes nothing to it: to look at it, or to set single controls. */
  async adopt(device: DeskDevice): Promise<void> {
    await this.detach();
    const desk = new DeviceDesk(device, this.#profiles);
    await desk.load();
    desk.changed.subscribe(() => {
      if (this.#desk === desk) this.#pacer.request();
    });
    desk.written.subscribe((writes) => this.written.announce(writes));
    desk.settled.subscribe((writes) => this.settled.announce(writes));
    desk.noticed.subscribe((record) => this.noticed.announce(record));
    this.#desk = desk;
    this.#pacer.request();
    if (this.#isWatched) this.#readVolatileRegularly();
  }

  /** Lets go of the device; resolves when no write is under way and everything is stored. */
  async detach(): Promise<void> {
    const desk = this.#desk;
    this.#desk = undefined;
    this.#pacer.close();
    clearInterval(this.#volatileTimer);
    this.#volatileTimer = undefined;
    await desk?.close();
    await this.#profiles?.saved();
  }

  /**
   * The controls of the open device with what the user asked of them; none without a device. Whoever asks watches them from then
   * on: the volatile ones are read again about once a second.
   */
  controls(): ControlDescription[] {
    this.#isWatched = true;
    if (this.#desk) this.#readVolatileRegularly();
    return this.#desk?.controls() ?? [];
  }

  /** See {@link DeviceDesk.set}. Rejects with an InputError where no camera is open. */
  async set(values: ControlValues): Promise<ControlReport[]> {
    return this.#expectDesk().set(new Map(Object.entries(values)));
  }

  /** See {@link DeviceDesk.reset}. Rejects with an InputError where no camera is open. */
  async reset(ids?: readonly string[]): Promise<ControlReport[]> {
    return this.#expectDesk().reset(ids);
  }

  /** See {@link DeviceDesk.propose}; nothing is written without a camera. */
  async propose(intents: readonly ControlIntent[]): Promise<ControlReport[]> {
    return (await this.#desk?.propose(intents)) ?? [];
  }

  /** See {@link DeviceDesk.release}. */
  release(ids: readonly string[]): void {
    this.#desk?.release(ids);
  }

  /** The device came back after it was unplugged, and holds nothing of what it was told. */
  async returned(): Promise<void> {
    await this.#desk?.reapplyAll();
  }

  streamStarting(): void {
    this.#desk?.streamStarting();
  }

  async streamStarted(framesPerSecond: number): Promise<void> {
    await this.#desk?.streamStarted(framesPerSecond);
  }

  streamStopped(): void {
    this.#desk?.streamStopped();
  }

  /** Hears of every frame of the source: from them it learns from which one on a write is in effect. */
  frameArrived(meta: Pick<FrameMeta, 'sequence' | 'timestampNs'>): void {
    this.#desk?.frameArrived(meta);
  }

  #readVolatileRegularly(): void {
    if (this.#volatileTimer !== undefined) return;
    this.#volatileTimer = setInterval(() => void this.#desk?.readVolatile(), volatileMillis);
    // Looking at controls keeps no program alive.
    this.#volatileTimer.unref();
  }

  #expectDesk(): DeviceDesk {
    if (this.#desk) return this.#desk;
    throw new InputError('control.no-camera', 'Expected an open camera but received none', 'Open a source first.');
  }
}
