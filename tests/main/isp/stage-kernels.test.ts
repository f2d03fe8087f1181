import { describe, expect, it } from 'vitest';
import { rawIsp } from '../../../main/isp/raw-isp.ts';
import { slowIsp } from '../../../main/isp/slow-isp.ts';
import { KernelError } from '../../../main/kernel/kernel.ts';
import { defaultValues, describeParameters } from '../../../main/processor/parameters.ts';
import type { Stage } from '../../../main/processor/stage.ts';
import type { ParameterValues } from '../../../preload/contract.ts';
import { defectiveMosaic } from '../../support/defective-mosaic.ts';
import { differenceOf } from '../../support/kernel-pictures.ts';
import type { ReferenceMosaic } from '../../support/reference-fast-isp.ts';
import { frameByKernel, frameByOnnx, kernelOf } from '../../support/stage-frames.ts';

const mosaic = defectiveMosaic(84, 92);

/** What is switched, of those that shape a stage's graph; each other way than by default. */
function switchesOf(stage: Stage): readonly ParameterValues[] {
  return describeParameters(stage.declaration.params)
    .filter(({ kind, name }) => kind === 'load-time' && name !== 'execution_provider')
    .flatMap(({ name, control, options, defaultValue }) => {
      const values = options?.map(({ value }) => value) ?? (control === 'toggle' ? [false, true] : []);
      return values.filter((value) => value !== defaultValue).map((value) => ({ [name]: value }));
    });
}

/**
 * Steps of 65535 by which 16 bits may differ. A float holds 24 bits: sums in another order and products that are rounded once, and what
 * is divided by little on the way, leave that much of the last ones. Steps of 255 are as coarse as one sample in a thousand tells.
 */
const deepSteps = 8;

async function expectSame(stage: Stage, source: ReferenceMosaic, look: ParameterValues): Promise<void> {
  const values = { ...defaultValues(stage.declaration.params), ...look };
  const [own, expected] = [await frameByKernel(stage, source, values), await frameByOnnx(stage, source, values)];
  for (const [index, plane] of own.planes.entries()) {
    const wanted = expected.planes[index] as Uint8Array | Uint16Array;
    expect(new Set(wanted).size).toBeGreaterThan(50);
    const { worst, share } = differenceOf(plane, wanted);
    const isDeep = wanted.BYTES_PER_ELEMENT === 2;
    expect(worst).toBeLessThanOrEqual(isDeep ? deepSteps : 1);
    expect(share).toBeLessThanOrEqual(isDeep ? 0.05 : 0.001);
  }
}

const stages = { RawISP: rawIsp, SlowISP: slowIsp } as const;
const strips = { strip_rows: 30, slow_strip_rows: 46 };

describe('a kernel of a binned mosaic', () => {
  it('is refused: means of cells are on no raster of cells', () => {
    const values = { ...defaultValues(rawIsp.declaration.params), raw_binning: true };
    expect(() => kernelOf(rawIsp, mosaic, values)).toThrow(KernelError);
  });
});

for (const [name, stage] of Object.entries(stages)) {
  describe(`a kernel of ${name}`, () => {
    for (const look of [{}, ...switchesOf(stage).filter((each) => !each['raw_binning'])]) {
      it(`makes what ONNX Runtime makes with ${JSON.stringify(look)}`, () => expectSame(stage, mosaic, { ...strips, ...look }));
    }

    it('makes the same bits in one strip and in several', async () => {
      const values = { ...defaultValues(stage.declaration.params), ...strips };
      const several = await frameByKernel(stage, mosaic, values);
      const one = await frameByKernel(stage, mosaic, { ...values, strip_rows: 4096, slow_strip_rows: 4096 });
      expect([several.strips > 1, one.strips]).toEqual([true, 1]);
      expect(several.planes).toEqual(one.planes);
    });
  });
}
