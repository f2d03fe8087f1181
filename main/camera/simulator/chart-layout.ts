import { assert } from '../../base/errors.ts';
import { chartColumns, chartPatches, chartRows } from './colour-checker.ts';
import { cellsInside, grown, type PixelRectangle, type Region } from './coverage.ts';

/** The picture is composed on 1920 x 1080 and scaled; every mode has this shape. */
const designWidth = 1920;

/** Where the parts of the chart scene stand, in pixels of a picture of that width. */
export interface ChartLayout {
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
export function chartLayout(width: number): ChartLayout {
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

/** The whole area of a patch (see `chartPatches`, same order), in pixels. */
export function patchRegion(layout: ChartLayout, index: number): Region {
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
  const layout = chartLayout(width);
  return chartPatches.map((_, index) => cellsInside(grown(patchRegion(layout, index), -0.2 * patchSize * layout.scale)));
}
