import { describe, expect, it } from 'vitest';
import { DeviceControls } from '../../../../main/camera/v4l2/device-controls.ts';
import { type Control, type ControlValue as DeviceValue, V4l2Error } from '../../../../native/v4l2-camera/index.ts';
import type { ControlValue } from '../../../../preload/contract.ts';
import { controlOf, type ScriptedDevice, ScriptedDriver } from './scripted-driver.ts';

interface Bench {
  readonly driver: ScriptedDriver;
  readonly device: ScriptedDevice;
  readonly controls: DeviceControls;
  /** Ids of every announcement. */
  readonly announced: (readonly string[])[];
}

async function bench(list: readonly Control[], values: readonly (readonly [number, DeviceValue])[]): Promise<Bench> {
  const driver = new ScriptedDriver();
  driver.controls = [...list];
  driver.values.clear();
  for (const [id, value] of values) driver.values.set(id, value);
  const noted: { controls?: DeviceControls } = {};
  const device = await driver.openDevice('/dev/video0', { onControlChange: (change) => noted.controls?.note(change) });
  const controls = new DeviceControls(device, 'Bench camera');
  noted.controls = controls;
  await controls.load();
  const announced: (readonly string[])[] = [];
  controls.changed.subscribe((ids) => announced.push(ids));
  return { driver, device, controls, announced };
}

const plain = () =>
  bench(
    [controlOf(1, 'Brightness'), controlOf(2, 'Gain')],
    [
      [1, 100],
      [2, 10],
    ],
  );

describe('a write that is wrong', () => {
  it.each<[string, ControlValue, string]>([
    ['nothing', 1, 'camera.unknown-control'],
    ['brightness', 256, 'camera.control-range'],
    ['brightness', 'bright', 'camera.control-range'],
    ['brightness', 1.5, 'camera.control-range'],
  ])('%s = %s is refused before the driver is asked', async (id, value, code) => {
    const { controls, driver } = await plain();
    await expect(controls.write(new Map([[id, value]]))).rejects.toMatchObject({ code, exitCode: 2 });
    expect(driver.writes).toEqual([]);
  });

  it('names the control that the driver refuses, and keeps what was known', async () => {
    const { controls, driver } = await plain();
    driver.refusal = new V4l2Error('v4l2.busy', 'the stream holds it', { errno: 16, control: 2 });
    const write = controls.write(
      new Map([
        ['brightness', 1],
        ['gain', 2],
      ]),
    );
    await expect(write).rejects.toMatchObject({
      code: 'camera.control-refused',
      message: /takes for gain but .*stream holds it/,
      exitCode: 2,
    });
    expect(controls.numericValues).toEqual({ brightness: 100, gain: 10 });
  });

  it('is a failure of the device where the device is gone', async () => {
    const { controls, driver } = await plain();
    driver.refusal = new V4l2Error('v4l2.unplugged', 'No such device');
    await expect(controls.write(new Map([['gain', 2]]))).rejects.toMatchObject({ code: 'camera.unplugged', exitCode: 1 });
  });

  it('of nothing asks for nothing', async () => {
    const { controls, driver } = await plain();
    expect(await controls.write(new Map())).toEqual(new Map());
    expect(driver.writes).toEqual([]);
  });
});

describe('names', () => {
  it('are those of v4l2-ctl, and unique and stable where the driver repeats itself', async () => {
    const { controls } = await bench(
      [
        controlOf(1, 'Exposure Time, Absolute'),
        controlOf(2, 'White Balance (Auto)'),
        controlOf(3, 'Gain'),
        controlOf(0xabc, 'Gain'),
        controlOf(5, '±'),
      ],
      [],
    );
    const ids = controls.descriptions().map(({ id }) => id);
    expect(ids).toEqual(['exposure_time_absolute', 'white_balance_auto', 'gain', 'gain_0xabc', '0x5']);
  });
});

/** Kind of control, the driver's value, the lab's, another one of the lab's and what the driver is then given. */
const kinds: readonly (readonly [string, Partial<Control>, DeviceValue, ControlValue, ControlValue, DeviceValue])[] = [
  ['integer', {}, 100, 100, 7, 7],
  ['boolean', { type: 'boolean', maximum: 1 }, true, 1, 0, false],
  [
    'menu',
    {
      type: 'menu',
      maximum: 3,
      menu: [
        { index: 0, label: 'Off' },
        { index: 3, label: 'On' },
      ],
    },
    0,
    0,
    3,
    3,
  ],
  [
    'menu',
    {
      type: 'integer-menu',
      maximum: 1,
      menu: [
        { index: 0, label: '9007199254740993', value: 9007199254740993n },
        { index: 1, label: '2', value: 2n },
      ],
    },
    1,
    1,
    0,
    0,
  ],
  [
    'integer64',
    { type: 'integer64', minimum: -9223372036854775808n, maximum: 9223372036854775807n, step: 1n, defaultValue: 0n },
    9007199254740993n,
    '9007199254740993',
    '-9223372036854775808',
    -9223372036854775808n,
  ],
  ['bitmask', { type: 'bitmask', maximum: -1, defaultValue: 0 }, 0x80000001, 0x80000001, 0xffffffff, 0xffffffff],
  ['text', { type: 'string', maximum: 8 }, 'abc', 'abc', 'xyz', 'xyz'],
  ['area', { type: 'area' }, { width: 640, height: 480 }, [640, 480], [320, 240], { width: 320, height: 240 }],
  [
    'array',
    { type: 'u8', elements: 4, elementBytes: 1, dimensions: [2, 2] },
    Uint8Array.of(1, 2, 3, 4),
    [1, 2, 3, 4],
    [4, 3, 2, 1],
    Uint8Array.of(4, 3, 2, 1),
  ],
  [
    'array',
    { type: 'u16', elements: 2, elementBytes: 2, dimensions: [2], maximum: 65535 },
    Uint16Array.of(1, 65535),
    [1, 65535],
    [2, 3],
    Uint16Array.of(2, 3),
  ],
  [
    'array',
    { type: 'u32', elements: 2, dimensions: [2], maximum: 0xffffffff },
    Uint32Array.of(1, 0xffffffff),
    [1, 0xffffffff],
    [2, 3],
    Uint32Array.of(2, 3),
  ],
  [
    'array',
    { type: 'integer', elements: 2, dimensions: [2], minimum: -5 },
    Int32Array.of(-5, 5),
    [-5, 5],
    [1, 2],
    Int32Array.of(1, 2),
  ],
  [
    'bytes',
    { type: 'compound', elements: 1, elementBytes: 3 },
    Uint8Array.of(1, 2, 3),
    [1, 2, 3],
    [255, 0, 1],
    Uint8Array.of(255, 0, 1),
  ],
];

describe('a control of every kind', () => {
  it.each(kinds)('%s %#', async (type, rest, deviceValue, labValue, nextValue, deviceNext) => {
    const { controls, driver } = await bench(
      [controlOf(9, 'Thing', rest as Partial<Omit<Control, 'flags'>>)],
      [[9, deviceValue]],
    );
    expect(controls.descriptions()).toMatchObject([{ id: 'thing', type, value: labValue }]);
    expect(await controls.write(new Map([['thing', nextValue]]))).toEqual(new Map([['thing', nextValue]]));
    expect(driver.writes).toEqual([new Map([[9, deviceNext]])]);
    expect(controls.descriptions()).toMatchObject([{ value: nextValue }]);
  });

  it('presses a button and reads none', async () => {
    const { controls, driver } = await bench([controlOf(9, 'Press', { type: 'button', flags: { writeOnly: true } })], []);
    driver.unreadable = 9;
    expect(await controls.write(new Map([['press', 1]]))).toEqual(new Map([['press', 1]]));
    expect(driver.writes).toEqual([new Map([[9, true]])]);
    expect(controls.numericValues).toEqual({});
  });

  it('gives the range of 64 bits exactly, gaps of menus and every flag', async () => {
    const { controls } = await bench(
      [
        controlOf(1, 'Wide', {
          type: 'integer64',
          minimum: -9223372036854775808n,
          maximum: 9223372036854775807n,
          defaultValue: 5n,
        }),
        controlOf(2, 'Choice', {
          type: 'menu',
          menu: [
            { index: 1, label: 'One' },
            { index: 4, label: 'Four' },
          ],
          flags: { inactive: true, volatile: true, grabbed: true, readOnly: true },
        }),
      ],
      [],
    );
    expect(controls.descriptions()).toMatchObject([
      {
        exactRange: { minimum: '-9223372036854775808', maximum: '9223372036854775807' },
        defaultValue: '5',
        readOnly: false,
        inactive: false,
      },
      {
        options: [
          { value: 1, label: 'One' },
          { value: 4, label: 'Four' },
        ],
        inactive: true,
        volatile: true,
        grabbed: true,
        readOnly: true,
      },
    ]);
  });

  it('still shows the others where one cannot be read', async () => {
    const driver = await plain();
    driver.driver.unreadable = 1;
    await driver.controls.load();
    expect(driver.controls.numericValues).toEqual({ brightness: 128, gain: 10 });
  });
});

describe('changes', () => {
  it('by another program are known and announced', async () => {
    const { controls, device, announced } = await plain();
    device.change(2, 42);
    await controls.settled();
    expect([announced, controls.numericValues]).toEqual([[['gain']], { brightness: 100, gain: 42 }]);
  });

  it('that only echo a write of the lab are not announced, whenever they come', async () => {
    const { controls, device, driver, announced } = await plain();
    driver.afterWrite = () => device.change(2, 11);
    await controls.write(new Map([['gain', 11]]));
    device.change(2, 11);
    await controls.settled();
    expect(announced).toEqual([]);
  });

  it('of a value that the announcement does not carry are read', async () => {
    const text = controlOf(3, 'Label', { type: 'string', maximum: 8 });
    const { controls, device, announced } = await bench([text], [[3, 'old']]);
    device.change(3, 'new');
    await controls.settled();
    expect([announced, controls.descriptions()[0]?.value]).toEqual([[['label']], 'new']);
  });

  it('of flags and of ranges are announced with what the driver lists then', async () => {
    const { controls, device, driver, announced } = await plain();
    device.change(1, 100, { flags: { inactive: true } });
    await controls.settled();
    expect(controls.descriptions()[0]).toMatchObject({ inactive: true, value: 100 });
    driver.controls = [controlOf(1, 'Brightness'), controlOf(2, 'Gain', { maximum: 64 })];
    device.change(2, 10, { rangeChanged: true });
    await controls.settled();
    expect(controls.descriptions()[1]).toMatchObject({ maximum: 64 });
    expect(announced).toEqual([['brightness'], ['brightness', 'gain']]);
  });

  it('that a write causes in others are known when it resolves', async () => {
    const auto = controlOf(1, 'Auto', { type: 'boolean', maximum: 1, flags: { update: true } });
    const { controls, driver } = await bench(
      [auto, controlOf(2, 'Gain')],
      [
        [1, false],
        [2, 10],
      ],
    );
    driver.afterWrite = () => {
      driver.controls = [auto, controlOf(2, 'Gain', { flags: { inactive: true } })];
    };
    await controls.write(new Map([['auto', 1]]));
    expect(controls.descriptions()).toMatchObject([{ value: 1 }, { inactive: true }]);
  });
});

describe('controls that the device changes by itself', () => {
  it('are read again on demand, they alone, and only those that changed are announced', async () => {
    const flags = { volatile: true };
    const { controls, driver, announced } = await bench(
      [controlOf(1, 'Brightness'), controlOf(2, 'Gain', { flags }), controlOf(3, 'Temperature', { flags })],
      [
        [1, 100],
        [2, 10],
        [3, 20],
      ],
    );
    for (const [id, value] of [
      [1, 101],
      [3, 21],
    ] as const)
      driver.values.set(id, value);
    await controls.readVolatile();
    await controls.readVolatile();
    expect(announced).toEqual([['temperature']]);
    expect(controls.descriptions().map(({ value }) => value)).toEqual([100, 10, 21]);
  });
});
