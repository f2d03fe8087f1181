import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { measureBlack } from '../../../main/calibration/black-level.ts';
import { calibrateFromChart } from '../../../main/calibration/chart-shading.ts';
import { colourCheckerLab } from '../../../main/calibration/colour-checker.ts';
import { noiseFromPatches } from '../../../main/calibration/noise-model.ts';
import { readDngSamples } from '../../../main/camera/file/dng-samples.ts';
import { readRawFile } from '../../../main/camera/file/raw-file.ts';
import { readTiff, type TiffDirectory } from '../../../main/camera/file/tiff.ts';
import type { Mosaic } from '../../../main/frame/mosaic.ts';
import type { ChartCorners } from '../../../main/quality/chart-grid.ts';
import { measureMosaicChart, type PatchMeasure } from '../../../main/quality/chart-patches.ts';
import { hasRealData, realDataFolder, realFile } from '../../support/real-data.ts';

const reason = `${realDataFolder} is absent; set CAMERA_LAB_DATA to a folder with real RAW files`;
if (!hasRealData) console.warn(`Not run on real charts: ${reason}`);

const canonFile = 'canon550d_ccpassport_1888x1182_14b_rggb.dng';
const ar1335 = {
  width: 2592,
  height: 1536,
  cfa: 'GRBG',
  bits: 8,
  packing: 'unpacked',
  blackLevel: 12.5,
  whiteLevel: 255,
} as const;

async function ar1335Patches(): Promise<PatchMeasure[]> {
  const mosaic = await readRawFile(realFile('ar1335_Indoor1_2592x1536_8b_grbg.raw'), ar1335);
  const corners: ChartCorners = {
    topLeft: { x: 627, y: 1179 },
    topRight: { x: 1058, y: 1185 },
    bottomLeft: { x: 635, y: 1430 },
    bottomRight: { x: 1061, y: 1442 },
  };
  return measureMosaicChart(mosaic, corners, { patchShare: 0.4 });
}

/** The Canon's masked columns lie left of its visible part, which begins at (152, 26). */
async function canonBlack(): Promise<ReturnType<typeof measureBlack>> {
  const bytes = new Uint8Array(await readFile(realFile(canonFile)));
  const { directories, littleEndian } = readTiff(bytes, canonFile);
  const raw = directories.find((directory) => directory.first(262, 0) === 32803) as TiffDirectory;
  const [width, height] = [1888, 1182];
  const { samples } = readDngSamples(bytes, raw, { width, height, littleEndian, path: canonFile });
  return measureBlack({ samples, width, height }, [{ x: 8, y: 26, width: 128, height: 1152 }], { x: 152, y: 26 });
}

async function canonPatches(): Promise<PatchMeasure[]> {
  const image = await readRawFile(realFile(canonFile));
  const mosaic: Mosaic = { ...image, sensor: { ...image.sensor, blackLevels: (await canonBlack()).levels } };
  const corners: ChartCorners = {
    topLeft: { x: 715.8, y: 625 },
    topRight: { x: 1251.7, y: 613.3 },
    bottomLeft: { x: 703.3, y: 930 },
    bottomRight: { x: 1258.3, y: 924.2 },
  };
  return measureMosaicChart(mosaic, corners, { patchShare: 0.4 });
}

const charts = [
  ['an AR1335 indoors', ar1335Patches],
  ['a Canon 550D in dim, warm light', canonPatches],
] as const;

describe.each(charts)('the chart of %s', (_, patchesOf) => {
  it.for(['before-november-2014', 'from-november-2014'] as const)(
    'of %s comes out within 3.0 ΔE00 in the mean',
    async (edition, { skip }) => {
      if (!hasRealData) skip(reason);
      const patches = await patchesOf();
      expect(patches.flatMap(({ problem }) => problem ?? [])).toEqual([]);
      for (const order of ['even', 'quadratic'] as const) {
        const { colour, whiteBalance } = calibrateFromChart(patches, colourCheckerLab(edition), order);
        expect(colour.meanDeltaE00).toBeLessThan(2.6);
        expect(colour.worstDeltaE00).toBeLessThan(7.5);
        expect(whiteBalance.worstCast).toBeLessThan(0.06);
      }
    },
  );
});

describe('real frames', () => {
  it('show the white balance that their greys need, not what the camera had noted', async ({ skip }) => {
    if (!hasRealData) skip(reason);
    const { whiteBalance } = calibrateFromChart(await canonPatches(), colourCheckerLab('from-november-2014'));
    // Measured on the grey patches by hand: 1.465 and 2.244. The file says 2.477 and 1.694.
    expect(Math.abs(whiteBalance.gains[0] / 1.465 - 1)).toBeLessThan(0.02);
    expect(Math.abs(whiteBalance.gains[2] / 2.244 - 1)).toBeLessThan(0.02);
  });

  it('show black of the masked columns, row by row', async ({ skip }) => {
    if (!hasRealData) skip(reason);
    const { levels, deviations } = await canonBlack();
    expect(levels).toEqual([2047.4, 2047.4, 2050.4, 2050.4].map((level) => expect.closeTo(level, 0)));
    expect(deviations.every((deviation) => Math.abs(deviation - 17) < 1.5)).toBe(true);
  });

  it('show their photon transfer', async ({ skip }) => {
    if (!hasRealData) skip(reason);
    const { slope, offset } = noiseFromPatches(await canonPatches());
    // Measured by hand on the same patches: variance = 2.10 signal + 121. Their signals reach up to 1170 DN.
    expect(Math.abs(slope / 2.1 - 1)).toBeLessThan(0.1);
    expect(Math.abs(offset - 121)).toBeLessThan(40);
  });
});
