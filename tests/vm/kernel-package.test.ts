import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { modulesInLoadOrder } from './kernel-modules.ts';
import { kernelCacheFolder, kernelNamedBy } from './kernel-package.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'camera-lab-modules-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A file that holds of a module only what is read of it. */
function addModule(name: string, dependencies: string): void {
  mkdirSync(path.join(folder, 'kernel'), { recursive: true });
  writeFileSync(path.join(folder, 'kernel', `${name}.ko`), `\0license=GPL\0depends=${dependencies}\0name=${name}\0`);
}

describe('the kernel that the meta package names', () => {
  it('is none where the text names none', () => {
    expect(kernelNamedBy('')).toBeUndefined();
    expect(kernelNamedBy('Package: linux-image-amd64\nDepends: linux-base\n')).toBeUndefined();
  });

  it('is found among other dependencies, and its version is part of the folder in the cache', () => {
    const text = 'Package: linux-image-amd64\nDepends: linux-base, linux-image-6.1.0-56-amd64 (= 1:6.1.192-2)\nSection: kernel\n';
    expect(kernelNamedBy(text)).toEqual({
      packageName: 'linux-image-6.1.0-56-amd64',
      key: 'linux-image-6.1.0-56-amd64_1%3a6.1.192-2',
    });
  });

  it('is kept where the user keeps caches', () => {
    expect(kernelCacheFolder({ XDG_CACHE_HOME: '/caches' })).toBe('/caches/camera-lab/vm');
    expect(kernelCacheFolder({})).toBe(path.join(os.homedir(), '.cache/camera-lab/vm'));
  });
});

describe('the order of kernel modules', () => {
  it('refuses a module that the kernel does not have', () => {
    writeFileSync(path.join(folder, 'modules.builtin'), '');
    addModule('camera', 'absent');
    expect(() => modulesInLoadOrder(folder, ['camera'])).toThrow(`Expected the kernel module absent in ${folder}`);
  });

  it('puts what a module depends on before it, once, and leaves out what is built in', () => {
    writeFileSync(path.join(folder, 'modules.builtin'), 'kernel/drivers/base-bus.ko\n');
    addModule('camera', 'buffers,video-core');
    addModule('buffers', 'video_core');
    addModule('video-core', 'base_bus');
    const modules = modulesInLoadOrder(folder, ['camera', 'base-bus']);
    expect(modules.map(({ name }) => name)).toEqual(['video_core', 'buffers', 'camera']);
  });
});
