import { type Command, Option } from 'commander';
import { InputError } from '../../base/errors.ts';
import type { RawDescription } from '../../camera/file/raw-description.ts';
import { type CfaOrder, cfaOrders } from '../../frame/pixel-format.ts';
import { numberFor } from './decimal.ts';

/** What the command line says of headerless RAW files; all of it or nothing. */
export interface RawArguments {
  readonly width?: number;
  readonly height?: number;
  readonly cfa?: CfaOrder;
  readonly bits?: number;
  readonly black?: number;
  readonly white?: number;
  readonly packing?: 'unpacked' | 'mipi';
}

/** The options of {@link RawArguments}. */
export function addRawOptions(command: Command): Command {
  return command
    .option('--width <pixels>', 'width of a headerless RAW file', numberFor('--width'))
    .option('--height <pixels>', 'its height', numberFor('--height'))
    .addOption(new Option('--cfa <order>', 'its Bayer order').choices(cfaOrders))
    .option('--bits <n>', 'significant bits of a sample, 8 to 16', numberFor('--bits'))
    .option('--black <dn>', 'black level', numberFor('--black'))
    .option('--white <dn>', 'first saturated value', numberFor('--white'))
    .addOption(new Option('--packing <layout>', 'layout of the samples').choices(['unpacked', 'mipi']));
}

/** The geometry from the command line of files: undefined when none was given; throws InputError when only a part was. */
export function descriptionOf(options: RawArguments, paths: readonly string[]): RawDescription | undefined {
  const { width, height, cfa, bits, black, white, packing = 'unpacked' } = options;
  const given = { width, height, cfa, bits, black, white };
  const missing = Object.entries(given)
    .filter(([, value]) => value === undefined)
    .map(([name]) => `--${name}`);
  if (missing.length === Object.keys(given).length) return undefined;
  if (missing.length > 0) {
    const last = missing.at(-1) as string;
    const names = missing.length === 1 ? `${last} is` : `${missing.slice(0, -1).join(', ')} and ${last} are`;
    const message = `Expected the whole geometry of the RAW file but ${names} missing`;
    const isDng = paths.every((path) => /\.dng$/i.test(path));
    throw new InputError('cli.geometry', message, isDng ? 'Leave the geometry out: a DNG describes itself.' : undefined);
  }
  return { width, height, cfa, bits, blackLevel: black, whiteLevel: white, packing } as RawDescription;
}
