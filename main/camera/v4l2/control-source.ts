import type { ControlDescription, ControlValue } from '../../../preload/contract.ts';
import { Announcer, type AsyncCloseable } from '../../base/lifetime.ts';
import type { ControlDevice } from '../camera.ts';
import type { ProfileOwner } from '../control/profile-store.ts';
import { DeviceControls } from './device-controls.ts';
import type { V4l2Device, V4l2Face } from './device-face.ts';
import { deviceErrorFrom } from './v4l2-errors.ts';

/** A device that is open for its controls alone; it can stream elsewhere meanwhile. */
export interface ControlSource extends ProfileOwner, ControlDevice, AsyncCloseable {}

/** Opens a device and reads its controls. Rejects with ResourceError where it is closed to this user or gone. */
export async function openControlSource(owner: ProfileOwner & { readonly path: string }, face: V4l2Face): Promise<ControlSource> {
  const source = new V4l2ControlSource(owner);
  await source.open(face, owner.path);
  return source;
}

class V4l2ControlSource implements ControlSource {
  readonly id: string;
  readonly name: string;
  readonly controlsChanged = new Announcer<readonly string[]>();
  #device: V4l2Device | undefined;
  #controls: DeviceControls | undefined;

  constructor({ id, name }: ProfileOwner) {
    this.id = id;
    this.name = name;
  }

  /** For `openControlSource` alone. */
  async open(face: V4l2Face, path: string): Promise<void> {
    try {
      this.#device = await face.openDevice(path, { onControlChange: (change) => this.#controls?.note(change) });
      this.#controls = new DeviceControls(this.#device, this.name);
      this.#controls.changed.subscribe((ids) => this.controlsChanged.announce(ids));
      await this.#controls.load();
    } catch (thrown) {
      await this.close();
      throw deviceErrorFrom(thrown, this.name);
    }
  }

  controls(): readonly ControlDescription[] {
    return this.#controls?.descriptions() ?? [];
  }

  async writeControls(values: ReadonlyMap<string, ControlValue>): Promise<ReadonlyMap<string, ControlValue>> {
    return (await this.#controls?.write(values)) ?? new Map();
  }

  async readVolatile(): Promise<void> {
    await this.#controls?.readVolatile();
  }

  async close(): Promise<void> {
    const device = this.#device;
    this.#device = undefined;
    await device?.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
