import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runControls } from '../../../../main/shell/cli/controls.ts';
import { calls } from '../../../../preload/contract.ts';
import { ScriptedDevice } from '../../camera/control/scripted-device.ts';
import { commandLine } from './command-line.ts';

const lab = commandLine();
const controls = calls['control.list'].response;

/** Runs the command on a device of every kind of control, and returns what it printed and what the device was asked. */
async function onEveryKind(set: readonly string[], reset: readonly (string | true)[] = []) {
  const device = new ScriptedDevice();
  const printed: string[] = [];
  const output = { result: (text: string) => void printed.push(text), note: (text: string) => void printed.push(text) };
  const close = async (): Promise<void> => void printed.push('closed');
  const source = Object.assign(device, { close, [Symbol.asyncDispose]: close });
  const outcome = await runControls('it', { set, reset }, output, async () => source).catch((thrown: unknown) => thrown);
  return { device, printed, outcome };
}

describe('misuse', () => {
  it.each([
    [['controls'], /missing required argument 'device'/],
    [['controls', 'webcam'], /Expected a source of this machine but received webcam/],
    [['controls', ''], /Expected a source of this machine but received ""\./],
    [['controls', 'simulator:chart', '--set', 'exposure'], /Expected name=value for --set but received exposure/],
    [['controls', 'simulator:chart', '--set', '=5'], /Expected name=value for --set but received =5/],
    [['controls', 'simulator:chart', '--set', 'iris=5'], /Expected the name of a control but received iris.*exposure/],
    [['controls', 'simulator:chart', '--set', 'exposure=5'], /from 100 to 33000 µs for exposure but received 5/],
    [['controls', 'simulator:chart', '--set', 'exposure=0x400'], /for exposure but received 0x400/],
    [['controls', 'simulator:chart', '--set', 'motion=perhaps'], /for motion but received perhaps/],
    [['controls', 'simulator:chart', '--set', 'illuminant='], /for illuminant but received nothing/],
    [['controls', 'simulator:chart', '--reset', 'iris'], /Expected the name of a control but received iris/],
  ])('%j ends with 2 and one line', async (args, message) => {
    const { code, results, notes } = await lab.run(...args);
    expect({ code, results, lines: notes.length }).toEqual({ code: 2, results: [], lines: 1 });
    expect(notes[0]).toMatch(message);
    expect(notes[0]).not.toContain('\n');
  });

  it('writes nothing where one of several values is refused, and closes the device', async () => {
    const { device, printed, outcome } = await onEveryKind(['gain=2', 'mask=0x2'], [true]);
    expect(outcome).toMatchObject({ exitCode: 2, message: expect.stringContaining('bits within 0x80000005 for mask') });
    expect(device.requests).toEqual([]);
    expect(printed).toEqual(['closed']);
  });
});

describe('what cannot be kept', () => {
  it.runIf(process.platform === 'linux')('is told with what to do and ends with 1, after what was written', async () => {
    const home = process.env.CAMERA_LAB_HOME;
    onTestFinished(() => {
      process.env.CAMERA_LAB_HOME = home;
    });
    process.env.CAMERA_LAB_HOME = '/proc/nope';
    const { code, results, notes } = await lab.run('controls', 'simulator:chart', '--set', 'exposure=5000');
    expect({ code, results }).toEqual({ code: 1, results: ['exposure: requested 5000, applied 5000'] });
    expect(notes).toEqual([expect.stringMatching(/^Expected to keep what was set on Sensor simulator .*CAMERA_LAB_HOME\.$/)]);
    expect(notes.join()).not.toContain('ENOENT');
    expect((await lab.run('controls', 'simulator:chart')).code).toBe(0);
  });
});

describe('a listing', () => {
  it('has every control with range, default and state, and writes nothing', async () => {
    const { device, printed } = await onEveryKind([]);
    const [listing = ''] = printed;
    expect(listing.split('\n')).toHaveLength(13);
    expect(listing).toMatch(/^group +id +type +value +default +accepts +state +asked\n/);
    expect(listing).toMatch(/auto_exposure +menu +0 \(Auto\) +0 \(Auto\) +one of 0 \(Auto\), 1 \(Manual\), 3 \(Aperture\)/);
    expect(listing).toMatch(/exposure +integer +10000 +10000 +a whole number from 100 to 40000 µs +inactive/);
    expect(listing).toMatch(/mask +bitmask +0x0 +0x0 +bits within 0x80000005/);
    expect(listing).toMatch(/temperature +integer +20 +20 .* read-only, volatile/);
    expect(device.requests).toEqual([]);
  });

  it('as JSON is what the window gets', async () => {
    const { code, results } = await lab.run('controls', 'simulator:chart', '--json');
    const { device, reports, controls: listed } = JSON.parse(results.join('\n'));
    expect({ code, device, reports }).toEqual({
      code: 0,
      device: { id: 'simulator:chart', name: 'Sensor simulator' },
      reports: [],
    });
    expect(controls.parse(listed).map(({ id }) => id)).toEqual(
      expect.arrayContaining(['exposure', 'analogue_gain', 'illuminant', 'illuminant_cct', 'motion', 'noise', 'stuck_pixels']),
    );
  });
});

describe('values', () => {
  it('of every kind are written in one request, and told as requested and applied', async () => {
    const texts = [
      'auto_exposure=manual',
      'gain=2.25',
      'Flip=on',
      'trigger=1',
      'link_frequency=9223372036854775807',
      'mask=0x80000001',
      'label=a = b',
      'matrix=1,2,3,255',
      'area=640x480',
      'blob=0,1,2',
    ];
    const { device, printed } = await onEveryKind(texts);
    expect(device.requests).toEqual([
      {
        auto_exposure: 1,
        gain: 2.25,
        flip: 1,
        trigger: 1,
        link_frequency: '9223372036854775807',
        mask: 0x8000_0001,
        label: 'a = b',
        matrix: [1, 2, 3, 255],
        area: [640, 480],
        blob: [0, 1, 2],
      },
    ]);
    expect(printed[0]?.split('\n')).toEqual(
      expect.arrayContaining([
        'auto_exposure: requested 1 (Manual), applied 1 (Manual)',
        'mask: requested 0x80000001, applied 0x80000001',
        'matrix: requested 1,2,3,255, applied 1,2,3,255',
        'area: requested 640x480, applied 640x480',
      ]),
    );
  });

  it('are kept for the device, and forgotten by a reset', async () => {
    const set = await lab.run('controls', 'simulator:chart', '--set', 'exposure=5004', '--set', 'Motion=off');
    expect(set).toEqual({
      code: 0,
      results: ['exposure: requested 5004, applied 5000\nmotion: requested off, applied off'],
      notes: [],
    });
    const folder = join(lab.path('data'), 'controls');
    const file = (await readdir(folder)).find((name) => name.startsWith('simulator')) ?? '';
    const kept = async (): Promise<object> => JSON.parse(await readFile(join(folder, file), 'utf8')).controls;
    expect(await kept()).toEqual({ exposure: 5004, motion: 0 });
    const listed = (await lab.run('controls', 'simulator:chart')).results.join('\n');
    expect(listed).toMatch(/motion +boolean +on .* drifted +off$/m);
    expect((await lab.run('controls', 'simulator:chart', '--reset', 'motion', '--reset', 'noise')).results).toEqual([
      'noise: requested on, applied on\nmotion: requested on, applied on',
    ]);
    expect(await kept()).toEqual({ exposure: 5004 });
    expect((await lab.run('controls', 'simulator:chart', '--reset', '--set', 'exposure=7000')).code).toBe(0);
    expect(await kept()).toEqual({ exposure: 7000 });
    await lab.run('controls', 'simulator:chart', '--reset');
    expect(await kept()).toEqual({});
  });
});
