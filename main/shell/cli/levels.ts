import { controlsFolder, defaultDataFolder } from '../../base/data-folder.ts';
import { InputError } from '../../base/errors.ts';
import type { Camera } from '../../camera/camera.ts';
import { openCamera } from '../../camera/catalogue.ts';
import type { FormatLevels } from '../../camera/control/device-notes.ts';
import { ProfileStore } from '../../camera/control/profile-store.ts';
import { type PixelFormat, pixelFormatNamed } from '../../frame/pixel-format.ts';
import { decimalNumber } from './decimal.ts';
import { type CommandOutput, listingText } from './output.ts';
import { ProfileFaults } from './profile-faults.ts';

/** Arguments of `lab levels`. */
export interface LevelsOptions {
  readonly format?: string;
  readonly black?: string;
  readonly white?: number;
  readonly reset?: boolean;
  readonly json?: boolean;
}

/**
 * `lab levels`: what a V4L2 device's numbers mean, by format: the black level and the first saturated value that the user gave it,
 * else the whole range of its bits. They are kept for the device and count from the next start of its stream on.
 * Rejects with a ResourceError, after they are printed, where they could not be read or kept.
 */
export async function runLevels(
  device: string,
  options: LevelsOptions,
  output: CommandOutput,
  open: typeof openCamera = openCamera,
): Promise<void> {
  await using camera = await open(device);
  if (camera.takeLevels === undefined) {
    throw new InputError('cli.levels', `Expected a V4L2 device but received ${camera.name}, which knows its levels itself`);
  }
  const formats = formatsOf(camera);
  const profiles = new ProfileStore(controlsFolder(defaultDataFolder()));
  const faults = new ProfileFaults(profiles);
  const { levels: kept = {} } = await profiles.loadProfile(camera);
  const isWrite = options.black !== undefined || options.white !== undefined;
  if (options.reset && isWrite) {
    throw new InputError('cli.levels', 'Expected --reset alone but received it with --black or --white', 'Choose one of them.');
  }
  if (options.reset) {
    for (const { fourcc } of chosenFormats(formats, options.format)) profiles.changeLevels(camera, fourcc, undefined);
  } else if (isWrite) {
    const [format, ...others] = chosenFormats(formats, options.format);
    if (format === undefined || others.length > 0) {
      throw new InputError('cli.levels', `Expected a format for --format but received none`, `There is ${namesOf(formats)}.`);
    }
    profiles.changeLevels(camera, format.fourcc, levelsFrom(format, options, kept[format.fourcc]));
  }
  await profiles.saved();
  const { levels = {} } = await profiles.loadProfile(camera);
  const rows = chosenFormats(formats, options.format).map((format) => rowOf(format, levels[format.fourcc]));
  output.result(listingText(rows, { json: options.json, emptyText: `${camera.name} has no mosaic format.` }));
  faults.expectNone(output);
}

function formatsOf({ modes }: Camera): readonly PixelFormat[] {
  const names = new Set(modes.map(({ pixelFormat }) => pixelFormat));
  return [...names].flatMap((name) => pixelFormatNamed(name) ?? []);
}

function namesOf(formats: readonly PixelFormat[]): string {
  return formats.map(({ fourcc }) => fourcc).join(', ');
}

function chosenFormats(formats: readonly PixelFormat[], name: string | undefined): readonly PixelFormat[] {
  const chosen = formats.filter(({ fourcc }) => name === undefined || fourcc === name);
  if (chosen.length > 0) return chosen;
  throw new InputError(
    'cli.levels',
    `Expected a format of the device for --format but received ${name}`,
    `There is ${namesOf(formats)}.`,
  );
}

/** One level that is not given stays as it was. */
function levelsFrom(format: PixelFormat, { black, white }: LevelsOptions, kept: FormatLevels = {}): FormatLevels {
  const levels: FormatLevels = {
    ...kept,
    ...(black === undefined ? {} : { black: blackFrom(black) }),
    ...(white === undefined ? {} : { white }),
  };
  const most = 2 ** format.bits - 1;
  const { black: darkest = 0, white: brightest = most } = levels;
  const isWhole = [darkest, brightest].flat().every((level) => Number.isSafeInteger(level) && level >= 0);
  if (!isWhole || brightest > most || Math.max(...[darkest].flat()) >= brightest) {
    const received = `--black ${[darkest].flat().join(',')} and --white ${brightest}`;
    throw new InputError(
      'cli.levels',
      `Expected whole levels, 0 <= black < white <= ${most} for ${format.fourcc}, but received ${received}`,
    );
  }
  return levels;
}

function blackFrom(text: string): NonNullable<FormatLevels['black']> {
  const numbers = text.split(',').map((part) => decimalNumber(part.trim()) ?? Number.NaN);
  const [first, second, third, fourth] = numbers;
  if (numbers.some(Number.isNaN) || first === undefined || (numbers.length !== 1 && numbers.length !== 4)) {
    throw new InputError('cli.levels', `Expected one number or four with commas between for --black but received ${text}`);
  }
  if (second === undefined || third === undefined || fourth === undefined) return first;
  return [first, second, third, fourth];
}

function rowOf({ fourcc, bits }: PixelFormat, { black, white }: FormatLevels = {}): object {
  return {
    format: fourcc,
    black: [black ?? 0].flat().join(','),
    white: white ?? 2 ** bits - 1,
    given: black === undefined && white === undefined ? 'no' : 'yes',
  };
}
