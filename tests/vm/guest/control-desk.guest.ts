import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openControls } from '../../../main/camera/catalogue.ts';
import { ControlDesk } from '../../../main/camera/control/control-desk.ts';
import { ProfileStore } from '../../../main/camera/control/profile-store.ts';
import { runControls } from '../../../main/shell/cli/controls.ts';
import type { ControlDescription, ControlValue } from '../../../preload/contract.ts';
import { nextOf } from '../../support/next-announcement.ts';
import { cameraPath } from './camera.ts';
import { readControl, v4l2Ctl } from './v4l2-ctl.ts';

const node = cameraPath(0);
const folder = mkdtempSync(path.join(os.tmpdir(), 'camera-lab-desk-'));
type Source = Awaited<ReturnType<typeof openControls>>;
let source: Source;
let desk: ControlDesk;
const notices: string[] = [];

beforeEach(async () => {
  source = await openControls(node);
  desk = new ControlDesk(new ProfileStore(path.join(folder, 'controls')));
  desk.noticed.subscribe(({ message }) => notices.push(message));
  await desk.adopt(source);
});

afterEach(async () => {
  await desk.reset();
  await desk.detach();
  await source.close();
  notices.length = 0;
});

afterAll(() => rmSync(folder, { recursive: true }));

function control(id: string): ControlDescription {
  const found = desk.controls().find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`Expected a control ${id} but found ${desk.controls().map(({ id: known }) => known)}`);
  return found;
}

/** One control of each kind that the driver has and that may be set without another's leave. */
function oneOfEachKind(): ControlDescription[] {
  const isQuiet = ({ id }: ControlDescription): boolean => !/dropped|disconnect|wrap|error/.test(id);
  const settable = desk.controls().filter((one) => !one.readOnly && !one.inactive && !one.volatile && isQuiet(one));
  return [...new Map(settable.filter(({ type }) => type !== 'button').map((one) => [one.type, one])).values()];
}

/** A value of the control's kind that it does not hold. */
function otherValue({ type, value, minimum, maximum, options }: ControlDescription): ControlValue {
  switch (type) {
    case 'menu':
      return options?.find((option) => option.value !== value)?.value ?? 0;
    case 'integer64':
      return value === '1' ? '2' : '1';
    case 'text':
      return value === 'abcd' ? 'wxyz' : 'abcd';
    case 'array':
    case 'bytes':
      return (value as number[]).map((element, index) => (index === 1 ? maximum : element));
    case 'area':
      return [640, 480];
    default:
      return value === maximum ? minimum : maximum;
  }
}

describe('a set that a real driver refuses', () => {
  it('changes nothing, and names the control', async () => {
    const before = await readControl(node, 'brightness');
    await expect(desk.set({ brightness: 17, hue: 500 })).rejects.toThrow('for hue but received 500');
    await expect(desk.set({ brightness: 17, read_only_integer_32_bits: 5 })).rejects.toThrow('read_only_integer_32_bits');
    expect(await readControl(node, 'brightness')).toBe(before);
  });
});

describe('controls of a real driver', () => {
  it('of every kind are set in one request, as another program reads them, and come back after the next opening', async () => {
    const chosen = oneOfEachKind();
    expect(chosen.map(({ type }) => type).sort()).toEqual(
      ['area', 'array', 'bitmask', 'boolean', 'integer', 'integer64', 'menu', 'text'].sort(),
    );
    const values = Object.fromEntries(chosen.map((one) => [one.id, otherValue(one)]));
    const reports = await desk.set(values);
    expect(Object.fromEntries(reports.map(({ id, applied }) => [id, applied]))).toEqual(values);
    for (const { id, type } of chosen) {
      if (type === 'integer' || type === 'integer64' || type === 'boolean' || type === 'menu') {
        expect(`${id} = ${await readControl(node, id)}`).toBe(`${id} = ${values[id]}`);
      }
    }
    await desk.detach();
    await source.close();
    const integer = chosen.find(({ type }) => type === 'integer') as ControlDescription;
    await v4l2Ctl(node, `--set-ctrl=${integer.id}=${integer.value}`);
    source = await openControls(node);
    await desk.attach(source);
    expect(desk.controls().filter(({ drifted }) => drifted)).toEqual([]);
    expect(await readControl(node, integer.id)).toBe(String(values[integer.id]));
    expect(notices).toEqual([]);
  });

  it('end right where an automatic one has to be switched off first', async () => {
    await desk.set({ gain_automatic: 0 });
    await desk.set({ gain: 77 });
    await desk.detach();
    await v4l2Ctl(node, '--set-ctrl=gain_automatic=1');
    await source.close();
    source = await openControls(node);
    await desk.attach(source);
    expect([control('gain_automatic').value, control('gain').value]).toEqual([0, 77]);
    expect([await readControl(node, 'gain_automatic'), await readControl(node, 'gain')]).toEqual(['0', '77']);
    await desk.set({ gain_automatic: 1 });
    expect(control('gain')).toMatchObject({ inactive: true, desired: 77, drifted: false });
  });

  it('drift when another program changes them, which is told at once and not undone', async () => {
    await desk.set({ brightness: 40 });
    const drifted = nextOf(desk.changed, 'the drift', (list) => list.some(({ id, drifted: is }) => id === 'brightness' && is));
    await v4l2Ctl(node, '--set-ctrl=brightness=90');
    await drifted;
    expect(control('brightness')).toMatchObject({ value: 90, desired: 40, drifted: true });
    expect(await readControl(node, 'brightness')).toBe('90');
    await desk.reset(['brightness']);
    expect(await readControl(node, 'brightness')).toBe('128');
  });

  it('are set by the command line, by the path of the device', async () => {
    process.env.CAMERA_LAB_HOME = path.join(folder, 'data');
    try {
      const printed: string[] = [];
      const output = { result: (text: string) => void printed.push(text), note: (text: string) => void printed.push(text) };
      await runControls(node, { set: ['Brightness=55', 'hue=-7'], reset: [] }, output);
      expect(printed).toEqual(['brightness: requested 55, applied 55\nhue: requested -7, applied -7']);
      expect([await readControl(node, 'brightness'), await readControl(node, 'hue')]).toEqual(['55', '-7']);
      await runControls(node, { set: [], reset: [] }, output);
      expect(printed[1]).toMatch(/hue +integer +-7 +0 +a whole number from -128 to 128/);
    } finally {
      delete process.env.CAMERA_LAB_HOME;
    }
  });
});
