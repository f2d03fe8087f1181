import { describe, expect, it } from 'vitest';
import { calibrateFromChart } from '../../../main/calibration/chart-shading.ts';
import { colourCheckerLab } from '../../../main/calibration/colour-checker.ts';
import { noiseFromPatches } from '../../../main/calibration/noise-model.ts';
import { ar1335Chart, canonBlack, canonChart, realPatches } from '../../support/real-charts.ts';
import { hasRealData, realDataFolder } from '../../support/real-data.ts';

const reason = `${realDataFolder} is absent; set CAMERA_LAB_DATA to a folder with real RAW files`;
if (!hasRealData) console.warn(`Not run on real charts: ${reason}`);

const ar1335Patches = async () => realPatches(await ar1335Chart());
const canonPatches = async () => realPatches(await canonChart());

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
