import type { Triple } from '../../../base/matrix3.ts';
import { type ChartLayout, chartLayout, patchRegion } from '../chart-layout.ts';
import { neutral, type Palette } from '../colour/palette.ts';
import { linearFromSrgb, linearTripleFromSrgb, patchReflectances } from '../colour-checker.ts';
import { clamp01, grown, type Region, roundedRectangle, softRectangle, supersampled, wholePixels } from '../coverage.ts';
import { glyphHeightDots, glyphPitchDots, textLine } from '../glyphs.ts';
import type { LightCanvas } from '../light-canvas.ts';
import type { Scene } from '../scene.ts';
import { RollingBall, TurningStar } from './chart-parts.ts';

/** A ColorChecker among a star, an edge, text, hues and a grey ramp, with a ball that rolls: what the lab opens with. */
export const chartScene: Scene = {
  id: 'chart',
  name: 'Sensor simulator',
  detail: 'Colour chart and moving targets behind a model of a 10-bit sensor',
  paint(canvas, palette) {
    const layout = chartLayout(canvas.width);
    paintBackdrop(canvas, palette);
    for (const card of [layout.chart, layout.starCard, layout.hueCard, layout.edgeCard, layout.textCard, layout.ramp]) {
      castShadow(canvas, card, layout.scale);
    }
    paintChart(canvas, palette, layout);
    paintCard(canvas, palette, layout.starCard, layout.scale, 0.32);
    paintHues(canvas, palette, layout);
    paintSlantedEdge(canvas, palette, layout);
    paintText(canvas, palette, layout);
    paintRamp(canvas, palette, layout);
  },
  movingParts(width, _height, palette) {
    const layout = chartLayout(width);
    return [new TurningStar(layout, palette), new RollingBall(layout, palette)];
  },
};

/** A seamless grey backdrop in the light of one large lamp from the upper left. */
function paintBackdrop(canvas: LightCanvas, palette: Palette): void {
  const { width, height } = canvas;
  const [lampX, reachX, lampY, reachY] = [0.42 * width, 0.85 * width, 0.36 * height, 0.95 * height];
  canvas.paintField(canvas.bounds, (x, y, channel) => {
    const dx = (x - lampX) / reachX;
    const dy = (y - lampY) / reachY;
    const spread = 1 + 1.6 * (dx * dx + dy * dy);
    return (0.02 + 0.16 / (spread * spread)) * palette.white[channel];
  });
}

function castShadow(canvas: LightCanvas, card: Region, scale: number): void {
  const offset = 12 * scale;
  const shadow = { left: card.left + offset, top: card.top + offset, right: card.right + offset, bottom: card.bottom + offset };
  const softness = 34 * scale;
  canvas.shade(grown(shadow, softness), softRectangle(shadow, softness, 0.55));
}

function paintCard(canvas: LightCanvas, palette: Palette, card: Region, scale: number, radiance: number): void {
  canvas.paint(grown(card, 1), neutral(palette, radiance), roundedRectangle(card, 6 * scale));
}

function paintChart(canvas: LightCanvas, palette: Palette, layout: ChartLayout): void {
  const { scale } = layout;
  canvas.paint(grown(layout.chart, 1), neutral(palette, 0.016), roundedRectangle(layout.chart, 10 * scale));
  for (const [index, reflectance] of patchReflectances().entries()) {
    const region = patchRegion(layout, index);
    canvas.paint(grown(region, 1), palette.surface(reflectance), roundedRectangle(region, 3 * scale));
  }
}

const hueSteps = 256;

/** All hues from top to bottom, from grey at the left to a moderate chroma at the right: for saturation and clipping. */
function paintHues(canvas: LightCanvas, palette: Palette, { hueCard, scale }: ChartLayout): void {
  paintCard(canvas, palette, hueCard, scale, 0.72);
  const inner = wholePixels(grown(hueCard, -16 * scale));
  const grey = palette.colour(linearTripleFromSrgb([132, 132, 132]));
  const hues = Array.from({ length: hueSteps }, (_, step) => {
    const wave = (third: number): number => 132 + 56 * Math.cos(2 * Math.PI * (step / hueSteps - third / 3));
    return palette.colour(linearTripleFromSrgb([wave(0), wave(1), wave(2)]));
  });
  canvas.paintField(inner, (x, y, channel) => {
    const hue = hues[Math.floor(((y - inner.top) / (inner.bottom - inner.top)) * hueSteps)] as Triple;
    const chroma = (x - inner.left) / (inner.right - inner.left);
    return grey[channel] + (hue[channel] - grey[channel]) * chroma;
  });
}

/** A dark square turned by 5 degrees on a card four times as bright: the edge of ISO 12233. */
function paintSlantedEdge(canvas: LightCanvas, palette: Palette, layout: ChartLayout): void {
  const { edgeCard, scale } = layout;
  paintCard(canvas, palette, edgeCard, scale, 0.6);
  const centreX = (edgeCard.left + edgeCard.right) / 2;
  const centreY = (edgeCard.top + edgeCard.bottom) / 2;
  const half = 78 * scale;
  const cosine = Math.cos((5 * Math.PI) / 180);
  const sine = Math.sin((5 * Math.PI) / 180);
  canvas.paint(edgeCard, neutral(palette, 0.15), (x, y) => {
    const u = Math.abs((x - centreX) * cosine + (y - centreY) * sine);
    const v = Math.abs((y - centreY) * cosine - (x - centreX) * sine);
    return clamp01(half - u + 0.5) * clamp01(half - v + 0.5);
  });
}

const textLines = [
  'CAMERA LAB',
  'THE QUICK BROWN',
  'FOX JUMPS OVER THE',
  'LAZY DOG 0123456789 ABC',
  'PACK MY BOX WITH FIVE DOZEN',
  'LIQUOR JUGS AND SPHINX OF BLACK QUARTZ',
];

/** Lines of capitals that shrink to one pixel per dot, above a fan of bars up to the finest that the mosaic can carry. */
function paintText(canvas: LightCanvas, palette: Palette, layout: ChartLayout): void {
  const { textCard, scale } = layout;
  paintCard(canvas, palette, textCard, scale, 0.72);
  const left = textCard.left + 20 * scale;
  const textWidth = textCard.right - textCard.left - 40 * scale;
  let top = textCard.top + 20 * scale;
  for (const line of textLines) {
    const dotSize = textWidth / (line.length * glyphPitchDots - 1);
    const lineHeight = dotSize * glyphHeightDots;
    const region = { left, top, right: textCard.right, bottom: top + lineHeight + 1 };
    canvas.paint(region, neutral(palette, 0.03), textLine(line, left, top, dotSize));
    top += lineHeight + Math.max(9 * scale, dotSize * 2.5);
  }
  paintBars(canvas, palette, { left, top, right: left + textWidth, bottom: textCard.bottom - 20 * scale });
}

/** Vertical bars whose period shrinks from 16 pixels at the left to 2 at the right (of the picture's own pixels). */
function paintBars(canvas: LightCanvas, palette: Palette, region: Region): void {
  const length = region.right - region.left;
  const growth = Math.log(16 / 2) / length;
  const isBar = supersampled((x, y) => {
    if (y < region.top || y >= region.bottom || x >= region.right) return false;
    const cycles = (Math.exp((x - region.left) * growth) - 1) / (16 * growth);
    return cycles - Math.floor(cycles) < 0.5;
  });
  canvas.paint(region, neutral(palette, 0.03), isBar);
}

/** A ramp of even steps to the eye (in sRGB code values) from black to white, with a wedge of 16 steps below it. */
function paintRamp(canvas: LightCanvas, palette: Palette, { ramp, scale }: ChartLayout): void {
  canvas.paint(grown(ramp, 1), neutral(palette, 0.016), roundedRectangle(ramp, 4 * scale));
  const inner = wholePixels(grown(ramp, -6 * scale));
  const middle = (inner.top + inner.bottom) / 2;
  canvas.paintField(inner, (x, y, channel) => {
    const position = (x - inner.left) / (inner.right - inner.left);
    const tone = y < middle ? position : Math.floor(position * 16) / 15;
    return linearFromSrgb(tone * 243) * palette.white[channel];
  });
}
