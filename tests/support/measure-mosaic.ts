import { type FrameStatistics, readStatistics } from '../../main/isp/statistics/frame-statistics.ts';
import { fastAlgoStatistics } from '../../main/isp/statistics-stage.ts';
import { defaultValues } from '../../main/processor/parameters.ts';
import type { ReferenceMosaic } from './reference-fast-isp.ts';
import { runGraph } from './run-graph.ts';

/** The statistics of one mosaic, and of a picture of that size where there is one, through the stage's graph on this thread. */
export async function measureMosaic(mosaic: ReferenceMosaic, picture?: Uint8Array, size = 'full'): Promise<FrameStatistics> {
  const values = { ...defaultValues(fastAlgoStatistics.declaration.params), statistics_picture: picture ? size : 'none' };
  const { width, height, samples, sensor } = mosaic;
  const { graph } = fastAlgoStatistics.plan({ width, height, sensor, values, cut: 'strips' });
  const inputs = { ...fastAlgoStatistics.inputs(values, sensor), mosaic: samples, ...(picture ? { rgba: picture } : {}) };
  const { statistics } = await runGraph(graph, inputs);
  return readStatistics(Float32Array.from(statistics ?? []));
}
