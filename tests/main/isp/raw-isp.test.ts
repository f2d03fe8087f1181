import { describe, expect, it } from 'vitest';
import { rawIsp, rawOutputSensor } from '../../../main/isp/raw-isp.ts';
import { rawOperators, rawParameters } from '../../../main/isp/raw-operators.ts';
import { runStage } from '../../../main/live/single-frame.ts';
import { defaultValues } from '../../../main/processor/parameters.ts';
import type { ParameterValues } from '../../../preload/contract.ts';
import { lightOf, runOperators } from '../../support/raw-light.ts';
import type { ReferenceMosaic } from '../../support/reference-fast-isp.ts';
import { sharedLanes } from '../../support/shared-lanes.ts';
import { syntheticMosaic } from '../../support/synthetic-mosaic.ts';

const lanes = sharedLanes(2);

const defaults = defaultValues(rawIsp.declaration.params);
const off = { green_equalisation: false, defect_correction: 'off', raw_noise_reduction: false, shading_correction: false };

/** A sensor of which everything is known: a table, shading, noise, and defects in corners, at edges and where strips meet. */
function knownMosaic(height: number): ReferenceMosaic {
  const plain = syntheticMosaic('GBRG', 96, height);
  const gains = Float32Array.from({ length: 4 * 5 * 7 }, (_, index) => 1 + ((index * 37) % 50) / 50);
  const linearisation = Float32Array.from({ length: 65 }, (_, index) => index * 16 + (index / 10) ** 2);
  const defects = Uint32Array.from([0, 1, 95, 97, 500, 502, 16 * 96 + 3, 17 * 96 + 4, 31 * 96 + 50, 96 * height - 1]);
  const noise = { slope: 0.2, offset: 4 };
  return { ...plain, sensor: { ...plain.sensor, noise, defects, linearisation, shading: { rows: 5, columns: 7, gains } } };
}

async function corrected(mosaic: ReferenceMosaic, values: ParameterValues): Promise<Uint16Array> {
  const { planes } = await runStage(rawIsp, mosaic, values, lanes());
  return planes['corrected_mosaic'] as Uint16Array;
}

describe('RawISP', () => {
  it('refuses to bin a frame whose size is no multiple of four', () => {
    const { sensor } = syntheticMosaic('RGGB');
    const values = { ...defaults, raw_binning: true };
    expect(() => rawIsp.plan({ width: 96, height: 74, sensor, values, cut: 'frame' })).toThrow(
      'Expected a size in multiples of 4 for binning but received 96x74',
    );
  });

  const sets: Record<string, ParameterValues> = {
    'with nothing switched on': off,
    'with the defect map': { ...off, defect_correction: 'map' },
    'with defects that stand out': { ...off, defect_correction: 'couplets', defect_hot_excess: 0, defect_noise_margin: 0 },
    'with green equalisation': { ...off, green_equalisation: true, green_limit: 0.2 },
    'with noise reduction': { ...off, raw_noise_reduction: true },
    'with shading': { ...off, shading_correction: true },
    'with everything': { defect_correction: 'couplets', green_equalisation: true, digital_gain: 1.3 },
    'binned, with everything': { green_equalisation: true, raw_binning: true },
  };
  for (const [name, set] of Object.entries(sets)) {
    it(`makes the same samples in strips and in one piece, ${name}`, async () => {
      const height = name.startsWith('binned') ? 76 : 74;
      const mosaic = knownMosaic(height);
      const whole = await corrected(mosaic, { ...defaults, ...set, strip_rows: 4096 });
      const strips = await corrected(mosaic, { ...defaults, ...set, strip_rows: 16 });
      expect(whole).toHaveLength(name.startsWith('binned') ? 48 * 38 : 96 * height);
      expect(strips).toEqual(whole);
    });
  }

  it('gives samples out whose levels its sensor tells, below black too and clipped at white', async () => {
    const mosaic = syntheticMosaic('RGGB');
    const samples = await corrected(mosaic, { ...defaults, ...off, digital_gain: 1.5 });
    const { blackLevels, whiteLevel } = rawOutputSensor(mosaic.sensor, { ...defaults, ...off });
    let belowBlack = 0;
    for (const [index, light] of Array.from(lightOf(mosaic).samples).entries()) {
      const expected = Math.min(whiteLevel, blackLevels[0] + 1.5 * light * (whiteLevel - blackLevels[0]));
      belowBlack += Number(light < 0);
      expect(Math.abs((samples[index] as number) - expected)).toBeLessThanOrEqual(0.51);
    }
    expect(belowBlack).toBeGreaterThan(5);
  });
});

describe('the sensor that RawISP tells of its mosaic', () => {
  const { sensor } = knownMosaic(74);

  it('keeps what was not corrected, its noise in the new numbers', () => {
    const told = rawOutputSensor(sensor, { ...defaults, ...off, digital_gain: 2 });
    expect(told).toMatchObject({ cfa: 'GBRG', bits: 16, whiteLevel: 65535, defects: sensor.defects, shading: sensor.shading });
    expect(told.linearisation).toBeUndefined();
    // A sample's DN grow by 2 * 61439 / 934; a variance by the square.
    const factor = (2 * 61439) / 934;
    expect(told.noise?.slope).toBeCloseTo(0.2 * factor, 6);
    expect(told.noise?.offset).toBeCloseTo(4 * factor ** 2, 3);
  });

  it('tells no more of what was corrected, and no noise that it does not know', () => {
    const told = rawOutputSensor(sensor, defaults);
    expect([told.defects, told.shading, told.noise, told.linearisation]).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('keeps the share of the shading that is left', () => {
    const told = rawOutputSensor(sensor, { ...defaults, shading_strength: 0.5 });
    expect(told.shading?.gains[1]).toBeCloseTo(1.74 / 1.37, 6);
  });
});

describe('the operators of RAW', () => {
  it('are nothing but a gain where everything is off, and leave the light as it is', async () => {
    const values = defaultValues(rawParameters);
    const mosaic = knownMosaic(20);
    expect(rawOperators(values, mosaic.sensor).map(({ id }) => id)).toEqual(['digital-gain']);
    expect(await runOperators(mosaic, rawOperators(values, mosaic.sensor), values)).toEqual(await runOperators(mosaic, []));
  });

  it('leave out what the sensor brings no data for, and then pack nothing', () => {
    const values = { ...defaultValues(rawParameters), defect_correction: 'map', shading_correction: true };
    const ids = (mosaic: ReferenceMosaic): string[] => rawOperators(values, mosaic.sensor).map(({ id }) => id);
    expect(ids(syntheticMosaic('RGGB'))).toEqual(['digital-gain']);
    expect(ids(knownMosaic(20))).toEqual(['defect-map', 'lens-shading', 'digital-gain']);
  });
});
