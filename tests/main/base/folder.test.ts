import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFolder } from '../../../main/base/folder.ts';
import { temporaryFiles } from '../camera/file/temporary-files.ts';

const files = temporaryFiles();

describe('a folder that cannot be made', () => {
  it('is refused by the system itself, also where that says ENOENT for ever', () => {
    const code = process.platform === 'linux' ? 'ENOENT' : expect.any(String);
    expect(() => makeFolder('/proc/camera-lab/deep')).toThrow(expect.objectContaining({ code }));
  });

  it('is refused where a file stands in its place or in its way', async () => {
    const file = await files.write('file', 'mine');
    expect(() => makeFolder(file)).toThrow(expect.objectContaining({ code: 'EEXIST' }));
    expect(() => makeFolder(join(file, 'a', 'b'))).toThrow(expect.objectContaining({ code: 'ENOTDIR' }));
  });
});

describe('a folder', () => {
  it('is made with all that is missing above it, and kept where it exists', () => {
    const path = join(files.folder(), 'a', 'b', 'c');
    makeFolder(path);
    expect(existsSync(path)).toBe(true);
    makeFolder(path);
    makeFolder(join(path, '..', '..'));
    expect(existsSync(path)).toBe(true);
  });
});
