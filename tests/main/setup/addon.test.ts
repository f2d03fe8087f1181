import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ensureAddon, ensureAddonOrSay } from '../../../main/setup/addon.mjs';

let root: string;
let said: string[];
let builds: number;

beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'camera-lab-addon-'));
  for (const file of ['build.mjs', 'addon/module.cpp', 'v4l2/engine.cpp', 'v4l2/engine.h']) await writeSource(file, file);
  said = [];
  builds = 0;
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rm(root, { recursive: true });
});

async function writeSource(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(path.join(root, file)), { recursive: true });
  await writeFile(path.join(root, file), text);
}

/** A maker whose build does as `build` says, after it was counted. */
function makerThat(build: () => Promise<unknown>, obstacle?: string) {
  const addon = path.join(root, 'build', 'v4l2-camera.node');
  return {
    sources: root,
    addon,
    obstacle: () => obstacle,
    build: async () => {
      builds++;
      await mkdir(path.dirname(addon), { recursive: true });
      return build();
    },
  };
}
const goodMaker = () => makerThat(() => writeFile(path.join(root, 'build', 'v4l2-camera.node'), 'addon'));
const compilerWords = 'g++ failed:\nIn file included from engine.h:3:\nengine.cpp:7:2: error: expected a semicolon\n  7 | x\n';
const badMaker = () => makerThat(() => Promise.reject(new Error(compilerWords)));

describe('an addon that cannot be had', () => {
  it('for want of a compiler is one line, and nothing is tried', async () => {
    await ensureAddonOrSay(makerThat(async () => undefined, 'The C++ compiler g++ is missing'));
    expect(said).toEqual(['No V4L2 cameras: The C++ compiler g++ is missing. Everything else works.\n']);
    expect(builds).toBe(0);
  });

  it('because it does not compile is one line with the first error', async () => {
    expect(await ensureAddon(badMaker())).toBe('its build failed (engine.cpp:7:2: error: expected a semicolon)');
    expect(said).toEqual(['Building the addon for V4L2 cameras …\n']);
  });

  it('is not tried again until its sources change', async () => {
    await ensureAddon(badMaker());
    expect(await ensureAddon(badMaker())).toMatch(/failed before; "node native\/v4l2-camera\/build\.mjs" tries again/);
    expect(builds).toBe(1);
    await writeSource('v4l2/engine.h', 'mended');
    expect(await ensureAddon(goodMaker())).toBeUndefined();
    expect(builds).toBe(2);
  });

  it('because its sources are gone is a reason too, and no exception', async () => {
    await rm(path.join(root, 'v4l2'), { recursive: true });
    expect(await ensureAddon(goodMaker())).toMatch(/^its build failed \(ENOENT/);
  });
});

describe('an addon', () => {
  it('is built once, silently the second time', async () => {
    await ensureAddonOrSay(goodMaker());
    await ensureAddonOrSay(goodMaker());
    expect(builds).toBe(1);
    expect(said).toEqual(['Building the addon for V4L2 cameras …\n']);
  });

  it.each(['build.mjs', 'addon/module.cpp', 'v4l2/engine.cpp', 'v4l2/engine.h'])(
    'is built again when %s has changed',
    async (file) => {
      await ensureAddon(goodMaker());
      await writeSource(file, 'changed');
      expect(await ensureAddon(goodMaker())).toBeUndefined();
      expect(builds).toBe(2);
    },
  );

  it('that was removed is built again', async () => {
    await ensureAddon(goodMaker());
    await rm(path.join(root, 'build', 'v4l2-camera.node'));
    await ensureAddon(goodMaker());
    expect(builds).toBe(2);
  });
});
