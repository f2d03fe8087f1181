import fs from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SetupError } from '../../../main/setup/host.mjs';
import { ensureInstalled } from '../../../main/setup/install.mjs';

let root: string;
let said: string[];

/** An npm that writes down its arguments, then does as `script` says. */
async function fakeNpm(script: string): Promise<void> {
  const file = path.join(root, 'npm-cli.js');
  const record = "require('fs').appendFileSync('npm-calls', process.argv.slice(2).join(' ') + '\\n');";
  await writeFile(file, `${record}\n${script}`);
  vi.stubEnv('npm_execpath', file);
}

const installsNode = `
  const fs = require('fs');
  fs.mkdirSync('node_modules/node/bin', { recursive: true });
  fs.writeFileSync(${JSON.stringify(process.platform === 'win32' ? 'node_modules/node/bin/node.exe' : 'node_modules/node/bin/node')}, '');
`;

async function npmCalls(): Promise<string[]> {
  const text = await readFile(path.join(root, 'npm-calls'), 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}

beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'camera-lab-setup-'));
  await writeFile(path.join(root, 'package-lock.json'), '{"version":1}');
  await writeFile(path.join(root, 'package.json'), '{"type":"commonjs"}');
  said = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await rm(root, { recursive: true, force: true });
});

describe('an installation that fails', () => {
  it.each([
    ['npm error code ENOTFOUND', /the npm registry cannot be reached\. Check the network/],
    ['npm error network ETIMEDOUT', /the npm registry cannot be reached/],
    ['npm error ENOSPC: no space left', /the disk is full\. Free/],
    ['npm error code EACCES', /a file may not be written/],
    ['npm error something else', /Run "npm ci" to try by hand/],
  ])('with "%s" names the cause and the fix', async (output, message) => {
    await fakeNpm(`console.error(${JSON.stringify(output)}); process.exit(1);`);
    await expect(ensureInstalled(root)).rejects.toThrow(message);
    expect(said.join('')).toContain(output);
  });

  it('to bring the pinned Node says so', async () => {
    await fakeNpm("require('fs').mkdirSync('node_modules', { recursive: true });");
    await expect(ensureInstalled(root)).rejects.toThrow(/pinned Node could not be installed\. Remove/);
  });

  it('because the folder may not be written says so before npm is asked', async () => {
    await fakeNpm(installsNode);
    vi.spyOn(fs, 'accessSync').mockImplementation(() => {
      throw Object.assign(new Error('EROFS: read-only file system'), { code: 'EROFS' });
    });
    await expect(ensureInstalled(root)).rejects.toThrow(/may not be written\. Copy the project/);
    expect(await npmCalls()).toEqual([]);
  });

  it('is tried again next time', async () => {
    await fakeNpm(`${installsNode} process.exit(1);`);
    await expect(ensureInstalled(root)).rejects.toThrow(SetupError);
    await expect(ensureInstalled(root)).rejects.toThrow(SetupError);
    expect(await npmCalls()).toHaveLength(2);
  });
});

describe('an installation', () => {
  const flags = '--loglevel=error --no-fund --no-audit';
  const installAll = `ci --include=dev --include=optional --ignore-scripts ${flags}`;
  const installNode = `rebuild node --ignore-scripts=false ${flags}`;

  it('is quiet, runs no script but the one that brings Node, and is one line for the user', async () => {
    await fakeNpm(`${installsNode} console.error('npm warn deprecated');`);
    await ensureInstalled(root);
    expect(await npmCalls()).toEqual([installAll, installNode]);
    expect(said).toEqual(['Installing packages, about a minute …\n']);
  });

  it('is done once', async () => {
    await fakeNpm(installsNode);
    await ensureInstalled(root);
    await ensureInstalled(root);
    expect(await npmCalls()).toEqual([installAll, installNode]);
  });

  it('is done again when the lock file has changed', async () => {
    await fakeNpm(installsNode);
    await ensureInstalled(root);
    await writeFile(path.join(root, 'package-lock.json'), '{"version":2}');
    await ensureInstalled(root);
    expect(await npmCalls()).toEqual([installAll, installNode, installAll, installNode]);
  });

  it('made by hand gets only its Node, as long as the lock file is no newer', async () => {
    await fakeNpm(installsNode);
    await mkdir(path.join(root, 'node_modules'));
    await cp(path.join(root, 'package-lock.json'), path.join(root, 'node_modules', '.package-lock.json'));
    await ensureInstalled(root);
    expect(await npmCalls()).toEqual([installNode]);
  });

  it('made by hand from an older lock file is done anew', async () => {
    await fakeNpm(installsNode);
    await mkdir(path.join(root, 'node_modules'));
    await cp(path.join(root, 'package-lock.json'), path.join(root, 'node_modules', '.package-lock.json'));
    const later = new Date(Date.now() + 60_000);
    await utimes(path.join(root, 'package-lock.json'), later, later);
    await ensureInstalled(root);
    expect(await npmCalls()).toEqual([installAll, installNode]);
  });
});
