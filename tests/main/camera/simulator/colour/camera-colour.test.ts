import { describe, expect, it } from 'vitest';
import { deltaE00 } from '../../../../../main/base/colour/colour-difference.ts';
import { labFromSrgb8 } from '../../../../../main/base/colour/lab.ts';
import { apply3, type Triple } from '../../../../../main/base/matrix3.ts';
import { bestSrgbFromCamera, exactWhiteBalance } from '../../../../../main/camera/simulator/colour/camera-colour.ts';
import {
  defaultIlluminant,
  type FilterSet,
  filterSensitivities,
  simulatorSrgbFromCamera,
} from '../../../../../main/camera/simulator/colour/camera-filters.ts';
import { type Illuminant, illuminantSpectrum } from '../../../../../main/camera/simulator/colour/illuminants.ts';
import { chartPatches, patchReflectances } from '../../../../../main/camera/simulator/colour-checker.ts';
import { simulatedSensor } from '../../../../../main/camera/simulator/sensor-model.ts';

const sensorGains = simulatedSensor('RGGB').whiteBalance as Triple;
const lights: readonly Illuminant[] = [
  { kind: 'temperature', kelvin: 2856 },
  defaultIlluminant,
  { kind: 'temperature', kelvin: 6504 },
  { kind: 'fluorescent', kelvin: 0 },
  { kind: 'led', kelvin: 0 },
];

/** Camera RGB of a reflectance with the sensor's own scale, summed plainly. */
function response(light: Illuminant, filters: FilterSet, reflectance: readonly number[]): Triple {
  const power = illuminantSpectrum(light);
  return filterSensitivities(filters).map((curve, channel) => {
    let sum = 0;
    for (let i = 0; i < power.length; i++) sum += (curve[i] as number) * (power[i] as number) * (reflectance[i] as number);
    return sum / (sensorGains[channel] as number);
  }) as unknown as Triple;
}

function code(light: number): number {
  const value = Math.max(0, Math.min(light, 1));
  return 255 * (value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055);
}

/** Colour differences of the patches after the exact gains and the best matrix. */
function errorsOf(light: Illuminant, filters: FilterSet): readonly number[] {
  const gains = exactWhiteBalance(light, filters, sensorGains);
  const matrix = bestSrgbFromCamera(light, filters, patchReflectances());
  const green = response(light, filters, Array(41).fill(1))[1];
  return patchReflectances().map((reflectance, index) => {
    const seen = response(light, filters, reflectance);
    const balanced = seen.map((value, channel) => (value * (gains[channel] as number)) / green) as unknown as Triple;
    const found = apply3(matrix, balanced).map(code) as unknown as Triple;
    return deltaE00(labFromSrgb8(found), labFromSrgb8((chartPatches[index] as (typeof chartPatches)[0]).srgb));
  });
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('white balance', () => {
  it('in the default light is that of the sensor description, for either filters', () => {
    for (const filters of ['colorimetric', 'absorptive'] as const) {
      for (const [channel, gain] of exactWhiteBalance(defaultIlluminant, filters, sensorGains).entries()) {
        expect(gain).toBeCloseTo(sensorGains[channel] as number, 9);
      }
    }
  });

  it.each(lights)('makes a grey of $kind $kelvin neutral', (light) => {
    for (const filters of ['colorimetric', 'absorptive'] as const) {
      const grey = response(light, filters, Array(41).fill(0.4));
      const [red, green, blue] = exactWhiteBalance(light, filters, sensorGains).map(
        (gain, channel) => gain * (grey[channel] as number),
      );
      expect([(red as number) / (green as number), (blue as number) / (green as number)]).toEqual([
        expect.closeTo(1, 9),
        expect.closeTo(1, 9),
      ]);
    }
  });

  it('needs less red and more blue the warmer the light is', () => {
    const gains = [2500, 3500, 4500, 6000, 7500].map((kelvin) =>
      exactWhiteBalance({ kind: 'temperature', kelvin }, 'absorptive', sensorGains),
    );
    for (const [index, [red, , blue]] of gains.slice(1).entries()) {
      expect(red).toBeGreaterThan((gains[index] as Triple)[0]);
      expect(blue).toBeLessThan((gains[index] as Triple)[2]);
    }
  });
});

describe('matrix', () => {
  it('of the colorimetric filters in the default light is the described one', () => {
    const matrix = bestSrgbFromCamera(defaultIlluminant, 'colorimetric', patchReflectances());
    for (const [index, value] of simulatorSrgbFromCamera.entries()) expect(matrix[index]).toBeCloseTo(value, 6);
  });

  it.each(lights)('leaves grey alone under $kind $kelvin and cannot be bettered by a small change', (light) => {
    const matrix = bestSrgbFromCamera(light, 'absorptive', patchReflectances());
    for (const row of [0, 3, 6]) {
      expect((matrix[row] as number) + (matrix[row + 1] as number) + (matrix[row + 2] as number)).toBeCloseTo(1, 9);
    }
    const reference = patchReflectances().map((_, index) => (chartPatches[index] as (typeof chartPatches)[0]).srgb);
    const white = response(light, 'absorptive', Array(41).fill(1));
    const squares = (candidate: readonly number[]): number =>
      patchReflectances().reduce((sum, reflectance, index) => {
        const seen = response(light, 'absorptive', reflectance).map((value, channel) => value / (white[channel] as number));
        const found = apply3(candidate as unknown as typeof matrix, seen as unknown as Triple);
        return (
          sum +
          found.reduce((part, value, channel) => {
            const encoded = ((reference[index] as Triple)[channel] as number) / 255;
            return part + (value - (encoded <= 0.04045 ? encoded / 12.92 : ((encoded + 0.055) / 1.055) ** 2.4)) ** 2;
          }, 0)
        );
      }, 0);
    const best = squares(matrix);
    for (const [index, other] of [
      [0, 1],
      [1, 2],
      [3, 5],
      [7, 8],
    ] as const) {
      for (const change of [-0.01, 0.01]) {
        const moved = [...matrix];
        moved[index] = (moved[index] as number) + change;
        moved[other] = (moved[other] as number) - change;
        expect(squares(moved)).toBeGreaterThan(best);
      }
    }
  });

  it('shows the chart without error through colorimetric filters in the default light', () => {
    expect(Math.max(...errorsOf(defaultIlluminant, 'colorimetric'))).toBeLessThan(0.01);
  });

  it.each(lights)('leaves the errors of a real sensor through absorptive filters under $kind $kelvin', (light) => {
    const errors = errorsOf(light, 'absorptive');
    expect(mean(errors)).toBeGreaterThan(0.4);
    expect(mean(errors)).toBeLessThan(1.3);
  });
});
