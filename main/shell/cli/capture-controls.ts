import type { ControlChange } from '../../../native/v4l2-camera/index.ts';
import type { V4l2Device } from '../../camera/v4l2/device-face.ts';

type RawValue = NonNullable<ControlChange['value']>;

/** What a device's controls hold, by name, kept up to date by the changes it announces. */
export class ControlLog {
  readonly #names = new Map<number, string>();
  #device: V4l2Device | undefined;
  #values: Readonly<Record<string, unknown>> = {};

  /** Values in a form that JSON can hold: 64-bit integers in decimal, arrays as lists. Replaced, never changed, by a change. */
  get values(): Readonly<Record<string, unknown>> {
    return this.#values;
  }

  /** Asks for everything that can be read. What the driver refuses is left out: metadata must not keep a capture from starting. */
  async read(device: V4l2Device): Promise<void> {
    this.#device = device;
    const readable = (await device.controls()).filter(({ type, flags }) => type !== 'button' && !flags.writeOnly);
    for (const { id, name } of readable) this.#names.set(id, name);
    const answers = await Promise.allSettled(readable.map(({ id }) => device.readControls([id])));
    const read = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [...answer.value] : []));
    this.#values = Object.fromEntries(read.map(([id, value]) => [this.#names.get(id) ?? String(id), plain(value)]));
  }

  /**
   * A text, an array or an area comes without its value and is read again: frames that arrive before the answer still carry the one
   * before. Resolves when it is known.
   */
  async take({ id, value }: ControlChange): Promise<void> {
    const name = this.#names.get(id);
    if (name === undefined) return;
    // What the driver refuses to tell stays as it was last known.
    const changed = value ?? (await this.#device?.readControls([id]).catch(() => undefined))?.get(id);
    if (changed !== undefined) this.#values = { ...this.#values, [name]: plain(changed) };
  }
}

function plain(value: RawValue): unknown {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof BigInt64Array) return [...value].map(String);
  return ArrayBuffer.isView(value) ? [...value] : value;
}
