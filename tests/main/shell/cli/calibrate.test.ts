import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { apply3, inverse3, type Matrix3, type Triple } from '../../../../main/base/matrix3.ts';
import { colourCheckerLab, linearSrgbFromLabD50 } from '../../../../main/calibration/colour-checker.ts';
import { parseTuning } from '../../../../main/tuning/tuning-file.ts';
import { seededGaussian } from '../../../support/gaussian.ts';
import { ar1335Chart, canonChart, type RealChart } from '../../../support/real-charts.ts';
import { hasRealData, realDataFolder } from '../../../support/real-data.ts';
import { commandLine } from './command-line.ts';

const lab = commandLine();
const size = { width: 240, height: 160 } as const;
const geometry = '--width 240 --height 160 --cfa GRBG --bits 12 --black 256 --white 4095'.split(' ');
const header = { format: 'camera-lab-tuning', version: 2 } as const;
const corners = '19.5,19.5,219.5,19.5,19.5,139.5,219.5,139.5';

/** A file of 240x160 samples of 12 bits, each made by its row and column. */
function write(name: string, make: (row: number, column: number) => number): Promise<string> {
  const samples = Uint16Array.from({ length: size.width * size.height }, (_, index) => {
    const dn = make(Math.floor(index / size.width), index % size.width);
    return Math.min(4095, Math.max(0, Math.round(dn)));
  });
  return lab.write(name, new Uint8Array(samples.buffer));
}

/** The camera that took the chart: what it sees of linear sRGB, and how its greys come out. */
const truth = { srgbFromCamera: [1.7, -0.6, -0.1, -0.3, 1.5, -0.2, 0.05, -0.65, 1.6] as Matrix3, gains: [1.6, 1, 2.2] as Triple };

/** Patches of 40x40 samples, six by four, without noise. */
const chartColours = colourCheckerLab('from-november-2014').map((colour) => {
  const balanced = apply3(inverse3(truth.srgbFromCamera) as Matrix3, linearSrgbFromLabD50(colour));
  return balanced.map((value, channel) => value / (truth.gains[channel] as number)) as unknown as Triple;
});

function chartDn(row: number, column: number, scale: number): number {
  const patch = chartColours[Math.floor(row / 40) * 6 + Math.floor(column / 40)] as Triple;
  const channel = 'RGB'.indexOf('GRBG'[(row % 2) * 2 + (column % 2)] as string);
  return 256 + scale * (patch[channel] as number);
}

async function json(...args: string[]) {
  const { code, results, notes } = await lab.run('calibrate', ...args, '--json');
  expect({ code, notes }).toEqual({ code: 0, notes: [] });
  return JSON.parse(results.join('\n'));
}

const tuningIn = async (name: string) => parseTuning(await readFile(lab.path(name), 'utf8'), name);

const files: Record<string, string> = {};
beforeAll(async () => {
  files.chart = await write('chart.raw', (row, column) => chartDn(row, column, 3000));
  const [one, other] = [seededGaussian(1), seededGaussian(2)];
  const noisy = (gaussian: () => number) => (_row: number, column: number) => {
    const signal = 40 + 12 * column;
    return 256 + signal + gaussian() * Math.sqrt(0.8 * signal + 20);
  };
  files.first = await write('first.raw', noisy(one));
  files.second = await write('second.raw', noisy(other));
  const dark = seededGaussian(3);
  const levels = [250, 252, 259, 261];
  files.dark = await write('dark.raw', (row, column) => {
    if (row === 3 && column === 7) return 3000;
    return (levels[(row % 2) * 2 + (column % 2)] as number) + 3 * dark();
  });
});

type Refusal = readonly [args: readonly string[], message: RegExp];

async function expectRefusals(refusals: readonly Refusal[]): Promise<void> {
  for (const [args, message] of refusals) {
    const { code, results, notes } = await lab.run('calibrate', ...args);
    expect({ args, code, results, lines: notes.length }).toEqual({ args, code: 2, results: [], lines: 1 });
    expect(notes[0]).toMatch(message);
  }
}

describe('misuse ends with 2 and one sentence', () => {
  it('for a chart or frames that cannot be measured', async () => {
    const { chart = '', first = '', dark = '' } = files;
    const at = ['--corners', corners, ...geometry];
    await expectRefusals([
      [['chart', chart, ...geometry], /required option '--corners <numbers>' not specified/],
      [['chart', chart, '--corners', '1,2,3', ...geometry], /Expected 8 numbers for --corners but received 1,2,3/],
      [['chart', chart, '--corners', '1,1,2,2,3,3,4,4', ...geometry], /corners that span no area/],
      [
        ['chart', chart, '--corners', corners.replace('219.5', '519.5'), ...geometry],
        /at least 16 pixels of each colour in patch/,
      ],
      [
        ['chart', chart, '--corners', '219.5,19.5,19.5,19.5,219.5,139.5,19.5,139.5', ...geometry],
        /a chart that a matrix renders within 12 ΔE00 .* Look whether --corners are the top left/,
      ],
      [['chart', lab.path('none.raw'), ...at], /Expected a file or folder but .*none\.raw does not exist/],
      [['chart', chart, ...at, '--cct', '100'], /Expected 1000 to 25000 kelvin for --cct but received 100/],
      [['chart', chart, ...at, '--black-levels', '1,2'], /one or four levels of at least 0 for --black-levels but received 1,2/],
      [
        ['chart', chart, ...at, '--black-levels', '5000'],
        /black levels below white, 4095 DN, for .*chart\.raw but received 5000/,
      ],
      [['flat', chart, ...geometry, '--grid', '17'], /Expected COLUMNSxROWS for --grid but received 17/],
      [['flat', chart, ...geometry, '--grid', '200x200'], /Expected a grid of 2x2 up to/],
      [['flat', dark, ...geometry], /Expected a flat field above black/],
      [['dark', dark, ...geometry, '--threshold', '0'], /Expected a positive threshold for defects but received 0 DN/],
      [['dark', dark, ...geometry, '--gain', '0'], /Expected 0.01 to 10000 for --gain but received 0/],
      [
        ['dark', dark, first, ...geometry, '--tuning', lab.path('lit.json'), '--camera', 'lit'],
        /Expected a frame without light for .*first\.raw but received levels of .* that scatter by .* Cover the lens/,
      ],
      [['noise', first, ...geometry], /Expected pairs of frames but received 1\. Give both frames of each pair/],
      [['noise', first, first, ...geometry], /Expected two exposures in a pair but .* hold the same samples/],
      [['noise', first, dark], /Expected the geometry of .*first\.raw but it has no sidecar/],
    ]);
  });

  it('and makes no tuning file of what is refused', async () => {
    expect(await lab.files()).not.toContain('lit.json');
  });

  it('for a tuning file that is not to be made or changed, and leaves it as it is', async () => {
    const kept = await lab.write('kept.json', JSON.stringify({ ...header, camera: 'kept', bits: 10 }));
    const before = await readFile(kept, 'utf8');
    const at = ['chart', files.chart as string, '--corners', corners, ...geometry];
    const update = [...at, '--cct', '5000', '--update', '--tuning'];
    await expectRefusals([
      [[...at, '--tuning', lab.path('new.json')], /Expected the colour temperature of the light, --cct, .* received none/],
      [
        [...at, '--cct', '5000', '--tuning', kept],
        /Expected a new file for --tuning but .*kept\.json exists already\. Add --update/,
      ],
      [[...at, '--update'], /Expected --tuning with the file to change beside --update/],
      [[...update, kept], /Expected frames of 10 bits, as .*kept\.json is for, but received 12/],
      [[...update, kept, '--camera', 'x'], /the tuning of x for --tuning but .* is that of kept/],
      [[...update, lab.path('none.json')], /Expected a readable tuning file but received .*none\.json/],
    ]);
    expect(await readFile(kept, 'utf8')).toBe(before);
    expect(await lab.files()).not.toContain('new.json');
  });
});

describe('lab calibrate chart', () => {
  it('finds the camera that the chart was made with, and keeps it at the colour temperature', async () => {
    const args = ['chart', files.chart as string, ...geometry, '--corners', corners, '--light', 'even'];
    const made = await json(...args, '--cct', '5000', '--tuning', lab.path('chart.json'), '--camera', 'made up');
    for (const [index, value] of truth.srgbFromCamera.entries()) expect(made.srgbFromCamera[index]).toBeCloseTo(value, 1);
    // Neutral patches of paint are not grey quite: their balance differs from the camera's by a per cent.
    expect(Math.abs(made.whiteBalance[0] / 1.6 - 1)).toBeLessThan(0.02);
    expect(Math.abs(made.whiteBalance[2] / 2.2 - 1)).toBeLessThan(0.02);
    expect(made.fit.meanDeltaE00).toBeLessThan(0.5);
    expect(made.fit.patches).toHaveLength(24);
    // Eight bits and the display curve's fit leave some tenths; cyan lies outside of sRGB.
    expect(made.picture).toMatchObject({ stage: 'SlowISP' });
    expect(made.picture.meanDeltaE00).toBeLessThan(1);
    expect(made.picture.patches[17]).toMatchObject({ patch: 18, name: 'cyan' });
    expect(await tuningIn('chart.json')).toEqual({
      ...header,
      camera: 'made up',
      bits: 12,
      colour: [
        {
          cctKelvin: 5000,
          whiteBalance: made.whiteBalance,
          srgbFromCamera: made.srgbFromCamera,
          srgbFromCameraEncoded: made.srgbFromCameraEncoded,
        },
      ],
    });
    expect(made.srgbFromCameraEncoded).not.toEqual(made.srgbFromCamera);
    expect(made.tuning.changes.map(({ field, change }: { field: string; change: string }) => [field, change])).toEqual([
      ['camera', 'added'],
      ['bits', 'added'],
      ['colour', 'added'],
    ]);
  });

  it('uses the black levels of the tuning that it changes, and keeps all else of it', async () => {
    const start = {
      ...header,
      camera: 'old',
      blackLevels: [{ gain: 1, levels: [256, 256, 256, 256] }],
      tone: { tone_contrast: 0.5 },
    };
    await lab.write('old.json', JSON.stringify(start));
    const wrongBlack = geometry.map((word) => (word === '256' ? '0' : word));
    const args = ['chart', files.chart as string, ...wrongBlack, '--corners', corners, '--light', 'even', '--stage', 'fast'];
    const made = await json(...args, '--cct', '5000', '--tuning', lab.path('old.json'), '--update');
    expect(made.fit.meanDeltaE00).toBeLessThan(0.5);
    expect(await tuningIn('old.json')).toMatchObject(start);
    const again = await lab.run('calibrate', ...args, '--cct', '5000', '--tuning', lab.path('old.json'), '--update');
    expect(again.results.at(-1)).toMatch(/old\.json holds exactly this already\.$/);
  });
});

describe('a sensor that is not linear', () => {
  /** DN of light from 0 to 1: a square root between black and white, which the square of the tuning undoes. */
  const bent = (light: number): number => 256 + 3839 * Math.sqrt(Math.max(light, 0));
  // ((DN - 256) / 3839)² · 3839 + 256 over x = DN / 4095.
  const share = 4095 / 3839;
  const back = 256 / 3839;
  const polynomial = [256 + 3839 * back ** 2, -2 * 3839 * share * back, 3839 * share ** 2];

  it('is linearised by its tuning before anything is measured', async () => {
    const light = (row: number, column: number) => (chartDn(row, column, 3000) - 256) / 3839;
    const path = await write('bent.raw', (row, column) => bent(light(row, column)));
    const table = Array.from({ length: 1025 }, (_, step) => {
      const dn = (step / 1024) * 4095;
      return Math.max(
        0,
        polynomial.reduceRight((sum, coefficient) => sum * (dn / 4095) + coefficient, 0),
      );
    }).map((value, step, all) => (step < 65 ? (all[65] as number) : value));
    await lab.write('bent.json', JSON.stringify({ ...header, camera: 'bent', linearisation: table }));
    const args = [
      'chart',
      path,
      ...geometry,
      '--corners',
      corners,
      '--light',
      'even',
      '--cct',
      '5000',
      '--tuning',
      lab.path('bent.json'),
    ];
    const made = await json(...args, '--update');
    expect(made.fit.meanDeltaE00).toBeLessThan(0.6);
    expect(Math.abs(made.whiteBalance[0] / 1.6 - 1)).toBeLessThan(0.02);
    // Eight straight pieces stand for the table in the picture.
    expect(made.picture.meanDeltaE00).toBeLessThan(2.5);
  });

  it('has the noise of its linear light', async () => {
    const noisy = (seed: number) => {
      const gaussian = seededGaussian(seed);
      return (_row: number, column: number): number => {
        const signal = 300 + 13 * column;
        return bent((signal + gaussian() * Math.sqrt(0.8 * signal + 20)) / 3839);
      };
    };
    const paths = [await write('bent-1.raw', noisy(5)), await write('bent-2.raw', noisy(6))];
    // In the root domain noise falls with light.
    const plain = await lab.run('calibrate', 'noise', ...paths, ...geometry);
    expect(plain).toMatchObject({
      code: 2,
      notes: [expect.stringMatching(/^Expected noise that grows with light but received a slope of -/)],
    });
    const table = Array.from({ length: 4096 }, (_, dn) => 256 + (dn > 256 ? (dn - 256) ** 2 / 3839 : 0));
    await lab.write('bent-noise.json', JSON.stringify({ ...header, camera: 'bent', linearisation: table }));
    const made = await json('noise', ...paths, ...geometry, '--tuning', lab.path('bent-noise.json'), '--update');
    expect(Math.abs(made.slope / 0.8 - 1)).toBeLessThan(0.1);
  });
});

describe('lab calibrate flat', () => {
  it('gives back what the lens took', async () => {
    const light = (row: number, column: number) => 1 / (1 + 0.4 * (((column - 119.5) / 144) ** 2 + ((row - 79.5) / 144) ** 2));
    const paths = [
      await write('flat-1.raw', (row, column) => 256 + 2000 * light(row, column)),
      await write('flat-2.raw', (row, column) => 256 + 2100 * light(row, column)),
    ];
    const made = await json('flat', ...paths, ...geometry, '--grid', '9x7', '--cct', '4000', '--tuning', lab.path('flat.json'));
    for (const plane of made.gains) {
      expect(plane).toHaveLength(63);
      // Nodes lie on a regular grid from corner to corner: its gain is the inverse of the light at that place.
      for (const [column, row, node] of [
        [0, 0, 0],
        [119.5, 79.5, 31],
        [239, 159, 62],
      ] as const) {
        expect(Math.abs(plane[node] * light(row, column) - 1)).toBeLessThan(0.01);
      }
    }
    expect((await tuningIn('flat.json')).shading).toEqual([{ cctKelvin: 4000, rows: 7, columns: 9, gains: made.gains }]);
  });
});

describe('lab calibrate dark', () => {
  it('measures each position of the cell, and adds hot samples to the map', async () => {
    const start = { ...header, camera: 'dark', defects: { ...size, positions: [[100, 3]] } };
    await lab.write('dark.json', JSON.stringify(start));
    const made = await json(
      'dark',
      files.dark as string,
      ...geometry,
      '--gain',
      '2',
      '--tuning',
      lab.path('dark.json'),
      '--update',
    );
    for (const [phase, level] of [250, 252, 259, 261].entries()) expect(Math.abs(made.levels[phase] - level)).toBeLessThan(0.15);
    for (const deviation of made.deviations) expect(Math.abs(deviation - 3)).toBeLessThan(0.15);
    expect(made.hot).toBe(1);
    const kept = await tuningIn('dark.json');
    expect(kept.blackLevels?.map(({ gain }) => gain)).toEqual([2]);
    expect(kept.defects?.positions).toEqual([
      [3, 7],
      [100, 3],
    ]);
  });

  it('refuses a map of another size', async () => {
    await lab.write(
      'other.json',
      JSON.stringify({
        format: 'camera-lab-tuning',
        version: 2,
        camera: 'dark',
        defects: { width: 64, height: 48, positions: [] },
      }),
    );
    const { code, notes } = await lab.run(
      'calibrate',
      'dark',
      files.dark as string,
      ...geometry,
      '--tuning',
      lab.path('other.json'),
      '--update',
    );
    expect({ code, notes }).toEqual({
      code: 2,
      notes: [expect.stringMatching(/^Expected frames of 64x48, as the defect map of the tuning file, but .* is 240x160\./)],
    });
  });
});

describe('lab calibrate noise', () => {
  it('finds the noise that the frames were made with', async () => {
    const made = await json(
      'noise',
      files.first as string,
      files.second as string,
      ...geometry,
      '--gain',
      '4',
      '--tuning',
      lab.path('noise.json'),
    );
    expect(Math.abs(made.slope / 0.8 - 1)).toBeLessThan(0.06);
    expect(Math.abs(made.offset - 20)).toBeLessThan(15);
    expect(made.electronsPerDn).toBeCloseTo(1 / made.slope, 9);
    expect((await tuningIn('noise.json')).noise).toEqual([
      { gain: 4, slope: expect.closeTo(made.slope, 4), offset: expect.closeTo(made.offset, 3) },
    ]);
  });
});

const reason = `${realDataFolder} is absent; set CAMERA_LAB_DATA to a folder with real RAW files`;
if (!hasRealData) console.warn(`Not run on real charts: ${reason}`);

/** The part of a real frame around its chart, as a headerless file of 16-bit samples, and the arguments that describe it. */
async function cutOut({ mosaic, corners: at }: RealChart, name: string): Promise<string[]> {
  const points = [at.topLeft, at.topRight, at.bottomLeft, at.bottomRight];
  const even = (value: number): number => Math.round(value / 2) * 2;
  const [left, top] = [even(Math.min(...points.map(({ x }) => x)) - 100), even(Math.min(...points.map(({ y }) => y)) - 100)];
  const [right, bottom] = [even(Math.max(...points.map(({ x }) => x)) + 100), even(Math.max(...points.map(({ y }) => y)) + 100)];
  const [width, height] = [right - left, Math.min(bottom, mosaic.height) - top];
  const samples = Uint16Array.from({ length: width * height }, (_, index) => {
    return mosaic.samples[(top + Math.floor(index / width)) * mosaic.width + left + (index % width)] as number;
  });
  const path = await lab.write(name, new Uint8Array(samples.buffer));
  const { cfa, blackLevels, whiteLevel } = mosaic.sensor;
  const numbers = points.map(({ x, y }) => `${x - left},${y - top}`).join(',');
  return [
    ...[path, '--width', `${width}`, '--height', `${height}`, '--cfa', cfa, '--bits', '16', '--black', '0'],
    ...['--white', `${whiteLevel}`, '--black-levels', blackLevels.join(','), '--corners', numbers, '--patch-share', '0.4'],
  ];
}

describe('real charts', () => {
  it.for([
    ['an AR1335', ar1335Chart],
    ['a Canon 550D', canonChart],
  ] as const)('of %s come out within 3.0 ΔE00 in the mean, from the file to sRGB', async ([name, chartOf], { skip }) => {
    if (!hasRealData) skip(reason);
    const made = await json('chart', ...(await cutOut(await chartOf(), `${name}.raw`)));
    expect(made.fit.meanDeltaE00).toBeLessThan(3);
    expect(made.picture.meanDeltaE00).toBeLessThan(3);
  });

  it.for([
    ['an AR1335', ar1335Chart],
    ['a Canon 550D', canonChart],
  ] as const)(
    'of %s come out of FastISP within 0.8 ΔE00 of the fit, by the matrix for encoded values',
    async ([name, chartOf], { skip }) => {
      if (!hasRealData) skip(reason);
      const made = await json('chart', ...(await cutOut(await chartOf(), `${name}-fast.raw`)), '--stage', 'fast');
      expect(made.picture.stage).toBe('FastISP');
      expect(made.picture.meanDeltaE00 - made.fit.meanDeltaE00).toBeLessThan(0.8);
    },
  );
});
