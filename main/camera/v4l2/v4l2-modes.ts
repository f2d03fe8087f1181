import type { FormatDescription, Fraction, FrameSize, Intervals } from '../../../native/v4l2-camera/index.ts';
import type { SensorDescription, SensorLevels } from '../../frame/frame-meta.ts';
import { type CfaOrder, type PixelFormat, pixelFormatOfFourcc } from '../../frame/pixel-format.ts';
import type { CameraMode } from '../camera.ts';

/** A mode with what the driver has to be asked for. */
export interface V4l2Mode extends CameraMode {
  readonly fourcc: string;
  /** The time between frames, seconds as a fraction; absent where the driver has none to set. */
  readonly interval?: Fraction;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Offered of a range of sizes, beside its largest. */
const commonSizes: readonly Size[] = [
  { width: 3840, height: 2160 },
  { width: 1920, height: 1080 },
  { width: 1280, height: 720 },
  { width: 640, height: 480 },
  { width: 640, height: 360 },
];
/** Offered of a range of intervals, beside its shortest; frames per second. */
const commonRates = [60, 30, 15];
/** Where a driver has no intervals, as many sensor drivers, whose rate follows from their blanking controls. */
const nominalRate = 30;
const preferred = { width: 1920, height: 1080, framesPerSecond: 30, bits: 10 };

/** The mosaic format of the lab behind a device's format, or undefined. */
export function mosaicOf(fourcc: string): (PixelFormat & { readonly cfa: CfaOrder }) | undefined {
  const format = pixelFormatOfFourcc(fourcc);
  return format?.cfa === undefined ? undefined : { ...format, cfa: format.cfa };
}

/**
 * Every mosaic format of a device in every size and rate: first the one to begin with, which is the nearest to 1080p30 of the
 * driver's first format with 10 bits or more, then by format, size and rate, the largest first. Of ranges, the usual members.
 */
export function modesOf(formats: readonly FormatDescription[]): readonly V4l2Mode[] {
  const modes = new Map<string, V4l2Mode>();
  for (const { fourcc, sizes } of formats) {
    const format = mosaicOf(fourcc);
    if (format === undefined) continue;
    for (const { size, intervals } of largestFirst(sizes)) {
      for (const mode of modesOfSize(fourcc, format.name, size, intervals)) modes.set(mode.id, mode);
    }
  }
  const all = [...modes.values()];
  const deep = all.find(({ fourcc }) => (mosaicOf(fourcc)?.bits ?? 0) >= preferred.bits) ?? all[0];
  const first = all.filter(({ fourcc }) => fourcc === deep?.fourcc).sort((a, b) => distance(a) - distance(b))[0];
  return first === undefined ? [] : [first, ...all.filter((mode) => mode !== first)];
}

/** What the samples of a mode mean: the levels that the user gave its format, else the whole range of its bits. */
export function sensorOf({ fourcc }: V4l2Mode, levels: SensorLevels = {}): SensorDescription {
  const format = mosaicOf(fourcc);
  const { cfa, bits } = format ?? { cfa: 'RGGB', bits: 16 };
  return { cfa, bits, blackLevels: [0, 0, 0, 0], whiteLevel: 2 ** bits - 1, ...levels[fourcc] };
}

/** The rate of an interval, rounded to hundredths as people say it: 29.97. */
export function rateOf({ numerator, denominator }: Fraction): number {
  return Math.round((100 * denominator) / numerator) / 100;
}

function distance({ width, height, framesPerSecond }: V4l2Mode): number {
  const sizes = Math.abs(Math.log2((width * height) / (preferred.width * preferred.height)));
  return 10 * sizes + Math.abs(Math.log2(framesPerSecond / preferred.framesPerSecond));
}

function modesOfSize(fourcc: string, pixelFormat: string, size: Size, intervals: Intervals): V4l2Mode[] {
  const { width, height } = size;
  const listed = intervalsOf(intervals);
  if (listed.length === 0) {
    return [{ id: `${width}x${height} ${fourcc}`, width, height, framesPerSecond: nominalRate, pixelFormat, fourcc }];
  }
  return listed.map((interval) => {
    const framesPerSecond = rateOf(interval);
    return {
      id: `${width}x${height}@${framesPerSecond} ${fourcc}`,
      width,
      height,
      framesPerSecond,
      pixelFormat,
      fourcc,
      interval,
    };
  });
}

/** Mosaics are made of cells of 2x2 samples, so odd sizes are left out. */
function largestFirst(sizes: readonly FrameSize[]): { readonly size: Size; readonly intervals: Intervals }[] {
  const found = sizes.flatMap((range) => sizesOf(range).map((size) => ({ size, intervals: range.intervals })));
  const even = found.filter(({ size }) => size.width % 2 === 0 && size.height % 2 === 0);
  return even.sort((a, b) => b.size.width * b.size.height - a.size.width * a.size.height);
}

function sizesOf(range: FrameSize): Size[] {
  const largest = { width: range.maximumWidth, height: range.maximumHeight };
  if (range.minimumWidth === range.maximumWidth && range.minimumHeight === range.maximumHeight) return [largest];
  const fitting = commonSizes.filter(
    ({ width, height }) =>
      isStep(width, range.minimumWidth, range.maximumWidth, range.stepWidth) &&
      isStep(height, range.minimumHeight, range.maximumHeight, range.stepHeight),
  );
  const evenLargest = { width: evenStep(largest.width, range.stepWidth), height: evenStep(largest.height, range.stepHeight) };
  const isListed = fitting.some(({ width, height }) => width === evenLargest.width && height === evenLargest.height);
  return isListed ? fitting : [evenLargest, ...fitting];
}

/** An odd limit is lowered to the next even member of its range. */
function evenStep(limit: number, step: number): number {
  return limit % 2 === 0 ? limit : limit - Math.max(1, step);
}

function isStep(value: number, minimum: number, maximum: number, step: number): boolean {
  return value >= minimum && value <= maximum && (value - minimum) % Math.max(1, step) === 0;
}

/** Shortest first. Of a range, its shortest and the usual rates in it. */
function intervalsOf({ discrete, minimum, maximum }: Intervals): Fraction[] {
  const seconds = ({ numerator, denominator }: Fraction): number => numerator / denominator;
  const isUsable = ({ numerator, denominator }: Fraction): boolean => numerator > 0 && denominator > 0;
  if (minimum === undefined || maximum === undefined) {
    return discrete.filter(isUsable).sort((a, b) => seconds(a) - seconds(b));
  }
  if (!isUsable(minimum) || !isUsable(maximum)) return [];
  const shortest = seconds(minimum);
  const usual = commonRates.filter((rate) => 1 / rate > shortest * 1.001 && 1 / rate <= seconds(maximum));
  return [minimum, ...usual.map((rate) => ({ numerator: 1, denominator: rate }))];
}
