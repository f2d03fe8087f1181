import { assert } from '../base/errors.ts';
import { compose } from '../graph/composition.ts';
import type { Graph, Value } from '../graph/graph.ts';
import { GraphBuilder } from '../graph/graph-builder.ts';
import { processorPorts } from './processor-plan.ts';
import { stagePorts } from './stage.ts';

/** Names of the picture planes of {@link onPictures}. */
export const picturePorts = {
  /** Input, uint8 [rows, columns, 4]: the newest picture. */
  picture: 'picture',
  /** Output, uint8 [rows, columns, 4]; alpha is opaque. */
  result: 'picture_out',
} as const;

/** The input of the picture `age` frames before the newest; 0 is the newest, `picture`. */
export function pictureInput(age: number): string {
  return age === 0 ? picturePorts.picture : `${picturePorts.picture}_${age}`;
}

/**
 * A processors' graph between RGBA8 pictures as the ISP makes them, so that it reads and writes frame slots in place: one input per
 * frame that it sees, alpha ignored, and one picture out. A sample that no processor changes comes out as it went in. With `stripRows` the
 * graph's frame is a strip with rows around it, and only that many rows come out, from row `cut` on.
 */
export function onPictures(graph: Graph, stripRows?: number): Graph {
  const video = graph.inputs.find(({ name }) => name === processorPorts.video);
  assert(video, `Expected an input ${processorPorts.video} of graph ${graph.name}`);
  const [frames, rows, columns] = video.shape as readonly [number, number, number, number];
  const { video: port, result } = processorPorts;
  const entered = compose(entrance(frames, rows, columns), graph, { [entranceResult]: port });
  return { ...compose(entered, exit(rows, columns, stripRows), { [result]: exitVideo }), name: graph.name };
}

const entranceResult = 'video_entering';
const exitVideo = 'video_leaving';

function entrance(frames: number, rows: number, columns: number): Graph {
  const g = new GraphBuilder('picture-entrance');
  const planes = Array.from({ length: frames }, (_, index) => {
    const age = frames - 1 - index;
    const help = age === 0 ? 'The newest picture, RGBA 8 bit; alpha is ignored' : `The picture ${age} frames before`;
    return asVideo(g, g.input(pictureInput(age), 'uint8', [rows, columns, 4], help));
  });
  const video = planes.length === 1 ? (planes[0] as Value) : g.concatenate(planes, 0);
  g.output(entranceResult, video, 'RGB in [0, 1]');
  return g.build();
}

/** Alpha is left out and bytes are scaled in one product with a matrix, which ONNX Runtime runs on all threads; it slices on one. */
function asVideo(g: GraphBuilder, picture: Value): Value {
  const [rows, columns] = picture.shape as readonly [number, number, number];
  const samples = g.reshape(g.cast(picture, 'float32'), [rows * columns, 4]);
  const matrix = Array.from({ length: 12 }, (_, index) => (index % 3 === Math.floor(index / 3) ? 1 / 255 : 0));
  return g.reshape(g.matrixMultiply(samples, g.constant('float32', matrix, [4, 3])), [1, rows, columns, 3]);
}

/**
 * Bytes are made with one scale for all and alpha is put beside them. Four channels under QuantizeLinear's zero point per channel, as
 * FastISP writes planes, take ten times as long where channels are interleaved: ONNX Runtime then works in runs of one sample.
 */
function exit(rows: number, columns: number, stripRows: number | undefined): Graph {
  const g = new GraphBuilder('picture-exit');
  const video = g.input(exitVideo, 'float32', [1, rows, columns, 3], 'RGB in [0, 1]');
  const scale = g.constant('float32', [1 / 255], [1]);
  const bytes = g.quantizeToUint8(
    g.reshape(video, [1, rows * columns * 3]),
    scale,
    g.constant('uint8', Uint8Array.of(0), [1]),
    0,
  );
  const alpha = g.expand(g.constant('uint8', Uint8Array.of(255), [1]), [rows, columns, 1]);
  const picture = g.concatenate([g.reshape(bytes, [rows, columns, 3]), alpha], 2);
  const cut = stripRows === undefined ? undefined : g.input(stagePorts.cut, 'int64', [1], 'Rows to leave out above');
  g.output(
    picturePorts.result,
    cut && stripRows !== undefined ? g.rowsFrom(picture, cut, stripRows) : picture,
    'sRGB picture, rows x columns x RGBA, 8 bit',
  );
  return g.build();
}
