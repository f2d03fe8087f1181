import type { Control, ControlValue as DeviceValue } from '../../../native/v4l2-camera/index.ts';
import type { ControlDescription, ControlValue } from '../../../preload/contract.ts';
import { assert } from '../../base/errors.ts';

type LabType = ControlDescription['type'];

/** Units of the standard controls that have one (kernel `ext-ctrls-camera.rst`, `ext-ctrls-image-source.rst`). */
const units: Readonly<Record<number, string>> = {
  9963793: 'lines',
  9963802: 'K',
  10094850: '× 100 µs',
  10356993: 'lines',
  10356994: 'px',
  10422530: 'px/s',
};

const singleTypes: Readonly<Partial<Record<Control['type'], LabType>>> = {
  integer: 'integer',
  boolean: 'boolean',
  menu: 'menu',
  'integer-menu': 'menu',
  button: 'button',
  integer64: 'integer64',
  string: 'text',
  bitmask: 'bitmask',
  area: 'area',
  compound: 'bytes',
};

/** Elements of arrays; all other kinds have signed ones of 32 bits. */
const elementTypes: Readonly<Partial<Record<Control['type'], ControlDescription['elementType']>>> = {
  u8: 'u8',
  u16: 'u16',
  u32: 'u32',
  bitmask: 'u32',
  integer64: 's64',
};

/** The lab's kind of a device's control. Everything with dimensions is an array, whatever its elements are. */
export function labTypeOf(control: Control): LabType {
  const isBytes = control.type === 'compound';
  if (!isBytes && control.dimensions.length > 0) return 'array';
  return singleTypes[control.type] ?? 'array';
}

/**
 * Names of controls as `v4l2-ctl` writes them, such as `exposure_time_absolute`, by the numbers of the kernel. Of equal names the
 * later ones in the driver's order carry their number too, so that every name is unique and stable.
 */
export function controlIds(controls: readonly Control[]): ReadonlyMap<number, string> {
  const taken = new Set<string>();
  return new Map(
    controls.map(({ id, name }) => {
      const plain = name
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '_')
        .replace(/^_+|_+$/g, '');
      const number = `0x${id.toString(16)}`;
      const unique = plain === '' || taken.has(plain) ? [plain, number].filter(Boolean).join('_') : plain;
      taken.add(unique);
      return [id, unique];
    }),
  );
}

/** A control as the lab shows it. `value` and `defaultValue` are in the lab's form. */
export function describeControl(
  control: Control,
  id: string,
  value: ControlValue,
  defaultValue: ControlValue,
): ControlDescription {
  const { flags, name, className } = control;
  const type = labTypeOf(control);
  const unit = units[control.id];
  return {
    id,
    label: name,
    group: className === '' ? 'Controls' : className,
    type,
    ...rangeOf(control, type),
    defaultValue,
    value,
    ...(unit === undefined ? {} : { unit }),
    ...(type === 'menu' ? { options: control.menu.map(({ index, label }) => ({ value: index, label })) } : {}),
    ...dimensionsOf(control, type),
    ...(type === 'array' ? { elementType: elementTypes[control.type] ?? 's32' } : {}),
    readOnly: flags.readOnly,
    inactive: flags.inactive,
    volatile: flags.volatile,
    grabbed: flags.grabbed,
    ...(flags.writeOnly || flags.executeOnWrite ? { momentary: true } : {}),
  };
}

/** A dynamic array has no fixed length, so there are no dimensions to hold a value to. */
function dimensionsOf(control: Control, type: LabType): Pick<ControlDescription, 'dimensions'> {
  if ((type !== 'array' && type !== 'bytes') || control.flags.dynamicArray) return {};
  const isPlain = type === 'array' && control.dimensions.length > 0;
  return { dimensions: isPlain ? [...control.dimensions] : [elementCountOf(control)] };
}

function rangeOf(control: Control, type: LabType): Pick<ControlDescription, 'minimum' | 'maximum' | 'step' | 'exactRange'> {
  const { minimum, maximum, step } = control;
  const range = { minimum: Number(minimum), maximum: Number(maximum), step: Number(step) };
  switch (type) {
    case 'integer64':
      return { ...range, exactRange: { minimum: String(minimum), maximum: String(maximum) } };
    case 'bitmask':
      return { minimum: 0, maximum: Number(BigInt.asUintN(32, BigInt(maximum))), step: 1 };
    case 'boolean':
      return { minimum: 0, maximum: 1, step: 1 };
    case 'button':
      return { minimum: 1, maximum: 1, step: 1 };
    case 'bytes':
      return { minimum: 0, maximum: 0xff, step: 1 };
    case 'area':
      return { minimum: 0, maximum: 0xffff_ffff, step: 1 };
    default:
      return range;
  }
}

/** The default that the description itself carries; kinds with a payload have none there and are read from the device. */
export function plainDefault(control: Control): ControlValue {
  switch (labTypeOf(control)) {
    case 'integer64':
      return String(control.defaultValue);
    case 'button':
      return 1;
    case 'text':
      return '';
    case 'area':
      return [0, 0];
    case 'array':
    case 'bytes':
      return new Array<number>(elementCountOf(control)).fill(0);
    case 'bitmask':
      return Number(BigInt.asUintN(32, BigInt(control.defaultValue)));
    default:
      return Number(control.defaultValue);
  }
}

/** Whether the driver keeps the control's default as a payload of its own. */
export function hasPayload(control: Control): boolean {
  return ['text', 'area', 'array', 'bytes'].includes(labTypeOf(control));
}

/** A device's value in the lab's form. */
export function labValueFrom(value: DeviceValue): ControlValue {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'number' || typeof value === 'string') return value;
  if ('width' in value) return [value.width, value.height];
  return Array.from<number | bigint, number>(value, Number);
}

/** A value of the lab, which the description of the control allows, in the form that the addon takes. */
export function deviceValueFrom(control: Control, value: ControlValue): DeviceValue {
  const type = labTypeOf(control);
  if (type === 'text') return String(value);
  if (type === 'integer64') return BigInt(value as string);
  if (type === 'boolean' || type === 'button') return value === 1;
  if (!Array.isArray(value)) return Number(value);
  if (type === 'area') return { width: Number(value[0]), height: Number(value[1]) };
  if (type === 'bytes') return Uint8Array.from(value);
  return typedArrayOf(control, value);
}

function typedArrayOf(control: Control, values: readonly number[]): DeviceValue {
  switch (control.type) {
    case 'u8':
      return Uint8Array.from(values);
    case 'u16':
      return Uint16Array.from(values);
    case 'u32':
    case 'bitmask':
      return Uint32Array.from(values);
    case 'integer64':
      return BigInt64Array.from(values, BigInt);
    default:
      assert(control.elementBytes === 4, `Expected elements of 4 bytes in ${control.name} but received ${control.elementBytes}`);
      return Int32Array.from(values);
  }
}

function elementCountOf(control: Control): number {
  return labTypeOf(control) === 'bytes' ? control.elementBytes * Math.max(1, control.elements) : control.elements;
}
