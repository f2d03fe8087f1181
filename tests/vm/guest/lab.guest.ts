import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLab } from '../../../main/lab.ts';
import { runCommandLine } from '../../../main/shell/cli/program.ts';
import type { CreateShellLab } from '../../../main/shell/service.ts';
import { listDevices, openDevice } from '../../../native/v4l2-camera/index.ts';
import { cameraPath, write } from './camera.ts';

const wantedFrames = 60;
const folder = mkdtempSync(path.join(os.tmpdir(), 'camera-lab-vivid-'));
const node = cameraPath(0);
const modeId = '320x180@10 RG10';

/**
 * The 100 % colour bars as ITU-R BT.1729 orders them. The driver draws them in full-range R'G'B' and takes those for the linear
 * samples of the mosaic; at 0 and at full scale, encoding changes nothing.
 */
const bars = [
  [255, 255, 255],
  [255, 255, 0],
  [0, 255, 255],
  [0, 255, 0],
  [255, 0, 255],
  [255, 0, 0],
  [0, 0, 255],
  [0, 0, 0],
] as const;
/** White is 1020 of 1023, as the driver shifts 8 bits up by two; the rest is the stage's rounding. */
const tolerance = 4;

/** What a command printed and how it ended. */
async function run(...args: readonly string[]) {
  const results: string[] = [];
  const notes: string[] = [];
  const output = { result: (text: string) => void results.push(text), note: (text: string) => void notes.push(text) };
  // The guest has one processor's time: a second lane worker would only have to be loaded as well.
  const create: CreateShellLab = (shell) => createLab({ ...shell, workerCount: 1 });
  return { code: await runCommandLine(args, create, output), results, notes };
}

beforeAll(async () => {
  process.env.CAMERA_LAB_HOME = path.join(folder, 'data');
  await using camera = await openDevice(node);
  // Bars without text, motion, faults or border: every column of a bar is one colour.
  await write(camera, 'OSD Text Mode', 2);
  await write(camera, 'Test Pattern', 1);
  await write(camera, 'Horizontal Movement', 3);
  await write(camera, 'Vertical Movement', 3);
  await write(camera, 'Percentage of Dropped Buffers', 0);
  for (const [name, value] of [
    ['Brightness', 128],
    ['Contrast', 128],
    ['Saturation', 128],
    ['Hue', 0],
  ] as const) {
    await write(camera, name, value);
  }
});

afterAll(() => {
  delete process.env.CAMERA_LAB_HOME;
  rmSync(folder, { recursive: true, force: true });
});

describe('a camera that the lab is told of wrongly', () => {
  it('is not opened by a node that is none, and the command line ends with 2', async () => {
    const { code, notes } = await run('record', '--camera', '/dev/video99', '--frames', '1');
    expect(code).toBe(2);
    expect(notes.join()).toMatch(/^Expected a source of this machine but received \/dev\/video99/);
  });
});

describe('the whole lab on a camera of the kernel', () => {
  it('lists it by its identity, ready to open', async () => {
    const identity = (await listDevices()).find((device) => device.path === node)?.identity;
    const { results } = await run('devices', '--json');
    const entry = JSON.parse(results.join('\n')).find(({ id }: { id: string }) => id === `v4l2:${identity}`);
    expect(entry).toMatchObject({ kind: 'v4l2', available: true });
    expect(entry.detail).toContain('RG10');
  });

  it('records sixty frames through FastISP and writes the last picture', async () => {
    const picture = path.join(folder, 'last.png');
    const recording = ['--camera', node, '--mode', modeId, '--frames', String(wantedFrames), '--picture', picture];
    const { code, results, notes } = await run('record', ...recording, '--json');
    expect({ code, notes }).toEqual({ code: 0, notes: [] });
    expect(JSON.parse(results.join('\n'))).toMatchObject({ id: 1, endedAt: expect.any(String) });
    expect(developedRows()).toEqual({ frames: wantedFrames, events: wantedFrames });
    expectBars(picture);
  });
});

/** What the database holds of frames that were developed. */
function developedRows(): unknown {
  using database = new DatabaseSync(path.join(folder, 'data/telemetry.sqlite'), { readOnly: true });
  return {
    ...database
      .prepare(
        `SELECT (SELECT count(*) FROM frame WHERE frame_id IS NOT NULL AND drop_reason IS NULL) AS frames,
                (SELECT count(*) FROM stage_event WHERE status = 'done') AS events`,
      )
      .get(),
  };
}

/** Compares the middle of every bar with its colour. */
function expectBars(file: string): void {
  const { data, width, height } = decode(readFileSync(file));
  expect([width, height]).toEqual([320, 180]);
  const middles = bars.map((_, bar) => {
    const at = 4 * (90 * width + Math.floor(((bar + 0.5) * width) / bars.length));
    return [...data.subarray(at, at + 3)];
  });
  const distances = bars.map((colour, bar) =>
    Math.max(...colour.map((value, channel) => Math.abs(value - (middles[bar]?.[channel] ?? 0)))),
  );
  expect(Math.max(...distances), `bars ${JSON.stringify(middles)}`).toBeLessThanOrEqual(tolerance);
}
