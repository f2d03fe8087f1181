import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type CameraDevice,
  type Control,
  type ControlChange,
  type ControlValue,
  openDevice,
} from '../../../native/v4l2-camera/index.ts';
import { cameraPath, controlNamed } from './camera.ts';
import { type ForeignControl, listControls, readArray, readControl, v4l2Ctl } from './v4l2-ctl.ts';

const path = cameraPath(0);
let camera: CameraDevice;
const changes: ControlChange[] = [];
const changeListeners = new Set<(change: ControlChange) => void>();

function nextChangeOf(id: number): Promise<ControlChange> {
  return new Promise((resolve) => {
    changeListeners.add((change) => {
      if (change.id === id) resolve(change);
    });
  });
}

beforeEach(async () => {
  camera = await openDevice(path, {
    onControlChange: (change) => {
      changes.push(change);
      for (const listener of changeListeners) listener(change);
    },
  });
});

afterEach(async () => {
  changeListeners.clear();
  changes.length = 0;
  await camera.close();
});

/** As `v4l2-ctl` shortens the kinds. */
const foreignTypes: Readonly<Partial<Record<Control['type'], string>>> = {
  integer: 'int',
  integer64: 'int64',
  boolean: 'bool',
  menu: 'menu',
  'integer-menu': 'intmenu',
  button: 'button',
  bitmask: 'bitmask',
  string: 'str',
  u8: 'u8',
  u16: 'u16',
  u32: 'u32',
  area: 'area',
};

/** A number that the control does not have now, by its range or its choices. */
function otherNumber(control: Control, current: ControlValue): ControlValue {
  if (control.type === 'boolean') return current !== true;
  if (control.type === 'integer64') return current === 1n ? 2n : 1n;
  const choices =
    control.menu.length > 0 ? control.menu.map((item) => item.index) : [control.minimum, control.maximum].map(Number);
  const other = choices.find((choice) => choice !== current);
  if (other === undefined) throw new Error(`Expected a second value for "${control.name}" but found none`);
  return control.type === 'bitmask' ? Number(control.maximum) >>> 0 : other;
}

/** From the minimum on in steps of seven within the range, so that no two neighbours are equal in any dimension. */
function steppedElements({ minimum, maximum, elements }: Control): number[] {
  const [least, span] = [Number(minimum), Number(maximum) - Number(minimum) + 1];
  return Array.from({ length: elements }, (_, index) => least + ((index * 7) % span));
}

/** A value of the control's own kind that differs from the current one. */
function otherValue(control: Control, current: ControlValue): ControlValue {
  switch (control.type) {
    case 'string':
      return current === 'abcd' ? 'wxyz' : 'abcd';
    case 'u8':
      return Uint8Array.from(steppedElements(control));
    case 'u16':
      return Uint16Array.from(steppedElements(control));
    case 'u32':
      return Uint32Array.from(steppedElements(control));
    case 'area':
      return { width: 640, height: 480 };
    default:
      return otherNumber(control, current);
  }
}

/** A value as `--list-ctrls` writes it: switches as numbers, bit masks with a sign. */
function listedText(type: string, value: ControlValue | undefined): string {
  if (typeof value === 'object' && 'width' in value) return `${value.width}x${value.height}`;
  if (typeof value === 'string') return `'${value}'`;
  return type === 'bitmask' ? String(Number(value) | 0) : String(typeof value === 'boolean' ? Number(value) : value);
}

/** Those that a program may set without another control's leave and that inject no fault. */
function isSettable({ type, name, flags }: Control): boolean {
  const injectsFault = name === 'Percentage of Dropped Buffers';
  return type !== 'button' && !flags.readOnly && !flags.inactive && !flags.volatile && !injectsFault;
}

async function currentValue(id: number): Promise<ControlValue | undefined> {
  return (await camera.readControls([id])).get(id);
}

describe('a control that is written wrongly', () => {
  it('is refused before the driver is asked when it is out of range', async () => {
    const { id } = await controlNamed(camera, 'Brightness');
    await expect(camera.writeControls(new Map([[id, 256]]))).rejects.toMatchObject({ code: 'v4l2.argument' });
  });

  it('is named when it fails a batch, and the batch changes nothing', async () => {
    const brightness = await controlNamed(camera, 'Brightness');
    const readOnly = await controlNamed(camera, 'Read-Only Integer 32 Bits');
    const before = await currentValue(brightness.id);
    const batch = new Map<number, ControlValue>([
      [brightness.id, otherValue(brightness, before ?? 0)],
      [readOnly.id, 7],
    ]);
    await expect(camera.writeControls(batch)).rejects.toMatchObject({ control: readOnly.id, code: 'v4l2.permission' });
    expect(await currentValue(brightness.id)).toBe(before);
  });
});

describe('the list of controls', () => {
  it('is what v4l2-ctl lists: kinds, ranges, steps, defaults and dimensions', async () => {
    const foreign = await listControls(path);
    const own = await camera.controls();
    expect(own.map((control) => control.id)).toEqual(foreign.map((control) => control.id));
    for (const control of foreign) {
      const match = own.find((one) => one.id === control.id);
      expect(foreignTypes[match?.type ?? 'compound']).toBe(control.type);
      expect(match?.dimensions).toEqual(control.dimensions);
      const mask = (value: number | bigint | undefined) =>
        control.type === 'bitmask' ? BigInt.asUintN(32, BigInt(value ?? 0)) : BigInt(value ?? 0);
      const known: Readonly<Record<string, bigint>> = {
        min: mask(match?.minimum),
        max: mask(match?.maximum),
        step: mask(match?.step),
        default: mask(match?.defaultValue),
      };
      expect({ id: control.id, ...known }).toMatchObject({ id: control.id, ...control.fields });
    }
  });

  it('has a control of every kind', async () => {
    const kinds = new Set((await camera.controls()).map((control) => control.type));
    expect([...kinds].sort()).toEqual(Object.keys(foreignTypes).sort());
  });

  it('gives an integer menu the values that another program lists', async () => {
    const { menu } = await controlNamed(camera, 'Integer Menu');
    const printed = await v4l2Ctl(path, '--list-ctrls-menus');
    const block = /integer_menu [^\n]*\n((?:\s+\d+: [^\n]*\n)+)/.exec(printed)?.[1] ?? '';
    const listed = [...block.matchAll(/(\d+): (-?\d+)/g)].map(([, index, value]) => ({
      index: Number(index),
      value: BigInt(value ?? 0),
    }));
    expect(menu.map(({ index, value }) => ({ index, value }))).toEqual(listed);
    expect(listed.length).toBeGreaterThan(1);
  });
});

describe('every control that may be set', () => {
  it('reads back what was written to it', async () => {
    const settable = (await camera.controls()).filter(isSettable);
    expect(settable.length).toBeGreaterThan(30);
    for (const control of settable) {
      const before = await currentValue(control.id);
      if (before === undefined) throw new Error(`Expected a value of "${control.name}" but received none`);
      const wanted = otherValue(control, before);
      const effective = await camera.writeControls(new Map([[control.id, wanted]]));
      expect([control.name, effective.get(control.id)]).toEqual([control.name, wanted]);
      expect([control.name, await currentValue(control.id)]).toEqual([control.name, wanted]);
      await camera.writeControls(new Map([[control.id, before]]));
    }
  });

  it('has the value that v4l2-ctl lists, and each element that it prints', async () => {
    const settable = (await camera.controls()).filter(isSettable);
    const before = await camera.readControls(settable.map(({ id }) => id));
    const wanted = new Map(settable.map((control) => [control.id, otherValue(control, before.get(control.id) ?? 0)]));
    await camera.writeControls(wanted);
    const listed = (await listControls(path)).filter(({ id }) => wanted.has(id));
    const isArray = ({ dimensions }: ForeignControl) => dimensions.length > 0;
    const printed = new Map<string, readonly number[]>();
    for (const { name } of listed.filter(isArray)) printed.set(name, await readArray(path, name));
    await camera.writeControls(before);
    for (const control of listed) {
      const own = wanted.get(control.id);
      if (!isArray(control)) {
        expect([control.name, control.value]).toEqual([control.name, listedText(control.type, own)]);
        continue;
      }
      const elements = [...(own as Uint8Array | Uint16Array | Uint32Array)];
      // Of an array that may grow, the other program prints all that there could be, the rest being nobody's.
      expect([control.name, printed.get(control.name)?.slice(0, elements.length)]).toEqual([control.name, elements]);
    }
    expect(listed.filter(isArray).length).toBeGreaterThanOrEqual(5);
    expect(new Set(listed.map(({ type }) => type)).size).toBe(Object.keys(foreignTypes).length - 1);
  });

  it.each([
    ['Integer 32 Bits', 'integer_32_bits', -123456, '-123456'],
    ['Integer 64 Bits', 'integer_64_bits', -(2n ** 40n), '-1099511627776'],
    ['Boolean', 'boolean', false, '0'],
    ['Menu', 'menu', 4, '4'],
    ['Integer Menu', 'integer_menu', 6, '6'],
    ['Bitmask', 'bitmask', 0x402010, '0x00402010'],
    ['String', 'string', 'lab!', "'lab!'"],
  ] as const)('shows %s to another program', async (name, foreignName, value, printed) => {
    const control = await controlNamed(camera, name);
    const before = await currentValue(control.id);
    await camera.writeControls(new Map([[control.id, value]]));
    const seen = await readControl(path, foreignName);
    expect([printed, String(value)]).toContain(seen);
    await camera.writeControls(new Map([[control.id, before ?? 0]]));
  });

  it('goes back to its default in one batch with all others', async () => {
    const ids = (await camera.controls())
      .filter((control) => isSettable(control) && !control.flags.dynamicArray)
      .map(({ id }) => id);
    const defaults = await camera.readControls(ids, 'defaults');
    await camera.writeControls(defaults);
    expect(await camera.readControls(ids)).toEqual(defaults);
  });
});

describe('a change by another program', () => {
  it('arrives as an event with the new value', async () => {
    const { id } = await controlNamed(camera, 'Brightness');
    const change = nextChangeOf(id);
    await v4l2Ctl(path, '--set-ctrl=brightness=77');
    expect(await change).toMatchObject({ id, value: 77, rangeChanged: false });
    expect(await currentValue(id)).toBe(77);
  });

  it('shows that another control came into effect', async () => {
    const gain = await controlNamed(camera, 'Gain');
    expect(gain.flags.inactive).toBe(true);
    const change = nextChangeOf(gain.id);
    await v4l2Ctl(path, '--set-ctrl=gain_automatic=0');
    expect((await change).flags.inactive).toBe(false);
    await v4l2Ctl(path, '--set-ctrl=gain_automatic=1');
  });
});
