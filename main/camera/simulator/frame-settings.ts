import type { FilterSet } from './colour/camera-filters.ts';
import type { IlluminantKind } from './colour/illuminants.ts';

/** All that decides one simulated frame beside scene, size, colour filter array, seed and number. */
export interface FrameSettings {
  readonly exposureMicros: number;
  readonly analogueGain: number;
  /** Whether shot noise, read noise and the converter's noise are added. */
  readonly noise: boolean;
  /** From the start of the first row's exposure to the start of the last one's; 0 is a global shutter. */
  readonly readoutMicros: number;
  readonly illuminantKind: IlluminantKind;
  /** Colour temperature of the lamp; counts for the kind `temperature`. */
  readonly illuminantKelvin: number;
  /** Light on the scene; {@link referenceLux} is what the default exposure is made for. */
  readonly illuminanceLux: number;
  /** Frequency of the mains that feeds the lamp, whose light swings at twice that; 0 for a steady lamp. */
  readonly flickerMainsHertz: 0 | 50 | 60;
  /** Half the swing of the light against its mean, 0 to 1. */
  readonly flickerDepth: number;
  /** Whether what can move does; otherwise it stands where it is at the start of the stream. */
  readonly motion: boolean;
  readonly filters: FilterSet;
  /** Standard deviation of the lens' Gaussian blur, pixels. */
  readonly blurSigmaPixels: number;
  /** By how much red is shifted outwards and blue inwards at the corner, pixels; negative is the other way round. */
  readonly lateralPixels: number;
  /** Light that is lost at the corner in green, 0 to below 1. */
  readonly vignetting: number;
  /** How much more of it red loses, and blue less. */
  readonly colourShading: number;
  /** Photo-response non-uniformity: standard deviation of the pixels' gains, 0.01 is 1 %. */
  readonly prnu: number;
  /** Dark-signal non-uniformity: standard deviation of the pixels' offsets, electrons. */
  readonly dsnuElectrons: number;
  readonly hotPerMegapixel: number;
  readonly deadPerMegapixel: number;
  readonly stuckPerMegapixel: number;
}

/** The illuminance at which a perfect white in full light has light 1. */
export const referenceLux = 500;

/** A good lens on a good sensor in steady daylight: what the lab opens with. */
export const defaultFrameSettings: FrameSettings = {
  exposureMicros: 10_000,
  analogueGain: 1,
  noise: true,
  readoutMicros: 0,
  illuminantKind: 'temperature',
  illuminantKelvin: 5500,
  illuminanceLux: referenceLux,
  flickerMainsHertz: 0,
  flickerDepth: 0.3,
  motion: true,
  filters: 'colorimetric',
  blurSigmaPixels: 0,
  lateralPixels: 0,
  vignetting: 0,
  colourShading: 0,
  prnu: 0,
  dsnuElectrons: 0,
  hotPerMegapixel: 0,
  deadPerMegapixel: 0,
  stuckPerMegapixel: 0,
};
