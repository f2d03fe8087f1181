import { describe, expect, it } from 'vitest';
import { bin } from '../../../../main/isp/operators/bin.ts';
import { digitalGain } from '../../../../main/isp/operators/digital-gain.ts';
import { pack, unpack } from '../../../../main/isp/operators/pack.ts';
import { lightOf, mirrored, runOperators } from '../../../support/raw-light.ts';
import { syntheticMosaic } from '../../../support/synthetic-mosaic.ts';

const mosaic = syntheticMosaic('GRBG', 24, 16);

describe('binning', () => {
  it('is refused on a mosaic', async () => {
    await expect(runOperators(mosaic, [bin])).rejects.toThrow('Expected a packed raster for operator bin');
  });

  it('takes the mean of 2x2 samples of each colour and keeps the order of the mosaic', async () => {
    const binned = await runOperators(mosaic, [pack, bin, unpack]);
    const at = mirrored(lightOf(mosaic));
    expect(binned).toHaveLength(12 * 8);
    binned.forEach((value, index) => {
      const [row, column] = [Math.floor(index / 12), index % 12];
      const [top, left] = [4 * (row >> 1) + (row % 2), 4 * (column >> 1) + (column % 2)];
      const mean = (at(top, left) + at(top, left + 2) + at(top + 2, left) + at(top + 2, left + 2)) / 4;
      expect(value).toBeCloseTo(mean, 6);
    });
  });
});

describe('digital gain', () => {
  it('multiplies light and leaves black where it is', async () => {
    const light = await runOperators(mosaic, [digitalGain], { digital_gain: 3.5 });
    const before = lightOf(mosaic).samples;
    for (const [index, value] of light.entries()) expect(value).toBeCloseTo(3.5 * (before[index] as number), 5);
  });
});
