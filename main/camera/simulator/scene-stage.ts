import type { Palette } from './colour/palette.ts';
import { grown, type Region } from './coverage.ts';
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
    const before = this.#drawn;
    for (const region of before) this.#scene.copyFrom(this.#still, region);
    this.#drawn = this.#parts.map((part) => part.draw(this.#scene, clock));
    if (this.#lens !== undefined) {
      for (const [index, region] of this.#drawn.entries()) this.#projectAround(this.#lens, region, before[index] ?? region);
    }
    return this.#image.light;
  }

  /** What a part has touched now and in the frame before: at once where the two lie together. */
  #projectAround(lens: Lens, now: Region, before: Region): void {
    const hull = {
      left: Math.min(now.left, before.left),
      top: Math.min(now.top, before.top),
      right: Math.max(now.right, before.right),
      bottom: Math.max(now.bottom, before.bottom),
    };
    const regions = areaOf(hull) <= areaOf(now) + areaOf(before) ? [hull] : [now, before];
    for (const region of regions) lens.project(this.#scene, this.#image, grown(region, lens.reach));
  }
}

function areaOf({ left, top, right, bottom }: Region): number {
  return (right - left) * (bottom - top);
}
