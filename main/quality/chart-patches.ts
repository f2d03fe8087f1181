import { InputError } from '../base/errors.ts';
import type { Triple } from '../base/matrix3.ts';
import type { Mosaic } from '../frame/mosaic.ts';
import {
  type ChartCorners,
  type ChartLayout,
  colourCheckerLayout,
  type PatchPlace,
  type Point,
  patchPlaces,
  visitPatch,
} from './chart-grid.ts';
import { type PatchStatistics, patchStatistics } from './patch-noise.ts';
import { peakOf, type RgbImage, requireWhole } from './rgb-image.ts';

/** What one patch of a chart measures; triples are red, green and blue. */
export interface PatchMeasure {
  /** From 0 at the top left, row by row. */
  readonly index: number;
  readonly centre: Point;
  /** In the image's units; of a mosaic, DN above black. */
  readonly mean: Triple;
  readonly standardDeviation: Triple;
  /** Pixels behind each mean. */
  readonly samples: Triple;
  /** Share of pixels at white, 0 to 1. */
  readonly clippedShare: Triple;
  /** Why this patch should not be calibrated with, in words that name it; absent where nothing speaks against it. */
  readonly problem?: string;
}

/** How charts are measured. */
export interface ChartOptions {
  readonly layout?: ChartLayout;
  /** Of a patch's pitch to its neighbours, how much of the middle is measured each way; half where left out. */
  readonly patchShare?: number;
}

/** More clipped pixels than this bend a mean. */
const clippedLimit = 0.005;
/** Means of a patch's nine parts that differ by more than this share of its mean, and by more than noise, are not one patch. */
const unevenLimit = 0.05;
const significance = 6;
const leastSamples = 16;
const channelNames = ['red', 'green', 'blue'] as const;

/** What a patch's pixels are gathered in, for each channel. */
interface ChannelSamples {
  readonly x: number[];
  readonly y: number[];
  readonly values: number[];
  /** Sum and number of the values in each ninth of the patch. */
  readonly partSums: Float64Array;
  readonly partCounts: Float64Array;
  clipped: number;
}

/** One pixel's value of one channel, and where white is. */
interface Reading {
  readonly channel: number;
  readonly value: number;
  readonly white: number;
}

/**
 * Measures every patch of a chart in a finished picture, given the centres of its four outermost patches. A patch that is clipped,
 * uneven or cut off is measured all the same and says so in `problem`. Throws InputError for an image whose pixels do not fit its
 * size, for impossible corners, and where a patch lies outside or is too small to measure.
 */
export function measureChart(image: RgbImage, corners: ChartCorners, options: ChartOptions = {}): PatchMeasure[] {
  requireWhole(image, 'the image');
  const { pixels, channels, width } = image;
  const white = peakOf(image);
  return measured(image, corners, options, (column, row) => {
    const at = (row * width + column) * channels;
    return [0, 1, 2].map((channel) => ({ channel, value: pixels[at + channel] as number, white }));
  });
}

/** As {@link measureChart} on a mosaic: means are DN above the black level of each position of the cell, both greens taken together. */
export function measureMosaicChart(mosaic: Mosaic, corners: ChartCorners, options: ChartOptions = {}): PatchMeasure[] {
  const { samples, width, sensor } = mosaic;
  const channelOf = [...sensor.cfa].map((colour) => 'RGB'.indexOf(colour));
  return measured(mosaic, corners, options, (column, row) => {
    const phase = (row & 1) * 2 + (column & 1);
    const black = sensor.blackLevels[phase] as number;
    const value = (samples[row * width + column] as number) - black;
    return [{ channel: channelOf[phase] as number, value, white: sensor.whiteLevel - black }];
  });
}

function measured(
  size: { readonly width: number; readonly height: number },
  corners: ChartCorners,
  { layout = colourCheckerLayout, patchShare = 0.5 }: ChartOptions,
  readingsAt: (column: number, row: number) => readonly Reading[],
): PatchMeasure[] {
  if (!(patchShare > 0 && patchShare <= 1)) {
    throw new InputError('quality.chart', `Expected a share above 0 and up to 1 for patchShare but received ${patchShare}`);
  }
  return patchPlaces(corners, layout).map((place) => {
    const channels = channelNames.map(emptyChannel);
    const isWhole = visitPatch(place, size, patchShare, (column, row, across, down) => {
      for (const { channel, value, white } of readingsAt(column, row)) {
        const samples = channels[channel] as ChannelSamples;
        samples.x.push(column);
        samples.y.push(row);
        samples.values.push(value);
        if (value >= white) samples.clipped++;
        const part = Math.min(Math.floor(down * 3), 2) * 3 + Math.min(Math.floor(across * 3), 2);
        samples.partSums[part] = (samples.partSums[part] as number) + value;
        samples.partCounts[part] = (samples.partCounts[part] as number) + 1;
      }
    });
    requireEnough(channels, place, layout);
    const statistics = channels.map((channel) => patchStatistics(channel));
    const problem = problemOf(nameOf(place, layout), channels, statistics, isWhole);
    const triple = (pick: (channel: number) => number): Triple => [pick(0), pick(1), pick(2)];
    const of = (channel: number): PatchStatistics => statistics[channel] as PatchStatistics;
    return {
      index: place.index,
      centre: place.centre,
      mean: triple((channel) => of(channel).mean),
      standardDeviation: triple((channel) => of(channel).standardDeviation),
      samples: triple((channel) => of(channel).samples),
      clippedShare: triple((channel) => clippedShareOf(channels[channel] as ChannelSamples)),
      ...(problem === undefined ? {} : { problem }),
    };
  });
}

function emptyChannel(): ChannelSamples {
  return { x: [], y: [], values: [], partSums: new Float64Array(9), partCounts: new Float64Array(9), clipped: 0 };
}

function requireEnough(channels: readonly ChannelSamples[], place: PatchPlace, layout: ChartLayout): void {
  const fewest = Math.min(...channels.map(({ values }) => values.length));
  if (fewest >= leastSamples) return;
  const where = `${nameOf(place, layout)} at (${place.centre.x.toFixed(0)}, ${place.centre.y.toFixed(0)})`;
  const message = `Expected at least ${leastSamples} pixels of each colour in ${where} but received ${fewest}`;
  throw new InputError('quality.chart', message, 'Check the corners, or move the chart nearer to the camera.');
}

function nameOf({ index }: PatchPlace, { columns }: ChartLayout): string {
  return `patch ${index + 1} (row ${Math.floor(index / columns) + 1}, column ${(index % columns) + 1})`;
}

function clippedShareOf({ clipped, values }: ChannelSamples): number {
  return clipped / values.length;
}

function problemOf(
  name: string,
  channels: readonly ChannelSamples[],
  statistics: readonly PatchStatistics[],
  isWhole: boolean,
): string | undefined {
  if (!isWhole) return `${name} is cut off by the edge of the image`;
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
  const clipped = channels.findIndex((channel) => clippedShareOf(channel) > clippedLimit);
  if (clipped >= 0) {
    return `${name} is clipped: ${percent(clippedShareOf(channels[clipped] as ChannelSamples))} of ${channelNames[clipped]}`;
  }
  const brightest = Math.max(...statistics.map(({ mean }) => mean));
  const uneven = channels.map((channel, index) => unevenness(channel, statistics[index] as PatchStatistics, brightest));
  const worst = uneven.indexOf(Math.max(...uneven));
  if (uneven[worst] === 0) return undefined;
  return `${name} is uneven: parts of it differ by ${percent(uneven[worst] as number)} in ${channelNames[worst]}`;
}

/** By what share of the brightest channel the patch's ninths differ; 0 where noise or a little shading explains it. */
function unevenness(
  { partSums, partCounts, values }: ChannelSamples,
  { standardDeviation }: PatchStatistics,
  brightest: number,
): number {
  const means = partSums.map((sum, part) => sum / (partCounts[part] as number)).filter((mean) => Number.isFinite(mean));
  const spread = Math.max(...means) - Math.min(...means);
  const noise = (significance * standardDeviation) / Math.sqrt(values.length / 9);
  const share = spread / brightest;
  return spread > noise && share > unevenLimit ? share : 0;
}
