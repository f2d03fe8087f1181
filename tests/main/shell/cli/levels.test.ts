import { describe, expect, it, onTestFinished } from 'vitest';
import { openV4l2Camera } from '../../../../main/camera/v4l2/v4l2-camera.ts';
import { runLevels } from '../../../../main/shell/cli/levels.ts';
import { formatNamed, ScriptedDriver, sizeOf, summaryOf } from '../../camera/v4l2/scripted-driver.ts';
import { commandLine } from './command-line.ts';

const lab = commandLine();

/** Runs the command on a device of two formats; what it printed, or what it rejected with. */
async function onDevice(options: Parameters<typeof runLevels>[1]) {
  const driver = new ScriptedDriver();
  driver.formats = ['RG10', 'RG12'].map((fourcc) => formatNamed(fourcc, [sizeOf(32, 24, [30])]));
  const printed: string[] = [];
  const output = { result: (text: string) => void printed.push(text), note: (text: string) => void printed.push(text) };
  const outcome = await runLevels('it', { json: true, ...options }, output, () => openV4l2Camera(summaryOf(), driver)).catch(
    (thrown: unknown) => thrown,
  );
  return { outcome, rows: printed.flatMap((text) => JSON.parse(text)), closed: driver.device.closed };
}

const untouched = [
  { format: 'RG10', black: '0', white: 1023, given: 'no' },
  { format: 'RG12', black: '0', white: 4095, given: 'no' },
];

describe('misuse', () => {
  it.each([
    [['levels'], /missing required argument 'device'/],
    [['levels', 'webcam'], /Expected a source of this machine but received webcam/],
    [['levels', 'simulator:chart', '--black', '1'], /Expected a V4L2 device but received Sensor simulator/],
    [['levels', 'simulator:chart', '--white', 'much'], /Expected a number for --white but received much/],
  ])('%j ends with 2 and one line', async (args, message) => {
    const { code, results, notes } = await lab.run(...args);
    expect({ code, results, lines: notes.length }).toEqual({ code: 2, results: [], lines: 1 });
    expect(notes[0]).toMatch(message);
  });

  it.each([
    [{ black: '64' }, 'Expected a format for --format'],
    [{ black: '64', format: 'BA81' }, 'Expected a format of the device for --format but received BA81'],
    [{ black: '64,65', format: 'RG10' }, 'Expected one number or four'],
    [{ black: '64,65,a,1', format: 'RG10' }, 'Expected one number or four'],
    [{ black: '1.5', format: 'RG10' }, '0 <= black < white <= 1023 for RG10, but received --black 1.5 and --white 1023'],
    [{ black: '-1', format: 'RG10' }, 'but received --black -1 and'],
    [{ white: 1024, format: 'RG10' }, 'and --white 1024'],
    [{ black: '500', white: 500, format: 'RG10' }, 'but received --black 500 and --white 500'],
    [{ black: '1', format: 'RG10', reset: true }, 'Expected --reset alone'],
  ])('%j is refused, keeps nothing and closes the device', async (options, message) => {
    const { outcome, rows, closed } = await onDevice(options);
    expect(outcome).toMatchObject({ exitCode: 2, message: expect.stringContaining(message) });
    expect([rows, closed]).toEqual([[], true]);
    expect((await onDevice({})).rows).toEqual(untouched);
  });
});

describe('levels that cannot be kept', () => {
  it.runIf(process.platform === 'linux')('fail the command after they are printed as they are', async () => {
    const home = process.env.CAMERA_LAB_HOME;
    onTestFinished(() => {
      process.env.CAMERA_LAB_HOME = home;
    });
    process.env.CAMERA_LAB_HOME = '/proc/nope';
    const { outcome, rows } = await onDevice({ format: 'RG10', black: '64' });
    expect(outcome).toMatchObject({ exitCode: 1, code: 'control.not-kept', action: expect.stringContaining('CAMERA_LAB_HOME') });
    expect(rows).toEqual([untouched[0]]);
  });
});

describe('levels', () => {
  it('are kept for the device and the format, one beside the other, and set back', async () => {
    expect((await onDevice({ format: 'RG10', black: '64, 65,66,67' })).rows).toMatchObject([
      { black: '64,65,66,67', white: 1023 },
    ]);
    await onDevice({ format: 'RG10', white: 1000 });
    await onDevice({ format: 'RG12', black: '256' });
    expect((await onDevice({})).rows).toEqual([
      { format: 'RG10', black: '64,65,66,67', white: 1000, given: 'yes' },
      { format: 'RG12', black: '256', white: 4095, given: 'yes' },
    ]);
    await onDevice({ format: 'RG12', reset: true });
    expect((await onDevice({})).rows.map(({ given }) => given)).toEqual(['yes', 'no']);
    await onDevice({ reset: true });
    expect((await onDevice({})).rows).toEqual(untouched);
  });
});
