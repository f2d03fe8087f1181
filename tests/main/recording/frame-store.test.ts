import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readRawFile } from '../../../main/camera/file/raw-file.ts';
import { FrameStore } from '../../../main/recording/frame-store.ts';

const mosaic = { fourcc: 'GB12', width: 32, height: 16 };
const content = new Uint8Array(Uint16Array.from({ length: 32 * 16 }, (_, index) => index * 7).buffer);
const smallDisk = ['-t', 'tmpfs', '-o', 'size=64k,mode=777'];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'camera-lab-store-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Whether this user may mount a disk to fill. */
function canMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const place = mkdtempSync(path.join(tmpdir(), 'camera-lab-mount-'));
  const isMounted = spawnSync('mount', [...smallDisk, 'camera-lab', place]).status === 0;
  if (isMounted) spawnSync('umount', [place]);
  rmSync(place, { recursive: true, force: true });
  return isMounted;
}

const mounts = canMount();
if (!mounts)
  process.stderr.write('full-disk test of captures left out: mounting a small disk needs the administrator on Linux\n');

describe.runIf(mounts)('a disk that is full', () => {
  beforeEach(() => expect(spawnSync('mount', [...smallDisk, 'camera-lab', folder]).status).toBe(0));
  afterEach(() => void spawnSync('umount', [folder]));

  it('is one sentence, and leaves no half of a frame', async () => {
    const store = await FrameStore.open(path.join(folder, 'shots'), mosaic);
    const fill = async () => {
      for (;;) await store.write(content, {});
    };
    await expect(fill()).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringMatching(/^Expected to write .* the disk is full$/),
      action: expect.stringMatching(/Free some space/),
    });
    const raws = readdirSync(store.folder).filter((name) => name.endsWith('.raw'));
    expect(raws.length).toBeGreaterThan(store.stored - 1);
    for (const name of raws) expect(readFileSync(path.join(store.folder, name)).length).toBe(content.length);
  });
});

describe('a folder', () => {
  it('that may not be written is the user’s to mend', async (context) => {
    context.skip(process.getuid?.() === 0, 'root may write to every folder');
    chmodSync(folder, 0o500);
    await expect(FrameStore.open(path.join(folder, 'shots'), mosaic)).rejects.toMatchObject({
      exitCode: 2,
      action: expect.stringMatching(/permissions/),
    });
  });

  it.runIf(process.platform === 'linux')('on a file system that takes no files is a sentence', async () => {
    await expect(FrameStore.open('/proc/camera-lab/shots', mosaic)).rejects.toMatchObject({
      exitCode: 2,
      code: 'file.not-writable',
    });
  });

  it('that holds a capture is refused', async () => {
    await FrameStore.open(folder, mosaic);
    await expect(FrameStore.open(folder, mosaic)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/exists already/),
    });
  });
});

describe('a stored frame', () => {
  it('is a RAW file that the lab opens by its sidecar', async () => {
    const store = await FrameStore.open(folder, { ...mosaic, blackLevel: 240, whiteLevel: 4000 });
    await store.write(content, { sequence: 5 });
    const image = await readRawFile(store.path(1));
    expect(image).toMatchObject({ width: 32, height: 16, sensor: { cfa: 'GBRG', bits: 12, whiteLevel: 4000 } });
    expect(Buffer.from(image.samples.buffer)).toEqual(Buffer.from(content));
    expect(JSON.parse(readFileSync(path.join(folder, 'frames.jsonl'), 'utf8'))).toEqual({
      frame: 1,
      file: 'frame-000001.raw',
      sequence: 5,
    });
  });

  it.each([
    ['MJPG', 'jpg'],
    ['YUYV', 'yuyv'],
    ['Y12 ', 'raw'],
    ['pRAA', 'raw'],
    ['XR24', 'xr24'],
    ['??? ', 'bin'],
  ])('of %s ends in .%s', async (fourcc, extension) => {
    expect((await FrameStore.open(folder, { ...mosaic, fourcc })).extension).toBe(extension);
  });

  it.each(['GREY', 'Y10 '])('of the grey %s has no sidecar, since it has no Bayer order', async (fourcc) => {
    const store = await FrameStore.open(folder, { ...mosaic, fourcc });
    await store.write(content, {});
    expect(readdirSync(folder).sort()).toEqual(['frame-000001.raw', 'frames.jsonl']);
    expect(readFileSync(store.path(1)).length).toBe(fourcc === 'GREY' ? content.length / 2 : content.length);
  });
});
