import { assert } from '../base/errors.ts';
import { compose } from '../graph/composition.ts';
import type { Graph, Value } from '../graph/graph.ts';
import { GraphBuilder } from '../graph/graph-builder.ts';
import { foldSeams } from '../graph/seam-folding.ts';
import { planesOf, videoOf } from './builtin/video-planes.ts';
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
  const whole = compose(entered, exit(rows, columns, stripRows), { [result]: exitVideo });
  return { ...foldSeams(whole), name: graph.name };
}

const entranceResult = 'video_entering';
const exitVideo = 'video_leaving';

/** In planes, and turned round at the end: before processors that work in planes as well, ONNX Runtime leaves that out. */
function entrance(frames: number, rows: number, columns: number): Graph {
  const g = new GraphBuilder('picture-entrance');
  const planes = Array.from({ length: frames }, (_, index) => {
    const age = frames - 1 - index;
    const help = age === 0 ? 'The newest picture, RGBA 8 bit; alpha is ignored' : `The picture ${age} frames before`;
    return asPlanes(g, g.input(pictureInput(age), 'uint8', [rows, columns, 4], help));
  });
  const all = planes.length === 1 ? (planes[0] as Value) : g.concatenate(planes, 0);
  g.output(entranceResult, videoOf(g, all), 'RGB in [0, 1]');
  return g.build();
}

/** Bytes are put apart before they become floats four times as large: [rows, columns, 4] to [1, 3, rows, columns]. */
function asPlanes(g: GraphBuilder, picture: Value): Value {
  const [rows, columns] = picture.shape as readonly [number, number, number];
  const apart = g.transpose(g.reshape(picture, [rows * columns, 4]), [1, 0]);
  const colours = g.reshape(g.slice(apart, [{ axis: 0, start: 0, end: 3 }]), [1, 3, rows, columns]);
  return g.multiply(g.cast(colours, 'float32'), g.scalar(1 / 255));
}

/** Rounded, cut and put beside alpha plane by plane, where ONNX Runtime works in whole rows; bytes are interleaved at last. */
function exit(rows: number, columns: number, stripRows: number | undefined): Graph {
  const g = new GraphBuilder('picture-exit');
  const video = g.input(exitVideo, 'float32', [1, rows, columns, 3], 'RGB in [0, 1]');
  const [scale, zero] = [g.constant('float32', [1 / 255], [1]), g.constant('uint8', Uint8Array.of(0), [1])];
  const whole = g.quantizeToUint8(planesOf(g, video), scale, zero, 0);
  const cut = stripRows === undefined ? undefined : g.input(stagePorts.cut, 'int64', [1], 'Rows to leave out above');
  const ownRows = stripRows ?? rows;
  const pixels = ownRows * columns;
  const bytes = cut ? g.rowsFrom(whole, cut, ownRows, 2) : whole;
  const alpha = g.expand(g.constant('uint8', Uint8Array.of(255), [1]), [1, pixels]);
  const picture = g.transpose(g.concatenate([g.reshape(bytes, [3, pixels]), alpha], 0), [1, 0]);
  g.output(picturePorts.result, g.reshape(picture, [ownRows, columns, 4]), 'sRGB picture, rows x columns x RGBA, 8 bit');
  return g.build();
}
