import { beforeAll, describe, expect, it } from 'vitest';
import { seededGaussian } from '../../../support/gaussian.ts';
import { commandLine } from './command-line.ts';

const lab = commandLine();
const [width, height] = [192, 96];
const geometry = `--width ${width} --height ${height} --cfa RGGB --bits 12 --black 256 --white 4000`.split(' ');

function write(name: string, make: (row: number, column: number) => number): Promise<string> {
  const samples = Uint16Array.from({ length: width * height }, (_, index) => {
    const dn = make(Math.floor(index / width), index % width);
    return Math.min(4095, Math.max(0, Math.round(dn)));
  });
  return lab.write(name, new Uint8Array(samples.buffer));
}

/** A scene of light from dark to bright that moves with time, under noise of variance 0.8 · signal + 20, with one hot sample. */
function scene(time: number, seed: number): (row: number, column: number) => number {
  const gaussian = seededGaussian(seed);
  return (row, column) => {
    if (row === 31 && column === 60) return 3990;
    const isGreen = (row + column) % 2 === 1;
    // Greens share their detail; red and blue have one of their own.
    const detail = isGreen ? Math.sin(row * 1.9 + column * 1.3) : Math.cos(row * 0.7 - column * 2.9);
    const signal = 60 + 9 * ((column + 16 * time) % width) + 25 * detail;
    return 256 + signal + gaussian() * Math.sqrt(0.8 * Math.max(signal, 0) + 20);
  };
}

let moving: string[] = [];
let still: string[] = [];
let dark: string[] = [];
let bright = '';
beforeAll(async () => {
  moving = await Promise.all([0, 1, 2, 3].map((time) => write(`moving-${time}.raw`, scene(time, time + 1))));
  still = await Promise.all([0, 1].map((time) => write(`still-${time}.raw`, scene(0, time + 11))));
  const levels = [250, 256, 259, 262];
  dark = await Promise.all(
    [0, 1, 2].map((time) => {
      const gaussian = seededGaussian(time + 21);
      return write(`dark-${time}.raw`, (row, column) =>
        row === 8 && column === 9 ? 900 : (levels[(row % 2) * 2 + (column % 2)] as number) + 3 * gaussian(),
      );
    }),
  );
  bright = await write('bright.raw', (_row, column) => Math.min(3900, 256 + 30 * column));
});

async function json(...args: readonly string[]) {
  const { code, results, notes } = await lab.run('analyse', ...args, ...geometry, '--json');
  expect({ code, notes }).toEqual({ code: 0, notes: [] });
  return JSON.parse(results.join('\n'));
}

describe('misuse', () => {
  it('ends with 2 and one sentence', async () => {
    const [frame = ''] = moving;
    const other = await lab.write('other.raw', new Uint8Array(64 * 48 * 2));
    const sidecar = { width: 64, height: 48, cfa: 'RGGB', bits: 12, packing: 'unpacked', blackLevel: 256, whiteLevel: 4000 };
    await lab.write('other.raw.json', JSON.stringify(sidecar));
    await lab.write('twin.raw.json', JSON.stringify({ ...sidecar, width, height }));
    const twin = await write('twin.raw', () => 300);
    const cases: [string[], RegExp][] = [
      [[], /missing required argument 'files'/],
      [[frame], /Expected the geometry of .*moving-0\.raw/],
      [[lab.path('none.raw'), ...geometry], /none\.raw does not exist/],
      [[frame, ...geometry, '--dark', '--still'], /Expected --dark or --still but received both/],
      [[frame, ...geometry, '--masked', '0,0,8'], /Expected 4 numbers for --masked but received 0,0,8/],
      [[frame, ...geometry, '--masked', '0,0,1,8'], /of at least 2x2 samples for --masked but received 0,0,1,8/],
      [[frame, ...geometry, '--masked', '190,0,8,8'], /within 192x96 for --masked but received 8x8 at \(190, 0\)/],
      [[frame, ...geometry, '--gain', '0'], /Expected a positive number for --gain but received 0/],
      [[frame, ...geometry, '--tuning', lab.path('none.json')], /Expected a readable tuning file/],
      [
        [frame, ...geometry, '--dark'],
        /Expected a frame without light for .*moving-0\.raw but received levels of .* Cover the lens/,
      ],
      [[frame, ...geometry, '--masked', '0,0,96,96'], /Expected masked areas without light for .* Give areas of --masked/],
      [[twin, other], /Expected frames of one size, 192x96, but .*other\.raw is 64x48/],
    ];
    for (const [args, message] of cases) {
      const { code, results, notes } = await lab.run('analyse', ...args);
      expect({ args, code, results, lines: notes.length }).toEqual({ args, code: 2, results: [], lines: 1 });
      expect(notes[0]).toMatch(message);
    }
  });
});

describe('lab analyse', () => {
  it('of a moving scene finds the order of colours, what stays wrong, and the noise', async () => {
    const { frames, defectGrowth, photonTransfer } = await json(...moving);
    expect(frames).toHaveLength(4);
    for (const frame of frames) {
      expect(frame).toMatchObject({ cfaOrder: { agrees: true, diagonal: 'odd' }, clippingPoint: null });
      expect(frame).not.toHaveProperty('blackLevel');
    }
    expect(defectGrowth).toEqual({ known: 0, added: [[31, 60]] });
    expect(photonTransfer).toMatchObject({ from: 'single frames', slope: expect.any(Number) });
  });

  it('of a still scene finds the noise that it was made with, and says nothing of defects', async () => {
    const analysis = await json(...still, '--still');
    expect(Math.abs(analysis.photonTransfer.slope / 0.8 - 1)).toBeLessThan(0.06);
    expect(analysis.photonTransfer).toMatchObject({ from: 'pairs' });
    expect(analysis).not.toHaveProperty('defectGrowth');
  });

  it('of dark frames finds how far black has moved, and a sample that shines', async () => {
    const analysis = await json(...dark, '--dark');
    expect(analysis.frames[0].blackLevel.driftDn).toEqual([-6, 0, 3, 6].map((drift) => expect.closeTo(drift, 0)));
    expect(analysis.defectGrowth.added).toEqual([[8, 9]]);
    expect(analysis).not.toHaveProperty('photonTransfer');
  });

  it('holds frames against a tuning, and takes black from masked samples', async () => {
    const tuning = {
      ...{ format: 'camera-lab-tuning', version: 2, camera: 'bench', bits: 12 },
      blackLevels: [{ gain: 1, levels: [250, 256, 259, 262] }],
      defects: { width, height, positions: [[8, 9]] },
    };
    const path = await lab.write('tuning.json', JSON.stringify(tuning));
    const analysis = await json(...dark, '--masked', '0,0,64,96', '--tuning', path);
    for (const drift of analysis.frames[1].blackLevel.driftDn) expect(Math.abs(drift)).toBeLessThan(0.4);
    expect(analysis.defectGrowth).toEqual({ known: 1, added: [] });
  });

  it('tells a person where a frame clips, and what is not as it was said', async () => {
    const { code, results } = await lab.run('analyse', bright, ...geometry);
    expect(code).toBe(0);
    const [heading, row, ...rest] = results.join('\n').split('\n');
    expect(heading?.split(/ {2,}/)).toEqual(['file', 'clips from DN', 'CFA order']);
    expect(row).toMatch(/bright\.raw +3900, NOT as said \(\d+ samples\)/);
    expect(rest[0]).toMatch(/^Photon transfer/);
    expect(rest[1]).toBe('Defects: undecided, three frames are needed at least.');
  });
});
