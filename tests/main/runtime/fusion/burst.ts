import { SimulatorRenderer } from '../../../../main/camera/simulator/renderer.ts';
import { sensorConstants, simulatedSensor } from '../../../../main/camera/simulator/sensor-model.ts';
import type { MergeSpec, NoiseModel } from '../../../../main/runtime/fusion/merge-spec.ts';
import { outputScaleFor } from '../../../../main/runtime/fusion/merge-spec.ts';

/** The sensor that all bursts of these tests come from. */
export const sensor = simulatedSensor('RGGB');

/** Light from black to white, DN. */
export const rangeDn = sensor.whiteLevel - sensor.blackLevels[0];

/** One simulated exposure. */
export interface Shot {
  readonly sequence: number;
  readonly exposureMicros?: number;
  readonly analogueGain?: number;
  readonly motion?: boolean;
  readonly noise?: boolean;
}

/** A simulated camera that takes single exposures of the chart scene. */
export function createSimulatedBurst(width: number, height: number): (shot: Shot) => Uint16Array {
  const renderer = new SimulatorRenderer({ width, height, framesPerSecond: 30, cfa: 'RGGB', seed: 3 });
  return ({ sequence, exposureMicros = 10_000, analogueGain = 1, motion = false, noise = true }) => {
    const samples = new Uint16Array(width * height);
    renderer.render(sequence, { exposureMicros, analogueGain, illuminantKelvin: 5500, motion, noise }, samples);
    return samples;
  };
}

/** The noise of the simulated sensor, from its constants and not from its pictures. */
export function noiseAt(analogueGain: number): NoiseModel {
  const shotDn = sensorConstants.conversionGainDnPerElectron * analogueGain;
  const rounding = 1 / 12;
  const readVarianceDn2 = (shotDn * sensorConstants.readNoiseElectrons) ** 2 + sensorConstants.converterNoiseDn ** 2 + rounding;
  return { shotDn, readVarianceDn2 };
}

/** The spec of a burst of equal exposures. */
export function equalSpec(width: number, height: number, count: number, analogueGain = 1, reference = 0): MergeSpec {
  const frames = Array.from({ length: count }, () => ({ exposure: 1, noise: noiseAt(analogueGain) }));
  return { width, height, sensor, frames, reference, outputScale: outputScaleFor(sensor) };
}

/** Peak signal-to-noise ratio in dB against `truth`, white over the root mean square, over the samples that `counts` accepts. */
export function psnr(
  samples: Uint16Array,
  scale: number,
  truth: Uint16Array,
  counts: (index: number) => boolean = () => true,
): number {
  let squares = 0;
  let count = 0;
  for (let index = 0; index < truth.length; index++) {
    if (!counts(index)) continue;
    squares += ((samples[index] as number) / scale - (truth[index] as number)) ** 2;
    count += 1;
  }
  return 10 * Math.log10(rangeDn ** 2 / (squares / count));
}
