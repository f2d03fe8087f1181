import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeTemporaryFolder, removeTemporaryFolder, withTemporaryFolder } from '../../../main/base/temporary-folder.ts';

const moduleUrl = new URL('../../../main/base/temporary-folder.ts', import.meta.url).href;

describe('a temporary folder', () => {
  it('is there while it is used, and gone with all that is in it', async () => {
    const folder = await withTemporaryFolder('camera-lab-test', async (path) => {
      await writeFile(join(path, 'trace'), 'text');
      expect((await stat(path)).isDirectory()).toBe(true);
      return path;
    });
    expect(folder).toMatch(/camera-lab-test-/);
    expect(existsSync(folder)).toBe(false);
  });

  it('is gone where its use fails, with the reason', async () => {
    let folder = '';
    const failing = withTemporaryFolder('camera-lab-test', async (path) => {
      folder = path;
      throw new Error('in use');
    });
    await expect(failing).rejects.toThrow('in use');
    expect(existsSync(folder)).toBe(false);
    expect(process.listenerCount('SIGHUP')).toBe(0);
  });

  it('is gone where a signal ends the process, which ends of that signal', async () => {
    const script = `import { makeTemporaryFolder, removeTemporaryFolder, withTemporaryFolder } from ${JSON.stringify(moduleUrl)};
      await withTemporaryFolder('camera-lab-test', (folder) => {
        process.stdout.write(folder + '\\n');
        return new Promise((resolve) => setTimeout(resolve, 60_000));
      });`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const folder = await new Promise<string>((resolve) => child.stdout.once('data', (text) => resolve(String(text).trim())));
    expect(existsSync(folder)).toBe(true);
    child.kill('SIGINT');
    const signal = await new Promise((resolve) => child.once('exit', (_code, by) => resolve(by)));
    expect(signal).toBe('SIGINT');
    expect(existsSync(folder)).toBe(false);
  });

  it('is cleared away after a process that was killed, and left to one that runs', async () => {
    const script = `import { makeTemporaryFolder } from ${JSON.stringify(moduleUrl)};
      process.stdout.write((await makeTemporaryFolder('camera-lab-test-left')) + '\\n');
      setTimeout(() => undefined, 60_000);`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const folder = await new Promise<string>((resolve) => child.stdout.once('data', (text) => resolve(String(text).trim())));
    const kept: string[] = [await makeTemporaryFolder('camera-lab-test-left')];
    expect(existsSync(folder)).toBe(true);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    await removeTemporaryFolder(await makeTemporaryFolder('camera-lab-test'));
    expect(existsSync(folder)).toBe(true);
    kept.push(await makeTemporaryFolder('camera-lab-test-left'));
    expect([folder, ...kept].map((path) => existsSync(path))).toEqual([false, true, true]);
    for (const path of kept) await removeTemporaryFolder(path);
    expect(kept.some((path) => existsSync(path))).toBe(false);
  });
});
