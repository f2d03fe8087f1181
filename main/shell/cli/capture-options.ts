import type { Format } from '../../../native/v4l2-camera/index.ts';
import { InputError } from '../../base/errors.ts';
import { parseRawDescription } from '../../camera/file/raw-description.ts';
import { pixelFormatNamed, pixelFormatOfFourcc } from '../../frame/pixel-format.ts';
import { sizeIn, type WantedFormat } from './capture-device.ts';

/** Arguments of `lab capture`, as the command line hands them over. */
export interface CaptureOptions extends WantedFormat {
  /** Path, identity or unique name. */
  readonly device: string;
  readonly frames: number;
  readonly output: string;
  /** Sensor levels in DN for sidecars and DNGs, where the user knows them. */
  readonly black?: number;
  readonly white?: number;
  /** Whether mosaics are stored as DNG beside the RAW files. */
  readonly dng: boolean;
  /** Whether JPEG frames are stored as PNG beside. */
  readonly decode?: boolean;
  readonly json?: boolean;
}

const mostFrames = 1_000_000;
const mostFramesPerSecond = 100_000;
/** More than any mosaic has, where the format is not known yet. */
const mostBits = 16;

/** Everything that can be said of the arguments before a device is opened. Throws InputError that names the first wrong one. */
export function requireOptions(options: CaptureOptions): void {
  const { frames, fps, size, format } = options;
  if (!(Number.isInteger(frames) && frames >= 1 && frames <= mostFrames)) {
    throw new InputError('capture.frames', `Expected 1 to ${mostFrames} frames for --frames but received ${frames}`);
  }
  if (fps !== undefined && !(fps > 0 && fps <= mostFramesPerSecond)) {
    throw new InputError('capture.fps', `Expected a rate above 0 to ${mostFramesPerSecond} for --fps but received ${fps}`);
  }
  if (size !== undefined) sizeIn(size);
  const named = format === undefined ? undefined : (pixelFormatNamed(format) ?? pixelFormatOfFourcc(format.padEnd(4)));
  requireLevelsWithin(options, named?.kind === 'mosaic' ? named.bits : mostBits);
}

/** As far as the depth of the format that the device was set to decides. */
export function requireLevels({ fourcc }: Pick<Format, 'fourcc'>, options: CaptureOptions): void {
  const format = pixelFormatOfFourcc(fourcc);
  if (format?.kind === 'mosaic') requireLevelsWithin(options, format.bits);
}

/** The rules of a sidecar, since that is where the levels go. */
function requireLevelsWithin({ black, white }: CaptureOptions, bits: number): void {
  if (black === undefined && white === undefined) return;
  const geometry = { width: 2, height: 2, cfa: 'RGGB', bits, packing: 'unpacked' } as const;
  parseRawDescription({ ...geometry, blackLevel: black ?? 0, whiteLevel: white ?? 2 ** bits - 1 }, '--black and --white');
}
