import { InputError } from '../../base/errors.ts';

/** Width and height of a Bayer mosaic from the text of `--size`. Throws InputError for anything else. */
export function mosaicSizeIn(text: string): [width: number, height: number] {
  const [, width, height] = /^(\d+)x(\d+)$/.exec(text) ?? [];
  const size: [number, number] = [Number(width), Number(height)];
  if (size.every((extent) => extent >= 8 && extent <= 65534 && extent % 2 === 0)) return size;
  throw new InputError('cli.size', `Expected even WIDTHxHEIGHT from 8x8 to 65534x65534 for --size but received ${text}`);
}
