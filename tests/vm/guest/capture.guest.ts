import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeDng } from '../../../main/camera/file/dng.ts';
import { runCapture } from '../../../main/shell/cli/capture.ts';
import type { CaptureOptions } from '../../../main/shell/cli/capture-options.ts';
import { checkCameras } from '../../../main/shell/cli/doctor-cameras.ts';
import { runWatch } from '../../../main/shell/cli/watch.ts';
import { cameraPath, capture, openStill, smallSize } from './camera.ts';

/** Slow enough for an emulated processor: at a higher rate the driver itself leaves frames out. */
const fps = 5;
let folder = '';
let results: string[] = [];
/** The commands run in this process, because an emulated processor takes seconds to start another. */
const output = { result: (text: string) => void results.push(text), note: () => undefined };

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'capture-'));
  results = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const shots = () => path.join(folder, 'shots');
const stored = (name: string) => readFileSync(path.join(shots(), name));

/** `lab capture` on the first camera, in the small size. */
function captureWith(options: Partial<CaptureOptions>): Promise<void> {
  const size = `${smallSize.width}x${smallSize.height}`;
  return runCapture({ device: cameraPath(0), frames: 1, size, fps, output: shots(), dng: true, json: true, ...options }, output);
}

describe('lab capture', () => {
  it('stores the samples that the addon delivers, as RAW and as DNG, with the frame’s metadata', async () => {
    const camera = await openStill(cameraPath(0), 'RG10');
    const [own] = await capture(camera, 1);
    await camera.close();
    await captureWith({ format: 'RG10', frames: 5 });
    expect(JSON.parse(results[0] ?? '')).toMatchObject({ stored: 5, lost: 0, format: { fourcc: 'RG10', ...smallSize } });
    const content = Buffer.from(own?.content ?? new Uint8Array());
    for (let frame = 1; frame <= 5; frame++) {
      const name = `frame-00000${frame}`;
      expect(Buffer.compare(stored(`${name}.raw`), content)).toBe(0);
      const image = decodeDng(stored(`${name}.dng`), name);
      expect(image).toMatchObject({ ...smallSize, sensor: { cfa: 'RGGB', whiteLevel: 1023 } });
      expect(Buffer.compare(Buffer.from(image.samples.buffer), content)).toBe(0);
    }
    const lines = stored('frames.jsonl').toString().trim().split('\n');
    const records = lines.map((line) => JSON.parse(line));
    const first = records[0].sequence;
    expect(records.map(({ sequence }) => sequence - first)).toEqual([0, 1, 2, 3, 4]);
    expect(records[0]).toMatchObject({ timestampClock: 'monotonic', controls: { Saturation: 100, Hue: 20 } });
  });

  it('stores other formats as the driver gives them', async () => {
    await (await openStill(cameraPath(0), 'YUYV')).close();
    await captureWith({ format: 'YUYV', frames: 2 });
    const first = stored('frame-000001.yuyv');
    expect(first.length).toBe(smallSize.width * smallSize.height * 2);
    expect(new Set(first).size).toBeGreaterThan(2);
    expect(stored('frame-000002.yuyv')).toEqual(first);
  });

  it('refuses a size that the driver does not have, and leaves nothing behind', async () => {
    await expect(captureWith({ format: 'RG10', size: '321x181' })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('its driver chose 320x180'),
    });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('lab watch', () => {
  it('tells what is there and ends when it is asked to', async () => {
    const end = Promise.withResolvers<void>();
    const listed = Promise.withResolvers<void>();
    const print = (text: string) => {
      results.push(text);
      listed.resolve();
    };
    const watching = runWatch({ json: true }, { ...output, result: print }, undefined, end.promise);
    await listed.promise;
    end.resolve();
    await watching;
    expect(JSON.parse(results[0] ?? '')).toMatchObject({ event: 'present', path: cameraPath(0) });
  });
});

describe('lab doctor', () => {
  it('says of a camera that it works and which mosaics it has', async () => {
    const camera = (await checkCameras()).find(({ subject }) => subject === `V4L2 ${cameraPath(0)}`);
    expect(camera).toMatchObject({ state: 'works', detail: expect.stringMatching(/vivid.*mosaic formats .*\bRG10\b/) });
  });
});
