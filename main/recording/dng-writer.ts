import { srgbFromXyz } from '../base/colour/rgb-space.ts';
import { assert } from '../base/errors.ts';
import { inverse3, type Matrix3, multiply3, type Triple } from '../base/matrix3.ts';
import type { SensorDescription } from '../frame/frame-meta.ts';
import type { CfaOrder } from '../frame/pixel-format.ts';

/** A mosaic as a DNG holds it: width * height unpacked samples row by row, and what they mean. */
export interface DngMosaic {
  readonly samples: Uint16Array;
  readonly width: number;
  readonly height: number;
  readonly sensor: Pick<SensorDescription, 'cfa' | 'blackLevels' | 'whiteLevel' | 'whiteBalance' | 'srgbFromCamera'>;
}

/** What a DNG says of its origin, in ASCII; other characters become `?`. */
export interface DngOrigin {
  /** Names the kind of camera in other programs, for example `Brio`. */
  readonly cameraModel: string;
  readonly software: string;
  readonly takenAt?: Date;
}

/** TIFF 6.0 field types, as far as they are written here. */
const type = { byte: 1, ascii: 2, short: 3, long: 4, rational: 5, signedRational: 10 } as const;

interface Field {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  readonly content: Uint8Array;
}

const headerBytes = 8;
const cfaColours: Readonly<Record<string, number>> = { R: 0, G: 1, B: 2 };
const illuminantD65 = 21;

/**
 * The bytes of an uncompressed little-endian CFA DNG (Adobe DNG 1.4.0.0): one directory, one strip of 16-bit samples. Colour
 * tags are written where the sensor's colour is known: ColorMatrix1 for D65, scaled so that the neutral of the scene is white.
 */
export function encodeDng(mosaic: DngMosaic, origin: DngOrigin): Uint8Array {
  const { samples, width, height } = mosaic;
  assert(samples.length >= width * height, `Expected ${width * height} samples but received ${samples.length}`);
  const stripBytes = width * height * 2;
  const withoutStrip = [...imageFields(width, height, stripBytes), ...originFields(origin), ...sensorFields(mosaic)];
  const fieldCount = withoutStrip.length + 1;
  const directoryBytes = 2 + 12 * fieldCount + 4;
  const outside = withoutStrip.reduce((sum, { content }) => sum + (content.length > 4 ? even(content.length) : 0), 0);
  const stripOffset = headerBytes + directoryBytes + outside;
  const fields = [...withoutStrip, longs(273, stripOffset)].sort((a, b) => a.tag - b.tag);

  const bytes = new Uint8Array(stripOffset + stripBytes);
  const view = new DataView(bytes.buffer);
  bytes.set([0x49, 0x49, 42, 0, headerBytes]);
  view.setUint16(headerBytes, fieldCount, true);
  let contentAt = headerBytes + directoryBytes;
  for (const [index, field] of fields.entries()) {
    const entry = headerBytes + 2 + 12 * index;
    view.setUint16(entry, field.tag, true);
    view.setUint16(entry + 2, field.type, true);
    view.setUint32(entry + 4, field.count, true);
    if (field.content.length <= 4) {
      bytes.set(field.content, entry + 8);
    } else {
      view.setUint32(entry + 8, contentAt, true);
      bytes.set(field.content, contentAt);
      contentAt += even(field.content.length);
    }
  }
  // Samples lie in memory as the file has them, little-endian: one copy, and not a loop on the thread that the live picture needs.
  bytes.set(new Uint8Array(samples.buffer, samples.byteOffset, stripBytes), stripOffset);
  return bytes;
}

function imageFields(width: number, height: number, stripBytes: number): Field[] {
  return [
    longs(254, 0),
    longs(256, width),
    longs(257, height),
    shorts(258, 16),
    shorts(259, 1),
    shorts(262, 32803),
    shorts(274, 1),
    shorts(277, 1),
    longs(278, height),
    longs(279, stripBytes),
    shorts(284, 1),
    shorts(33421, 2, 2),
    longs(50829, 0, 0, height, width),
  ];
}

function originFields({ cameraModel, software, takenAt }: DngOrigin): Field[] {
  const date = takenAt === undefined ? [] : [ascii(306, takenAt.toISOString().slice(0, 19).replace(/-/g, ':').replace('T', ' '))];
  return [
    ascii(271, cameraModel),
    ascii(272, cameraModel),
    ascii(305, software),
    ...date,
    bytesField(50706, 1, 4, 0, 0),
    bytesField(50707, 1, 1, 0, 0),
    ascii(50708, cameraModel),
  ];
}

function sensorFields({ sensor }: DngMosaic): Field[] {
  const { cfa, blackLevels, whiteLevel, whiteBalance, srgbFromCamera } = sensor;
  const neutral = whiteBalance === undefined ? undefined : neutralOf(whiteBalance);
  const matrix = srgbFromCamera === undefined ? undefined : cameraFromXyz(srgbFromCamera, neutral ?? [1, 1, 1]);
  return [
    bytesField(33422, ...patternOf(cfa)),
    bytesField(50710, 0, 1, 2),
    shorts(50711, 1),
    shorts(50713, 2, 2),
    rationals(50714, type.rational, blackLevels),
    longs(50717, whiteLevel),
    ...(matrix === undefined ? [] : [rationals(50721, type.signedRational, matrix), shorts(50778, illuminantD65)]),
    ...(neutral === undefined ? [] : [rationals(50728, type.rational, neutral)]),
  ];
}

function patternOf(cfa: CfaOrder): number[] {
  return [...cfa].map((colour) => cfaColours[colour] as number);
}

/** The camera's values of a grey surface: what gains make equal. */
function neutralOf([red, green, blue]: Triple): Triple {
  return [green / red, 1, green / blue];
}

/** DNG's matrix is for values before white balance, so each row is scaled back by the neutral. */
function cameraFromXyz(srgbFromCamera: Matrix3, neutral: Triple): Matrix3 | undefined {
  const balancedFromSrgb = inverse3(srgbFromCamera);
  if (balancedFromSrgb === undefined) return undefined;
  const balanced = multiply3(balancedFromSrgb, srgbFromXyz);
  return balanced.map((value, index) => value * (neutral[Math.floor(index / 3)] as number)) as unknown as Matrix3;
}

function bytesField(tag: number, ...values: readonly number[]): Field {
  return { tag, type: type.byte, count: values.length, content: Uint8Array.from(values) };
}

function ascii(tag: number, text: string): Field {
  const printable = text.replace(/[^\x20-\x7e]/g, '?');
  const content = new TextEncoder().encode(`${printable}\0`);
  return { tag, type: type.ascii, count: content.length, content };
}

function shorts(tag: number, ...values: readonly number[]): Field {
  const view = new DataView(new ArrayBuffer(2 * values.length));
  for (const [index, value] of values.entries()) view.setUint16(2 * index, value, true);
  return { tag, type: type.short, count: values.length, content: new Uint8Array(view.buffer) };
}

function longs(tag: number, ...values: readonly number[]): Field {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  for (const [index, value] of values.entries()) view.setUint32(4 * index, value, true);
  return { tag, type: type.long, count: values.length, content: new Uint8Array(view.buffer) };
}

function rationals(tag: number, fieldType: number, values: readonly number[]): Field {
  const view = new DataView(new ArrayBuffer(8 * values.length));
  for (const [index, value] of values.entries()) {
    const denominator = denominatorFor(value);
    view.setInt32(8 * index, Math.round(value * denominator), true);
    view.setInt32(8 * index + 4, denominator, true);
  }
  return { tag, type: fieldType, count: values.length, content: new Uint8Array(view.buffer) };
}

/** 1 for whole numbers, else the power of ten that keeps most digits within 31 bits. */
function denominatorFor(value: number): number {
  if (Number.isInteger(value)) return 1;
  let denominator = 1;
  while (denominator < 1e9 && Math.abs(value) * denominator * 10 < 2 ** 31) denominator *= 10;
  return denominator;
}

function even(count: number): number {
  return count + (count % 2);
}
