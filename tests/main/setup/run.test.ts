import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';

const setup = fileURLToPath(new URL('../../../main/setup', import.meta.url));
let root: string;

async function write(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(path.join(root, file)), { recursive: true });
  await writeFile(path.join(root, file), text);
}

/** A project of its own with the set-up of this one, packages that are installed, and a bundler that counts its runs. */
beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'camera-lab-run-'));
  await cp(setup, path.join(root, 'main/setup'), { recursive: true });
  await write('package.json', '{"type":"commonjs"}');
  await write('package-lock.json', '{}');
  await write('main/cli.ts', "console.log('ran', ...process.argv.slice(2));");
  await write(
    'native/v4l2-camera/build.mjs',
    "export const addonPath = 'none'; export const obstacleToBuild = () => 'no compiler'; export const buildAddon = async () => {};",
  );
  await write('native/v4l2-camera/addon/a.cpp', '');
  await write('native/v4l2-camera/v4l2/a.cpp', '');
  await write(
    'node_modules/electron-vite/bin/electron-vite.js',
    "require('fs').mkdirSync('out', { recursive: true }); require('fs').appendFileSync('builds', 'x');",
  );
  await write('node_modules/.package-lock.json', '{}');
  const newer = new Date(Date.now() + 60_000);
  await utimes(path.join(root, 'node_modules/.package-lock.json'), newer, newer);
  await mkdir(path.join(root, 'node_modules/node/bin'), { recursive: true });
  await symlink(process.execPath, path.join(root, 'node_modules/node/bin/node'));
});
afterEach(() => rm(root, { recursive: true }));

const run = async (...args: readonly string[]): Promise<string> =>
  (await promisify(execFile)(process.execPath, [path.join(root, 'main/setup/run.mjs'), 'main/cli.ts', ...args])).stdout;
const builds = (): Promise<string> => readFile(path.join(root, 'builds'), 'utf8').catch(() => '');

it('builds nothing for a command without a page', async () => {
  expect(await run('sessions', '--json')).toBe('ran sessions --json\n');
  expect(await builds()).toBe('');
});

it('builds the page before it is served, and again when its sources have changed', async () => {
  expect(await run('serve', '--port', '0')).toBe('ran serve --port 0\n');
  expect(await builds()).toBe('x');
  await run('serve');
  expect(await builds()).toBe('x');
  await write('renderer/app.tsx', 'new');
  await run('serve');
  expect(await builds()).toBe('xx');
});
