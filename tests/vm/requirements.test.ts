import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packCpio } from './cpio.ts';
import { vividCaptureNodes } from './host-driver.ts';
import { findProgram } from './requirements.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'camera-lab-host-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('a program of the host', () => {
  it('is not found where there is none, nor where the file may not be run', () => {
    writeFileSync(path.join(folder, 'camera-lab-program'), '', { mode: 0o644 });
    expect(findProgram('camera-lab-program', folder)).toBeUndefined();
    expect(findProgram('camera-lab-other-program', folder)).toBeUndefined();
  });

  it('is found on the search path', () => {
    const program = path.join(folder, 'camera-lab-program');
    writeFileSync(program, '', { mode: 0o755 });
    expect(findProgram('camera-lab-program', `relative:${folder}`)).toBe(program);
  });
});

describe('cameras of the driver on the host', () => {
  function addNode(node: string, name: string, hasDevice: boolean): void {
    mkdirSync(path.join(folder, 'class', node), { recursive: true });
    mkdirSync(path.join(folder, 'dev'), { recursive: true });
    writeFileSync(path.join(folder, 'class', node, 'name'), `${name}\n`);
    if (hasDevice) writeFileSync(path.join(folder, 'dev', node), '');
  }
  const found = () => vividCaptureNodes({ classFolder: path.join(folder, 'class'), deviceFolder: path.join(folder, 'dev') });

  it('are none where the kernel has no video devices', () => {
    expect(found()).toEqual([]);
  });

  it('are its capture nodes that can be opened', () => {
    addNode('video10', 'vivid-002-vid-cap', true);
    addNode('video2', 'vivid-000-vid-cap', true);
    addNode('video3', 'vivid-000-vid-out', true);
    addNode('video4', 'USB Camera', true);
    addNode('video5', 'vivid-001-vid-cap', false);
    expect(found()).toEqual([path.join(folder, 'dev/video2'), path.join(folder, 'dev/video10')]);
  });
});

describe('a cpio archive', () => {
  it('has the header, the padding and the end that the kernel asks for', () => {
    const archive = packCpio([
      { path: 'dev', mode: 0o040755 },
      { path: 'dev/console', mode: 0o020600, device: [5, 1] },
      { path: 'init', mode: 0o100755, content: Buffer.from('hello') },
    ]);
    expect(archive.length % 4).toBe(0);
    expect(archive.toString('latin1', 0, 6)).toBe('070701');
    expect(archive.includes('TRAILER!!!\0')).toBe(true);
    const headerOfInit = archive.lastIndexOf('070701', archive.indexOf('init\0'));
    expect(archive.toString('latin1', headerOfInit + 54, headerOfInit + 62)).toBe('00000005');
  });

  it.skipIf(findProgram('busybox') === undefined)('is unpacked by another program to what went in', () => {
    const content = Buffer.from('the content of a file');
    const archive = packCpio([
      { path: 'folder', mode: 0o040755 },
      { path: 'folder/file', mode: 0o100644, content },
    ]);
    execFileSync('busybox', ['cpio', '-idm'], { cwd: folder, input: archive, stdio: ['pipe', 'ignore', 'ignore'] });
    expect(readFileSync(path.join(folder, 'folder/file'))).toEqual(content);
  });
});
