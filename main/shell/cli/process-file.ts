import { encode } from 'fast-png';
import { millisBetween } from '../../base/clock.ts';
import { InputError } from '../../base/errors.ts';
import type { Matrix3, Triple } from '../../base/matrix3.ts';
import { writeWhole } from '../../base/write-whole.ts';
import { neutralColourMatrix, type RawDescription, sidecarPaths } from '../../camera/file/raw-description.ts';
import { readRawFile } from '../../camera/file/raw-file.ts';
import type { CfaOrder } from '../../frame/pixel-format.ts';
import { fastIsp } from '../../isp/fast-isp.ts';
import { processMosaic } from '../../live/single-frame.ts';
import { decimalNumber } from './decimal.ts';
import type { CommandOutput } from './output.ts';
import { valuesFromArguments } from './parameter-arguments.ts';
import { expectPictureFile } from './picture-file.ts';

/** Arguments of `lab process`, as the command line hands them over. */
export interface ProcessOptions {
  readonly input: string;
  readonly output: string;
  readonly width?: number;
  readonly height?: number;
  readonly cfa?: CfaOrder;
  readonly bits?: number;
  readonly black?: number;
  readonly white?: number;
  readonly packing?: 'unpacked' | 'mipi';
  readonly param: readonly string[];
  readonly wb?: string;
  readonly ccm?: string;
  readonly json?: boolean;
}

/** `lab process`: one file through the same graph, workers and strips as the live path, to a PNG that is whole or not there. */
export async function runProcess(options: ProcessOptions, output: CommandOutput): Promise<void> {
  const description = descriptionOf(options);
  await expectPictureFile(options.output, '--output', [options.input, ...sidecarPaths(options.input)]);
  const image = await readRawFile(options.input, description);
  const sensor = options.ccm === undefined ? image.sensor : { ...image.sensor, srgbFromCamera: matrixIn(options.ccm) };
  const balance = options.wb === undefined ? [] : balanceArguments(options.wb);
  const values = valuesFromArguments(fastIsp, sensor, [...balance, ...options.param]);
  const picture = await processMosaic(fastIsp, { ...image, sensor }, values);
  const png = encode({ width: picture.width, height: picture.height, data: picture.pixels, channels: 4, depth: 8 });
  await writeWhole(options.output, png);
  const millis = millisBetween(picture.event.startedNs, picture.event.finishedNs);
  const result = {
    output: options.output,
    width: picture.width,
    height: picture.height,
    stageMillis: Number(millis.toFixed(2)),
    parameters: values,
    ...(sensor.srgbFromCamera === undefined ? {} : { srgbFromCamera: sensor.srgbFromCamera }),
  };
  output.result(
    options.json
      ? JSON.stringify(result, null, 2)
      : `Wrote ${options.output}, ${picture.width}x${picture.height}, in ${millis.toFixed(1)} ms.`,
  );
}

/** The geometry from the command line: undefined when none was given, refused when only a part was. */
function descriptionOf(options: ProcessOptions): RawDescription | undefined {
  const { width, height, cfa, bits, black, white, packing = 'unpacked' } = options;
  const given = { width, height, cfa, bits, black, white };
  const missing = Object.entries(given)
    .filter(([, value]) => value === undefined)
    .map(([name]) => `--${name}`);
  if (missing.length === Object.keys(given).length) return undefined;
  if (missing.length > 0) {
    throw new InputError('cli.geometry', `Expected the whole geometry of the RAW file but ${missing.join(', ')} is missing`);
  }
  return { width, height, cfa, bits, blackLevel: black, whiteLevel: white, packing } as RawDescription;
}

/** The gains as parameters relative to green, so that they are held to the range of the parameters. */
function balanceArguments(text: string): string[] {
  const gains = numbersIn<Triple>('--wb', text, 3);
  if (!gains.every((gain) => gain > 0)) {
    throw new InputError('cli.white-balance', `Expected positive gains for --wb but received ${text}`);
  }
  const [red, green, blue] = gains;
  return [`wb_red_gain=${red / green}`, `wb_blue_gain=${blue / green}`];
}

function matrixIn(text: string): Matrix3 {
  return neutralColourMatrix(numbersIn<Matrix3>('--ccm', text, 9), '--ccm', 'the command line');
}

function numbersIn<T extends Triple | Matrix3>(name: string, text: string, count: T['length']): T {
  const numbers = text
    .trim()
    .split(/[\s,;]+/)
    .map(decimalNumber);
  if (numbers.length === count && numbers.every((number) => number !== undefined)) return numbers as unknown as T;
  throw new InputError('cli.numbers', `Expected ${count} numbers for ${name} but received ${text}`);
}
