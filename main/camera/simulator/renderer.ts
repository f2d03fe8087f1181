import type { CfaOrder } from '../../frame/pixel-format.ts';
import { cameraPalette } from './colour/palette.ts';
import { defaultFrameSettings, type FrameSettings } from './frame-settings.ts';
import { fillRowLight, rowClock } from './lamp.ts';
import type { LinearPicture } from './linear-picture.ts';
import { pixelResponse } from './pixel-response.ts';
import type { Scene } from './scene.ts';
import { SceneStage } from './scene-stage.ts';
import { sceneOf } from './scenes/scenes.ts';
import { type PixelResponse, SensorModel } from './sensor-model.ts';

/** What stays the same over a stream of the simulator. */
export interface RendererSettings {
  /** Id of the scene, `chart` by default. */
  readonly scene?: string;
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  readonly cfa: CfaOrder;
  /** Chooses noise, pattern and defects; equal seeds give equal bytes. */
  readonly seed: number;
  /** The picture of the user, for the scene that shows it. */
  readonly picture?: LinearPicture | undefined;
}

/**
 * Makes the simulator's frames. A frame depends only on its settings and its sequence number, never on those before it. What
 * takes long (the still scene, the lens, the pattern of the pixels) is kept until a setting changes it. Used on one thread.
 */
export class SimulatorRenderer {
  readonly #settings: RendererSettings;
  readonly #scene: Scene;
  readonly #sensor: SensorModel;
  readonly #rowLight: Float32Array;
  #picture: LinearPicture | undefined;
  #stage: Kept<SceneStage> | undefined;
  #response: Kept<PixelResponse> | undefined;

  constructor(settings: RendererSettings) {
    const { width, height, cfa, seed } = settings;
    this.#settings = settings;
    this.#picture = settings.picture;
    this.#scene = sceneOf(settings.scene ?? 'chart');
    this.#sensor = new SensorModel(cfa, seed, width);
    this.#rowLight = new Float32Array(height);
  }

  /** Shows another picture of the user from the next frame on. */
  show(picture: LinearPicture | undefined): void {
    this.#picture = picture;
    this.#stage = undefined;
  }

  /** Fills the first width * height samples with the frame of that number; settings that are not given are at their defaults. */
  render(sequence: number, changed: Partial<FrameSettings>, samples: Uint16Array): void {
    const { width, height, framesPerSecond } = this.#settings;
    const frame = { ...defaultFrameSettings, ...changed };
    this.#stage = kept(this.#stage, stageKey(frame), () => this.#stageFor(frame));
    this.#response = kept(this.#response, responseKey(frame), () => this.#responseFor(frame));
    const light = this.#stage.made.lightAt(rowClock(frame, sequence, framesPerSecond, height));
    fillRowLight(this.#rowLight, frame, sequence, framesPerSecond);
    this.#sensor.expose(light, width, height, frame, sequence, samples, this.#response.made, this.#rowLight);
  }

  #stageFor(frame: FrameSettings): SceneStage {
    const { width, height, cfa } = this.#settings;
    const palette = cameraPalette({ kind: frame.illuminantKind, kelvin: frame.illuminantKelvin }, frame.filters);
    return new SceneStage({ scene: this.#scene, width, height, layout: cfa, palette, lens: frame, picture: this.#picture });
  }

  #responseFor(frame: FrameSettings): PixelResponse {
    const { width, height, cfa, seed } = this.#settings;
    return pixelResponse(frame, width, height, cfa, seed);
  }
}

/** Something that takes long to make, and what it was made for. */
interface Kept<Made> {
  readonly key: string;
  readonly made: Made;
}

function kept<Made>(before: Kept<Made> | undefined, key: string, make: () => Made): Kept<Made> {
  return before?.key === key ? before : { key, made: make() };
}

function stageKey({ illuminantKind, illuminantKelvin, filters, blurSigmaPixels, lateralPixels }: FrameSettings): string {
  return [illuminantKind, illuminantKelvin, filters, blurSigmaPixels, lateralPixels].join(' ');
}

function responseKey(frame: FrameSettings): string {
  const { vignetting, colourShading, prnu, dsnuElectrons, hotPerMegapixel, deadPerMegapixel, stuckPerMegapixel } = frame;
  return [vignetting, colourShading, prnu, dsnuElectrons, hotPerMegapixel, deadPerMegapixel, stuckPerMegapixel].join(' ');
}
