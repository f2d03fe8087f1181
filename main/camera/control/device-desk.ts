import type { ControlDescription, ControlReport, ControlValue } from '../../../preload/contract.ts';
import { type ErrorRecord, errorRecordFrom, messageOf } from '../../base/errors.ts';
import { Announcer } from '../../base/lifetime.ts';
import type { FrameMeta } from '../../frame/frame-meta.ts';
import type { Camera, ControlDevice } from '../camera.ts';
import { controlOf, sameValue } from '../control-value.ts';
import { mainsHertzOf } from './control-roles.ts';
import type { ControlIntent, ControlOrigin, ControlWrite, PlannedWrite } from './control-write.ts';
import { type CoordinatorState, planWrites } from './coordinator.ts';
import { sensorLevelsOf } from './device-notes.ts';
import { IoctlApplier } from './ioctl-applier.ts';
import type { ProfileOwner, ProfileStore } from './profile-store.ts';
import { isWritable, type OrderedResult, writeInOrder } from './write-order.ts';

/** A device whose controls a desk can hold. */
export type DeskDevice = ControlDevice & ProfileOwner & Pick<Camera, 'takeLevels'>;

/** What the user asked of one control, and what the device made of it when it was last written; nothing where it was not yet. */
interface Wish {
  readonly desired: ControlValue;
  readonly held?: ControlValue;
}

/** Writes that wait for the frame on which they are due. */
interface HeldBack {
  readonly dueSequence: number;
  readonly set: Map<string, PlannedWrite>;
}

/** One open device's controls: what the user asked for, what it holds, and every write to it. */
export class DeviceDesk {
  /** Something about the list that {@link DeviceDesk.controls} gives is new. */
  readonly changed = new Announcer<void>();
  readonly written = new Announcer<readonly ControlWrite[]>();
  readonly settled = new Announcer<readonly ControlWrite[]>();
  readonly noticed = new Announcer<ErrorRecord>();
  readonly #device: DeskDevice;
  readonly #profiles: ProfileStore | undefined;
  readonly #applier: IoctlApplier;
  readonly #wishes = new Map<string, Wish>();
  readonly #effectiveAtSequence = new Map<string, number>();
  readonly #unsubscribe: () => void;
  /** Controls with writes of the user under way, which are no wishes yet, and how many. */
  readonly #claimed = new Map<string, number>();
  #notedDelayFrames: Readonly<Record<string, number>> = {};
  #heldBack: HeldBack[] = [];
  #driftedBeforeStart = new Set<string>();
  #frameIntervalMicros: number | undefined;
  #sequence: number | undefined;

  constructor(device: DeskDevice, profiles?: ProfileStore) {
    this.#device = device;
    this.#profiles = profiles;
    this.#applier = new IoctlApplier(device, (id) => this.#delayFrames()[id] ?? 0);
    this.#applier.written.subscribe((writes) => {
      for (const { report } of writes) this.#effectiveAtSequence.delete(report.id);
      this.written.announce(writes);
    });
    this.#applier.settled.subscribe((writes) => this.#settle(writes));
    this.#unsubscribe = device.controlsChanged.subscribe(() => this.changed.announce());
  }

  controls(): ControlDescription[] {
    return this.#device.controls().map((control) => {
      const wish = this.#wishes.get(control.id);
      const effectiveAtSequence = this.#effectiveAtSequence.get(control.id);
      return {
        ...control,
        ...(wish ? { desired: wish.desired, drifted: this.#isDrifted(control, wish) } : {}),
        ...(effectiveAtSequence === undefined ? {} : { effectiveAtSequence }),
      };
    });
  }

  /** Reads what the user asked of this device earlier, and what the user says of it. */
  async load(): Promise<void> {
    const { controls, ...notes } = (await this.#profiles?.loadProfile(this.#device)) ?? { controls: {} };
    for (const [id, value] of Object.entries(controls)) this.#wishes.set(id, { desired: value });
    this.#notedDelayFrames = notes.controlDelayFrames ?? {};
    this.#device.takeLevels?.(sensorLevelsOf(notes));
  }

  /** See `ControlDevice.readVolatile`. A device that does not answer tells so by itself. */
  async readVolatile(): Promise<void> {
    const isAny = this.#device.controls().some((control) => control.volatile);
    if (isAny) await this.#device.readVolatile?.().catch(() => undefined);
  }

  /** Writes what the user asked for to a device that starts afresh, wherever it holds something else. */
  async reapplyAll(): Promise<void> {
    for (const [id, { desired }] of this.#wishes) this.#wishes.set(id, { desired });
    await this.#reapply(() => true);
  }

  /** Writes for the user: all values in one request. A refused one changes nothing and is named in the InputError. */
  async set(values: ReadonlyMap<string, ControlValue>): Promise<ControlReport[]> {
    const reports = await this.#write('user', values);
    const kept = reports.filter(({ id }) => isKept(this.#controlOf(id)));
    for (const { id, requested, applied } of kept) this.#wishes.set(id, { desired: requested, held: applied });
    this.#profiles?.change(
      this.#device,
      kept.map(({ id, requested }) => [id, requested] as const),
    );
    this.changed.announce();
    return reports.map((report) => this.#withSequence(report));
  }

  /** Writes defaults and forgets what the user asked for: of the given controls, or of all that can be written. */
  async reset(ids?: readonly string[]): Promise<ControlReport[]> {
    const controls = this.#device.controls();
    const chosen = ids?.map((id) => controlOf(controls, id)) ?? controls.filter(({ readOnly }) => !readOnly);
    const resettable = chosen.filter(isKept);
    const defaults = new Map(resettable.map(({ id, defaultValue }) => [id, defaultValue]));
    // Whoever names a control hears why it cannot be reset; with all of them, those that are out of effect just wait.
    const isNamed = ids !== undefined && !resettable.every(isWritable);
    const { reports, refused } = isNamed
      ? { reports: await this.#write('user', defaults), refused: new Map<string, unknown>() }
      : await this.#writeInOrder('user', defaults);
    const forgotten = [...defaults.keys()].filter((id) => !refused.has(id));
    for (const id of forgotten) this.#wishes.delete(id);
    this.#profiles?.change(
      this.#device,
      forgotten.map((id) => [id, undefined] as const),
    );
    this.changed.announce();
    for (const thrown of refused.values()) {
      if (ids !== undefined) throw thrown;
    }
    this.#noticeRefused('reset', refused);
    return reports.map((report) => this.#withSequence(report));
  }

  /** Forgets what the user asked of controls, which stay as they are: from now on Algos may set them. */
  release(ids: readonly string[]): void {
    const held = ids.filter((id) => this.#wishes.delete(id));
    if (held.length === 0) return;
    this.#profiles?.change(
      this.#device,
      held.map((id) => [id, undefined] as const),
    );
    this.changed.announce();
  }

  /** Writes what Algos want for the next frame, after the modifiers. Controls that the user has set are left alone. */
  async propose(intents: readonly ControlIntent[]): Promise<ControlReport[]> {
    const plan = planWrites(intents, this.#state());
    const isStreaming = this.#frameIntervalMicros !== undefined;
    const due = new Map<string, PlannedWrite>();
    for (const [holdFrames, set] of plan) {
      this.#overtake(set.keys());
      if (holdFrames === 0 || !isStreaming) for (const entry of set) due.set(...entry);
      else this.#heldBack.push({ dueSequence: (this.#sequence ?? -1) + holdFrames, set: new Map(set) });
    }
    const reports = await this.#applier.apply(due);
    if (reports.length > 0) this.changed.announce();
    return reports;
  }

  /** A stream is about to start: its frames are counted anew, and what another program has changed by now stays changed. */
  streamStarting(): void {
    this.#effectiveAtSequence.clear();
    this.#sequence = undefined;
    this.#driftedBeforeStart = new Set(this.controls().flatMap(({ id, drifted }) => (drifted ? [id] : [])));
    this.#applier.streamStarting();
  }

  /** The stream runs: drivers that forget controls when it starts are told again. */
  async streamStarted(framesPerSecond: number): Promise<void> {
    this.#frameIntervalMicros = framesPerSecond > 0 ? 1e6 / framesPerSecond : undefined;
    await this.#reapply((id) => !this.#driftedBeforeStart.has(id));
  }

  /** Nothing waits for a frame that will not come. */
  streamStopped(): void {
    this.#frameIntervalMicros = undefined;
    for (const { set } of this.#heldBack.splice(0)) this.#applyHeldBack(set);
  }

  /** Hears of every frame of the source, in order. */
  frameArrived(meta: Pick<FrameMeta, 'sequence' | 'timestampNs'>): void {
    this.#sequence = meta.sequence;
    this.#applier.frameArrived(meta);
    const due = this.#heldBack.filter(({ dueSequence }) => dueSequence <= meta.sequence);
    if (due.length === 0) return;
    this.#heldBack = this.#heldBack.filter(({ dueSequence }) => dueSequence > meta.sequence);
    for (const { set } of due) this.#applyHeldBack(set);
  }

  /** Resolves when nothing is being written any more; the device may be closed then. */
  async close(): Promise<void> {
    this.#unsubscribe();
    this.#heldBack = [];
    await this.#applier.idle();
  }

  /** By control; what the user wrote down wins over what the device says. */
  #delayFrames(): Readonly<Record<string, number>> {
    return { ...this.#device.controlDelayFrames, ...this.#notedDelayFrames };
  }

  #state(): CoordinatorState {
    const controls = this.#device.controls();
    const mainsHertz = mainsHertzOf(controls);
    return {
      controls,
      heldByUser: new Set([...this.#wishes.keys(), ...this.#claimed.keys()]),
      ...(this.#frameIntervalMicros === undefined ? {} : { frameIntervalMicros: this.#frameIntervalMicros }),
      ...(mainsHertz === undefined ? {} : { mainsHertz }),
      delayFrames: this.#delayFrames(),
    };
  }

  /** Rejects with an InputError, before anything is written, where the coordinator refuses a value. */
  async #write(origin: ControlOrigin, values: ReadonlyMap<string, ControlValue>): Promise<ControlReport[]> {
    const set = planWrites([{ origin, values }], this.#state()).get(0) ?? new Map<string, PlannedWrite>();
    this.#overtake(set.keys());
    if (origin === 'user') this.#claim(set.keys(), 1);
    try {
      return await this.#applier.apply(set);
    } finally {
      if (origin === 'user') this.#claim(set.keys(), -1);
    }
  }

  #claim(ids: Iterable<string>, change: 1 | -1): void {
    for (const id of ids) {
      const count = (this.#claimed.get(id) ?? 0) + change;
      if (count > 0) this.#claimed.set(id, count);
      else this.#claimed.delete(id);
    }
  }

  #writeInOrder(origin: ControlOrigin, values: ReadonlyMap<string, ControlValue>): Promise<OrderedResult> {
    return writeInOrder(values, {
      controls: () => this.#device.controls(),
      write: (some) => this.#write(origin, some),
    });
  }

  async #reapply(isWanted: (id: string) => boolean): Promise<void> {
    const wanted = new Map<string, ControlValue>();
    for (const [id, { desired, held }] of this.#wishes) {
      const control = this.#controlOf(id);
      if (control === undefined || !isWanted(id)) continue;
      if (!sameValue(control.value, held ?? desired)) wanted.set(id, desired);
      else if (held === undefined) this.#wishes.set(id, { desired, held: desired });
    }
    if (wanted.size === 0) return;
    const { reports, refused } = await this.#writeInOrder('profile', wanted);
    for (const { id, requested, applied } of reports) this.#wishes.set(id, { desired: requested, held: applied });
    this.#noticeRefused('set as you left it', refused);
    this.changed.announce();
  }

  #noticeRefused(purpose: string, refused: ReadonlyMap<string, unknown>): void {
    for (const [id, thrown] of refused) {
      const message = `Expected ${id} of ${this.#device.name} to be ${purpose} but received: ${messageOf(thrown)}`;
      this.noticed.announce({ code: 'control.refused', message });
    }
  }

  /** A newer value has the last say over one that still waits for its frame. */
  #overtake(ids: Iterable<string>): void {
    for (const id of ids) for (const { set } of this.#heldBack) set.delete(id);
  }

  /** Nobody waits for a write that was held back, so its failure is announced. */
  #applyHeldBack(set: ReadonlyMap<string, PlannedWrite>): void {
    this.#applier.apply(set).then(
      () => this.changed.announce(),
      (thrown: unknown) => this.noticed.announce(errorRecordFrom(thrown)),
    );
  }

  #settle(writes: readonly ControlWrite[]): void {
    for (const { report } of writes) {
      if (report.effectiveAtSequence !== undefined) this.#effectiveAtSequence.set(report.id, report.effectiveAtSequence);
    }
    this.settled.announce(writes);
    if (writes.some(({ report }) => report.effectiveAtSequence !== undefined)) this.changed.announce();
  }

  #isDrifted(control: ControlDescription, { desired, held }: Wish): boolean {
    const isOwn = control.inactive || control.volatile || this.#applier.isWriting;
    if (isOwn || sameValue(control.value, desired)) return false;
    return !sameValue(control.value, held ?? this.#planned(control.id, desired));
  }

  /** What a wish comes to after the modifiers; itself where they refuse it. */
  #planned(id: string, desired: ControlValue): ControlValue {
    try {
      const plan = planWrites([{ origin: 'profile', values: new Map([[id, desired]]) }], this.#state());
      return plan.get(0)?.get(id)?.value ?? desired;
    } catch {
      return desired;
    }
  }

  #controlOf(id: string): ControlDescription | undefined {
    return this.#device.controls().find((control) => control.id === id);
  }

  #withSequence(report: ControlReport): ControlReport {
    const effectiveAtSequence = this.#effectiveAtSequence.get(report.id);
    return effectiveAtSequence === undefined ? report : { ...report, effectiveAtSequence };
  }
}

/** Acts, such as pressing a button, have no value to keep: done again at the next opening, they would be done behind the user's back. */
function isKept(control: ControlDescription | undefined): boolean {
  return control !== undefined && control.type !== 'button' && !control.momentary;
}
