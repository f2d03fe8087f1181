import type { RawGeometry } from '../../../preload/contract.ts';
import type { NumberRange } from '../../controls/number-text.ts';
import { parseNumber } from '../../controls/number-text.ts';

/** The geometry as it stands in the form: numbers are still text. */
export interface GeometryDraft {
  readonly width: string;
  readonly height: string;
  readonly bits: string;
  readonly blackLevel: string;
  readonly whiteLevel: string;
  readonly cfa: RawGeometry['cfa'];
  readonly packing: RawGeometry['packing'];
}

/** A number field of the form. */
export type GeometryField = 'width' | 'height' | 'bits' | 'blackLevel' | 'whiteLevel';

/** The number fields in the order of the form, with the bounds of the contract. */
export const geometryFields: readonly { readonly field: GeometryField; readonly label: string; readonly range: NumberRange }[] = [
  { field: 'width', label: 'Width', range: { minimum: 2, maximum: 65534, integer: true, unit: 'px' } },
  { field: 'height', label: 'Height', range: { minimum: 2, maximum: 65534, integer: true, unit: 'px' } },
  { field: 'bits', label: 'Bit depth', range: { minimum: 8, maximum: 16, integer: true, unit: 'bit' } },
  { field: 'blackLevel', label: 'Black level', range: { minimum: 0, maximum: 65535, integer: false, unit: 'DN' } },
  { field: 'whiteLevel', label: 'White level', range: { minimum: 1, maximum: 65535, integer: false, unit: 'DN' } },
];

/** An empty form, with the commonest CFA order and packing. */
export const emptyGeometry: GeometryDraft = {
  width: '',
  height: '',
  bits: '10',
  blackLevel: '64',
  whiteLevel: '1023',
  cfa: 'RGGB',
  packing: 'unpacked',
};

/** The form filled with a known geometry. */
export function draftOf(geometry: RawGeometry): GeometryDraft {
  const { width, height, bits, blackLevel, whiteLevel, cfa, packing } = geometry;
  return {
    width: String(width),
    height: String(height),
    bits: String(bits),
    blackLevel: String(blackLevel),
    whiteLevel: String(whiteLevel),
    cfa,
    packing,
  };
}

/** The form read: a geometry, or the first field that cannot be used with one sentence why. */
export function geometryFrom(draft: GeometryDraft): { ok: true; geometry: RawGeometry } | { ok: false; message: string } {
  const numbers: Partial<Record<GeometryField, number>> = {};
  for (const { field, label, range } of geometryFields) {
    const entry = parseNumber(draft[field], label, range);
    if (!entry.ok) return entry;
    numbers[field] = entry.value;
  }
  const { width, height, bits, blackLevel, whiteLevel } = numbers as Record<GeometryField, number>;
  if (width % 2 !== 0 || height % 2 !== 0) {
    return { ok: false, message: `Expected an even width and height for a Bayer mosaic but received ${width} × ${height}` };
  }
  if (blackLevel >= whiteLevel) {
    return { ok: false, message: `Expected a black level below the white level but received ${blackLevel} and ${whiteLevel}` };
  }
  return { ok: true, geometry: { width, height, bits, blackLevel, whiteLevel, cfa: draft.cfa, packing: draft.packing } };
}

/** A geometry in one line. */
export function geometryText({ width, height, cfa, bits, packing, blackLevel, whiteLevel }: RawGeometry): string {
  return `${width} × ${height} · ${cfa} ${bits} bit ${packing === 'mipi' ? 'MIPI packed' : 'unpacked'} · black ${blackLevel} · white ${whiteLevel} DN`;
}
