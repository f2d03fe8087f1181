import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RawDescription } from '../../../../main/camera/file/raw-description.ts';
import { readRawFile } from '../../../../main/camera/file/raw-file.ts';
import { bytesPerMosaic, packMosaic } from '../../../../main/frame/unpack.ts';
import { temporaryFiles } from './temporary-files.ts';

const files = temporaryFiles();
const geometry: RawDescription = {
  width: 40,
  height: 30,
  cfa: 'GRBG',
  bits: 10,
  packing: 'unpacked',
  blackLevel: 64,
  whiteLevel: 1023,
};
const samples = Uint16Array.from({ length: geometry.width * geometry.height }, (_, index) => (index * 37) % 1024);

function packed(layout: RawDescription): Uint8Array {
  const bytes = new Uint8Array(bytesPerMosaic(layout));
  packMosaic(samples, layout, bytes);
  return bytes;
}

async function failureOf(path: string, description?: unknown): Promise<unknown> {
  return readRawFile(path, description as RawDescription).catch((error: unknown) => error);
}

describe('paths that are no RAW file', () => {
  it('refuses a missing file, a folder and an empty file, each in its own words', async () => {
    expect(await failureOf(join(files.folder(), 'none.raw'))).toMatchObject({
      code: 'file.missing',
      exitCode: 2,
      message: expect.stringContaining('does not exist'),
    });
    expect(await failureOf(files.folder())).toMatchObject({ code: 'file.is-folder', exitCode: 2 });
    expect(await failureOf(await files.write('empty.raw', ''))).toMatchObject({ code: 'file.empty', exitCode: 2 });
  });

  it('refuses a path through a file', async () => {
    const path = await files.write('plain.raw', packed(geometry));
    expect(await failureOf(join(path, 'inside.raw'), geometry)).toMatchObject({ code: 'file.unreadable', exitCode: 2 });
  });

  it.each<[string, Uint8Array | string]>([
    ['a JPEG picture', Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3])],
    ['a PNG picture', Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0])],
    ['an MP4, HEIF or CR3 file', Uint8Array.from([0, 0, 0, 24, 0x66, 0x74, 0x79, 0x70, 0x63, 0x72, 0x78])],
    ['a text file', 'width 1920 – height 1080\n'],
  ])('says that a file named .raw is %s', async (format, content) => {
    const path = await files.write('disguised.raw', content);
    for (const description of [geometry, undefined]) {
      expect(await failureOf(path, description)).toMatchObject({
        code: 'file.unknown-format',
        message: expect.stringContaining(`is ${format}`),
      });
    }
  });
});

describe('geometry that does not fit', () => {
  it('names expected and received bytes and the likely geometry', async () => {
    const path = await files.write('shot.raw', new Uint8Array(640 * 480 * 2));
    expect(await failureOf(path, geometry)).toMatchObject({
      code: 'file.size-mismatch',
      exitCode: 2,
      message: `Expected 2400 bytes for 40x30, 10 bits unpacked but ${path} has 614400 bytes`,
      action: 'Its size fits 640x480, 10 bits unpacked.',
    });
  });

  it('asks for the geometry where there is no sidecar', async () => {
    const path = await files.write('alone.raw', new Uint8Array(640 * 480 * 2));
    expect(await failureOf(path)).toMatchObject({
      code: 'file.geometry-missing',
      exitCode: 2,
      action: expect.stringContaining('640x480, 10 bits unpacked'),
    });
  });

  it.each<[string, object, string]>([
    ['an odd width', { width: 41 }, 'Expected a multiple of 2 for width in the given geometry but received 41'],
    ['a text as height', { height: '30' }, 'Expected a number for height in the given geometry but received "30"'],
    [
      'an unknown order',
      { cfa: 'RGBG' },
      'Expected one of RGGB, GRBG, GBRG, BGGR for cfa in the given geometry but received "RGBG"',
    ],
    ['too many bits', { bits: 17 }, 'Expected at most 16 for bits'],
    ['MIPI with 16 bits', { bits: 16, packing: 'mipi' }, 'Expected one of 8, 10, 12, 14 for MIPI packing for bits'],
    ['white beyond the bits', { whiteLevel: 4095 }, 'Expected at most 1023 (10 bits) for whiteLevel'],
    ['black at white', { blackLevel: 1023 }, 'Expected less than the white level 1023 for blackLevel'],
    ['a missing level', { blackLevel: undefined }, 'for blackLevel in the given geometry but received nothing'],
    [
      'a matrix that turns white black',
      { srgbFromCamera: [1, 0, 0, 0, 1, -1, 0, 0, 1] },
      'Expected rows with a positive sum for srgbFromCamera in the given geometry but received a row sum of 0.000',
    ],
    ['an unknown field', { widht: 40 }, 'for widht in the given geometry but received an unknown field'],
  ])('refuses %s and names the field', async (_, change, message) => {
    const path = await files.write('shot.raw', packed(geometry));
    expect(await failureOf(path, { ...geometry, ...change })).toMatchObject({
      code: 'file.geometry',
      exitCode: 2,
      message: expect.stringContaining(message),
    });
  });

  it('refuses samples that need more bits than said', async () => {
    const path = await files.write('deep.raw', packed({ ...geometry, bits: 10 }));
    const shallow = { ...geometry, bits: 9, whiteLevel: 511 };
    expect(await failureOf(path, shallow)).toMatchObject({ code: 'file.depth', message: expect.stringContaining('up to 1023') });
  });
});

describe('sidecars', () => {
  it('is read beside the file, as shot.raw.json before shot.json', async () => {
    const path = await files.write('pair.raw', packed(geometry));
    await files.write('pair.json', JSON.stringify({ ...geometry, whiteBalance: [2, 1, 1.5] }));
    expect((await readRawFile(path)).sensor).toMatchObject({ cfa: 'GRBG', whiteBalance: [2, 1, 1.5] });
    await files.write('pair.raw.json', JSON.stringify({ ...geometry, cfa: 'BGGR' }));
    expect((await readRawFile(path)).sensor.cfa).toBe('BGGR');
    expect((await readRawFile(path, geometry)).sensor.cfa).toBe('GRBG');
  });

  it('is refused with its path and field where it is wrong', async () => {
    const path = await files.write('wrong.raw', packed(geometry));
    const sidecar = await files.write('wrong.raw.json', JSON.stringify({ ...geometry, width: -4 }));
    expect(await failureOf(path)).toMatchObject({ message: `Expected at least 2 for width in ${sidecar} but received -4` });
    await files.write('wrong.raw.json', '{ width: 40 }');
    expect(await failureOf(path)).toMatchObject({
      code: 'file.sidecar',
      message: expect.stringContaining(`Expected JSON in ${sidecar}`),
    });
    await files.write('wrong.raw.json', '[]');
    expect(await failureOf(path)).toMatchObject({ code: 'file.geometry', message: expect.stringContaining('an object') });
  });
});

describe('RAW files', () => {
  it.each<[number, 'unpacked' | 'mipi']>([
    [10, 'unpacked'],
    [16, 'unpacked'],
    [10, 'mipi'],
    [12, 'mipi'],
    [14, 'mipi'],
  ])('decodes %d bits %s', async (bits, packing) => {
    const description = { ...geometry, bits, packing, whiteLevel: 1023 };
    const image = await readRawFile(await files.write('good.raw', packed(description)), description);
    expect(image.samples).toEqual(samples);
    expect(image).toMatchObject({
      width: 40,
      height: 30,
      sensor: { cfa: 'GRBG', bits, blackLevels: [64, 64, 64, 64], whiteLevel: 1023 },
    });
  });

  it('keeps a few defects that are larger than the bits say', async () => {
    const bytes = packed(geometry);
    bytes.set([255, 255], 100);
    expect((await readRawFile(await files.write('hot.raw', bytes), geometry)).samples[50]).toBe(65535);
  });

  it('are never written to, nor is their folder', async () => {
    const folder = join(files.folder(), 'kept');
    await mkdir(folder);
    const path = await files.write('kept/shot.raw', packed(geometry));
    const before = await stat(path);
    await readRawFile(path, geometry);
    await failureOf(path, { ...geometry, width: 42 });
    expect(await readdir(folder)).toEqual(['shot.raw']);
    expect((await stat(path)).mtimeMs).toBe(before.mtimeMs);
  });
});
