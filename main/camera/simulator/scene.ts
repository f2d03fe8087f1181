import { assert } from '../../base/errors.ts';
import type { Triple } from '../../base/matrix3.ts';
import type { CfaOrder } from '../../frame/pixel-format.ts';
import { cameraRgbFromSrgb, chartColumns, chartPatches, chartRows, linearFromSrgb } from './colour-checker.ts';
import { glyphHeightDots, glyphPitchDots, textLine } from './glyphs.ts';
import { clamp01, grown, RadianceCanvas, type Region, roundedRectangle, softRectangle, supersampled } from './radiance.ts';

/** A rectangle of whole pixels. */
export interface PixelRectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The picture is composed on 1920 x 1080 and scaled; every mode has this shape. */
const designWidth = 1920;

/** Where the parts of the scene stand, in pixels of a picture of that width. */
export interface SceneLayout {
  readonly scale: number;
  readonly chart: Region;
  readonly star: { readonly x: number; readonly y: number; readonly radius: number };
  readonly starCard: Region;
  readonly hueCard: Region;
  readonly edgeCard: Region;
  readonly textCard: Region;
  /** The grey ramp; the ball rolls on its upper edge. */
  readonly ramp: Region;
  readonly ball: { readonly radius: number; readonly centreX: number; readonly reach: number };
}

const patchSize = 146;
const patchGap = 18;

/** The layout of a picture of that width. */
export function sceneLayout(width: number): SceneLayout {
  const scale = width / designWidth;
  const region = (left: number, top: number, right: number, bottom: number): Region => ({
    left: left * scale,
    top: top * scale,
    right: right * scale,
    bottom: bottom * scale,
  });
  const chartRight = 120 + chartColumns * patchSize + (chartColumns + 1) * patchGap;
  const chartBottom = 96 + chartRows * patchSize + (chartRows + 1) * patchGap;
  return {
    scale,
    chart: region(120, 96, chartRight, chartBottom),
    star: { x: 1404 * scale, y: 296 * scale, radius: 180 * scale },
    starCard: region(1204, 96, 1604, 496),
    hueCard: region(1640, 96, 1800, 496),
    edgeCard: region(1204, 532, 1464, chartBottom),
    textCard: region(1500, 532, 1800, chartBottom),
    ramp: region(120, 944, 1800, 1000),
    ball: { radius: 50 * scale, centreX: 960 * scale, reach: 770 * scale },
  };
}

function patchRegion(layout: SceneLayout, index: number): Region {
  const column = index % chartColumns;
  const row = Math.floor(index / chartColumns);
  const left = layout.chart.left + (patchGap + column * (patchSize + patchGap)) * layout.scale;
  const top = layout.chart.top + (patchGap + row * (patchSize + patchGap)) * layout.scale;
  return { left, top, right: left + patchSize * layout.scale, bottom: top + patchSize * layout.scale };
}

/**
 * The middle of each patch (see `chartPatches`, same order) in a picture of that size, well inside its border and aligned
 * to the 2x2 cell: what a colour measurement should average.
 */
export function patchRectangles(width: number, height: number): readonly PixelRectangle[] {
  assert(width * 9 === height * 16, `Expected a picture of 16:9 but received ${width}x${height}`);
  const layout = sceneLayout(width);
  return chartPatches.map((_, index) => {
    const patch = grown(patchRegion(layout, index), -0.2 * patchSize * layout.scale);
    const x = Math.ceil(patch.left / 2) * 2;
    const y = Math.ceil(patch.top / 2) * 2;
    return { x, y, width: Math.floor((patch.right - x) / 2) * 2, height: Math.floor((patch.bottom - y) / 2) * 2 };
  });
}

/** Paints all that stands still, as companded radiance levels behind the colour filter array. */
export function paintStillScene(width: number, height: number, cfa: CfaOrder): Uint16Array {
  const canvas = new RadianceCanvas(width, height, cfa);
  const layout = sceneLayout(width);
  paintBackdrop(canvas);
  for (const card of [layout.chart, layout.starCard, layout.hueCard, layout.edgeCard, layout.textCard, layout.ramp]) {
    castShadow(canvas, card, layout.scale);
  }
  paintChart(canvas, layout);
  paintCard(canvas, layout.starCard, layout.scale, 0.32);
  paintHues(canvas, layout);
  paintSlantedEdge(canvas, layout);
  paintText(canvas, layout);
  paintRamp(canvas, layout);
  return canvas.levels();
}

function neutral(radiance: number): Triple {
  return [radiance, radiance, radiance];
}

/** A seamless grey backdrop in the light of one large lamp from the upper left. */
function paintBackdrop(canvas: RadianceCanvas): void {
  const { width, height } = canvas;
  canvas.paintField({ left: 0, top: 0, right: width, bottom: height }, (x, y) => {
    const dx = (x / width - 0.42) / 0.85;
    const dy = (y / height - 0.36) / 0.95;
    const falloff = 1 / (1 + 1.6 * (dx * dx + dy * dy)) ** 2;
    return 0.02 + 0.16 * falloff;
  });
}

function castShadow(canvas: RadianceCanvas, card: Region, scale: number): void {
  const offset = 12 * scale;
  const shadow = { left: card.left + offset, top: card.top + offset, right: card.right + offset, bottom: card.bottom + offset };
  const softness = 34 * scale;
  canvas.shade(grown(shadow, softness), softRectangle(shadow, softness, 0.55));
}

function paintCard(canvas: RadianceCanvas, card: Region, scale: number, radiance: number): void {
  canvas.paint(grown(card, 1), neutral(radiance), roundedRectangle(card, 6 * scale));
}

function paintChart(canvas: RadianceCanvas, layout: SceneLayout): void {
  const { scale } = layout;
  canvas.paint(grown(layout.chart, 1), neutral(0.016), roundedRectangle(layout.chart, 10 * scale));
  for (const [index, patch] of chartPatches.entries()) {
    const region = patchRegion(layout, index);
    canvas.paint(grown(region, 1), cameraRgbFromSrgb(patch.srgb), roundedRectangle(region, 3 * scale));
  }
}

const hueSteps = 256;

/** All hues from top to bottom, from grey at the left to a moderate chroma at the right: for saturation and clipping. */
function paintHues(canvas: RadianceCanvas, { hueCard, scale }: SceneLayout): void {
  paintCard(canvas, hueCard, scale, 0.72);
  const inner = wholePixels(grown(hueCard, -16 * scale));
  const grey = cameraRgbFromSrgb([132, 132, 132]);
  const hues = Array.from({ length: hueSteps }, (_, step) => {
    const wave = (third: number): number => 132 + 56 * Math.cos(2 * Math.PI * (step / hueSteps - third / 3));
    return cameraRgbFromSrgb([wave(0), wave(1), wave(2)]);
  });
  canvas.paintField(inner, (x, y, channel) => {
    const hue = hues[Math.floor(((y - inner.top) / (inner.bottom - inner.top)) * hueSteps)] as Triple;
    const chroma = (x - inner.left) / (inner.right - inner.left);
    return grey[channel] + (hue[channel] - grey[channel]) * chroma;
  });
}

function wholePixels(region: Region): Region {
  return {
    left: Math.round(region.left),
    top: Math.round(region.top),
    right: Math.round(region.right),
    bottom: Math.round(region.bottom),
  };
}

/** A dark square turned by 5 degrees on a card four times as bright: the edge of ISO 12233. */
function paintSlantedEdge(canvas: RadianceCanvas, layout: SceneLayout): void {
  const { edgeCard, scale } = layout;
  paintCard(canvas, edgeCard, scale, 0.6);
  const centreX = (edgeCard.left + edgeCard.right) / 2;
  const centreY = (edgeCard.top + edgeCard.bottom) / 2;
  const half = 78 * scale;
  const cosine = Math.cos((5 * Math.PI) / 180);
  const sine = Math.sin((5 * Math.PI) / 180);
  canvas.paint(edgeCard, neutral(0.15), (x, y) => {
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
function paintText(canvas: RadianceCanvas, layout: SceneLayout): void {
  const { textCard, scale } = layout;
  paintCard(canvas, textCard, scale, 0.72);
  const left = textCard.left + 20 * scale;
  const textWidth = textCard.right - textCard.left - 40 * scale;
  let top = textCard.top + 20 * scale;
  for (const line of textLines) {
    const dotSize = textWidth / (line.length * glyphPitchDots - 1);
    const lineHeight = dotSize * glyphHeightDots;
    const region = { left, top, right: textCard.right, bottom: top + lineHeight + 1 };
    canvas.paint(region, neutral(0.03), textLine(line, left, top, dotSize));
    top += lineHeight + Math.max(9 * scale, dotSize * 2.5);
  }
  paintBars(canvas, { left, top, right: left + textWidth, bottom: textCard.bottom - 20 * scale });
}

/** Vertical bars whose period shrinks from 16 pixels at the left to 2 at the right (of the picture's own pixels). */
function paintBars(canvas: RadianceCanvas, region: Region): void {
  const length = region.right - region.left;
  const growth = Math.log(16 / 2) / length;
  const isBar = supersampled((x, y) => {
    if (y < region.top || y >= region.bottom || x >= region.right) return false;
    const cycles = (Math.exp((x - region.left) * growth) - 1) / (16 * growth);
    return cycles - Math.floor(cycles) < 0.5;
  });
  canvas.paint(region, neutral(0.03), isBar);
}

/** A ramp of even steps to the eye (in sRGB code values) from black to white, with a wedge of 16 steps below it. */
function paintRamp(canvas: RadianceCanvas, { ramp, scale }: SceneLayout): void {
  canvas.paint(grown(ramp, 1), neutral(0.016), roundedRectangle(ramp, 4 * scale));
  const inner = wholePixels(grown(ramp, -6 * scale));
  const middle = (inner.top + inner.bottom) / 2;
  canvas.paintField(inner, (x, y) => {
    const position = (x - inner.left) / (inner.right - inner.left);
    const tone = y < middle ? position : Math.floor(position * 16) / 15;
    return linearFromSrgb(tone * 243);
  });
}
