import type { RawControl, RawControlValue } from './binding.ts';
import { unexpected } from './validation.ts';

/** The kinds of controls. Every compound that has no kind of its own is `compound`, its value the kernel's bytes. */
export type ControlType =
  | 'integer'
  | 'boolean'
  | 'menu'
  | 'button'
  | 'integer64'
  | 'string'
  | 'bitmask'
  | 'integer-menu'
  | 'u8'
  | 'u16'
  | 'u32'
  | 'area'
  | 'compound';

/** V4L2_CTRL_FLAG_* by name. */
export interface ControlFlags {
  /** Another program or the stream holds it; writing gives `v4l2.busy`. */
  readonly grabbed: boolean;
  readonly readOnly: boolean;
  /** Writing it changes others: read the list again. */
  readonly update: boolean;
  /** Has no effect at present, because another control overrides it. */
  readonly inactive: boolean;
  readonly slider: boolean;
  readonly writeOnly: boolean;
  /** Its value changes by itself. */
  readonly volatile: boolean;
  /** Writing the value that it has already still does something. */
  readonly executeOnWrite: boolean;
  /** Writing it may change the buffers' layout; refused while streaming. */
  readonly modifyLayout: boolean;
  readonly dynamicArray: boolean;
}

/**
 * A control's value: number (integer, menu, integer-menu index, bitmask), bigint (integer64), boolean, string, `true` for
 * pressing a button, `{ width, height }` for an area, a typed array of the element's type for arrays, bytes for compounds.
 */
export type ControlValue =
  | number
  | bigint
  | boolean
  | string
  | { readonly width: number; readonly height: number }
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | Int32Array
  | BigInt64Array;

/** A control of a device. The range of an integer64 is in bigints, that of all others in numbers. */
export interface Control {
  readonly id: number;
  readonly type: ControlType;
  readonly name: string;
  /** The group that the driver puts it in, for example `Camera Controls`. */
  readonly className: string;
  /** For strings: the shortest and longest length in bytes. */
  readonly minimum: number | bigint;
  readonly maximum: number | bigint;
  readonly step: number | bigint;
  readonly defaultValue: number | bigint;
  readonly flags: ControlFlags;
  readonly elementBytes: number;
  readonly elements: number;
  /** Of arrays, outermost first; empty for single values. */
  readonly dimensions: readonly number[];
  /** Choices by index; an integer menu's choices have 64-bit values. Indices may have gaps. */
  readonly menu: readonly { readonly index: number; readonly label: string; readonly value?: bigint }[];
}

const typeNames: Readonly<Record<number, ControlType>> = {
  1: 'integer',
  2: 'boolean',
  3: 'menu',
  4: 'button',
  5: 'integer64',
  7: 'string',
  8: 'bitmask',
  9: 'integer-menu',
  256: 'u8',
  257: 'u16',
  258: 'u32',
  262: 'area',
};

const flagBits = {
  grabbed: 0x2,
  readOnly: 0x4,
  update: 0x8,
  inactive: 0x10,
  slider: 0x20,
  writeOnly: 0x40,
  volatile: 0x80,
  executeOnWrite: 0x200,
  modifyLayout: 0x400,
  dynamicArray: 0x800,
} as const;
const hasPayload = 0x100;

/** V4L2_CTRL_FLAG_* bits by name. */
export function controlFlagsOf(bits: number): ControlFlags {
  const entries = Object.entries(flagBits).map(([name, bit]) => [name, (bits & bit) !== 0]);
  return Object.fromEntries(entries) as ControlFlags;
}

/** The kind of a control from its number in `videodev2.h`. */
export function controlTypeOf(type: number): ControlType {
  return typeNames[type] ?? 'compound';
}

/** A control as users of the face see it. */
export function controlFromRaw(raw: RawControl): Control {
  const type = controlTypeOf(raw.type);
  const number = (value: bigint) => (type === 'integer64' ? value : Number(value));
  return {
    id: raw.id,
    type,
    name: raw.name,
    className: raw.className,
    minimum: number(raw.minimum),
    maximum: number(raw.maximum),
    step: number(raw.step),
    defaultValue: number(raw.defaultValue),
    flags: controlFlagsOf(raw.flags),
    elementBytes: raw.elementBytes,
    elements: raw.elements,
    dimensions: raw.dimensions,
    menu: raw.menu.map((item) =>
      type === 'integer-menu'
        ? { index: item.index, label: String(item.value), value: item.value }
        : { index: item.index, label: item.name },
    ),
  };
}

/** A value that was read, in the form of its control's type. */
export function controlValueFromRaw(control: RawControl, raw: RawControlValue['value']): ControlValue {
  if (typeof raw === 'string') return raw;
  const type = controlTypeOf(control.type);
  if (typeof raw === 'bigint') {
    if (type === 'integer64') return raw;
    if (type === 'boolean') return raw !== 0n;
    return type === 'bitmask' ? Number(BigInt.asUintN(32, raw)) : Number(raw);
  }
  const { buffer, byteLength } = raw as Uint8Array<ArrayBuffer>;
  if (type === 'area') {
    const [width = 0, height = 0] = new Uint32Array(buffer, 0, 2);
    return { width, height };
  }
  if (type === 'u16') return new Uint16Array(buffer, 0, byteLength / 2);
  if (type === 'u32' || type === 'bitmask') return new Uint32Array(buffer, 0, byteLength / 4);
  if (['integer', 'boolean', 'menu', 'integer-menu'].includes(type)) return new Int32Array(buffer, 0, byteLength / 4);
  if (type === 'integer64') return new BigInt64Array(buffer, 0, byteLength / 8);
  return raw;
}

/** Checks a value against its control and brings it into the form that the native half takes. */
export function controlValueToRaw(control: RawControl, value: ControlValue): RawControlValue {
  const type = controlTypeOf(control.type);
  const name = `the control "${control.name}"`;
  if ((control.flags & hasPayload) !== 0) return { id: control.id, value: payloadOf(control, type, name, value) };
  if (type === 'boolean' || type === 'button') {
    if (typeof value !== 'boolean') throw unexpected('true or false', name, value);
    return { id: control.id, value: value ? 1n : 0n };
  }
  const whole = typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value));
  if (!whole) throw unexpected(type === 'integer64' ? 'a bigint' : 'a whole number', name, value);
  const number = BigInt(value);
  // The range of a bitmask is its largest mask; the kernel tells it unsigned or not, as the driver wrote it.
  const [minimum, maximum] = type === 'bitmask' ? [0n, BigInt.asUintN(32, control.maximum)] : [control.minimum, control.maximum];
  if (number < minimum || number > maximum) throw unexpected(`${minimum} to ${maximum}`, name, value);
  const known = control.menu.length === 0 || control.menu.some((item) => BigInt(item.index) === number);
  if (!known) throw unexpected(`one of ${control.menu.map((item) => item.index).join(', ')}`, name, value);
  return { id: control.id, value: type === 'bitmask' ? BigInt.asIntN(32, number) : number };
}

function payloadOf(control: RawControl, type: ControlType, name: string, value: ControlValue): string | Uint8Array {
  if (type === 'string') {
    const bytes = typeof value === 'string' ? Buffer.byteLength(value) : -1;
    const fits = bytes >= control.minimum && bytes <= control.maximum;
    if (typeof value !== 'string' || !fits) {
      throw unexpected(`a string of ${control.minimum} to ${control.maximum} bytes`, name, value);
    }
    return value;
  }
  if (type === 'area' && typeof value === 'object' && 'width' in value) {
    return new Uint8Array(Uint32Array.of(value.width, value.height).buffer);
  }
  const expectedBytes = control.elementBytes * control.elements;
  const isView = ArrayBuffer.isView(value);
  const fits = isView && (controlFlagsOf(control.flags).dynamicArray || value.byteLength === expectedBytes);
  if (!fits) throw unexpected(`a typed array of ${expectedBytes} bytes`, name, value);
  return new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice();
}
