import type { CfaOrder } from '../../frame/pixel-format.ts';
import { type LevelPicture, type MovingPart, RollingBall, TurningStar } from './moving-parts.ts';
import type { Region } from './radiance.ts';
import { paintStillScene, sceneLayout } from './scene.ts';
import { type ExposureSettings, SensorModel } from './sensor-model.ts';

/** What stays the same over a stream of the simulator. */
export interface RendererSettings {
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  readonly cfa: CfaOrder;
  /** Chooses the noise; equal seeds give equal bytes. */
  readonly seed: number;
}

/** All that decides one simulated frame beside its number. */
export interface FrameSettings extends ExposureSettings {
  /** Whether star and ball move; otherwise they stand where they are in frame 0. */
  readonly motion: boolean;
}

/**
 * Makes the simulator's frames. A frame depends only on its settings and its sequence number, never on those before it. The
 * still scene is painted once; a frame redraws the regions that moved and then exposes all pixels. Used on one thread.
 */
export class SimulatorRenderer {
  readonly #settings: RendererSettings;
  readonly #picture: LevelPicture;
  readonly #parts: readonly MovingPart[];
  readonly #sensor: SensorModel;
  #drawn: Region[] = [];

  constructor(settings: RendererSettings) {
    const { width, height, cfa, seed } = settings;
    this.#settings = settings;
    const still = paintStillScene(width, height, cfa);
    this.#picture = { width, height, cfa, still, levels: still.slice() };
    const layout = sceneLayout(width);
    this.#parts = [new TurningStar(this.#picture, layout), new RollingBall(this.#picture, layout)];
    this.#sensor = new SensorModel(cfa, seed, width);
  }

  /** Fills the first width * height samples with the frame of that number. */
  render(sequence: number, frame: FrameSettings, samples: Uint16Array): void {
    const { width, height, framesPerSecond } = this.#settings;
    for (const region of this.#drawn) this.#restore(region);
    const seconds = frame.motion ? sequence / framesPerSecond : 0;
    this.#drawn = this.#parts.map((part) => part.drawAt(seconds));
    this.#sensor.expose(this.#picture.levels, width, height, frame, sequence, samples);
  }

  #restore({ left, top, right, bottom }: Region): void {
    const { width, still, levels } = this.#picture;
    for (let y = top; y < bottom; y++) levels.set(still.subarray(y * width + left, y * width + right), y * width + left);
  }
}
