import type { Triple } from '../../../base/matrix3.ts';
import { neutral, type Palette } from '../colour/palette.ts';
import { linearTripleFromSrgb } from '../colour-checker.ts';
import { clamp01, length, type Region } from '../coverage.ts';
import type { LightCanvas } from '../light-canvas.ts';
import { mixed } from '../noise-source.ts';
import type { MovingPart, RowClock, Scene } from '../scene.ts';

/** Something that moves on a straight line at an even speed and comes back at the other side. Pixels of the picture. */
export interface MovingObject {
  readonly name: string;
  readonly shape: 'disc' | 'bar';
  readonly halfWidth: number;
  readonly halfHeight: number;
  /** Middle at the start of the stream. */
  readonly x: number;
  readonly y: number;
  readonly pixelsPerSecondX: number;
  readonly pixelsPerSecondY: number;
  /** 8-bit sRGB under D65. */
  readonly srgb: Triple;
}

const designWidth = 1920;

/** What moves in a picture of that width, in the order in which it is drawn. */
export function movingObjects(width: number): readonly MovingObject[] {
  const scale = width / designWidth;
  const object = (
    name: string,
    shape: MovingObject['shape'],
    half: readonly [number, number],
    middle: readonly [number, number],
    speed: readonly [number, number],
    srgb: Triple,
  ): MovingObject => ({
    ...{ name, shape, halfWidth: half[0] * scale, halfHeight: half[1] * scale, x: middle[0] * scale, y: middle[1] * scale },
    ...{ pixelsPerSecondX: speed[0] * scale, pixelsPerSecondY: speed[1] * scale, srgb },
  });
  return [
    object('slow bar', 'bar', [24, 130], [300, 200], [120, 0], [243, 243, 242]),
    object('fast bar', 'bar', [24, 130], [900, 520], [960, 0], [52, 52, 52]),
    object('rising disc', 'disc', [60, 60], [1500, 900], [0, -240], [175, 54, 60]),
    object('crossing disc', 'disc', [60, 60], [200, 820], [480, -180], [231, 199, 31]),
    object('returning disc', 'disc', [45, 45], [1700, 300], [-720, 60], [56, 61, 150]),
  ];
}

/** Where the middle of an object is. It leaves the picture as a whole before it comes back. */
export function positionOf(
  { x, y, halfWidth, halfHeight, pixelsPerSecondX, pixelsPerSecondY }: MovingObject,
  width: number,
  height: number,
  seconds: number,
): { readonly x: number; readonly y: number } {
  const wrapped = (place: number, size: number, half: number): number => {
    const turn = size + 4 * half;
    const along = (place + 2 * half) % turn;
    return (along < 0 ? along + turn : along) - 2 * half;
  };
  return {
    x: wrapped(x + pixelsPerSecondX * seconds, width, halfWidth),
    y: wrapped(y + pixelsPerSecondY * seconds, height, halfHeight),
  };
}

type Middle = ReturnType<typeof positionOf>;

const mostMoments = 24;

/** Draws an object as each row sees it: at the row's own time, smeared over its exposure. */
class MovingObjectPart implements MovingPart {
  readonly #object: MovingObject;
  readonly #colour: Triple;

  constructor(object: MovingObject, palette: Palette) {
    this.#object = object;
    this.#colour = palette.colour(linearTripleFromSrgb(object.srgb));
  }

  draw(canvas: LightCanvas, clock: RowClock): Region {
    const { halfWidth, halfHeight, pixelsPerSecondY } = this.#object;
    const { width, height } = canvas;
    const reachY = halfHeight + 1 + Math.abs(pixelsPerSecondY) * clock.exposureSeconds;
    const touched = { left: width, top: height, right: 0, bottom: 0 };
    let middles: readonly Middle[] = [];
    let middlesSeconds = Number.NaN;
    for (let row = 0; row < height; row++) {
      const seconds = clock.secondsAt(row);
      const { y: startY } = positionOf(this.#object, width, height, seconds);
      if (Math.abs(row + 0.5 - startY) > reachY) continue;
      if (seconds !== middlesSeconds) middles = this.#middlesFrom(seconds, clock.exposureSeconds, width, height);
      middlesSeconds = seconds;
      const seen = middles.filter(({ y }) => Math.abs(row + 0.5 - y) < halfHeight + 1);
      if (seen.length === 0) continue;
      const left = Math.max(0, Math.floor(Math.min(...seen.map(({ x }) => x)) - halfWidth - 1));
      const right = Math.min(width, Math.ceil(Math.max(...seen.map(({ x }) => x)) + halfWidth + 1));
      for (let column = left; column < right; column++) {
        let share = 0;
        for (const { x, y } of seen) share += this.#coverage(column + 0.5 - x, row + 0.5 - y);
        if (share > 0) canvas.blend(column, row, this.#colour, share / middles.length);
      }
      touched.left = Math.min(touched.left, left);
      touched.right = Math.max(touched.right, right);
      touched.top = Math.min(touched.top, row);
      touched.bottom = row + 1;
    }
    return touched.bottom === 0 ? { left: 0, top: 0, right: 0, bottom: 0 } : touched;
  }

  /** Where the middle is at moments spread evenly over the exposure, a pixel apart as long as they are few. */
  #middlesFrom(seconds: number, exposureSeconds: number, width: number, height: number): readonly Middle[] {
    const { pixelsPerSecondX, pixelsPerSecondY } = this.#object;
    const travelled = length(pixelsPerSecondX, pixelsPerSecondY) * exposureSeconds;
    const count = Math.min(mostMoments, Math.max(1, Math.ceil(travelled)));
    return Array.from({ length: count }, (_, moment) =>
      positionOf(this.#object, width, height, seconds + ((moment + 0.5) / count) * exposureSeconds),
    );
  }

  #coverage(dx: number, dy: number): number {
    const { shape, halfWidth, halfHeight } = this.#object;
    if (shape === 'disc') return clamp01(halfWidth - length(dx, dy) + 0.5);
    return clamp01(halfWidth - Math.abs(dx) + 0.5) * clamp01(halfHeight - Math.abs(dy) + 0.5);
  }
}

const tilePixels = 24;

/** Bars and discs of known speed over tiles that stand still: motion blur, rolling shutter, alignment and ghosts. */
export const motionScene: Scene = {
  id: 'motion',
  name: 'Simulator: motion',
  detail: 'Bars and discs of known speed: motion blur, rolling shutter, temporal noise reduction',
  paint(canvas, palette) {
    canvas.fill(neutral(palette, 0.2));
    const tile = (tilePixels * canvas.width) / designWidth;
    canvas.paintField(canvas.bounds, (x, y, channel) => {
      const key = mixed(Math.floor(x / tile) + Math.imul(Math.floor(y / tile), 0x9e3779b1));
      return (0.16 + 0.08 * ((key >>> 0) / 2 ** 32)) * palette.white[channel];
    });
  },
  movingParts(width, _height, palette) {
    return movingObjects(width).map((object) => new MovingObjectPart(object, palette));
  },
};
