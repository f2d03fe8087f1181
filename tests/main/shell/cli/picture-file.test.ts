import { linkSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectPictureFile } from '../../../../main/shell/cli/picture-file.ts';

let folder: string;
const at = (name: string): string => path.join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'camera-lab-picture-'));
  writeFileSync(at('shot.raw'), 'samples');
  writeFileSync(at('shot.png'), Buffer.from('89504e470d0a1a0a00', 'hex'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const asked = (name: string, ...inputs: readonly string[]): Promise<void> =>
  expectPictureFile(at(name), '--output', inputs.map(at));

describe('a place for a picture that is refused', () => {
  it.each([
    ['symbolic', symlinkSync],
    ['hard', linkSync],
  ])('is the input under another name, a %s link', async (_kind, link) => {
    link(at('shot.raw'), at('other.png'));
    await expect(asked('other.png', 'shot.raw')).rejects.toMatchObject({
      exitCode: 2,
      message: `Expected another file than the input for --output but ${at('other.png')} is ${at('shot.raw')}`,
    });
  });

  it.each([
    ['another name’s end', 'shot.raw', /ends in \.png for --output but received \S+shot\.raw$/],
    ['a folder that is not there', 'nowhere/a.png', /an existing folder but received \S+nowhere$/],
    ['below a file', 'shot.raw/a.png', /a folder but received \S+shot\.raw$/],
    ['the folder itself', '', /a file to write but received the folder/],
  ])('has %s', async (_what, name, message) => {
    await expect(asked(name)).rejects.toMatchObject({ exitCode: 2, message: expect.stringMatching(message) });
  });

  it('holds something else than a picture, which stays', async () => {
    writeFileSync(at('notes.png'), 'a text of somebody');
    await expect(asked('notes.png')).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('is another file') });
    expect(readFileSync(at('notes.png'), 'utf8')).toBe('a text of somebody');
  });

  it.runIf(process.platform === 'linux')('is a device', async () => {
    symlinkSync('/dev/null', at('null.png'));
    await expect(asked('null.png')).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('is another file') });
  });

  it.runIf(process.platform === 'linux')('is on a file system that takes no files', async () => {
    await expect(expectPictureFile('/proc/a.png', '--picture')).rejects.toMatchObject({
      exitCode: 2,
      message: 'Expected a folder that takes new files but received /proc',
    });
  });
});

describe('a place for a picture', () => {
  it.each(['new.png', 'NEW.PNG', 'shot.png'])('is %s, which stays as it is until the picture is there', async (name) => {
    const before = readdirSync(folder);
    await asked(name, 'shot.raw', 'shot.raw.json');
    expect(readdirSync(folder)).toEqual(before);
    expect(readFileSync(at('shot.png')).length).toBe(9);
  });

  it('is a file that is empty, as one that was just made for it', async () => {
    writeFileSync(at('empty.png'), '');
    await expect(asked('empty.png')).resolves.toBeUndefined();
  });
});
