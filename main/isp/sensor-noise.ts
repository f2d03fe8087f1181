import type { NoiseModel, SensorDescription } from '../frame/frame-meta.ts';
import type { Value } from '../graph/graph.ts';
import type { InputValues } from '../processor/stage.ts';
import type { OperatorContext } from './operator.ts';

/** Electrons at saturation and read noise of a sensor that nobody has measured: those of a small pixel at a low gain. */
const assumed = { fullWellElectrons: 8000, readNoiseElectrons: 3 } as const;

/**
 * Variance of a sample of linear light (0 at black, 1 at white): slope * light + offset. From the sensor's photon-transfer curve, or
 * that of an ordinary small pixel where none was measured; never below the rounding of the converter.
 */
export function noiseOfLight({ noise, blackLevels, whiteLevel }: SensorDescription): NoiseModel {
  const range = whiteLevel - Math.max(...blackLevels);
  const { fullWellElectrons, readNoiseElectrons } = assumed;
  const slope = noise ? Math.max(0, noise.slope) / range : 1 / fullWellElectrons;
  const offset = noise ? noise.offset / range ** 2 : (readNoiseElectrons / fullWellElectrons) ** 2;
  return { slope, offset: Math.max(offset, 1 / 12 / range ** 2) };
}

/** The noise model as graph inputs, which operators share. */
export function noiseInput({ input }: OperatorContext): { readonly slope: Value; readonly offset: Value } {
  return {
    slope: input('noise_slope', 'float32', [], 'Variance of linear light per light: slope of the photon-transfer curve'),
    offset: input('noise_offset', 'float32', [], 'Variance of linear light in the dark: square of the read noise'),
  };
}

/** Values of {@link noiseInput} for a sensor. */
export function noiseInputValues(sensor: SensorDescription): InputValues {
  const { slope, offset } = noiseOfLight(sensor);
  return { noise_slope: Float32Array.of(slope), noise_offset: Float32Array.of(offset) };
}
