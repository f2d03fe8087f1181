import { neutral } from '../colour/palette.ts';
import { apertureTransfer, halfPlaneShare, type PixelRectangle } from '../coverage.ts';
import { blurTransfer } from '../lens.ts';
import type { Scene } from '../scene.ts';

/** Light of the squares and of what is around them: four to one, as ISO 12233:2017 has it. */
export const slantedEdgeLight = { dark: 0.15, bright: 0.6 } as const;

/** By how much the squares are turned against the pixel grid, degrees. */
export const slantedEdgeDegrees = 5;

/** A straight edge between the two lights. */
export interface SlantedEdge {
  readonly name: string;
  /** Nearly upright edges give the horizontal resolution, nearly level ones the vertical. */
  readonly direction: 'upright' | 'level';
  /** A point of the edge, in pixels from the picture's upper left corner. */
  readonly x: number;
  readonly y: number;
  /** Where an upright edge is at row coordinate y: x + slope * (y' - y); a level one at column coordinate x: y + slope * (x' - x). */
  readonly slope: number;
  /** Pixels around the edge in which there is nothing else. */
  readonly region: PixelRectangle;
}

interface Square {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly half: number;
}

const rowNames = ['top', 'middle', 'bottom'];
const columnNames = ['left', 'centre', 'right'];
const cosine = Math.cos((slantedEdgeDegrees * Math.PI) / 180);
const sine = Math.sin((slantedEdgeDegrees * Math.PI) / 180);

function squaresOf(width: number, height: number): readonly Square[] {
  return rowNames.flatMap((rowName, row) =>
    columnNames.map((columnName, column) => ({
      name: `${rowName} ${columnName}`,
      // A third of a pixel off the grid, so that no edge hides behind a symmetry.
      x: width * (0.14 + 0.36 * column) + 1 / 3,
      y: height * (0.18 + 0.32 * row) + 1 / 3,
      half: height * 0.1,
    })),
  );
}

/** Every edge of the scene, four for each of the nine squares, in a picture of that size. */
export function slantedEdges(width: number, height: number): readonly SlantedEdge[] {
  return squaresOf(width, height).flatMap(({ name, x, y, half }) =>
    [-1, 1].flatMap((side): SlantedEdge[] => {
      const upright = { x: x + side * half * cosine, y: y + side * half * sine };
      const level = { x: x - side * half * sine, y: y + side * half * cosine };
      return [
        {
          ...{ name: `${name}, ${side < 0 ? 'left' : 'right'}`, direction: 'upright', ...upright, slope: -sine / cosine },
          region: around(upright.x, upright.y, half * 0.5, half * 0.6),
        },
        {
          ...{ name: `${name}, ${side < 0 ? 'upper' : 'lower'}`, direction: 'level', ...level, slope: sine / cosine },
          region: around(level.x, level.y, half * 0.6, half * 0.5),
        },
      ];
    }),
  );
}

function around(x: number, y: number, reachX: number, reachY: number): PixelRectangle {
  const left = Math.ceil((x - reachX) / 2) * 2;
  const top = Math.ceil((y - reachY) / 2) * 2;
  return { x: left, y: top, width: Math.floor(reachX) * 2, height: Math.floor(reachY) * 2 };
}

/**
 * What pixel aperture and lens blur leave of a frequency across an edge of this scene, cycles per pixel along its normal: the
 * modulation transfer that a slanted-edge measurement of the noise-free frame should find in each channel.
 */
export function slantedEdgeTransfer(cyclesPerPixel: number, blurSigmaPixels: number): number {
  const [across, along] = [cyclesPerPixel * cosine, cyclesPerPixel * sine];
  const blur = blurTransfer(blurSigmaPixels, across) * blurTransfer(blurSigmaPixels, along);
  return Math.abs(apertureTransfer(across, along) * blur);
}

/** Dark squares turned by 5 degrees at nine places of the picture. */
export const slantedEdgeScene: Scene = {
  id: 'slanted-edge',
  name: 'Simulator: slanted edge',
  detail: 'Nine squares turned by 5 degrees, contrast 4:1: sharpness from edge to edge of the picture',
  paint(canvas, palette) {
    canvas.fill(neutral(palette, slantedEdgeLight.bright));
    const dark = neutral(palette, slantedEdgeLight.dark);
    for (const { x, y, half } of squaresOf(canvas.width, canvas.height)) {
      const reach = half * 1.1 * (cosine + sine);
      canvas.paint({ left: x - reach, top: y - reach, right: x + reach, bottom: y + reach }, dark, (column, row) => {
        const across = (column - x) * cosine + (row - y) * sine;
        const along = (row - y) * cosine - (column - x) * sine;
        const inColumns = halfPlaneShare(Math.abs(across) - half, cosine, sine);
        return inColumns * halfPlaneShare(Math.abs(along) - half, sine, cosine);
      });
    }
  },
};
