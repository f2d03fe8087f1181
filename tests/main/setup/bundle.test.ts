import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ensureBuilt } from '../../../main/setup/bundle.mjs';
import { SetupError } from '../../../main/setup/host.mjs';

const addon = 'native/v4l2-camera/build/v4l2-camera.node';
const bundler = 'node_modules/electron-vite/bin/electron-vite.js';
let root: string;

async function write(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(path.join(root, file)), { recursive: true });
  await writeFile(path.join(root, file), text);
}

const shipped = () => readFile(path.join(root, 'out', addon), 'utf8');

beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'camera-lab-bundle-'));
  await write('package.json', '{"type":"commonjs"}');
  await write('main/index.ts', '');
  await write('native/v4l2-camera/index.ts', '');
  await write(bundler, "require('fs').mkdirSync('out/main', { recursive: true }); require('fs').appendFileSync('runs', 'x');");
  await mkdir(path.join(root, 'node_modules/node/bin'), { recursive: true });
  await symlink(process.execPath, path.join(root, 'node_modules/node/bin/node'));
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rm(root, { recursive: true });
});

it('a bundle that cannot be built is a sentence, and the next start tries again', async () => {
  await write(bundler, "console.error('no such module'); process.exit(1);");
  await expect(ensureBuilt(root)).rejects.toThrow(SetupError);
  await expect(ensureBuilt(root)).rejects.toThrow(/could not be built/);
});

it('a bundle without an addon has none', async () => {
  await ensureBuilt(root);
  expect(existsSync(path.join(root, 'out', addon))).toBe(false);
});

it('ships the addon where the bundle looks for it, and keeps it up to date without a new bundle', async () => {
  await write(addon, 'first');
  await ensureBuilt(root);
  expect(await shipped()).toBe('first');
  await write(addon, 'second');
  await ensureBuilt(root);
  expect(await shipped()).toBe('second');
  await rm(path.join(root, addon));
  await ensureBuilt(root);
  expect(existsSync(path.join(root, 'out', addon))).toBe(false);
  expect(await readFile(path.join(root, 'runs'), 'utf8')).toBe('x');
});

it.each(['main/index.ts', 'native/v4l2-camera/index.ts'])('a change of %s makes a new bundle', async (file) => {
  await ensureBuilt(root);
  await write(file, '// changed');
  await ensureBuilt(root);
  expect(await readFile(path.join(root, 'runs'), 'utf8')).toBe('xx');
});
