import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { decode } from 'fast-png';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLab } from '../../../../main/lab.ts';
import { runCapture } from '../../../../main/shell/cli/capture.ts';
import type { CaptureOptions } from '../../../../main/shell/cli/capture-options.ts';
import { runCommandLine } from '../../../../main/shell/cli/program.ts';
import { V4l2Error } from '../../../../native/v4l2-camera/index.ts';
import { fixture } from '../../recording/mjpeg-fixtures.ts';
import { type FakeFrame, FakeV4l2, summary } from './fake-v4l2.ts';

let root: string;
let folder: string;
let results: string[];
const output = { result: (text: string) => void results.push(text), note: () => undefined };

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'camera-lab-capture-'));
  folder = path.join(root, 'shots');
  results = [];
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function capture(face: FakeV4l2, options: Partial<CaptureOptions> = {}): Promise<void> {
  return runCapture({ device: '/dev/video0', frames: 3, output: folder, dng: true, ...options }, output, face);
}

/** A mosaic of 16 x 8 samples of 10 bits, different in every frame. */
function mosaic(seed: number): Uint8Array {
  return new Uint8Array(Uint16Array.from({ length: 16 * 8 }, (_, index) => (seed * 100 + index * 17) & 0x3ff).buffer);
}
const framesOf = (...sequences: readonly number[]): FakeFrame[] =>
  sequences.map((sequence) => ({ sequence, content: mosaic(sequence) }));
const stored = (name: string): Buffer => readFileSync(path.join(folder, name));
const records = (): Record<string, unknown>[] =>
  stored('frames.jsonl')
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('a capture that cannot be', () => {
  it.each([
    [{ frames: 1.5 }, /received 1\.5/],
    [{ device: 'Nobody' }, /Expected a V4L2 device but received Nobody/],
    [{ size: '4000x2000' }, /Expected 4000x2000 RG10 of \/dev\/video0 but its driver chose 16x8 RG10/],
    [{ format: 'NV12' }, /for --format but received NV12/],
    [{ fps: 60 }, /Expected 60 frames per second of \/dev\/video0 but its driver chose 30/],
    [{ black: 64, white: 5000 }, /whiteLevel in --black and --white/],
    [{ format: 'YUYV' }, /for --format but received YUYV/],
    [{ decode: true }, /Expected a JPEG format with --decode but received RG10/],
  ])('as for %j is the user’s to mend, and leaves nothing behind', async (options, message) => {
    const face = new FakeV4l2({ frames: framesOf(1, 2, 3) });
    await expect(capture(face, options)).rejects.toMatchObject({ exitCode: 2, message: expect.stringMatching(message) });
    expect(existsSync(folder)).toBe(false);
    expect(face.open.size).toBe(0);
  });

  it.each([
    [{ frames: 0 }, /1 to 1000000 frames for --frames but received 0/],
    [{ size: '4by2' }, /WIDTHxHEIGHT for --size but received 4by2/],
    [{ fps: 0 }, /rate above 0 to 100000 for --fps but received 0/],
    [{ black: 5000, white: 10 }, /less than the white level 10 for blackLevel in --black and --white but received 5000/],
    [{ white: -1 }, /whiteLevel in --black and --white/],
    [{ black: Number.NaN }, /blackLevel in --black and --white/],
    [{ format: 'RG10', white: 1024 }, /at most 1023 \(10 bits\) for whiteLevel/],
    [{ format: 'RGGB10', white: 1024 }, /at most 1023 \(10 bits\) for whiteLevel/],
  ])('as for %j is refused before the device is looked for', async (options, message) => {
    const face = new FakeV4l2({ frames: framesOf(1, 2, 3) });
    face.listDevices = () => Promise.reject(new Error('the devices were listed'));
    await expect(capture(face, options)).rejects.toMatchObject({ exitCode: 2, message: expect.stringMatching(message) });
  });

  it('for want of the addon says why', async () => {
    const refusal = { exitCode: 1, code: 'v4l2.unavailable', message: 'no compiler' };
    await expect(capture(new FakeV4l2({ obstacle: 'no compiler' }))).rejects.toMatchObject(refusal);
  });

  it('because a name is that of two devices lists them', async () => {
    const devices = [summary('/dev/video0', 'Twin'), summary('/dev/video2', 'Twin')];
    await expect(capture(new FakeV4l2({ devices }), { device: 'Twin' })).rejects.toMatchObject({
      exitCode: 2,
      action: expect.stringContaining('/dev/video0 (Twin), /dev/video2 (Twin)'),
    });
  });

  it('because a path is no camera is the user’s to mend', async () => {
    const face = new FakeV4l2({ openError: new V4l2Error('v4l2.not-a-v4l2-device', 'VIDIOC_QUERYCAP failed on /dev/null') });
    await expect(capture(face, { device: '/dev/null' })).rejects.toMatchObject({ exitCode: 2, code: 'capture.no-camera' });
  });

  it('because a path is a folder says so, with the path once', async () => {
    const openError = new V4l2Error('v4l2.system', 'open failed on /tmp: Is a directory (EISDIR)', { errno: 21 });
    await expect(capture(new FakeV4l2({ openError }), { device: '/tmp' })).rejects.toMatchObject({
      exitCode: 2,
      code: 'capture.no-camera',
      message: 'Expected a V4L2 camera but received /tmp: open failed: Is a directory (EISDIR)',
    });
  });

  it('without a number of frames is refused by the command line', async () => {
    const notes: string[] = [];
    const code = await runCommandLine(['capture', '/dev/video0', '--output', folder], createLab, {
      ...output,
      note: (text) => void notes.push(text),
    });
    expect({ code, notes }).toEqual({ code: 2, notes: [expect.stringMatching(/--frames <n>/)] });
  });
});

describe('a capture that fails', () => {
  it('never overwrites the capture that a folder holds', async () => {
    await capture(new FakeV4l2({ frames: framesOf(1, 2, 3) }));
    const before = readdirSync(folder).map((name) => stored(name));
    await expect(capture(new FakeV4l2({ frames: framesOf(4, 5, 6) }))).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/frames\.jsonl exists already/),
    });
    expect(readdirSync(folder).map((name) => stored(name))).toEqual(before);
  });

  it('because one file is in the way leaves that file alone', async () => {
    await capture(new FakeV4l2({ frames: framesOf(1) }), { frames: 1 });
    rmSync(path.join(folder, 'frames.jsonl'));
    const face = new FakeV4l2({ frames: framesOf(9, 10, 11) });
    await expect(capture(face)).rejects.toMatchObject({ message: expect.stringMatching(/frame-000001\.raw exists already/) });
    expect(stored('frame-000001.raw')).toEqual(Buffer.from(mosaic(1)));
    expect(face.open.size).toBe(0);
  });

  it('because the folder is a file says so', async () => {
    writeFileSync(folder, '');
    await expect(capture(new FakeV4l2({ frames: framesOf(1) }))).rejects.toMatchObject({
      message: `Expected a folder but ${folder} is a file`,
      exitCode: 2,
    });
  });

  it('because another program streams can be tried again', async () => {
    const startError = new V4l2Error('v4l2.busy', 'VIDIOC_STREAMON failed on /dev/video0. It is held by obs (process 4711)');
    await expect(capture(new FakeV4l2({ startError }))).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringContaining('held by obs'),
    });
    expect(existsSync(folder)).toBe(false);
    await capture(new FakeV4l2({ frames: framesOf(1, 2, 3) }));
    expect(records()).toHaveLength(3);
  });

  it('because the camera is unplugged keeps what came before', async () => {
    const error = new V4l2Error('v4l2.unplugged', 'the device is gone');
    const face = new FakeV4l2({ frames: framesOf(1, 2), ending: { state: 'unplugged', error } });
    await expect(capture(face)).rejects.toMatchObject({
      exitCode: 1,
      message: 'Expected 3 frames but the stream ended after 2: the device is gone',
    });
    expect(records().map(({ sequence }) => sequence)).toEqual([1, 2]);
    expect(face.open.size).toBe(0);
    expect(JSON.parse(stored('capture.json').toString())).toMatchObject({
      ...{ wanted: 3, stored: 2, endedBy: 'failure' },
      failure: 'Expected 3 frames but the stream ended after 2: the device is gone',
      counters: { delivered: 2 },
    });
    expect(readdirSync(folder).filter((name) => name.endsWith('.dng'))).toHaveLength(2);
    expect(results).toEqual([`Stored 2 of 3 frames of 16x8 RG10 in ${folder}, none lost.`]);
  });

  it('because the disk does keeps and describes what is safe', async () => {
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'frame-000003.raw'), 'mine');
    await expect(capture(new FakeV4l2({ frames: framesOf(1, 2, 3) }))).rejects.toMatchObject({
      message: expect.stringContaining('frame-000003.raw exists already'),
    });
    expect(stored('frame-000003.raw').toString()).toBe('mine');
    expect(JSON.parse(stored('capture.json').toString())).toMatchObject({ stored: 2, endedBy: 'failure' });
    expect(readdirSync(folder).filter((name) => name.endsWith('.dng'))).toHaveLength(2);
  });
});

describe('a capture that is not whole', () => {
  it.each([
    ['a restart', { restarts: 1 }, 1, 'an unknown number of frames was lost in 1 restart'],
    ['two restarts', { restarts: 2 }, 2, 'an unknown number of frames was lost in 2 restarts'],
    ['a faulty frame without a number', { bad: 1 }, 1, '1 of 4 are missing'],
  ])('for %s between frames without a gap is no whole one', async (_what, counted, lost, sentence) => {
    const [first, second, third] = framesOf(1, 2, 3) as [FakeFrame, FakeFrame, FakeFrame];
    const face = new FakeV4l2({ frames: [first, { ...second, counted }, third] });
    await expect(capture(face, { json: true })).rejects.toMatchObject({
      ...{ exitCode: 1, code: 'capture.frames-lost' },
      message: expect.stringContaining(sentence),
    });
    expect(JSON.parse(results[0] as string)).toMatchObject({ stored: 3, lost, endedBy: 'frames', counters: counted });
  });

  it('counts a faulty frame that left a gap once', async () => {
    const [first, , third] = framesOf(1, 2, 3) as [FakeFrame, FakeFrame, FakeFrame];
    const face = new FakeV4l2({ frames: [first, { ...third, counted: { bad: 1, driverGaps: 1 } }] });
    await expect(capture(face, { frames: 2 })).rejects.toMatchObject({ message: expect.stringMatching(/1 of 3 are missing/) });
  });

  it('for frames that are missing stores the others and says how many', async () => {
    const face = new FakeV4l2({ frames: framesOf(10, 11, 14) });
    await expect(capture(face, { json: true })).rejects.toMatchObject({
      exitCode: 1,
      code: 'capture.frames-lost',
      message: expect.stringMatching(/2 of 5 are missing/),
    });
    expect(JSON.parse(results[0] as string)).toMatchObject({ stored: 3, lost: 2 });
    expect(JSON.parse(stored('capture.json').toString())).toMatchObject({ stored: 3, lost: 2 });
  });
});

describe('a captured mosaic', () => {
  it('is stored as RAW, sidecar, DNG and one line of metadata each', async () => {
    await capture(new FakeV4l2({ frames: framesOf(5, 6, 7) }), { black: 64, white: 1000 });
    const names = [1, 2, 3].flatMap((frame) => ['dng', 'raw', 'raw.json'].map((extension) => `frame-00000${frame}.${extension}`));
    expect(readdirSync(folder).sort()).toEqual(['capture.json', ...names, 'frames.jsonl'].sort());
    expect(stored('frame-000002.raw')).toEqual(Buffer.from(mosaic(6)));
    expect(JSON.parse(stored('frame-000002.raw.json').toString())).toEqual({
      ...{ width: 16, height: 8, cfa: 'RGGB', bits: 10, packing: 'unpacked', blackLevel: 64, whiteLevel: 1000 },
    });
    expect(results).toEqual([`Stored 3 frames of 16x8 RG10 in ${folder}, none lost.`]);
  });

  it('carries the metadata of its frame and the controls that were in effect', async () => {
    const [first, second, third] = framesOf(5, 6, 7) as [FakeFrame, FakeFrame, FakeFrame];
    const changed = { ...second, controlChange: { id: 1, value: 9 } };
    await capture(new FakeV4l2({ frames: [first, changed, third] }));
    expect(records()[0]).toEqual({
      frame: 1,
      file: 'frame-000001.raw',
      sequence: 5,
      timestampNs: String(2n ** 62n),
      timestampClock: 'monotonic',
      timestampSource: 'start-of-exposure',
      bytesUsed: 256,
      bytesWritten: 256,
      flags: 0x12000,
      field: 1,
      controls: { Gain: 7, Serial: String(2n ** 60n) },
    });
    expect(records().map(({ controls }) => (controls as { Gain: number }).Gain)).toEqual([7, 9, 9]);
  });

  it('of 8 bits is stored as bytes', async () => {
    const samples = Uint16Array.from({ length: 128 }, (_, index) => (index * 7) % 256);
    const content = new Uint8Array(samples.buffer);
    await capture(new FakeV4l2({ formats: ['BA81'], frames: [{ sequence: 0, content }] }), { frames: 1 });
    expect(stored('frame-000001.raw')).toEqual(Buffer.from(samples));
    expect(JSON.parse(stored('frame-000001.raw.json').toString())).toMatchObject({ cfa: 'BGGR', bits: 8, whiteLevel: 255 });
  });

  it('is developed to the same picture from RAW and DNG', async () => {
    await capture(new FakeV4l2({ frames: framesOf(5) }), { frames: 1, black: 16 });
    for (const extension of ['raw', 'dng']) {
      const args = ['process', '--input', path.join(folder, `frame-000001.${extension}`)];
      const code = await runCommandLine([...args, '--output', path.join(root, `${extension}.png`)], createLab, output);
      expect(code).toBe(0);
    }
    const [raw, dng] = ['raw.png', 'dng.png'].map((name) => decode(readFileSync(path.join(root, name))));
    expect(dng).toEqual(raw);
    expect(new Set(raw?.data).size).toBeGreaterThan(4);
  });

  it('after faulty frames before the first that came is whole', async () => {
    const [first, second] = framesOf(8, 9) as [FakeFrame, FakeFrame];
    await capture(new FakeV4l2({ frames: [{ ...first, counted: { bad: 2, restarts: 1 } }, second] }), { frames: 2 });
    expect(results[0]).toMatch(/none lost/);
  });

  it('without --dng has none', async () => {
    await capture(new FakeV4l2({ frames: framesOf(5) }), { frames: 1, dng: false });
    expect(readdirSync(folder).some((name) => name.endsWith('.dng'))).toBe(false);
  });
});

describe('a capture', () => {
  it('waits for the disk with every slot but one, and stores each frame as it was', async () => {
    const sequences = Array.from({ length: 200 }, (_, index) => index);
    const face = new FakeV4l2({ frames: framesOf(...sequences) });
    await capture(face, { frames: 200, dng: false });
    expect(face.mostWaiting).toBe(64);
    for (const index of [0, 63, 64, 65, 199]) {
      expect(stored(`frame-${String(index + 1).padStart(6, '0')}.raw`)).toEqual(Buffer.from(mosaic(index)));
    }
    expect(records().map(({ sequence }) => sequence)).toEqual(sequences);
  });

  it.each(['bus|Chart|/dev/video0', 'v4l2:bus|Chart|/dev/video0', 'Chart'])('finds its device as %s', async (device) => {
    await capture(new FakeV4l2({ frames: framesOf(1) }), { device, frames: 1 });
    expect(records()).toHaveLength(1);
  });

  it('of another format keeps the bytes of the driver', async () => {
    const content = Uint8Array.of(9, 8, 7, 6, 5, 4, 3, 2, 1);
    const face = new FakeV4l2({ formats: ['YUYV'], frames: [{ sequence: 0, content }] });
    await capture(face, { format: 'YUYV', frames: 1 });
    expect(readdirSync(folder).sort()).toEqual(['capture.json', 'frame-000001.yuyv', 'frames.jsonl']);
    expect(stored('frame-000001.yuyv')).toEqual(Buffer.from(content));
  });

  it('of Motion JPEG stores JPEG, decodes on demand and counts what is damaged', async () => {
    const jpeg = await fixture('grey.jpg');
    const contents = [jpeg, jpeg.subarray(0, -200), jpeg];
    const frames = contents.map((content, sequence) => ({ sequence, content }));
    await capture(new FakeV4l2({ formats: ['MJPG'], frames }), { format: 'MJPEG', decode: true });
    const pictures = readdirSync(folder).filter((name) => name.startsWith('frame-'));
    expect(pictures.sort()).toEqual([
      ...['frame-000001.jpg', 'frame-000001.png', 'frame-000002.jpg', 'frame-000003.jpg', 'frame-000003.png'],
    ]);
    expect(decode(stored('frame-000003.png'))).toMatchObject({ width: 64, height: 48, channels: 3 });
    expect(results[0]).toMatch(/none lost, 1 damaged\.$/);
  });

  it('ends early with what is stored when it is asked to', async () => {
    const face = new FakeV4l2({ frames: framesOf(1, 2) });
    const listeners = process.listenerCount('SIGINT');
    const running = capture(face, { frames: 100, json: true });
    await expect.poll(() => existsSync(path.join(folder, 'frame-000002.raw.json'))).toBe(true);
    process.emit('SIGINT');
    await running;
    expect(JSON.parse(results[0] as string)).toMatchObject({ wanted: 100, stored: 2, lost: 0, endedBy: 'user' });
    expect(process.listenerCount('SIGINT')).toBe(listeners);
  });
});
