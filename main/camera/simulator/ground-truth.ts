import { bradfordAdaptation } from '../../base/colour/adaptation.ts';
import { type Chromaticity, chromaticityFromXyz, whiteD65 } from '../../base/colour/chromaticity.ts';
import { srgbFromXyz } from '../../base/colour/rgb-space.ts';
import { apply3, identity3, type Matrix3, multiply3, type Triple } from '../../base/matrix3.ts';
import type { FrameMeta } from '../../frame/frame-meta.ts';
import type { CfaOrder } from '../../frame/pixel-format.ts';
import { patchRectangles } from './chart-layout.ts';
import { bestSrgbFromCamera, exactWhiteBalance } from './colour/camera-colour.ts';
import { correlatedKelvin, type Illuminant, illuminantSpectrum, whiteXyz } from './colour/illuminants.ts';
import { cameraPalette, observerPalette, type Palette, referencePalette } from './colour/palette.ts';
import { chartPatches, patchReflectances } from './colour-checker.ts';
import { settingsOfControls } from './controls.ts';
import type { PixelRectangle } from './coverage.ts';
import { defaultFrameSettings, type FrameSettings } from './frame-settings.ts';
import { fillRowLight, rowClock } from './lamp.ts';
import type { LinearPicture } from './linear-picture.ts';
import { pixelResponse, shadingAt } from './pixel-response.ts';
import { SimulatorRenderer } from './renderer.ts';
import { SceneStage } from './scene-stage.ts';
import { sceneOf } from './scenes/scenes.ts';
import {
  defaultWhiteBalance,
  electronRates,
  type PixelResponse,
  type SensorNoise,
  sensorConstants,
  sensorNoise,
} from './sensor-model.ts';

/** One frame of the simulator by all that decides its bytes. */
export interface SimulatedFrame {
  /** Id of a scene, such as `chart`. */
  readonly scene: string;
  readonly width: number;
  readonly height: number;
  /** 0 by default. */
  readonly sequence?: number;
  /** 30 by default; with the sequence it decides where moving parts and a flickering lamp are. */
  readonly framesPerSecond?: number;
  /** RGGB by default. */
  readonly cfa?: CfaOrder;
  /** 1 by default, as the camera's. */
  readonly seed?: number;
  /** What is not given is at its default. */
  readonly settings?: Partial<FrameSettings>;
  /** The user's picture, for the scene that shows it. */
  readonly picture?: LinearPicture;
}

/** The mosaic of one frame, without camera, clock and thread: the same bytes as the camera's. */
export function renderFrame(frame: SimulatedFrame): Uint16Array {
  const { scene, width, height, sequence, framesPerSecond, cfa, seed, settings, picture } = completed(frame);
  const renderer = new SimulatorRenderer({ scene, width, height, framesPerSecond, cfa, seed, picture });
  const samples = new Uint16Array(width * height);
  renderer.render(sequence, settings, samples);
  return samples;
}

/** The frame that a simulated camera published, from its id and the metadata; the mode gives the rate. A picture of the user is not among them: add it. */
export function simulatedFrameOf(
  sourceId: string,
  { width, height, sequence, sensor, controls }: FrameMeta,
  framesPerSecond: number,
  seed = 1,
): SimulatedFrame {
  const scene = sourceId.replace(/^simulator:/, '');
  return { scene, width, height, sequence, framesPerSecond, cfa: sensor.cfa, seed, settings: settingsOfControls(controls) };
}

/** How sharp the truth is: of the scene itself, behind the lens' blur, or behind all that the lens does. */
export type TruthSharpness = 'scene' | 'blurred' | 'lens';

/**
 * How a truth in sRGB is meant: `adapted` is what the scene looks like to somebody whose eye has adapted to the light (Bradford to
 * D65), `seen` has the cast of the light, `reference` is the scene under D65 whatever the light is.
 */
export type SrgbRendering = 'adapted' | 'seen' | 'reference';

/** What a patch of the colour chart is, as the mean of its rectangle would be without noise. */
export interface PatchTruth {
  readonly name: string;
  readonly rectangle: PixelRectangle;
  /** In the unit of {@link GroundTruth.cameraRgb}. */
  readonly cameraRgb: Triple;
  /** Y = 1 for a perfect white in the light on the scene. */
  readonly xyz: Triple;
  /** Linear, adapted to D65. */
  readonly srgb: Triple;
  /** The values that the chart's maker published, 8 bits under D65. */
  readonly publishedSrgb: Triple;
}

/** The light on the scene. */
export interface LightTruth {
  readonly correlatedKelvin: number;
  readonly chromaticity: Chromaticity;
  /** Of a perfect white, Y = 1. */
  readonly whiteXyz: Triple;
  readonly illuminanceLux: number;
}

/** The truth about one frame: free of noise, pattern, defects, shading, flicker and clipping, in linear light. */
export class GroundTruth {
  readonly width: number;
  readonly height: number;
  readonly cfa: CfaOrder;
  readonly blackLevelDn = sensorConstants.blackLevelDn;
  readonly whiteLevelDn = sensorConstants.whiteLevelDn;
  readonly light: LightTruth;
  /** The gains that make grey neutral, green 1. */
  readonly whiteBalance: Triple;
  /** The best matrix of three by three from white-balanced camera RGB to linear sRGB for the colour chart in this light. */
  readonly srgbFromCamera: Matrix3;
  /** What a perfect white in full light has in {@link GroundTruth.cameraRgb}. */
  readonly whiteCameraRgb: Triple;
  readonly noise: SensorNoise;
  readonly #frame: Required<Omit<SimulatedFrame, 'picture' | 'settings'>> & Pick<SimulatedFrame, 'picture'>;
  readonly #settings: FrameSettings;
  readonly #illuminant: Illuminant;
  readonly #sharpness: TruthSharpness;
  readonly #cameraScale: Triple;

  constructor(frame: SimulatedFrame, sharpness: TruthSharpness) {
    this.#frame = completed(frame);
    this.#settings = { ...defaultFrameSettings, ...frame.settings };
    this.#sharpness = sharpness;
    const {
      illuminantKind: kind,
      illuminantKelvin: kelvin,
      illuminanceLux,
      filters,
      exposureMicros,
      analogueGain,
    } = this.#settings;
    this.#illuminant = { kind, kelvin };
    this.width = frame.width;
    this.height = frame.height;
    this.cfa = this.#frame.cfa;
    const white = whiteXyz(this.#illuminant);
    const spectrum = illuminantSpectrum(this.#illuminant);
    this.light = {
      correlatedKelvin: correlatedKelvin(spectrum),
      chromaticity: chromaticityFromXyz(white),
      whiteXyz: white,
      illuminanceLux,
    };
    this.whiteBalance = exactWhiteBalance(this.#illuminant, filters, defaultWhiteBalance);
    this.srgbFromCamera = bestSrgbFromCamera(this.#illuminant, filters, patchReflectances());
    this.noise = sensorNoise(analogueGain);
    const rangeDn = this.whiteLevelDn - this.blackLevelDn;
    const share = (exposureMicros * this.noise.dnPerElectron) / rangeDn;
    this.#cameraScale = electronRates(illuminanceLux).map((rate) => rate * share) as unknown as Triple;
    this.whiteCameraRgb = scaledBy(cameraPalette(this.#illuminant, filters).white, this.#cameraScale);
  }

  /**
   * What the sensor sees of every pixel in red, green and blue, before white balance: three interleaved floats, where 0 is the black
   * level and 1 the white level. Brighter than 1 is clipped in the frame and not here.
   */
  cameraRgb(): Float32Array {
    const light = this.#painted(cameraPalette(this.#illuminant, this.#settings.filters));
    for (let index = 0; index < light.length; index++)
      light[index] = (light[index] as number) * (this.#cameraScale[index % 3] as number);
    return light;
  }

  /** Linear sRGB of every pixel, three interleaved floats, 1 for a perfect white in full light; colours out of gamut are negative. */
  srgb(rendering: SrgbRendering = 'adapted'): Float32Array {
    if (rendering === 'reference') return this.#painted(referencePalette());
    return transformed(this.xyz(), this.#srgbFromXyz(rendering));
  }

  /** CIE 1931 XYZ of every pixel in the light on the scene, three interleaved floats, Y = 1 for a perfect white in full light. */
  xyz(): Float32Array {
    return this.#painted(observerPalette(this.#illuminant));
  }

  /** The patches of the colour chart; of the scene `chart` only, else none. */
  patches(): readonly PatchTruth[] {
    if (this.#frame.scene !== 'chart') return [];
    const camera = cameraPalette(this.#illuminant, this.#settings.filters);
    const observer = observerPalette(this.#illuminant);
    const rectangles = patchRectangles(this.width, this.height);
    return patchReflectances().map((reflectance, index) => {
      const xyz = observer.surface(reflectance);
      const { name, srgb: publishedSrgb } = chartPatches[index] as (typeof chartPatches)[number];
      return {
        name,
        rectangle: rectangles[index] as PixelRectangle,
        cameraRgb: scaledBy(camera.surface(reflectance), this.#cameraScale),
        xyz,
        srgb: apply3(this.#srgbFromXyz('adapted'), xyz),
        publishedSrgb,
      };
    });
  }

  /** Gains, offsets and defects of all pixels, and what they are made of; see {@link PixelResponse}. */
  response(): PixelResponse {
    return pixelResponse(this.#settings, this.width, this.height, this.cfa, this.#frame.seed);
  }

  /**
   * The share of a channel's light that lens and filter let through, on a grid whose outer nodes lie on the picture's edges, row by
   * row. Its reciprocal is the gain that corrects it.
   */
  shadingGrid(channel: 0 | 1 | 2, columns: number, rows: number): Float32Array {
    return Float32Array.from({ length: columns * rows }, (_, index) => {
      const x = ((index % columns) / (columns - 1)) * this.width;
      const y = (Math.floor(index / columns) / (rows - 1)) * this.height;
      return shadingAt(this.#settings, this.width, this.height, x, y, channel);
    });
  }

  /** What a flickering lamp gave to each row against its mean; 1 everywhere for a steady one. */
  rowLight(): Float32Array {
    const rowLight = new Float32Array(this.height);
    fillRowLight(rowLight, this.#settings, this.#frame.sequence, this.#frame.framesPerSecond);
    return rowLight;
  }

  #srgbFromXyz(rendering: 'adapted' | 'seen'): Matrix3 {
    const adaptation = rendering === 'seen' ? identity3 : bradfordAdaptation(this.light.chromaticity, whiteD65);
    return multiply3(srgbFromXyz, adaptation);
  }

  #painted(palette: Palette): Float32Array {
    const { scene, width, height, sequence, framesPerSecond, picture } = this.#frame;
    const lens = {
      blurSigmaPixels: this.#sharpness === 'scene' ? 0 : this.#settings.blurSigmaPixels,
      lateralPixels: this.#sharpness === 'lens' ? this.#settings.lateralPixels : 0,
    };
    const stage = new SceneStage({ scene: sceneOf(scene), width, height, layout: 'rgb', palette, lens, picture });
    return stage.lightAt(rowClock(this.#settings, sequence, framesPerSecond, height));
  }
}

/**
 * The truth about a frame. By default as blurred as the frame, since no ISP can be blamed for the lens, but without its chromatic
 * aberration. Pictures are computed when asked for, in some hundred milliseconds for two megapixels.
 */
export function groundTruth(frame: SimulatedFrame, sharpness: TruthSharpness = 'blurred'): GroundTruth {
  return new GroundTruth(frame, sharpness);
}

function completed(frame: SimulatedFrame) {
  const { sequence = 0, framesPerSecond = 30, cfa = 'RGGB', seed = 1, settings = {} } = frame;
  return { ...frame, sequence, framesPerSecond, cfa, seed, settings };
}

function scaledBy(colour: Triple, factors: Triple): Triple {
  return [colour[0] * factors[0], colour[1] * factors[1], colour[2] * factors[2]];
}

function transformed(pixels: Float32Array, matrix: Matrix3): Float32Array {
  for (let index = 0; index < pixels.length; index += 3) {
    const colour = apply3(matrix, [pixels[index] as number, pixels[index + 1] as number, pixels[index + 2] as number]);
    pixels.set(colour, index);
  }
  return pixels;
}
