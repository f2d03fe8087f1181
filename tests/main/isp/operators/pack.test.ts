import { describe, expect, it } from 'vitest';
import type { GraphOperator } from '../../../../main/isp/operator.ts';
import { pack, unpack } from '../../../../main/isp/operators/pack.ts';
import { lightOf, runOperators } from '../../../support/raw-light.ts';
import { syntheticMosaic } from '../../../support/synthetic-mosaic.ts';

const mosaic = syntheticMosaic('RGGB', 12, 8);

describe('packed planes', () => {
  it('are refused as a mosaic, and a mosaic as planes', async () => {
    await expect(runOperators(mosaic, [pack, pack])).rejects.toThrow('Expected a mosaic raster for operator pack');
    await expect(runOperators(mosaic, [unpack])).rejects.toThrow('Expected a packed raster for operator unpack');
  });

  it('are the mosaic again when unpacked, sample for sample', async () => {
    expect(await runOperators(mosaic, [pack, unpack])).toEqual(await runOperators(mosaic, []));
  });

  it('hold one position of the cell each, in reading order', async () => {
    const keepThird: GraphOperator = {
      ...pack,
      graph: ({ g }, x) => ({ ...x, value: g.multiply(x.value, g.constant('float32', [0, 0, 1, 0], [1, 4, 1, 1])) }),
    };
    const kept = await runOperators(mosaic, [pack, keepThird, unpack]);
    const all = lightOf(mosaic).samples;
    kept.forEach((value, index) => {
      const [row, column] = [Math.floor(index / 12), index % 12];
      expect(value).toBeCloseTo(row % 2 === 1 && column % 2 === 0 ? (all[index] as number) : 0, 6);
    });
  });
});
