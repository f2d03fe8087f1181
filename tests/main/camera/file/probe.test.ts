import { mkdir, symlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { browseFolder, probeFile } from '../../../../main/camera/file/probe.ts';
import { temporaryFiles } from './temporary-files.ts';

const files = temporaryFiles();

/** Little-endian words that use all bits below `bits`. */
function words(count: number, bits: number): Uint8Array {
  return new Uint8Array(Uint16Array.from({ length: count }, (_, index) => (index * 977) % 2 ** bits).buffer);
}

describe('probeFile', () => {
  it.each([
    ['file.missing', 'absent.raw'],
    ['file.is-folder', '.'],
  ])('refuses with %s', async (code, name) => {
    await expect(probeFile(join(files.folder(), name))).rejects.toMatchObject({ code, exitCode: 2 });
  });

  it('refuses another format and a wrong sidecar', async () => {
    await expect(probeFile(await files.write('page.raw', 'hello\nworld\n'))).rejects.toMatchObject({
      code: 'file.unknown-format',
    });
    const path = await files.write('spoilt.raw', words(640 * 480, 10));
    await files.write('spoilt.raw.json', '{}');
    await expect(probeFile(path)).rejects.toMatchObject({ code: 'file.geometry' });
  });

  it.each([10, 12, 14, 16])('sees %d bits in the words and the size of a common sensor', async (bits) => {
    const { suggestions, geometry, kind, bytes } = await probeFile(await files.write('capture.raw', words(640 * 480, bits)));
    expect([kind, bytes, geometry]).toEqual(['raw', 640 * 480 * 2, undefined]);
    expect(suggestions[0]).toEqual({
      width: 640,
      height: 480,
      cfa: 'RGGB',
      bits,
      packing: 'unpacked',
      blackLevel: 2 ** (bits - 4),
      whiteLevel: 2 ** bits - 1,
    });
  });

  it('prefers what the name says', async () => {
    const { suggestions } = await probeFile(await files.write('rose_320x960_12b_gbrg.raw', words(640 * 480, 10)));
    expect(suggestions[0]).toMatchObject({ width: 320, height: 960, bits: 12, cfa: 'GBRG' });
    expect(suggestions[1]).toMatchObject({ width: 640, height: 480 });
  });

  it('finds MIPI packing by the size', async () => {
    const { suggestions } = await probeFile(await files.write('packed.raw', words((640 * 480 * 10) / 16, 16)));
    expect(suggestions).toContainEqual(expect.objectContaining({ width: 640, height: 480, bits: 10, packing: 'mipi' }));
  });

  it('falls back on common shapes, and on nothing where none fits', async () => {
    const shaped = await probeFile(await files.write('odd-sensor.raw', words(1504 * 846, 12)));
    expect(shaped.suggestions[0]).toMatchObject({ width: 1504, height: 846, bits: 12 });
    expect((await probeFile(await files.write('prime.raw', new Uint8Array(10_007)))).suggestions).toEqual([]);
  });

  it('takes the geometry of a sidecar', async () => {
    const path = await files.write('known.raw', words(64 * 48, 10));
    const geometry = { width: 64, height: 48, cfa: 'BGGR', bits: 10, packing: 'unpacked', blackLevel: 60, whiteLevel: 1000 };
    await files.write('known.raw.json', JSON.stringify({ ...geometry, whiteBalance: [2, 1, 2] }));
    expect((await probeFile(path)).geometry).toEqual(geometry);
  });
});

describe('browseFolder', () => {
  it('refuses a file and a missing folder', async () => {
    const path = await files.write('some.raw', words(4, 10));
    await expect(browseFolder(path)).rejects.toMatchObject({ code: 'file.not-folder', exitCode: 2 });
    await expect(browseFolder(join(files.folder(), 'nowhere'))).rejects.toMatchObject({ code: 'file.missing', exitCode: 2 });
  });

  it('lists folders first, then RAW files, and leaves out the rest', async () => {
    const folder = join(files.folder(), 'browse');
    for (const name of ['', 'zoo', '.hidden']) await mkdir(join(folder, name));
    for (const name of ['b.RAW', 'a.dng', 'notes.txt', 'c.bin']) await files.write(join('browse', name), 'x');
    await symlink(join(folder, 'gone'), join(folder, 'dangling.raw'));
    const listing = await browseFolder(folder);
    expect(listing).toMatchObject({ path: folder, parent: files.folder() });
    expect(listing.entries.map(({ name, kind, bytes }) => [name, kind, bytes])).toEqual([
      ['zoo', 'folder', 0],
      ['a.dng', 'dng', 1],
      ['b.RAW', 'raw', 1],
      ['c.bin', 'raw', 1],
    ]);
  });

  it('lists files of other kinds where they are asked for, by their ending or all', async () => {
    const folder = join(files.folder(), 'others');
    for (const name of ['', 'looks']) await mkdir(join(folder, name));
    for (const name of ['warm.CUBE', 'model.onnx', 'a.dng']) await files.write(join('others', name), 'xy');
    const namesOf = async (fileTypes: readonly string[]) =>
      (await browseFolder(folder, fileTypes)).entries.map(({ name, kind, bytes }) => [name, kind, bytes]);
    expect(await namesOf(['cube'])).toEqual([
      ['looks', 'folder', 0],
      ['warm.CUBE', 'file', 2],
    ]);
    expect(await namesOf([])).toEqual([
      ['looks', 'folder', 0],
      ['a.dng', 'file', 2],
      ['model.onnx', 'file', 2],
      ['warm.CUBE', 'file', 2],
    ]);
  });

  it('takes an empty path for the home folder, and the root has no parent', async () => {
    expect((await browseFolder('')).path).toBe(homedir());
    expect('parent' in (await browseFolder('/'))).toBe(false);
  });
});
