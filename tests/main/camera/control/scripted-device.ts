import { InputError } from '../../../../main/base/errors.ts';
import { Announcer } from '../../../../main/base/lifetime.ts';
import type { DeskDevice } from '../../../../main/camera/control/device-desk.ts';
import { writableControls } from '../../../../main/camera/control-value.ts';
import type { SensorLevels } from '../../../../main/frame/frame-meta.ts';
import type { ControlDescription, ControlValue } from '../../../../preload/contract.ts';

const common = { group: 'Sensor', readOnly: false } as const;

/** A control with everything that it needs to be valid. */
export function describedControl(
  change: Partial<ControlDescription> & Pick<ControlDescription, 'id' | 'type'>,
): ControlDescription {
  const range = { minimum: 0, maximum: 100, step: 1, defaultValue: 0, value: 0 };
  return { ...common, label: change.id, ...range, ...change };
}

/** One control of every kind, with the values of the defaults. */
export const everyKind: readonly ControlDescription[] = [
  describedControl({
    id: 'auto_exposure',
    type: 'menu',
    maximum: 3,
    defaultValue: 0,
    options: [
      { value: 0, label: 'Auto' },
      { value: 1, label: 'Manual' },
      { value: 3, label: 'Aperture' },
    ],
  }),
  describedControl({
    id: 'exposure',
    type: 'integer',
    minimum: 100,
    maximum: 40_000,
    step: 10,
    defaultValue: 10_000,
    value: 10_000,
    unit: 'µs',
  }),
  describedControl({ id: 'gain', type: 'number', minimum: 1, maximum: 16, step: 0.25, defaultValue: 1, value: 1 }),
  describedControl({ id: 'flip', type: 'boolean', maximum: 1 }),
  describedControl({ id: 'trigger', type: 'button', minimum: 1, maximum: 1, defaultValue: 1, value: 1 }),
  describedControl({
    id: 'link_frequency',
    type: 'integer64',
    minimum: -(2 ** 63),
    maximum: 2 ** 63,
    exactRange: { minimum: '-9223372036854775808', maximum: '9223372036854775807' },
    defaultValue: '0',
    value: '0',
  }),
  describedControl({ id: 'mask', type: 'bitmask', maximum: 0x8000_0005 }),
  describedControl({ id: 'label', type: 'text', minimum: 1, maximum: 8, defaultValue: 'lab', value: 'lab' }),
  describedControl({
    id: 'matrix',
    type: 'array',
    maximum: 255,
    dimensions: [2, 2],
    defaultValue: [0, 0, 0, 0],
    value: [0, 0, 0, 0],
  }),
  describedControl({ id: 'area', type: 'area', maximum: 4096, defaultValue: [0, 0], value: [0, 0] }),
  describedControl({ id: 'blob', type: 'bytes', maximum: 255, dimensions: [3], defaultValue: [0, 0, 0], value: [0, 0, 0] }),
  describedControl({ id: 'temperature', type: 'integer', readOnly: true, volatile: true, defaultValue: 20, value: 20 }),
];

/** A device of controls alone. Automatic exposure puts the exposure time out of effect; the test is every other program. */
export class ScriptedDevice implements DeskDevice {
  readonly id: string;
  readonly name = 'Scripted device';
  readonly controlsChanged = new Announcer<readonly string[]>();
  /** Every request, in order. */
  readonly requests: Readonly<Record<string, ControlValue>>[] = [];
  /** Controls that the device refuses, whatever the value. */
  readonly refused = new Set<string>();
  /** What the device makes of a value, where it is not the value itself. */
  readonly holds = new Map<string, (value: ControlValue) => ControlValue>();
  /** How often the volatile controls were asked for. */
  volatileReads = 0;
  answersReads = true;
  levels: SensorLevels | undefined;
  controlDelayFrames: Readonly<Record<string, number>> = {};
  #controls: readonly ControlDescription[];
  #gate: Promise<void> = Promise.resolve();

  constructor(controls: readonly ControlDescription[] = everyKind, id = 'scripted:device') {
    this.#controls = controls;
    this.id = id;
  }

  controls(): readonly ControlDescription[] {
    const isManual = this.#controls.find(({ id }) => id === 'auto_exposure')?.value === 1;
    return this.#controls.map((control) => (control.id === 'exposure' ? { ...control, inactive: !isManual } : control));
  }

  /** Requests from now on are answered after the returned function is called. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#gate = promise;
    return resolve;
  }

  async writeControls(values: ReadonlyMap<string, ControlValue>): Promise<ReadonlyMap<string, ControlValue>> {
    this.requests.push(Object.fromEntries(values));
    await this.#gate;
    writableControls(this.#controls, values);
    const refused = [...values.keys()].find((id) => this.refused.has(id));
    if (refused !== undefined) throw new InputError('camera.refused', `Expected a control that is free but received ${refused}`);
    const held = new Map([...values].map(([id, value]) => [id, this.holds.get(id)?.(value) ?? value] as const));
    this.put(Object.fromEntries(held));
    return held;
  }

  async readVolatile(): Promise<void> {
    this.volatileReads += 1;
    if (!this.answersReads) throw new Error('The device does not answer');
  }

  takeLevels(levels: SensorLevels): void {
    this.levels = levels;
  }

  /** Changes values without a word. */
  put(values: Readonly<Record<string, ControlValue>>): void {
    this.describe(Object.fromEntries(Object.entries(values).map(([id, value]) => [id, { value }])));
  }

  /** Changes anything of the descriptions without a word. */
  describe(changes: Readonly<Record<string, Partial<ControlDescription>>>): void {
    this.#controls = this.#controls.map((control) => ({ ...control, ...changes[control.id] }));
  }

  /** Changes values as another program does. */
  changeFromOutside(values: Readonly<Record<string, ControlValue>>): void {
    this.put(values);
    this.controlsChanged.announce(Object.keys(values));
  }

  valueOf(id: string): ControlValue | undefined {
    return this.#controls.find((control) => control.id === id)?.value;
  }
}
