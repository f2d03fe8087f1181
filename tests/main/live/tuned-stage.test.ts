import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { fastAlgoDeclaration } from '../../../main/isp/fast-algo-parameters.ts';
import { fastIsp } from '../../../main/isp/fast-isp.ts';
import { processMosaic } from '../../../main/live/single-frame.ts';
import { TunedStage } from '../../../main/live/tuned-stage.ts';
import { TuningDesk } from '../../../main/live/tuning-desk.ts';
import { ParameterStore } from '../../../main/processor/parameter-store.ts';
import type { InputValues } from '../../../main/processor/stage.ts';
import { parseTuning, writeTuning } from '../../../main/tuning/tuning-file.ts';
import type { ControlDescription } from '../../../preload/contract.ts';
import { temporaryFolder } from '../telemetry/telemetry-folder.ts';
import { ExposedCamera } from './exposed-camera.ts';
import { type LiveBench, liveBenches } from './live-bench.ts';

const bench = liveBenches();

/** A desk over a new folder in which the camera `scripted` has that text for a tuning file. */
async function deskWith(text: string): Promise<TuningDesk> {
  const desk = new TuningDesk(temporaryFolder());
  await writeFile(desk.pathOf('scripted:scripted'), text);
  return desk;
}

const tuningText = (fields: object): string =>
  JSON.stringify({ format: 'camera-lab-tuning', version: 2, camera: 'bench', ...fields });

/** A stream of an exposed camera with that tuning; the notices that it gave. */
async function tunedStream(fields: object, camera = new ExposedCamera()) {
  const lab = bench({ tunings: await deskWith(tuningText(fields)) });
  const notices: string[] = [];
  lab.stream.noticed.subscribe(({ message }) => notices.push(message));
  await lab.stream.open(async () => camera);
  await lab.stream.start();
  return { lab, camera, notices };
}

/** Exposes a frame at a gain with the same samples whatever the gain, and returns what its graph was fed with and its first pixel. */
async function frameAt(lab: LiveBench, camera: ExposedCamera, gain: number) {
  camera.set.analogue_gain = gain;
  camera.light = 0.18 / gain;
  let pixel: number[] = [];
  const unsubscribe = lab.dispatcher.published.subscribe(({ picture }) => {
    pixel = [...picture.bytes(3)];
  });
  camera.expose();
  await lab.settled();
  unsubscribe();
  const values: InputValues = lab.completions.at(-1)?.admission.envelope.parameters.values ?? {};
  return { values, pixel };
}

const red = [1, 0, 0, 0, 1, 0, 0, 0, 1];
const swapped = [0, 0, 1, 0, 1, 0, 1, 0, 0];

/** Two lights whose balances lie at either end of the gains of red. */
const colour = [
  { cctKelvin: 2500, whiteBalance: [1, 1, 4], srgbFromCamera: swapped },
  { cctKelvin: 5000, whiteBalance: [2, 1, 2], srgbFromCamera: red },
];

describe('a tuning file that cannot be read', () => {
  it.each([
    ['no JSON', '{', 'Expected JSON in'],
    ['a newer version', tuningText({}).replace('2', '3'), 'Expected a version from 1 to 2'],
    ['a wrong field', tuningText({ cfa: 'RGB' }), 'for cfa in'],
  ])('as %s is told of once and left as it is, and the camera runs without', async (_name, text, reason) => {
    const tunings = await deskWith(text);
    const lab = bench({ tunings });
    const notices: string[] = [];
    lab.stream.noticed.subscribe(({ message }) => notices.push(message));
    const camera = new ExposedCamera();
    await lab.stream.open(async () => camera);
    await lab.stream.start();
    const { values } = await frameAt(lab, camera, 1);
    expect(lab.completions.map(({ event }) => event.status)).toEqual(['done']);
    expect(values.black_levels).toEqual(Float32Array.of(256, 256, 256, 256));
    expect(notices).toEqual([expect.stringContaining(reason)]);
    expect(notices[0]).toMatch(/^scripted runs without its tuning\. /);
    expect(await readFile(tunings.pathOf(camera.id), 'utf8')).toBe(text);
  });

  it('in one value is told of once, and all other values count', async () => {
    const { lab, notices } = await tunedStream({
      tone: { exposure_ev: 99, tone_contrast: 0.2, other_stage: 1, colour_saturation: true },
    });
    expect(notices).toEqual([expect.stringMatching(/values that FastISP does not take: .*exposure_ev.*; .*colour_saturation/)]);
    expect(lab.parameters.current.values).toMatchObject({ exposure_ev: 0, tone_contrast: 0.2 });
  });
});

describe('optical black', () => {
  it('gives every frame the black levels that it shows itself, for frames of the size that the tuning tells', async () => {
    const camera = new ExposedCamera();
    const { width = 0, height = 0 } = camera.modes[0] ?? {};
    const areas = [{ top: 0, left: 0, rows: height, columns: 16 }];
    const { lab } = await tunedStream({ opticalBlack: { width, height, areas } }, camera);
    const blackAt = async (maskedDn: number): Promise<InputValues> => {
      camera.maskedDn = maskedDn;
      return (await frameAt(lab, camera, 1)).values;
    };
    const [first, second, third] = [await blackAt(300), await blackAt(300), await blackAt(310)];
    expect(first.black_levels).toEqual(Float32Array.of(300, 300, 300, 300));
    expect(second).toBe(first);
    expect(third.black_levels).toEqual(Float32Array.of(310, 310, 310, 310));

    const other = new ExposedCamera();
    other.maskedDn = 300;
    const { lab: otherLab } = await tunedStream({ opticalBlack: { width: width + 2, height, areas } }, other);
    expect((await frameAt(otherLab, other, 1)).values.black_levels).toEqual(Float32Array.of(256, 256, 256, 256));
  });
});

describe('gain', () => {
  const blackLevels = [
    { gain: 1, levels: [256, 256, 256, 256] },
    { gain: 4, levels: [400, 400, 400, 1000] },
  ];

  it('brings other levels, in the graph and in the picture', async () => {
    const { lab, camera } = await tunedStream({ blackLevels });
    const [one, two, four] = [await frameAt(lab, camera, 1), await frameAt(lab, camera, 2), await frameAt(lab, camera, 4)];
    expect(one.values.black_levels).toEqual(Float32Array.of(256, 256, 256, 256));
    expect(two.values.black_levels).toEqual(Float32Array.of(328, 328, 328, 628));
    expect(four.values.black_levels).toEqual(Float32Array.of(400, 400, 400, 1000));
    // The samples are the same: all are darker by what is taken off, blue by all that it has.
    expect(two.pixel[0]).toBeLessThan(one.pixel[0] as number);
    expect(four.pixel[0]).toBeLessThan(two.pixel[0] as number);
    expect(four.pixel[2]).toBe(0);
    expect(one.pixel[2]).toBeGreaterThan(0);
    // As a sensor that says these levels itself: 256 + 0.18 * (4000 - 256) is the sample of all.
    const sensor = { ...camera.sensor, blackLevels: [400, 400, 400, 1000] } as const;
    const mosaic = { width: 32, height: 24, samples: new Uint16Array(32 * 24).fill(930), sensor };
    const { pixels } = await processMosaic(fastIsp, mosaic, lab.parameters.current.values, 1);
    expect(four.pixel).toEqual([...pixels.subarray(0, 3)]);
  });

  it('makes inputs anew by eighths of a stop, and not for every frame', async () => {
    const { lab, camera } = await tunedStream({ blackLevels });
    const first = await frameAt(lab, camera, 2);
    // A sixteenth of a stop is 4.4 %.
    expect((await frameAt(lab, camera, 2.08)).values).toBe(first.values);
    expect((await frameAt(lab, camera, 2.1)).values).not.toBe(first.values);
  });

  it('counts as the product of all factors, and not of codes', async () => {
    class TwoGains extends ExposedCamera {
      override readonly set = { exposure: 10_000, analogue_gain: 1, digital_gain: 2, gain: 7 };
      override controls(): readonly ControlDescription[] {
        const [time, gain] = super.controls() as [ControlDescription, ControlDescription];
        const { unit: _unit, ...code } = gain;
        return [time, gain, { ...gain, id: 'digital_gain', value: 2 }, { ...code, id: 'gain', value: 7 }];
      }
    }
    const { lab, camera } = await tunedStream({ blackLevels }, new TwoGains());
    const { values } = await frameAt(lab, camera, 2);
    expect(values.black_levels).toEqual(Float32Array.of(400, 400, 400, 1000));
  });

  it('moves noise reduction between its points until the user does, and again after a reset', async () => {
    const noiseReduction = [
      { gain: 1, values: { sharpen_amount: 0.8 } },
      { gain: 4, values: { sharpen_amount: 0.2 } },
    ];
    const { lab, camera } = await tunedStream({ noiseReduction });
    const sharpness = (): unknown => lab.parameters.current.values.sharpen_amount;
    expect(sharpness()).toBe(0.8);
    const { version } = lab.parameters.current;
    await frameAt(lab, camera, 1);
    expect(lab.parameters.current.version).toBe(version);
    await frameAt(lab, camera, 2);
    expect(sharpness()).toBeCloseTo(0.5, 12);
    lab.parameters.set({ sharpen_amount: 1 });
    await frameAt(lab, camera, 4);
    expect(sharpness()).toBe(1);
    lab.parameters.set({ sharpen_amount: lab.parameters.describe('sharpen_amount').defaultValue });
    await frameAt(lab, camera, 2);
    expect(sharpness()).toBeCloseTo(0.5, 12);
  });
});

describe('the sensor of an export', () => {
  it('is tuned at the gain of the newest frame, and at 1 before the first', async () => {
    const blackLevels = [
      { gain: 1, levels: [64, 64, 64, 64] },
      { gain: 4, levels: [100, 100, 100, 100] },
    ];
    const { lab, camera } = await tunedStream({ blackLevels });
    const [mode] = camera.modes;
    const black = (): number | undefined => mode && lab.stream.tuned?.newestSensor(mode, {}).blackLevels[0];
    expect(black()).toBe(64);
    await frameAt(lab, camera, 4);
    expect(black()).toBe(100);
  });
});

describe('light', () => {
  it('is daylight at opening, and between two lights where white balance is between', async () => {
    const { lab, camera } = await tunedStream({ colour });
    expect(lab.parameters.current.values).toMatchObject({ wb_red_gain: 2, wb_blue_gain: 2 });
    const daylight = await frameAt(lab, camera, 1);
    expect(daylight.values.srgb_from_camera).toEqual(Float32Array.from(red));
    lab.parameters.set({ wb_red_gain: 1, wb_blue_gain: 4 });
    const lamp = await frameAt(lab, camera, 1);
    expect(lamp.values.srgb_from_camera).toEqual(Float32Array.from(swapped));
    // Half way in the logarithms of both gains is half way in mired: 300 between 200 and 400.
    lab.parameters.set({ wb_red_gain: Math.SQRT2, wb_blue_gain: Math.sqrt(8) });
    const between = await frameAt(lab, camera, 1);
    [0.5, 0, 0.5, 0, 1, 0, 0.5, 0, 0.5].forEach((share, at) => {
      expect(between.values.srgb_from_camera?.[at]).toBeCloseTo(share, 6);
    });
  });

  it('keeps to the grid of daylight where another light has one of another size', async () => {
    const grid = (cctKelvin: number, rows: number, gain: number): object => {
      return { cctKelvin, rows, columns: 2, gains: [1, 2, 3, 4].map(() => Array(rows * 2).fill(gain)) };
    };
    const tone = { shading_correction: true };
    const { lab, camera } = await tunedStream({ colour, tone, shading: [grid(2500, 3, 3), grid(6500, 2, 2)] });
    lab.parameters.set({ wb_red_gain: 1, wb_blue_gain: 4 });
    const { values } = await frameAt(lab, camera, 1);
    expect(values.shading_gains).toEqual(new Float32Array(16).fill(2));
    expect(lab.completions.map(({ event }) => event.status)).toEqual(['done']);
  });
});

describe('a tuning', () => {
  it('is built into the graph with the map of defects of a mode of its size', async () => {
    const defects = { width: 32, height: 24, positions: [[2, 3]] };
    const { lab, camera } = await tunedStream({ defects, tone: { defect_correction: 'map' } });
    const { values } = await frameAt(lab, camera, 1);
    expect(values.defect_positions).toBeDefined();
    await lab.stream.start('64x48@30');
    camera.deliver();
    await lab.settled();
    expect(lab.completions.at(-1)?.admission.envelope.parameters.values).not.toHaveProperty('defect_positions');
    expect(lab.completions.map(({ event }) => event.status)).toEqual(['done', 'done']);
  });

  it("is one camera's: the next one has its own word, and frames keep the source's", async () => {
    const { lab, camera } = await tunedStream({ blackLevels: [{ gain: 1, levels: [1, 2, 3, 4] }], tone: { tone_contrast: 0.2 } });
    await frameAt(lab, camera, 1);
    expect(lab.completions.at(-1)?.admission.meta.sensor).toBe(camera.sensor);
    const other = new ExposedCamera('other');
    await lab.stream.open(async () => other);
    await lab.stream.start();
    expect(lab.parameters.current.values.tone_contrast).not.toBe(0.2);
    expect((await frameAt(lab, other, 1)).values.black_levels).toEqual(Float32Array.of(256, 256, 256, 256));
  });

  it('that is kept anew counts from the next opening on', async () => {
    const tunings = await deskWith(tuningText({ whiteLevel: 3000 }));
    const lab = bench({ tunings });
    const camera = new ExposedCamera();
    await lab.stream.open(async () => camera);
    await lab.stream.start();
    await writeTuning(tunings.pathOf(camera.id), parseTuning(tuningText({ whiteLevel: 2000 }), 'test'));
    expect((await frameAt(lab, camera, 1)).values.white_level).toEqual(Float32Array.of(3000));
    await lab.stream.open(async () => camera);
    await lab.stream.start();
    expect((await frameAt(lab, camera, 1)).values.white_level).toEqual(Float32Array.of(2000));
  });
});

describe('settings of the algorithms', () => {
  const parameters = () => ({
    parameters: new ParameterStore(fastIsp.declaration.id, fastIsp.declaration.params),
    algorithms: new ParameterStore(fastAlgoDeclaration.id, fastAlgoDeclaration.params),
  });

  /** Opens a camera with a tuning of these algorithm settings over the stores; returns what was told. */
  async function opened(stores: ReturnType<typeof parameters>, algorithms?: object): Promise<string[]> {
    const tunings = algorithms ? await deskWith(tuningText({ algorithms })) : new TuningDesk(temporaryFolder());
    const notices: string[] = [];
    const tuned = await TunedStage.of(new ExposedCamera(), { stage: fastIsp, ...stores, tunings }, ({ message }) =>
      notices.push(message),
    );
    tuned.takeOver();
    return notices;
  }

  it("are FastAlgo's values and defaults from the opening on, and those of the lab again for a camera without", async () => {
    const stores = parameters();
    expect(await opened(stores, { exposure: { ae_mode: 'centre', ae_speed: 0.3 }, whiteBalance: { awb_speed: 0.9 } })).toEqual(
      [],
    );
    const tuned = { ae_mode: 'centre', ae_speed: 0.3, awb_speed: 0.9, awb_mode: 'manual' };
    expect(stores.algorithms.current.values).toMatchObject(tuned);
    expect(stores.algorithms.describe('ae_speed').defaultValue).toBe(0.3);
    await opened(stores);
    expect(stores.algorithms.current.values).toEqual(parameters().algorithms.current.values);
    expect(stores.algorithms.describe('ae_speed').defaultValue).not.toBe(0.3);
  });

  it('leave alone what the user has moved', async () => {
    const stores = parameters();
    stores.algorithms.set({ ae_speed: 0.75 });
    await opened(stores, { exposure: { ae_speed: 0.3, ae_compensation_ev: 1 } });
    expect(stores.algorithms.current.values).toMatchObject({ ae_speed: 0.75, ae_compensation_ev: 1 });
    expect(stores.algorithms.describe('ae_speed').defaultValue).toBe(0.3);
    stores.algorithms.set({ ae_compensation_ev: -2 });
    await opened(stores);
    expect(stores.algorithms.current.values).toMatchObject({ ae_speed: 0.75, ae_compensation_ev: -2 });
  });

  it('that it does not take are told of, and the others count', async () => {
    const stores = parameters();
    const notices = await opened(stores, { exposure: { ae_speed: 7, ae_mains_hertz: '50', of_another: 1 } });
    expect(notices).toEqual([
      expect.stringMatching(/^The tuning of scripted has values that FastAlgo does not take: .*ae_speed.* received 7$/),
    ]);
    expect(stores.algorithms.current.values).toMatchObject({ ae_mains_hertz: '50' });
  });
});
