import { describe, expect, it } from 'vitest';
import { decodeDng } from '../../../main/camera/file/dng.ts';
import { readInputFile } from '../../../main/camera/file/input-file.ts';
import { readRawFile } from '../../../main/camera/file/raw-file.ts';
import { measureDark } from '../../../main/frame/dark-statistics.ts';
import type { CfaOrder } from '../../../main/frame/pixel-format.ts';
import { decideBlackLevel } from '../../../main/isp/raw-algo/black-level.ts';
import { decideCfaOrder, measureCfa } from '../../../main/isp/raw-algo/cfa-order.ts';
import { decideClippingPoint, measureClipping } from '../../../main/isp/raw-algo/clipping-point.ts';
import { countSightings, findSuspects, growDefectMap } from '../../../main/isp/raw-algo/defect-growth.ts';
import type { AlgoMosaic } from '../../../main/isp/raw-algo/intent.ts';
import {
  fitPhotonTransfer,
  levelsOf,
  transferPointsOfFrame,
  transferPointsOfPair,
} from '../../../main/isp/raw-algo/photon-transfer.ts';
import { decideRaw } from '../../../main/isp/raw-algo.ts';
import { shadingUnder } from '../../../main/isp/shading-by-light.ts';
import { seededGaussian } from '../../support/gaussian.ts';
import { hasRealData, realDataFolder, realFile } from '../../support/real-data.ts';

const reason = `${realDataFolder} is absent; set CAMERA_LAB_DATA to a folder with real RAW files`;
if (!hasRealData) console.warn(`Not run on real RAW files: ${reason}`);

const sensor = { cfa: 'RGGB', bits: 12, blackLevels: [256, 256, 256, 256], whiteLevel: 4000 } as const;

function mosaicOf(make: (row: number, column: number) => number, width = 128, height = 96): AlgoMosaic {
  const samples = Uint16Array.from({ length: width * height }, (_, index) =>
    Math.max(0, Math.round(make(Math.floor(index / width), index % width))),
  );
  return { width, height, samples, sensor };
}

async function nikon(name = 'nikon_rose_768x512_14b_rggb_le16.raw'): Promise<AlgoMosaic> {
  return readRawFile(realFile(name), {
    width: 768,
    height: 512,
    cfa: 'RGGB',
    bits: 16,
    packing: 'unpacked',
    blackLevel: 600,
    whiteLevel: 15520,
  });
}

describe('the black level', () => {
  const levels = [250, 252, 259, 261];
  const gaussian = seededGaussian(1);
  const dark = mosaicOf((row, column) =>
    (row * column) % 997 === 5 ? 4000 : (levels[(row % 2) * 2 + (column % 2)] as number) + 6 * gaussian(),
  );
  const border = [
    { top: 0, left: 0, rows: 96, columns: 16 },
    { top: 0, left: 16, rows: 8, columns: 112 },
  ];

  it('is undecided without dark samples', () => {
    const measured = measureDark(dark, [{ top: 0, left: 0, rows: 8, columns: 8 }]);
    expect(decideBlackLevel({ measured, current: levels, damping: 1 }).decision).toBeUndefined();
  });

  it('follows each position of the cell, rows of both parities, and no hot sample', () => {
    const inputs = { measured: measureDark(dark, border), current: sensor.blackLevels, damping: 1 };
    const { decision, inputs: kept } = decideBlackLevel(inputs);
    for (const [phase, level] of (decision?.blackLevels ?? []).entries()) {
      expect(Math.abs(level - (levels[phase] as number))).toBeLessThan(0.6);
    }
    expect(decision?.blackLevels).toHaveLength(4);
    expect(kept).toBe(inputs);
  });

  it('moves by its damping, and rests where the difference is noise', () => {
    const measured = { means: [260, 256.1, 256, 256], deviations: [4, 4, 4, 4], counts: [400, 400, 400, 400] };
    const { decision } = decideBlackLevel({ measured, current: [256, 256, 256, 256], damping: 0.25 });
    expect(decision?.blackLevels).toEqual([257, 256, 256, 256]);
    expect(decision?.driftDn[0]).toBe(4);
  });

  it('of a real dark frame is the mean of what is not hot', async ({ skip }) => {
    if (!hasRealData) skip(reason);
    const file = {
      width: 1920,
      height: 1080,
      cfa: 'BGGR',
      bits: 12,
      packing: 'unpacked',
      blackLevel: 0,
      whiteLevel: 4095,
    } as const;
    const frame = await readRawFile(realFile('darkframe_1920x1080_12b_bggr_le16.raw'), file);
    const { means, counts } = measureDark(frame, [{ top: 0, left: 0, rows: 1080, columns: 1920 }]);
    const plain = frame.samples.reduce((sum, dn) => sum + (dn > 20 ? 0 : dn), 0) / frame.samples.filter((dn) => dn <= 20).length;
    for (const mean of means) expect(Math.abs(mean - plain)).toBeLessThan(0.4);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0.99 * frame.samples.length);
  });
});

describe('the map of defects', () => {
  const hot = [3 * 128 + 7, 40 * 128 + 60, 95 * 128 + 127];
  const frames = [0, 1, 2, 3].map((time) => {
    const gaussian = seededGaussian(20 + time);
    const frame = mosaicOf(
      (row, column) => 600 + 200 * Math.sin((column + 9 * time) / 11) + 100 * Math.cos((row + 5 * time) / 7) + 12 * gaussian(),
    );
    for (const position of hot) frame.samples[position] = 2500;
    // A glint that moves, and one sample that is wrong in one frame.
    frame.samples[(20 + 4 * time) * 128 + 20 + 6 * time] = 3800;
    if (time === 1) frame.samples[70 * 128 + 33] = 3000;
    return { ...frame, sensor: { ...sensor, noise: { slope: 0.1, offset: 110 } } };
  });

  it('waits for three frames', () => {
    const sightings = countSightings(frames.slice(0, 2).map((frame) => findSuspects(frame, 8)));
    expect(growDefectMap({ ...sightings, known: new Uint32Array(), persistence: 0.75 }).decision).toBeUndefined();
  });

  it('grows by what stays in place, keeps what it had, and takes in no glint', () => {
    const known = Uint32Array.of(5, hot[1] as number);
    const sightings = countSightings(frames.map((frame) => findSuspects(frame, 8)));
    const { decision } = growDefectMap({ ...sightings, known, persistence: 0.75 });
    expect([...(decision?.added ?? [])]).toEqual([hot[0], hot[2]]);
    expect([...(decision?.defects ?? [])]).toEqual([5, ...hot]);
  });

  it('suspects every hot and dead sample of a real frame that is not lost in its noise', async ({ skip }) => {
    if (!hasRealData) skip(reason);
    const [clean, bad] = [await nikon(), await nikon('nikon_rose_400badpix_768x512_14b_rggb_le16.raw')];
    const suspects = new Set(findSuspects({ ...bad, sensor: { ...bad.sensor, noise: { slope: 0.3, offset: 6 } } }, 4));
    const hotOnes = [...bad.samples.keys()].filter((at) => (bad.samples[at] as number) > (clean.samples[at] as number));
    expect(hotOnes).toHaveLength(200);
    expect(hotOnes.filter((at) => suspects.has(at)).length).toBeGreaterThanOrEqual(198);
  });
});

describe('photon transfer', () => {
  const truth = { slope: 0.8, offset: 20 };
  const exposed = (seed: number, texture = 0): AlgoMosaic => {
    const gaussian = seededGaussian(seed);
    return mosaicOf(
      (row, column) => {
        const signal = 40 + 3000 * (column / 512) ** 2 + texture * (row % 96 < 16 ? ((row * 7 + column * 13) % 31) - 15 : 0);
        return 256 + signal + gaussian() * Math.sqrt(truth.slope * signal + truth.offset);
      },
      512,
      256,
    );
  };

  it('is undecided for too few points and for one brightness only', () => {
    const point = { signal: 100, variance: 50, count: 64 };
    expect(fitPhotonTransfer({ points: [point] }).decision).toBeUndefined();
    expect(fitPhotonTransfer({ points: Array.from({ length: 20 }, () => point) }).decision).toBeUndefined();
  });

  it('gives gain and read noise from a pair, whatever the scene shows', () => {
    const points = levelsOf(transferPointsOfPair(exposed(1, 2), exposed(2, 2)), 'pair');
    const { decision } = fitPhotonTransfer({ points });
    expect(Math.abs((decision?.slope ?? 0) / truth.slope - 1)).toBeLessThan(0.03);
    // Rounding to whole numbers adds a twelfth.
    expect(Math.abs((decision?.offset ?? 0) - truth.offset - 1 / 12)).toBeLessThan(4);
    expect(decision?.electronsPerDn).toBeCloseTo(1 / (decision?.slope ?? 0), 12);
  });

  it('gives them from the flat tiles of one frame, within a tenth', () => {
    const points = levelsOf(transferPointsOfFrame(exposed(3, 6)), 'frame');
    const { decision } = fitPhotonTransfer({ points });
    expect(Math.abs((decision?.slope ?? 0) / truth.slope - 1)).toBeLessThan(0.1);
  });

  it('of a real chart is that of its patches, which another program measured as 2.10 DN + 121', async ({ skip }) => {
    if (!hasRealData) skip(reason);
    const canon = realFile('canon550d_ccpassport_1888x1182_14b_rggb.dng');
    const chart = decodeDng(await readInputFile(canon), canon);
    const { decision } = fitPhotonTransfer({ points: levelsOf(transferPointsOfFrame(chart), 'frame') });
    console.info(`photon transfer of the Canon chart: slope ${decision?.slope}, offset ${decision?.offset}`);
    expect(Math.abs((decision?.slope ?? 0) / 2.1 - 1)).toBeLessThan(0.2);
  });
});

/** The same frame read from another place: a shift by an odd number changes the order. */
function shifted(frame: AlgoMosaic, down: number, across: number, cfa: CfaOrder): AlgoMosaic {
  const [width, height] = [frame.width - 16, frame.height - 16];
  const samples = Uint16Array.from({ length: width * height }, (_, index) => {
    return frame.samples[(Math.floor(index / width) + down) * frame.width + (index % width) + across] as number;
  });
  return { width, height, samples, sensor: { ...frame.sensor, cfa } };
}

describe('the CFA order', () => {
  it('is undecided on a blank frame', () => {
    const gaussian = seededGaussian(9);
    expect(decideCfaOrder(measureCfa(mosaicOf(() => 900 + 5 * gaussian()))).decision).toBeUndefined();
  });

  it('is undecided where one diagonal differs by no more than two greens may, and decided beyond', () => {
    const gaussian = seededGaussian(9);
    const measured = (excess: number) =>
      decideCfaOrder(measureCfa(mosaicOf((row, column) => (row % 2 || column % 2 ? 400 : 400 * (1 + excess)) + gaussian())))
        .decision;
    expect(measured(0.03)).toBeUndefined();
    expect(measured(0.2)).toMatchObject({ diagonal: 'odd', by: 'level' });
  });

  it('takes three standard deviations of a vote, and no contradiction', () => {
    const inputs = { parts: 36, means: [1, 1, 1, 1], declared: 'RGGB' } as const;
    const decided = (level: [number, number], detail: [number, number]) =>
      decideCfaOrder({
        ...inputs,
        levelVotes: { odd: level[0], even: level[1] },
        detailVotes: { odd: detail[0], even: detail[1] },
      }).decision;
    // Of 36 coins 28 or more fall alike in 0.12 % of all throws, 27 or more in 0.39 %; of 9, all in 0.39 %, and of 10 in 0.20 %.
    expect(decided([0, 0], [27, 9])).toBeUndefined();
    expect(decided([0, 0], [28, 8])).toMatchObject({ diagonal: 'odd', by: 'detail', confidence: expect.closeTo(0.9988, 4) });
    expect(decided([0, 9], [18, 18])).toBeUndefined();
    expect(decided([0, 10], [18, 18])).toMatchObject({ diagonal: 'even', by: 'level', agrees: false });
    expect(decided([0, 36], [36, 0])).toBeUndefined();
  });

  for (const [down, across, cfa] of [
    [0, 0, 'RGGB'],
    [0, 1, 'GRBG'],
    [1, 0, 'GBRG'],
    [1, 1, 'BGGR'],
    [10, 10, 'RGGB'],
    [10, 11, 'GRBG'],
  ] as const) {
    it(`of a real frame read from (${down}, ${across}) has its greens where ${cfa} has them`, async ({ skip }) => {
      if (!hasRealData) skip(reason);
      const inputs = measureCfa(shifted(await nikon(), down, across, cfa));
      const { decision } = decideCfaOrder(inputs);
      expect(decision).toMatchObject({ agrees: true, diagonal: cfa[1] === 'G' ? 'odd' : 'even' });
      expect(decision?.candidates[0]).toBe(cfa);
      expect(decision?.confidence).toBeGreaterThan(0.9999);
    });
  }

  it('that is declared wrongly is contradicted', async ({ skip }) => {
    if (!hasRealData) skip(reason);
    const { decision } = decideCfaOrder(measureCfa(shifted(await nikon(), 0, 1, 'RGGB')));
    expect(decision).toMatchObject({ agrees: false, candidates: ['GRBG', 'GBRG'] });
  });
});

describe('the clipping point', () => {
  const gaussian = seededGaussian(4);
  const ramp = (clip: number): AlgoMosaic => mosaicOf((_, column) => Math.min(clip, 256 + 40 * column + 10 * gaussian()));

  it('is undecided where nothing saturates', () => {
    expect(
      decideClippingPoint(measureClipping(mosaicOf((_, column) => 256 + 10 * column + 10 * gaussian()))).decision,
    ).toBeUndefined();
  });

  it('is where the samples pile up, also below the end of the range', () => {
    expect(decideClippingPoint(measureClipping(ramp(3900))).decision).toMatchObject({ whiteLevel: 3900, agrees: false });
    expect(decideClippingPoint(measureClipping(ramp(4000))).decision).toMatchObject({ whiteLevel: 4000, agrees: true });
  });
});

describe('RawAlgo', () => {
  it('decides what it is given, and decides the same from the inputs that an intent carries', () => {
    const frame = mosaicOf((_, column) => Math.min(4000, 256 + 40 * column));
    const dark = measureDark(frame, [{ top: 0, left: 0, rows: 96, columns: 4 }]);
    const inputs = {
      blackLevel: { measured: dark, current: [256, 256, 256, 256], damping: 0.5 },
      clippingPoint: measureClipping(frame),
      cfaOrder: measureCfa(frame),
    };
    const intents = decideRaw(inputs);
    expect(Object.keys(intents).sort()).toEqual(['blackLevel', 'cfaOrder', 'clippingPoint']);
    const recorded = structuredClone(intents);
    const replayed = decideRaw(Object.fromEntries(Object.entries(recorded).map(([name, intent]) => [name, intent.inputs])));
    expect(replayed).toEqual(recorded);
  });
});

describe('shading between two lights', () => {
  const grid = (gain: number): { rows: number; columns: number; gains: Float32Array } => ({
    rows: 2,
    columns: 2,
    gains: new Float32Array(16).fill(gain),
  });
  const measured = [
    { kelvin: 2500, grid: grid(1) },
    { kelvin: 5000, grid: grid(2) },
  ];

  it('is refused without any', () => {
    expect(() => shadingUnder([], 4000)).toThrow('Expected shading under at least one light but received none');
  });

  it('is in the middle where the reciprocal temperatures are, and the nearest beyond', () => {
    // 1/2500 and 1/5000 are 400 and 200 mired; 300 mired are 3333 K.
    expect(shadingUnder(measured, 1e6 / 300).gains[0]).toBeCloseTo(1.5, 6);
    expect(shadingUnder(measured, 2000).gains[0]).toBe(1);
    expect(shadingUnder(measured, 9000).gains[0]).toBe(2);
  });
});
