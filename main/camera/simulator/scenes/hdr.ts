import type { Triple } from '../../../base/matrix3.ts';
import { neutral, type Palette } from '../colour/palette.ts';
import { linearTripleFromSrgb } from '../colour-checker.ts';
import { cellsInside, clamp01, grown, length, type PixelRectangle, type Region, roundedRectangle } from '../coverage.ts';
import type { LightCanvas } from '../light-canvas.ts';
import type { Scene } from '../scene.ts';

/** A field of even light in the room. */
export interface HdrStep {
  /** 1 is a perfect white in full light: in the room itself there is a hundredth of that, outside forty times as much. */
  readonly light: number;
  readonly rectangle: PixelRectangle;
}

const stepCount = 16;
const darkestEv = -9;
const roomLight = 0.02;
const skyLight = 48;

function stepRegion(width: number, height: number, index: number): Region {
  const left = width * (0.04 + 0.0575 * index);
  return { left, top: height * 0.86, right: left + width * 0.05, bottom: height * 0.95 };
}

/** The steps of a transparent wedge below the window: 16 from 2^-9 to 2^6, one EV apart. */
export function hdrSteps(width: number, height: number): readonly HdrStep[] {
  return Array.from({ length: stepCount }, (_, index) => ({
    light: 2 ** (darkestEv + index),
    rectangle: cellsInside(grown(stepRegion(width, height, index), -0.006 * width)),
  }));
}

function share(width: number, height: number, left: number, top: number, right: number, bottom: number): Region {
  return { left: left * width, top: top * height, right: right * width, bottom: bottom * height };
}

/** A dark room with a window onto a sunny day: 15 EV from the darkest step to the brightest. */
export const hdrScene: Scene = {
  id: 'hdr',
  name: 'Simulator: high dynamic range',
  detail: 'A window in a dark room, 15 EV: brackets, tone mapping, clipping',
  paint(canvas, palette) {
    paintRoom(canvas, palette);
    paintWindow(canvas, palette);
    paintShelf(canvas, palette);
    for (const [index, { light }] of hdrSteps(canvas.width, canvas.height).entries()) {
      const region = stepRegion(canvas.width, canvas.height, index);
      canvas.paint(grown(region, 1), neutral(palette, light), roundedRectangle(region, 1));
    }
  },
};

/** Walls that get darker away from the window. */
function paintRoom(canvas: LightCanvas, palette: Palette): void {
  const { width, height } = canvas;
  canvas.paintField(canvas.bounds, (x, y, channel) => {
    const away = length(x / width - 0.3, (y / height - 0.4) * 0.6);
    return (0.0015 + roomLight * Math.exp(-3.2 * away)) * palette.white[channel];
  });
}

/** Sky, a hill in the sun and a tree behind four panes. */
function paintWindow(canvas: LightCanvas, palette: Palette): void {
  const { width, height } = canvas;
  const frame = share(width, height, 0.1, 0.08, 0.5, 0.78);
  const view = grown(frame, -0.012 * width);
  canvas.paint(grown(frame, 1), neutral(palette, 0.9 * roomLight), roundedRectangle(frame, 2));
  const sky = scaled(palette.colour(linearTripleFromSrgb([170, 205, 250])), skyLight);
  const grass = scaled(palette.colour(linearTripleFromSrgb([105, 140, 60])), 28);
  const bark = scaled(palette.colour(linearTripleFromSrgb([90, 70, 50])), 9);
  canvas.paint(view, sky, () => 1);
  const horizon = view.top + 0.62 * (view.bottom - view.top);
  canvas.paint(view, grass, (x, y) => clamp01(y - horizon - 0.03 * height * Math.sin((9 * x) / width) + 0.5));
  const [trunkX, crownY, crown] = [view.left + 0.7 * (view.right - view.left), horizon - 0.17 * height, 0.11 * height];
  canvas.paint(view, bark, (x, y) =>
    y > crownY && y < horizon + 0.04 * height ? clamp01(0.012 * width - Math.abs(x - trunkX) + 0.5) : 0,
  );
  canvas.paint(view, scaled(grass, 0.4), (x, y) => clamp01(crown - length(x - trunkX, y - crownY) + 0.5));
  canvas.paint(view, neutral(palette, 64), (x, y) =>
    clamp01(0.03 * height - length(x - view.left - 0.06 * width, y - view.top - 0.09 * height) + 0.5),
  );
  const bar = 0.006 * width;
  const [middleX, middleY] = [(frame.left + frame.right) / 2, (frame.top + frame.bottom) / 2];
  canvas.paint(frame, neutral(palette, 0.6 * roomLight), (x, y) =>
    Math.max(clamp01(bar - Math.abs(x - middleX) + 0.5), clamp01(bar - Math.abs(y - middleY) + 0.5)),
  );
}

const bookColours: readonly Triple[] = [
  [175, 54, 60],
  [70, 148, 73],
  [56, 61, 150],
  [231, 199, 31],
  [187, 86, 149],
  [8, 133, 161],
  [200, 200, 200],
  [115, 82, 68],
];

/** Books in the dark, in the colours of the chart. */
function paintShelf(canvas: LightCanvas, palette: Palette): void {
  const { width, height } = canvas;
  canvas.paint(share(width, height, 0.58, 0.62, 0.95, 0.64), neutral(palette, 0.004), () => 1);
  for (const [index, colour] of bookColours.entries()) {
    const left = 0.6 + 0.04 * index;
    const book = share(width, height, left, 0.3 + 0.03 * (index % 3), left + 0.034, 0.62);
    canvas.paint(
      grown(book, 1),
      scaled(palette.colour(linearTripleFromSrgb(colour)), 0.3 * roomLight),
      roundedRectangle(book, 1),
    );
  }
}

function scaled([red, green, blue]: Triple, factor: number): Triple {
  return [red * factor, green * factor, blue * factor];
}
