import { mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ErrorRecord } from '../../../../main/base/errors.ts';
import { KeptFile } from '../../../../main/live/chain/kept-file.ts';
import { temporaryFolder } from '../../telemetry/telemetry-folder.ts';

/** A file of one number, and what it announces; changes wait for `save`. */
function keptFile(path = join(temporaryFolder(), 'kept.json')) {
  const file = new KeptFile({
    path,
    schema: z.strictObject({ count: z.int() }),
    initial: { count: 0 },
    timer: () => () => undefined,
  });
  const faults: ErrorRecord[] = [];
  file.faults.subscribe((record) => faults.push(record));
  return { path, file, faults };
}

describe('what cannot be taken over', () => {
  it.each([
    ['no JSON', '{"count": 1'],
    ['another layout', '{"number": 1}'],
    ['empty', ''],
  ])('(%s) is set aside, each time under a new name', async (_what, content) => {
    const { path } = keptFile();
    for (const [text, aside] of [
      [content, `${path}.damaged`],
      [`${content} again`, `${path}.damaged-2`],
    ] as const) {
      await writeFile(path, text);
      const { file, faults } = keptFile(path);
      expect(await file.open()).toEqual({ count: 0 });
      expect(faults).toEqual([
        { code: 'chain.damaged', message: expect.stringContaining(path), action: `It lies in ${aside} now.` },
      ]);
      file.set({ count: 7 });
      await file.save();
      expect(await readFile(aside, 'utf8')).toBe(text);
      expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ count: 7 });
    }
    expect(await readFile(`${path}.damaged`, 'utf8')).toBe(content);
  });

  it('because it cannot be read is named once and stays as it is, whatever changes', async () => {
    const { path, file, faults } = keptFile();
    // A link that leads to itself cannot be read even by those who may read everything.
    await symlink(path, path);
    expect(await file.open()).toEqual({ count: 0 });
    file.set({ count: 7 });
    await file.save();
    expect(file.content).toEqual({ count: 7 });
    expect(await readlink(path)).toBe(path);
    expect(faults).toEqual([
      {
        code: 'chain.unreadable',
        message: expect.stringMatching(/ELOOP.*changes are not kept$/),
        action: expect.stringContaining('move it away'),
      },
    ]);
  });

  it('because it is a folder is named, and what lies in it stays', async () => {
    const { path, file, faults } = keptFile();
    await mkdir(path);
    await writeFile(join(path, 'mine'), 'text');
    await file.open();
    file.set({ count: 7 });
    await file.save();
    expect(faults.map(({ code }) => code)).toEqual(['chain.unreadable']);
    expect(await readdir(path)).toEqual(['mine']);
  });
});

describe('what is kept', () => {
  it('is there again, and nothing is written where nothing has changed', async () => {
    const { path, file, faults } = keptFile();
    expect(await file.open()).toEqual({ count: 0 });
    await file.save();
    await expect(readFile(path)).rejects.toMatchObject({ code: 'ENOENT' });
    file.set({ count: 1 });
    file.set({ count: 2 });
    await file.save();
    expect(await keptFile(path).file.open()).toEqual({ count: 2 });
    expect(faults).toEqual([]);
  });
});
