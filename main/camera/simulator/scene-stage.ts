import type { Palette } from './colour/palette.ts';
import type { Region } from './coverage.ts';
import { isPerfect, Lens, type LensSettings } from './lens.ts';
import { type CanvasLayout, LightCanvas } from './light-canvas.ts';
import type { LinearPicture } from './linear-picture.ts';
import type { MovingPart, RowClock, Scene } from './scene.ts';

/** What a stage shows, and how it is lit and seen. */
export interface StageSettings {
  readonly scene: Scene;
  readonly width: number;
  readonly height: number;
  /** Whether the light is that of a mosaic or of all three channels. */
  readonly layout: CanvasLayout;
  readonly palette: Palette;
  readonly lens: LensSettings;
  /** For the scene that shows one. */
  readonly picture?: LinearPicture | undefined;
}

/**
 * A scene in one light behind one lens. What stands still is painted, blurred and projected once; a frame redraws the regions that
 * moved. What it shows depends on the clock alone, never on the frames before. Used on one thread.
 */
export class SceneStage {
  readonly #lens: Lens | undefined;
  readonly #parts: readonly MovingPart[];
  readonly #still: LightCanvas;
  /** The still scene and what moves. */
  readonly #scene: LightCanvas;
  /** The scene behind the lens; the scene itself behind a perfect one. */
  readonly #image: LightCanvas;
  #drawn: readonly Region[] = [];

  constructor({ scene, width, height, layout, palette, lens, picture }: StageSettings) {
    this.#lens = isPerfect(lens) ? undefined : new Lens(lens);
    this.#still = new LightCanvas(width, height, this.#lens === undefined ? layout : 'rgb');
    scene.paint(this.#still, palette, picture);
    this.#scene = new LightCanvas(width, height, this.#still.layout);
    this.#scene.light.set(this.#still.light);
    this.#parts = scene.movingParts?.(width, height, palette) ?? [];
    this.#image = this.#lens === undefined ? this.#scene : new LightCanvas(width, height, layout);
    this.#lens?.project(this.#scene, this.#image, { left: 0, top: 0, right: width, bottom: height });
  }

  /** The light of a frame, in the layout asked for. It belongs to the stage and is overwritten by the next call. */
  lightAt(clock: RowClock): Float32Array {
    for (const region of this.#drawn) this.#scene.copyFrom(this.#still, region);
    const before = this.#drawn;
    this.#drawn = this.#parts.map((part) => part.draw(this.#scene, clock));
    const lens = this.#lens;
    if (lens !== undefined) {
      for (const { left, top, right, bottom } of [...before, ...this.#drawn]) {
        const reach = lens.reach;
        const seen = { left: left - reach, top: top - reach, right: right + reach, bottom: bottom + reach };
        lens.project(this.#scene, this.#image, seen);
      }
    }
    return this.#image.light;
  }
}
