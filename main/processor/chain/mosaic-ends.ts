import { assert } from '../../base/errors.ts';
import type { SensorDescription } from '../../frame/frame-meta.ts';
import { compose } from '../../graph/composition.ts';
import type { Graph, Value } from '../../graph/graph.ts';
import { GraphBuilder } from '../../graph/graph-builder.ts';
import { foldSeams } from '../../graph/seam-folding.ts';
import { processorPorts } from '../processor-plan.ts';
import { stagePorts } from '../stage.ts';

/** What a sample of the mosaic means. */
export type MosaicLevels = Pick<SensorDescription, 'blackLevels' | 'whiteLevel'>;

/** Output of {@link onMosaics}: uint16 [rows, columns]. */
export const mosaicResult = 'mosaic_out';

/** The input of the mosaic `age` frames before the newest: uint16 [rows, columns]. */
export function mosaicInput(age: number): string {
  return age === 0 ? 'mosaic' : `mosaic_${age}`;
}

/**
 * A processors' graph of one channel between mosaics of 16 bit, before the ISP: 0 is the black level of each position of the cell and 1
 * the first saturated value. What lies outside, noise below black above all, is carried past the processors and added again, so that a
 * sample which no processor changes comes out as it went in. Strips, of whole cells, are as `onPictures` has them.
 */
export function onMosaics(graph: Graph, levels: MosaicLevels, stripRows?: number): Graph {
  const video = graph.inputs.find(({ name }) => name === processorPorts.video);
  assert(video, `Expected an input ${processorPorts.video} of graph ${graph.name}`);
  const [frames, rows, columns] = video.shape as readonly [number, number, number, number];
  const entered = compose(entrance(frames, rows, columns, levels), graph, { [enteringVideo]: processorPorts.video });
  const left = compose(entered, exit(rows, columns, levels, stripRows), {
    [processorPorts.result]: leavingVideo,
    [outside]: leavingOutside,
  });
  return { ...foldSeams(left), name: graph.name };
}

const enteringVideo = 'mosaic_entering';
const outside = 'mosaic_outside';
const leavingVideo = 'mosaic_leaving';
const leavingOutside = 'mosaic_outside_again';

function entrance(frames: number, rows: number, columns: number, levels: MosaicLevels): Graph {
  const g = new GraphBuilder('mosaic-entrance');
  const planes = Array.from({ length: frames }, (_, index) => {
    const age = frames - 1 - index;
    const help = age === 0 ? 'The newest mosaic, DN' : `The mosaic ${age} frames before, DN`;
    const light = asLight(g, g.input(mosaicInput(age), 'uint16', [rows, columns], help), levels);
    const clipped = g.clip(light, g.scalar(0), g.scalar(1));
    if (age === 0) g.output(outside, g.subtract(light, clipped), 'What lies below black and above white');
    return clipped;
  });
  const [first] = planes;
  assert(first, 'Expected at least one frame');
  g.output(
    enteringVideo,
    planes.length === 1 ? g.reshape(first, [1, rows, columns, 1]) : g.concatenate(planes, 0),
    'Mosaic in [0, 1]',
  );
  return g.build();
}

function asLight(g: GraphBuilder, mosaic: Value, { blackLevels, whiteLevel }: MosaicLevels): Value {
  const samples = inCells(g, g.cast(mosaic, 'float32'), blackLevels);
  const scales = blackLevels.map((black) => 1 / (whiteLevel - black));
  const light = g.multiply(g.subtract(samples, byPosition(g, blackLevels)), byPosition(g, scales));
  return g.reshape(light, [1, ...(mosaic.shape as readonly number[]), 1]);
}

function exit(rows: number, columns: number, { blackLevels, whiteLevel }: MosaicLevels, stripRows: number | undefined): Graph {
  const g = new GraphBuilder('mosaic-exit');
  const video = g.input(leavingVideo, 'float32', [1, rows, columns, 1], 'Mosaic in [0, 1]');
  const rest = g.input(leavingOutside, 'float32', [1, rows, columns, 1], 'What lies below black and above white');
  const light = inCells(g, g.reshape(g.add(video, rest), [rows, columns]), blackLevels);
  const spans = blackLevels.map((black) => whiteLevel - black);
  const samples = g.add(g.multiply(light, byPosition(g, spans)), byPosition(g, blackLevels));
  const rounded = g.round(g.clip(samples, g.scalar(0), g.scalar(65535)));
  const whole = g.cast(g.reshape(rounded, [rows, columns]), 'uint16');
  const cut = stripRows === undefined ? undefined : g.input(stagePorts.cut, 'int64', [1], 'Rows to leave out above');
  g.output(mosaicResult, cut && stripRows !== undefined ? g.rowsFrom(whole, cut, stripRows) : whole, 'Mosaic, DN');
  return g.build();
}

/** Apart by their position in the cell, where levels differ; a scalar is much faster. */
function inCells(g: GraphBuilder, samples: Value, levels: readonly number[]): Value {
  const [rows, columns] = samples.shape as readonly [number, number];
  return isUniform(levels) ? samples : g.reshape(samples, [rows / 2, 2, columns / 2, 2]);
}

function byPosition(g: GraphBuilder, values: readonly number[]): Value {
  return isUniform(values) ? g.scalar(values[0] as number) : g.constant('float32', [...values], [1, 2, 1, 2]);
}

function isUniform(values: readonly number[]): boolean {
  return values.every((value) => value === values[0]);
}
