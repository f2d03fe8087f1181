import { describe, expect, it } from 'vitest';
import { deltaE00 } from '../../../../main/base/colour/colour-difference.ts';
import { type Lab, labFromSrgb8 } from '../../../../main/base/colour/lab.ts';
import type { FrameSettings } from '../../../../main/camera/simulator/frame-settings.ts';
import { groundTruth, renderFrame } from '../../../../main/camera/simulator/ground-truth.ts';
import { scenes } from '../../../../main/camera/simulator/scenes/scenes.ts';
import { simulatedSensor } from '../../../../main/camera/simulator/sensor-model.ts';
import { channelOf, size, statistics } from './truth-bench.ts';

function labOf(linear: readonly number[]): Lab {
  const code = (light: number): number => 255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055);
  return labFromSrgb8(linear.map(code) as unknown as [number, number, number]);
}

describe('misuse', () => {
  it('refuses a scene that there is not and lists those there are', () => {
    expect(() => renderFrame({ scene: 'moon', ...size })).toThrow(
      /^Expected a scene of the simulator \(chart, slanted-edge, .*user-image\) but received moon/,
    );
    expect(() => groundTruth({ scene: 'moon', ...size }).cameraRgb()).toThrow('but received moon');
  });
});

describe('what the sensor sees', () => {
  it.each(scenes.map(({ id }) => id))('of %s is what a frame without noise holds', (scene) => {
    const frame = { scene, ...size, sequence: 7, settings: { noise: false, readoutMicros: 9000, analogueGain: 1.5 } };
    const samples = renderFrame(frame);
    const truth = groundTruth(frame).cameraRgb();
    let largest = 0;
    for (let index = 0; index < samples.length; index++) {
      const seen = truth[index * 3 + channelOf(index % size.width, Math.floor(index / size.width))] as number;
      const dn = Math.min(1023, 64 + (1023 - 64) * seen);
      largest = Math.max(largest, Math.abs(dn - (samples[index] as number)));
    }
    expect(largest).toBeLessThan(0.501);
  });

  it.each<[string, Partial<FrameSettings>]>([
    ['lens', { blurSigmaPixels: 0.9, lateralPixels: 1.5 }],
    ['tube and real filters', { illuminantKind: 'fluorescent', filters: 'absorptive', illuminanceLux: 240 }],
  ])('with %s is what a frame without noise holds', (_name, settings) => {
    const frame = { scene: 'chart', ...size, sequence: 3, settings: { ...settings, noise: false } };
    const samples = renderFrame(frame);
    const truth = groundTruth(frame, 'lens').cameraRgb();
    for (let index = 0; index < samples.length; index += 7) {
      const seen = truth[index * 3 + channelOf(index % size.width, Math.floor(index / size.width))] as number;
      expect(Math.abs(Math.min(1023, 64 + 959 * seen) - (samples[index] as number))).toBeLessThan(0.501);
    }
  });

  it('is what frames with noise are in the mean, with the variance that the noise model says', () => {
    const settings = { analogueGain: 4, exposureMicros: 2000 };
    const frame = { scene: 'flat-field', ...size, settings };
    const truth = groundTruth(frame);
    const expected = truth.cameraRgb();
    for (const [column, row] of [
      [0, 0],
      [1, 0],
      [1, 1],
    ] as const) {
      const values: number[] = [];
      for (let sequence = 0; sequence < 4; sequence++) {
        const samples = renderFrame({ ...frame, sequence });
        for (let y = row; y < size.height; y += 2) {
          for (let x = column; x < size.width; x += 2) values.push((samples[y * size.width + x] as number) - 64);
        }
      }
      const meanDn = 959 * (expected[channelOf(column, row)] as number);
      const { mean, variance } = statistics(values);
      const standardError = Math.sqrt(variance / values.length);
      expect(Math.abs(mean - meanDn)).toBeLessThan(4 * standardError);
      const modelled = truth.noise.dnPerElectron * meanDn + truth.noise.floorDn2;
      expect(variance / modelled).toBeGreaterThan(0.97);
      expect(variance / modelled).toBeLessThan(1.03);
    }
  });
});

describe('what the sensor sees without its limits', () => {
  it('goes on above the white level, where frames clip', () => {
    const frame = { scene: 'hdr', ...size, settings: { noise: false } };
    const largest = (most: number, value: number): number => Math.max(most, value);
    expect(groundTruth(frame).cameraRgb().reduce(largest, 0)).toBeGreaterThan(30);
    expect(renderFrame(frame).reduce(largest, 0)).toBe(1023);
  });

  it('balanced by the exact gains and mixed by the matrix is linear sRGB, in the default light', () => {
    const truth = groundTruth({ scene: 'dead-leaves-saturated', ...size });
    const camera = truth.cameraRgb();
    const reference = truth.srgb('reference');
    const matrix = truth.srgbFromCamera;
    const green = truth.whiteCameraRgb[1];
    for (let index = 0; index < camera.length; index += 3 * 41) {
      const balanced = [0, 1, 2].map(
        (channel) => ((camera[index + channel] as number) * (truth.whiteBalance[channel] as number)) / green,
      );
      for (const row of [0, 1, 2]) {
        const found = balanced.reduce((sum, value, column) => sum + value * (matrix[row * 3 + column] as number), 0);
        expect(found).toBeCloseTo(reference[index + row] as number, 4);
      }
    }
  });
});

describe('colours', () => {
  it.each(['colorimetric', 'absorptive'] as const)(
    'of the patches under D65 are the published ones, behind %s filters',
    (filters) => {
      const truth = groundTruth({ scene: 'chart', ...size, settings: { illuminantKelvin: 6504, filters } });
      expect(truth.patches()).toHaveLength(24);
      for (const { name, srgb, publishedSrgb } of truth.patches()) {
        expect(deltaE00(labOf(srgb), labFromSrgb8(publishedSrgb)), name).toBeLessThan(0.1);
      }
    },
  );

  it.each([
    [2856, 2],
    [5003, 1],
  ])('under %d K, adapted, stay near the published ones without being them', (illuminantKelvin, most) => {
    const truth = groundTruth({ scene: 'chart', ...size, settings: { illuminantKelvin } });
    const errors = truth.patches().map(({ srgb, publishedSrgb }) => deltaE00(labOf(srgb), labFromSrgb8(publishedSrgb)));
    const { mean } = statistics(errors);
    expect(mean).toBeGreaterThan(0.2);
    expect(mean).toBeLessThan(most);
    // Greys have no colour to be inconstant with.
    for (const error of errors.slice(18)) expect(error).toBeLessThan(0.6);
  });

  it('of every pixel within a patch are those of the patch, in all renderings', () => {
    const truth = groundTruth({ scene: 'chart', ...size, settings: { illuminantKind: 'led' } });
    const [camera, xyz, adapted] = [truth.cameraRgb(), truth.xyz(), truth.srgb()];
    for (const { rectangle, cameraRgb, xyz: patchXyz, srgb } of truth.patches()) {
      const middle = (rectangle.y + rectangle.height / 2) * size.width + rectangle.x + rectangle.width / 2;
      for (const channel of [0, 1, 2]) {
        expect(camera[middle * 3 + channel]).toBeCloseTo(cameraRgb[channel] as number, 5);
        expect(xyz[middle * 3 + channel]).toBeCloseTo(patchXyz[channel] as number, 5);
        expect(adapted[middle * 3 + channel]).toBeCloseTo(srgb[channel] as number, 5);
      }
    }
  });

  it('seen in warm light have its cast, adapted ones have not, and reference ones do not know of it', () => {
    const warm = groundTruth({ scene: 'flat-field', ...size, settings: { illuminantKelvin: 2856 } });
    const [seenRed, , seenBlue] = warm.srgb('seen') as unknown as [number, number, number];
    expect(seenRed / seenBlue).toBeGreaterThan(3);
    const [red, green, blue] = warm.srgb('adapted') as unknown as [number, number, number];
    expect([red, green, blue]).toEqual([0.6, 0.6, 0.6].map((light) => expect.closeTo(light, 3)));
    const day = groundTruth({ scene: 'chart', ...size }).srgb('reference');
    expect(groundTruth({ scene: 'chart', ...size, settings: { illuminantKelvin: 2856 } }).srgb('reference')).toEqual(day);
  });

  it('know the light and the gains for it', () => {
    const day = groundTruth({ scene: 'chart', ...size });
    expect(day.whiteBalance).toEqual(simulatedSensor('RGGB').whiteBalance?.map((gain) => expect.closeTo(gain, 9)));
    expect(day.light.correlatedKelvin / 5500).toBeCloseTo(1, 2);
    const warm = groundTruth({ scene: 'chart', ...size, settings: { illuminantKelvin: 2856 } });
    expect(warm.light.chromaticity.x).toBeCloseTo(0.4476, 2);
    expect(warm.light.chromaticity.y).toBeCloseTo(0.4074, 2);
    const [red, green, blue] = warm.whiteCameraRgb.map((value, channel) => value * (warm.whiteBalance[channel] as number));
    expect([red, blue]).toEqual([expect.closeTo(green as number, 9), expect.closeTo(green as number, 9)]);
  });

  it('of the chart alone have patches', () => {
    expect(groundTruth({ scene: 'hdr', ...size }).patches()).toEqual([]);
  });
});

describe('exposure', () => {
  it.each<[string, Partial<FrameSettings>, number]>([
    ['time', { exposureMicros: 5000 }, 0.5],
    ['gain', { analogueGain: 2 }, 2],
    ['illuminance', { illuminanceLux: 125 }, 0.25],
  ])('scales what the sensor sees by %s, and not the scene', (_name, settings, factor) => {
    const frame = { scene: 'flat-field', ...size };
    const [before, after] = [groundTruth(frame), groundTruth({ ...frame, settings })];
    expect((after.cameraRgb()[1] as number) / (before.cameraRgb()[1] as number)).toBeCloseTo(factor, 6);
    expect(after.srgb()[1]).toBe(before.srgb()[1]);
  });
});

describe('sharpness', () => {
  it('is that of the scene, of the blurred scene or of all that the lens does', () => {
    const settings = { blurSigmaPixels: 1.2, lateralPixels: 3 };
    const frame = { scene: 'slanted-edge', ...size, settings };
    const steepest = (pixels: Float32Array): number => {
      let most = 0;
      for (let index = 3; index < pixels.length; index += 3) {
        if ((index / 3) % size.width !== 0)
          most = Math.max(most, Math.abs((pixels[index] as number) - (pixels[index - 3] as number)));
      }
      return most;
    };
    const [scene, blurred, lens] = (['scene', 'blurred', 'lens'] as const).map((kind) =>
      groundTruth(frame, kind).srgb('reference'),
    );
    expect(scene).toEqual(groundTruth({ ...frame, settings: {} }).srgb('reference'));
    expect(steepest(blurred as Float32Array)).toBeLessThan(0.5 * steepest(scene as Float32Array));
    expect(lens).not.toEqual(blurred);
  });
});

describe('determinism', () => {
  const settings: Partial<FrameSettings> = {
    ...{ blurSigmaPixels: 0.7, lateralPixels: 1, vignetting: 0.3, prnu: 0.01, dsnuElectrons: 3, flickerMainsHertz: 50 },
    ...{ readoutMicros: 15_000, hotPerMegapixel: 300, deadPerMegapixel: 200, stuckPerMegapixel: 100 },
  };
  const frame = { scene: 'motion', ...size, sequence: 11, settings };

  it('gives equal bytes for equal settings, seed and sequence', () => {
    expect(renderFrame(frame)).toEqual(renderFrame({ ...frame }));
  });

  it.each([
    ['sequence', { sequence: 12 }],
    ['seed', { seed: 2 }],
    ['settings', { settings: { ...settings, prnu: 0.011 } }],
    ['colour filter array', { cfa: 'BGGR' }],
  ] as const)('gives others for another %s', (_name, other) => {
    expect(renderFrame({ ...frame, ...other })).not.toEqual(renderFrame(frame));
  });
});
