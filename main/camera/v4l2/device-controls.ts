import type { Control, ControlChange, ControlFlags } from '../../../native/v4l2-camera/index.ts';
import type { ControlDescription, ControlValue } from '../../../preload/contract.ts';
import { Announcer } from '../../base/lifetime.ts';
import { sameValue, writableControls } from '../control-value.ts';
import {
  controlIds,
  describeControl,
  deviceValueFrom,
  hasPayload,
  labTypeOf,
  labValueFrom,
  plainDefault,
} from './control-mapping.ts';
import type { V4l2Device } from './device-face.ts';
import { controlErrorFrom } from './v4l2-errors.ts';

interface KnownControl {
  readonly control: Control;
  readonly description: ControlDescription;
}

/** What the device announced since it was last asked. */
interface Changes {
  readonly ids: Set<number>;
  readonly flags: Map<number, ControlFlags>;
  relist: boolean;
}

/**
 * The controls of an open device with the values last known. Reads and writes follow one another, so that what is known
 * afterwards is what the device held last. Lives as long as the device is open; made anew when it comes back.
 */
export class DeviceControls {
  /** Ids that changed otherwise than by {@link write}. */
  readonly changed = new Announcer<readonly string[]>();
  readonly #device: V4l2Device;
  readonly #deviceName: string;
  #known = new Map<string, KnownControl>();
  #ids: ReadonlyMap<number, string> = new Map();
  #numericValues: Readonly<Record<string, number>> = {};
  #changes: Changes | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(device: V4l2Device, deviceName: string) {
    this.#device = device;
    this.#deviceName = deviceName;
  }

  /** Lists the controls and reads all of their values. Rejects with what the device fails with. */
  load(): Promise<void> {
    return this.#inTurn(() => this.#list());
  }

  /** In the driver's order. */
  descriptions(): readonly ControlDescription[] {
    return [...this.#known.values()].map(({ description }) => description);
  }

  /** The values that are numbers, by id, as a frame's metadata hold them. A new object whenever one changes. */
  get numericValues(): Readonly<Record<string, number>> {
    return this.#numericValues;
  }

  /** The number of the kernel's control `numericId` as last known, where the device has it. */
  numberOf(numericId: number): number | undefined {
    const value = this.#known.get(this.#ids.get(numericId) ?? '')?.description.value;
    return value === undefined || Array.isArray(value) ? undefined : Number(value);
  }

  /** The largest number that the kernel's control `numericId` takes, where the device has it. */
  maximumOf(numericId: number): number | undefined {
    return this.#known.get(this.#ids.get(numericId) ?? '')?.description.maximum;
  }

  /** As `ControlDevice.writeControls`. */
  async write(values: ReadonlyMap<string, ControlValue>): Promise<ReadonlyMap<string, ControlValue>> {
    writableControls(this.descriptions(), values);
    if (values.size === 0) return new Map();
    return this.#inTurn(() => this.#write(values));
  }

  /** Takes note of what the device announced; asks it for what the announcement does not say. */
  note(change: ControlChange): void {
    const known = this.#known.get(this.#ids.get(change.id) ?? '');
    if (known !== undefined && !change.rangeChanged && this.#isEcho(known, change)) return;
    const isFirst = this.#changes === undefined;
    this.#changes ??= { ids: new Set(), flags: new Map(), relist: false };
    this.#changes.ids.add(change.id);
    this.#changes.flags.set(change.id, change.flags);
    this.#changes.relist ||= change.rangeChanged || known === undefined;
    // A device that does not answer any more tells so by itself; the values last known stay.
    if (isFirst) this.#inTurn(() => this.#takeChanges()).catch(() => undefined);
  }

  /** As `ControlDevice.readVolatile`. */
  readVolatile(): Promise<void> {
    return this.#inTurn(async () => {
      const volatile = [...this.#known.values()].filter(({ control }) => control.flags.volatile);
      if (volatile.length === 0) return;
      const before = this.#known;
      await this.#read({ ids: new Set(volatile.map(({ control }) => control.id)), flags: new Map() });
      this.#announceSince(before);
    });
  }

  /** Resolves when everything that was announced or asked for so far is known. */
  settled(): Promise<void> {
    return this.#inTurn(async () => undefined);
  }

  async #write(values: ReadonlyMap<string, ControlValue>): Promise<ReadonlyMap<string, ControlValue>> {
    const asked = [...values].map(([id, value]) => {
      const { control } = this.#known.get(id) as KnownControl;
      return [control.id, deviceValueFrom(control, value)] as const;
    });
    const written = await this.#device.writeControls(new Map(asked)).catch((thrown: unknown) => {
      throw controlErrorFrom(thrown, this.#deviceName, new Map(asked.map(([id]) => [id, this.#ids.get(id) ?? String(id)])));
    });
    const applied = new Map<string, ControlValue>();
    for (const [numericId, value] of written) {
      const id = this.#ids.get(numericId);
      const known = id === undefined ? undefined : this.#known.get(id);
      if (id === undefined || known === undefined) continue;
      const isButton = known.description.type === 'button';
      applied.set(id, isButton ? 1 : labValueFrom(value));
      this.#know(known.control, applied.get(id) as ControlValue);
    }
    // Ranges and flags of others may have moved with it, such as that of an exposure time that is automatic now.
    if (asked.some(([id]) => this.#isUpdating(id))) await this.#list();
    else this.#snapshot();
    return applied;
  }

  #isUpdating(numericId: number): boolean {
    return this.#known.get(this.#ids.get(numericId) ?? '')?.control.flags.update ?? false;
  }

  async #takeChanges(): Promise<void> {
    const changes = this.#changes;
    this.#changes = undefined;
    if (changes === undefined) return;
    const before = this.#known;
    if (changes.relist) await this.#list();
    else await this.#read(changes);
    this.#announceSince(before);
  }

  #announceSince(before: ReadonlyMap<string, KnownControl>): void {
    const ids = [...this.#known].filter(([id, now]) => differs(before.get(id), now)).map(([id]) => id);
    if (ids.length > 0) this.changed.announce(ids);
  }

  async #read(changes: Pick<Changes, 'ids' | 'flags'>): Promise<void> {
    this.#known = new Map(this.#known);
    const controls = [...changes.ids].flatMap((id) => this.#known.get(this.#ids.get(id) ?? '') ?? []);
    const values = await readValues(
      this.#device,
      controls.map(({ control }) => control),
      'current',
    );
    for (const { control, description } of controls) {
      const flags = changes.flags.get(control.id) ?? control.flags;
      this.#know({ ...control, flags }, values.get(control.id) ?? description.value);
    }
    this.#snapshot();
  }

  async #list(): Promise<void> {
    const controls = await this.#device.controls();
    this.#ids = controlIds(controls);
    const values = await readValues(this.#device, controls, 'current');
    const defaults = await readValues(this.#device, controls.filter(hasPayload), 'defaults');
    const known = controls.map((control): [string, KnownControl] => {
      const id = this.#ids.get(control.id) as string;
      const defaultValue = defaults.get(control.id) ?? plainDefault(control);
      const value = values.get(control.id) ?? defaultValue;
      return [id, { control, description: describeControl(control, id, value, defaultValue) }];
    });
    this.#known = new Map(known);
    this.#snapshot();
  }

  #know(control: Control, value: ControlValue): void {
    const id = this.#ids.get(control.id) as string;
    const { defaultValue } = (this.#known.get(id) as KnownControl).description;
    this.#known.set(id, { control, description: describeControl(control, id, value, defaultValue) });
  }

  #snapshot(): void {
    const numbers = this.descriptions().filter(({ type, value }) => typeof value === 'number' && type !== 'button');
    this.#numericValues = Object.fromEntries(numbers.map(({ id, value }) => [id, value as number]));
  }

  /** Drivers announce the lab's own writes, too. */
  #isEcho({ control, description }: KnownControl, { value, flags }: ControlChange): boolean {
    if (value === undefined) return false;
    return sameValue(labValueFrom(value), description.value) && sameFlags(control.flags, flags);
  }

  #inTurn<T>(operation: () => Promise<T>): Promise<T> {
    const result = this.#last.then(operation);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

/** Values in the lab's form by the kernel's numbers, in one request, or one by one where a control spoils it for all. */
async function readValues(
  device: V4l2Device,
  controls: readonly Control[],
  which: 'current' | 'defaults',
): Promise<Map<number, ControlValue>> {
  const ids = controls.filter((control) => !control.flags.writeOnly && labTypeOf(control) !== 'button').map(({ id }) => id);
  if (ids.length === 0) return new Map();
  const values = await device.readControls(ids, which).catch(() => readEach(device, ids, which));
  return new Map([...values].map(([id, value]) => [id, labValueFrom(value)]));
}

async function readEach(device: V4l2Device, ids: readonly number[], which: 'current' | 'defaults') {
  const values: Awaited<ReturnType<V4l2Device['readControls']>> = new Map();
  for (const id of ids) {
    // One that cannot be read now shows its default; the write says what is wrong with it.
    const read = await device.readControls([id], which).catch(() => undefined);
    for (const [key, value] of read ?? []) values.set(key, value);
  }
  return values;
}

function sameFlags(one: ControlFlags, other: ControlFlags): boolean {
  return Object.entries(one).every(([name, value]) => other[name as keyof ControlFlags] === value);
}

function differs(before: KnownControl | undefined, now: KnownControl): boolean {
  if (before === undefined || !sameFlags(before.control.flags, now.control.flags)) return true;
  const { description: old } = before;
  const { description } = now;
  const isSameRange = old.minimum === description.minimum && old.maximum === description.maximum && old.step === description.step;
  return !isSameRange || !sameValue(old.value, description.value);
}
