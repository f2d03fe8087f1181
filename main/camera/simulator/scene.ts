import type { Palette } from './colour/palette.ts';
import type { Region } from './coverage.ts';
import type { LightCanvas } from './light-canvas.ts';
import type { LinearPicture } from './linear-picture.ts';

/** When the rows of a frame are exposed. */
export interface RowClock {
  /** Seconds from the start of the stream to the start of the exposure of a row. */
  secondsAt(row: number): number;
  /** How long each row is exposed; 0 freezes what moves. */
  readonly exposureSeconds: number;
}

/** A part of a scene that moves. It draws itself over the still scene and names the region it touched, which may reach beyond it. */
export interface MovingPart {
  draw(canvas: LightCanvas, clock: RowClock): Region;
}

/** A scene of the simulator: data and painting, the same for the sensor and for the truth about it. */
export interface Scene {
  /** Stable; the source is `simulator:<id>`. */
  readonly id: string;
  readonly name: string;
  /** One line that says what is to be seen. */
  readonly detail: string;
  /** Whether it shows a picture of the user's. */
  readonly showsPicture?: boolean;
  /** Paints all that stands still. The picture is the user's, for the scene that shows one. */
  paint(canvas: LightCanvas, palette: Palette, picture?: LinearPicture): void;
  /** The parts that move, in the order in which they are drawn. */
  movingParts?(width: number, height: number, palette: Palette): readonly MovingPart[];
}
