import type { Triple } from '../../base/matrix3.ts';
import type { SensorDescription } from '../../frame/frame-meta.ts';
import type { CfaOrder } from '../../frame/pixel-format.ts';
import { linearFromSrgb, simulatorSrgbFromCamera } from './colour-checker.ts';
import { channelsOfCell, radianceLevels, radianceOfLevel } from './radiance.ts';

/** What the simulated sensor is set to while one frame is exposed. */
export interface ExposureSettings {
  readonly exposureMicros: number;
  readonly analogueGain: number;
  readonly illuminantKelvin: number;
  /** Whether shot and read noise are added. */
  readonly noise: boolean;
}

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
  defaultExposureMicros: 10_000,
  defaultIlluminantKelvin: 5500,
  /** Share of the range that the chart's white patch fills in green at default exposure and gain 1. */
  whitePatchShare: 0.75,
} as const;

const defaultWhiteBalance: Triple = [1.95, 1, 1.6];
const peakWavelengthsMetres: Triple = [600e-9, 540e-9, 460e-9];
const secondRadiationConstant = 1.438777e-2;

/** What the simulator says of its sensor; the white balance is that of the default illuminant. */
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

/**
 * The gains that make grey neutral under a black body of that temperature, green 1: Planck's law at the filters' peak
 * wavelengths, anchored at the sensor's balance for the default illuminant.
 */
export function whiteBalanceOf(illuminantKelvin: number): Triple {
  const planck = (metres: number, kelvin: number): number =>
    1 / (metres ** 5 * (Math.exp(secondRadiationConstant / (metres * kelvin)) - 1));
  const relativeToGreen = (channel: 0 | 1 | 2, kelvin: number): number =>
    planck(peakWavelengthsMetres[channel], kelvin) / planck(peakWavelengthsMetres[1], kelvin);
  const gain = (channel: 0 | 1 | 2): number =>
    (defaultWhiteBalance[channel] * relativeToGreen(channel, sensorConstants.defaultIlluminantKelvin)) /
    relativeToGreen(channel, illuminantKelvin);
  return [gain(0), 1, gain(2)];
}

/** Photo-electrons per microsecond in each channel from radiance 1 under that illuminant. */
export function electronRates(illuminantKelvin: number): Triple {
  const { whitePatchShare, fullWellElectrons, defaultExposureMicros } = sensorConstants;
  const green = (whitePatchShare * fullWellElectrons) / (linearFromSrgb(243) * defaultExposureMicros);
  const [red, , blue] = whiteBalanceOf(illuminantKelvin);
  return [green / red, green, green / blue];
}

const gaussianCount = 1 << 18;
const gaussianBits = 10;
const sigmaBits = 8;
const meanBits = gaussianBits + sigmaBits;
const maximumSigmaDn = 127;
const maximumDn = sensorConstants.whiteLevelDn;

/**
 * Turns radiance levels into digital numbers: electrons = rate * radiance * exposure, shot noise as a Gaussian of
 * the same variance, read noise, gain, offset, rounding and clipping. Fixed-point tables hold mean and sigma of every
 * level and are rebuilt only when a setting changes; a frame allocates nothing. Owned by one thread.
 */
export class SensorModel {
  readonly #channels: readonly [number, number, number, number];
  readonly #seed: number;
  readonly #gaussians: Int16Array;
  /** For each channel and level: mean (Q18) and sigma (Q8), side by side so that both come from one cache line. */
  readonly #response = new Int32Array(3 * radianceLevels * 2);
  #settings: ExposureSettings | undefined;

  constructor(cfa: CfaOrder, seed: number, maximumWidth: number) {
    this.#channels = channelsOfCell(cfa);
    this.#seed = seed;
    this.#gaussians = gaussianTable(seed, maximumWidth);
  }

  /** Exposes one frame. The result depends on nothing but levels, settings, seed and sequence. */
  expose(
    levels: Uint16Array,
    width: number,
    height: number,
    settings: ExposureSettings,
    sequence: number,
    samples: Uint16Array,
  ): void {
    this.#use(settings);
    const frameKey = mixed(this.#seed ^ Math.imul(sequence, 0x9e3779b1));
    for (let row = 0; row < height; row++) {
      const cell = (row & 1) * 2;
      const evenBase = (this.#channels[cell] as number) * radianceLevels;
      const oddBase = (this.#channels[cell + 1] as number) * radianceLevels;
      const gaussianAt = mixed(frameKey ^ Math.imul(row + 1, 0x85ebca6b)) & (gaussianCount - 1);
      exposeRow(levels, row * width, width, this.#response, evenBase, oddBase, this.#gaussians, gaussianAt, samples);
    }
  }

  #use(settings: ExposureSettings): void {
    const before = this.#settings;
    if (
      before?.exposureMicros === settings.exposureMicros &&
      before.analogueGain === settings.analogueGain &&
      before.illuminantKelvin === settings.illuminantKelvin &&
      before.noise === settings.noise
    ) {
      return;
    }
    this.#settings = { ...settings };
    const rates = electronRates(settings.illuminantKelvin);
    for (let channel = 0; channel < 3; channel++) this.#buildResponse(channel, rates[channel as 0 | 1 | 2], settings);
  }

  #buildResponse(channel: number, rate: number, settings: ExposureSettings): void {
    const { conversionGainDnPerElectron, readNoiseElectrons, converterNoiseDn, blackLevelDn, whiteLevelDn } = sensorConstants;
    const gain = conversionGainDnPerElectron * settings.analogueGain;
    for (let level = 0; level < radianceLevels; level++) {
      const electrons = rate * radianceOfLevel(level) * settings.exposureMicros;
      const meanDn = blackLevelDn + gain * electrons;
      const sigmaDn = settings.noise ? Math.hypot(gain * Math.sqrt(electrons + readNoiseElectrons ** 2), converterNoiseDn) : 0;
      // Far above white the sum no longer matters, only that it fits 32 bits.
      const limitedDn = Math.min(meanDn + 0.5, whiteLevelDn + maximumSigmaDn * 6);
      const at = (channel * radianceLevels + level) * 2;
      this.#response[at] = Math.round(limitedDn * 2 ** meanBits);
      this.#response[at + 1] = Math.round(Math.min(sigmaDn, maximumSigmaDn) * 2 ** sigmaBits);
    }
  }
}

function exposeRow(
  levels: Uint16Array,
  start: number,
  width: number,
  response: Int32Array,
  evenBase: number,
  oddBase: number,
  gaussians: Int16Array,
  gaussianAt: number,
  samples: Uint16Array,
): void {
  let noiseAt = gaussianAt;
  for (let index = start; index < start + width; index += 2, noiseAt += 2) {
    const even = (evenBase + (levels[index] as number)) << 1;
    const odd = (oddBase + (levels[index + 1] as number)) << 1;
    const evenDn =
      ((response[even] as number) + Math.imul(response[even + 1] as number, gaussians[noiseAt] as number)) >> meanBits;
    const oddDn =
      ((response[odd] as number) + Math.imul(response[odd + 1] as number, gaussians[noiseAt + 1] as number)) >> meanBits;
    samples[index] = Math.max(0, Math.min(evenDn, maximumDn));
    samples[index + 1] = Math.max(0, Math.min(oddDn, maximumDn));
  }
}

/** Standard normal numbers (Q10), with exactly zero mean and unit variance; its head is repeated so that no row has to wrap. */
function gaussianTable(seed: number, maximumWidth: number): Int16Array {
  const values = new Float64Array(gaussianCount);
  let state = mixed(seed ^ 0x5bd1e995);
  const uniform = (): number => {
    state = (state + 0x9e3779b9) | 0;
    return ((mixed(state) >>> 0) + 0.5) / 2 ** 32;
  };
  for (let i = 0; i < gaussianCount; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(uniform()));
    const angle = 2 * Math.PI * uniform();
    values[i] = radius * Math.cos(angle);
    values[i + 1] = radius * Math.sin(angle);
  }
  const mean = values.reduce((sum, value) => sum + value, 0) / gaussianCount;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / gaussianCount;
  const scale = 2 ** gaussianBits / Math.sqrt(variance);
  const table = new Int16Array(gaussianCount + maximumWidth);
  for (let i = 0; i < table.length; i++) table[i] = Math.round(((values[i % gaussianCount] as number) - mean) * scale);
  return table;
}

/** A 32-bit integer with all bits well mixed (the finaliser of MurmurHash3). */
function mixed(value: number): number {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
