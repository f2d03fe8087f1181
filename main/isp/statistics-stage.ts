import { z } from 'zod';
import type { ParameterValues } from '../../preload/contract.ts';
import { InputError } from '../base/errors.ts';
import type { SensorDescription } from '../frame/frame-meta.ts';
import type { Graph, Value } from '../graph/graph.ts';
import { GraphBuilder } from '../graph/graph-builder.ts';
import { noHalo, planStrips } from '../graph/strips.ts';
import { defineProcessor } from '../processor/define-processor.ts';
import { loadTime, runtime } from '../processor/parameters.ts';
import { type PlanePort, type Stage, type StageRequest, stagePorts } from '../processor/stage.ts';
import { numberIn } from './operator.ts';
import { linearisationCurve } from './raw-operators.ts';
import { focusEnergies } from './statistics/focus.ts';
import { headerLength, statisticsLength } from './statistics/frame-statistics.ts';
import { histogramBins, pictureHistogram, rawHistogram } from './statistics/histograms.ts';
import { type StatisticsContext, sampleRows } from './statistics/sampled-rows.ts';
import { zoneGains } from './statistics/zone-gains.ts';
import { columnMeans, rowMeans, type ZoneGrid, zoneGridOf } from './statistics/zone-grid.ts';
import { clippedShares, positionsOf, zoneMeans } from './statistics/zone-means.ts';

const declaration = defineProcessor({
  id: 'fast-algo',
  name: 'FastAlgo',
  description: 'Statistics of every frame: zone means, clipping, histograms and focus, for exposure, white balance and focus',
  supportsPrompts: false,
  modes: { video: { default: true } },
  usage: ['main'],
  params: {
    statistics_clip: runtime(z.number().min(0.5).max(1).default(0.98), {
      order: 1,
      label: 'Clipped from',
      category: 'Statistics',
      step: 0.01,
      help: 'Share of the range from black to white from which a sample counts as clipped',
    }),
    statistics_picture: loadTime(z.enum(['full', 'half', 'none']).default('full'), {
      order: 2,
      label: 'Picture',
      category: 'Load time',
      help: 'Size of the developed picture beside the mosaic, for its histogram',
      optionLabels: ['As the mosaic', 'Half of it', 'None'],
    }),
  },
});

/** Name of the plane that the statistics stage writes; `readStatistics` reads it. */
export const statisticsPort = 'statistics';

/**
 * Statistics of a frame, in one strip: plane 0 is the mosaic, plane 1 the developed picture (none where `statistics_picture` says
 * so). Zones are means of light as a perfect sensor behind a perfect lens would see it: of linearised samples, and without the shading
 * that the sensor's grid tells of. Clipping and the mosaic's histogram are those of the samples as they are. Makes one plane of 32-bit
 * floats, some 25 kB.
 */
export const fastAlgoStatistics: Stage = {
  declaration,
  plan: (request) => {
    const { width, height } = request;
    const grid = zoneGridOf(width, height);
    const picture = pictureShape(request);
    const length = statisticsLength(grid.columns, grid.rows);
    const whole = (name: string, type: PlanePort['type'], shape: readonly number[]): PlanePort => ({
      name,
      type,
      windows: [{ offset: 0, shape }],
    });
    const pictures = picture ? [whole(stagePorts.picture, 'uint8', picture)] : [];
    return {
      graph: graphOf(request, grid, picture),
      strips: planStrips(height, height, noHalo),
      inputs: [whole(stagePorts.mosaic, 'uint16', [1, 1, height, width]), ...pictures],
      outputs: [whole(statisticsPort, 'float32', [length])],
      outputWidth: length,
      outputHeight: 1,
    };
  },
  inputs: (values, sensor) => ({
    statistics_black: Float32Array.from(sensor.blackLevels),
    statistics_scale: Float32Array.from(sensor.blackLevels, (black) => 1 / (sensor.whiteLevel - black)),
    statistics_clip_level: Float32Array.of(clipLevel(values, sensor)),
    ...(sensor.shading ? { statistics_shading: sensor.shading.gains } : {}),
    ...linearisationCurve(sensor)?.inputs(sensor),
  }),
  defaultsFor: () => ({}),
};

/** The least DN that counts as clipped, of the position whose black level is highest. */
function clipLevel(values: ParameterValues, { blackLevels, whiteLevel }: SensorDescription): number {
  const black = Math.max(...blackLevels);
  return Math.ceil(black + numberIn(values, 'statistics_clip') * (whiteLevel - black));
}

function pictureShape({ width, height, values }: StageRequest): readonly [number, number, 4] | undefined {
  switch (values['statistics_picture']) {
    case 'none':
      return undefined;
    case 'half':
      return [height / 2, width / 2, 4];
    default:
      return [height, width, 4];
  }
}

function graphOf({ width, height, sensor }: StageRequest, grid: ZoneGrid, pictureSize?: readonly number[]): Graph {
  if (width % 2 !== 0 || height % 2 !== 0) {
    throw new InputError('fast-algo.odd-size', `Expected an even size for a Bayer mosaic but received ${width}x${height}`);
  }
  const { columns, rows, sampledRows, cellColumns } = grid;
  const g = new GraphBuilder(declaration.id);
  const mosaic = g.input(stagePorts.mosaic, 'uint16', [1, 1, height, width], 'Bayer mosaic, unpacked samples, DN');
  const picture = pictureSize && g.input(stagePorts.picture, 'uint8', pictureSize, 'The developed picture, RGBA');
  const black = g.input('statistics_black', 'float32', [4], 'Black level by position of the 2x2 cell, DN');
  const scale = g.input('statistics_scale', 'float32', [4], '1 / (white - black) by position of the 2x2 cell, 1 / DN');
  const clipped = g.input('statistics_clip_level', 'float32', [1], 'Least clipped sample, a whole DN');
  const samples = sampleRows(g, mosaic, grid);
  const curve = linearisationCurve(sensor);
  const context: StatisticsContext = {
    g,
    cfa: sensor.cfa,
    grid,
    samples,
    linear: curve ? curve.apply({ g, input: g.input.bind(g) }, samples) : samples,
    gains: sensor.shading && zoneGains(g, sensor.shading, { width, height, grid }),
    rowMeans: g.constant('float32', rowMeans(grid), [rows, sampledRows]),
    columnMeans: g.constant('float32', columnMeans(grid, cellColumns), [cellColumns, columns]),
  };
  const green = positionsOf(sensor.cfa)[1];
  const greenScale = g.slice(scale, [{ axis: 0, start: green, end: green + 1 }]);
  const flat = (value: Value): Value => g.reshape(value, [-1]);
  const parts = [
    g.constant('float32', [columns, rows], [headerLength]),
    flat(zoneMeans(context, black, scale)),
    flat(clippedShares(context, clipped)),
    flat(focusEnergies(context, greenScale)),
    rawHistogram(context, sensor.bits),
    picture ? pictureHistogram(g, picture) : g.constant('float32', new Float32Array(4 * histogramBins), [4 * histogramBins]),
  ];
  const help =
    'Columns and rows of zones; zones of R, Gr, Gb, B, clipped share, focus energy; histograms of R, G, B; of R, G, B, luma';
  g.output(statisticsPort, g.concatenate(parts, 0), help);
  return g.build();
}
