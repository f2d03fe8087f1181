import type { Triple } from '../../base/matrix3.ts';
import type { SensorDescription } from '../../frame/frame-meta.ts';
import type { CfaOrder } from '../../frame/pixel-format.ts';
import { defaultIlluminant, simulatorSrgbFromCamera } from './colour/camera-filters.ts';
import { linearFromSrgb } from './colour-checker.ts';
import { defaultFrameSettings, type FrameSettings, referenceLux } from './frame-settings.ts';
import { channelsOfCell } from './light-canvas.ts';
import { gaussianUnit, NoiseSource } from './noise-source.ts';

/** What the sensor itself is set to while one frame is exposed. */
export type ExposureSettings = Pick<FrameSettings, 'exposureMicros' | 'analogueGain' | 'noise'> & {
  readonly illuminanceLux?: number;
};

/** Levels and noise of the simulated sensor. Full well and the converter's range meet at gain 1. */
export const sensorConstants = {
  bits: 10,
  blackLevelDn: 64,
  whiteLevelDn: 1023,
  fullWellElectrons: 9590,
  /** DN per electron at gain 1. */
  conversionGainDnPerElectron: (1023 - 64) / 9590,
  /** Noise of the pixel and its amplifier, before the gain. */
  readNoiseElectrons: 2.4,
  /** Noise of the converter, after the gain. */
  converterNoiseDn: 0.6,
  defaultExposureMicros: defaultFrameSettings.exposureMicros,
  defaultIlluminantKelvin: defaultIlluminant.kelvin,
  /** Share of the range that the chart's white patch fills in green at default exposure and gain 1. */
  whitePatchShare: 0.75,
} as const;

/** The gains that make grey neutral in the default light: how much less red and blue filters let through. */
export const defaultWhiteBalance: Triple = [1.95, 1, 1.6];

/** What the simulator says of its sensor; white balance and matrix are those of the default light and filters. */
export function simulatedSensor(cfa: CfaOrder): SensorDescription {
  const { bits, blackLevelDn: black, whiteLevelDn } = sensorConstants;
  return {
    cfa,
    bits,
    blackLevels: [black, black, black, black],
    whiteLevel: whiteLevelDn,
    whiteBalance: defaultWhiteBalance,
    srgbFromCamera: simulatorSrgbFromCamera,
  };
}

/** Photo-electrons per microsecond in red, green and blue from light 1 at that illuminance. */
export function electronRates(illuminanceLux = referenceLux): Triple {
  const { whitePatchShare, fullWellElectrons, defaultExposureMicros } = sensorConstants;
  const green = (whitePatchShare * fullWellElectrons) / (linearFromSrgb(243) * defaultExposureMicros);
  const share = illuminanceLux / referenceLux;
  return [(green * share) / defaultWhiteBalance[0], green * share, (green * share) / defaultWhiteBalance[2]];
}

/** How signal and noise of the sensor depend on each other at a gain: var(DN) = dnPerElectron * (mean DN - black) + floorDn2. */
export interface SensorNoise {
  /** Also the slope of the photon-transfer line. */
  readonly dnPerElectron: number;
  /** Noise of a dark pixel without rounding: pixel, amplifier and converter together, DN. */
  readonly readNoiseDn: number;
  /** Its square and the variance of rounding to whole numbers. */
  readonly floorDn2: number;
}

/** The noise of the simulated sensor at that gain. */
export function sensorNoise(analogueGain: number): SensorNoise {
  const { conversionGainDnPerElectron, readNoiseElectrons, converterNoiseDn } = sensorConstants;
  const dnPerElectron = conversionGainDnPerElectron * analogueGain;
  const readNoiseDn = Math.hypot(dnPerElectron * readNoiseElectrons, converterNoiseDn);
  return { dnPerElectron, readNoiseDn, floorDn2: readNoiseDn ** 2 + 1 / 12 };
}

/** A pixel that does not do what it should: a hot one collects electrons in the dark, a dead one none, a stuck one always says the same. */
export interface Defect {
  readonly x: number;
  readonly y: number;
  readonly kind: 'hot' | 'dead' | 'stuck';
  /** Dark current of a hot pixel, else 0. */
  readonly electronsPerMicro: number;
  /** What a stuck pixel says; 0 for the others. */
  readonly valueDn: number;
}

/** How each pixel of a sensor answers to light. */
export interface PixelResponse {
  /** Absent where all pixels are alike: gains of the light behind lens and filter, and offsets in electrons. */
  readonly maps?: { readonly gains: Float32Array; readonly darkElectrons: Float32Array };
  readonly defects: readonly Defect[];
}

/** What one row needs beside its light: how each kind of sample turns into DN. */
interface RowExposure {
  /** DN above black from light 1, of the row's even and odd samples. */
  readonly evenDn: number;
  readonly oddDn: number;
  readonly dnPerElectron: number;
  readonly readVarianceDn2: number;
  /** What one step of the table of Gaussians is in standard deviations; 0 without noise. */
  readonly noise: number;
}

const { blackLevelDn, whiteLevelDn } = sensorConstants;
const steadyRow = 1;

/**
 * Turns light into digital numbers: electrons = rate * light * exposure, shot noise as a Gaussian of the same variance, read
 * noise, gain, offset, rounding and clipping. A frame allocates nothing. Owned by one thread.
 */
export class SensorModel {
  readonly #channels: readonly [number, number, number, number];
  readonly #noise: NoiseSource;

  constructor(cfa: CfaOrder, seed: number, maximumWidth: number) {
    this.#channels = channelsOfCell(cfa);
    this.#noise = new NoiseSource(seed, maximumWidth);
  }

  /**
   * Exposes one frame of the light of a mosaic. The result depends on nothing but light, settings, seed and sequence. `rowLight`
   * is what a flickering lamp gives to each row against its mean.
   */
  expose(
    light: Float32Array,
    width: number,
    height: number,
    settings: ExposureSettings,
    sequence: number,
    samples: Uint16Array,
    response?: PixelResponse,
    rowLight?: Float32Array,
  ): void {
    const { gaussians } = this.#noise;
    for (let row = 0; row < height; row++) {
      const exposure = this.#rowExposure(row, settings, rowLight?.[row] ?? steadyRow);
      const run = this.#noise.runOf(sequence, row);
      if (response?.maps === undefined) exposeRow(light, row * width, width, exposure, gaussians, run, samples);
      else exposeUnevenRow(light, response.maps, row * width, width, exposure, gaussians, run, samples);
    }
    for (const { x, y, kind, electronsPerMicro, valueDn } of response?.defects ?? []) {
      const exposure = this.#rowExposure(y, settings, rowLight?.[y] ?? steadyRow);
      const index = y * width + x;
      const lightDn =
        (light[index] as number) * (response?.maps?.gains[index] ?? 1) * (x % 2 === 0 ? exposure.evenDn : exposure.oddDn);
      const darkDn = electronsPerMicro * settings.exposureMicros * exposure.dnPerElectron;
      const signalDn = kind === 'hot' ? lightDn + darkDn : 0;
      const gaussian = gaussians[this.#noise.runOf(sequence, y) + x] as number;
      samples[index] = kind === 'stuck' ? valueDn : sampleOf(signalDn, exposure, gaussian);
    }
  }

  #rowExposure(row: number, settings: ExposureSettings, rowLight: number): RowExposure {
    const { exposureMicros, analogueGain, noise, illuminanceLux } = settings;
    const { dnPerElectron, readNoiseDn } = sensorNoise(analogueGain);
    const rates = electronRates(illuminanceLux);
    const cell = (row & 1) * 2;
    const perLight = dnPerElectron * exposureMicros * rowLight;
    return {
      evenDn: (rates[this.#channels[cell] as 0 | 1 | 2] as number) * perLight,
      oddDn: (rates[this.#channels[cell + 1] as 0 | 1 | 2] as number) * perLight,
      dnPerElectron,
      readVarianceDn2: readNoiseDn ** 2,
      noise: noise ? 1 / gaussianUnit : 0,
    };
  }
}

function sampleOf(signalDn: number, { dnPerElectron, readVarianceDn2, noise }: RowExposure, gaussian: number): number {
  const sigmaDn = noise * Math.sqrt(dnPerElectron * Math.max(0, signalDn) + readVarianceDn2);
  return Math.max(0, Math.min((blackLevelDn + 0.5 + signalDn + sigmaDn * gaussian) | 0, whiteLevelDn));
}

function exposeRow(
  light: Float32Array,
  start: number,
  width: number,
  { evenDn, oddDn, dnPerElectron, readVarianceDn2, noise }: RowExposure,
  gaussians: Int16Array,
  run: number,
  samples: Uint16Array,
): void {
  const offset = blackLevelDn + 0.5;
  let noiseAt = run;
  for (let index = start; index < start + width; index += 2, noiseAt += 2) {
    const even = (light[index] as number) * evenDn;
    const odd = (light[index + 1] as number) * oddDn;
    const evenNoise = noise * Math.sqrt(dnPerElectron * even + readVarianceDn2) * (gaussians[noiseAt] as number);
    const oddNoise = noise * Math.sqrt(dnPerElectron * odd + readVarianceDn2) * (gaussians[noiseAt + 1] as number);
    samples[index] = Math.max(0, Math.min((offset + even + evenNoise) | 0, whiteLevelDn));
    samples[index + 1] = Math.max(0, Math.min((offset + odd + oddNoise) | 0, whiteLevelDn));
  }
}

/** As above with a gain and an offset for each pixel. */
function exposeUnevenRow(
  light: Float32Array,
  { gains, darkElectrons }: NonNullable<PixelResponse['maps']>,
  start: number,
  width: number,
  { evenDn, oddDn, dnPerElectron, readVarianceDn2, noise }: RowExposure,
  gaussians: Int16Array,
  run: number,
  samples: Uint16Array,
): void {
  const offset = blackLevelDn + 0.5;
  let noiseAt = run;
  for (let index = start; index < start + width; index += 2, noiseAt += 2) {
    const even = (light[index] as number) * (gains[index] as number) * evenDn;
    const odd = (light[index + 1] as number) * (gains[index + 1] as number) * oddDn;
    const evenNoise = noise * Math.sqrt(dnPerElectron * even + readVarianceDn2) * (gaussians[noiseAt] as number);
    const oddNoise = noise * Math.sqrt(dnPerElectron * odd + readVarianceDn2) * (gaussians[noiseAt + 1] as number);
    const evenDark = dnPerElectron * (darkElectrons[index] as number);
    const oddDark = dnPerElectron * (darkElectrons[index + 1] as number);
    samples[index] = Math.max(0, Math.min((offset + even + evenDark + evenNoise) | 0, whiteLevelDn));
    samples[index + 1] = Math.max(0, Math.min((offset + odd + oddDark + oddNoise) | 0, whiteLevelDn));
  }
}
