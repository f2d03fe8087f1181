import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { ConstantData, Graph, Value } from '../../main/graph/graph.ts';
import { GraphBuilder } from '../../main/graph/graph-builder.ts';
import { writeOnnxModel } from '../../main/graph/onnx-model.ts';
import type { Strip } from '../../main/graph/strips.ts';
import { compileKernel } from '../../main/kernel/compile-kernel.ts';
import { KernelRun } from '../../main/kernel/kernel-run.ts';
import { seededRandom } from './synthetic-mosaic.ts';

/** A builder that also writes what stages have no need of, for whatever a kernel has to take or refuse. */
export class FreeGraphBuilder extends GraphBuilder {
  /** Any node of one output. Nothing is checked. */
  free(
    operator: string,
    inputs: readonly Value[],
    attributes: Parameters<GraphBuilder['node']>[2],
    like: Pick<Value, 'type' | 'shape'>,
  ) {
    return this.node(operator, inputs, attributes, like);
  }
}

/** What is made of the packed planes [1, 4, rows, columns] of a strip: planes of 0 to 1, four or four of each position of a cell. */
export type Operation = (g: FreeGraphBuilder, planes: Value) => Value;

/** Size of a strip's mosaic in samples, without the `margin` that is mirrored on all sides. */
export interface MosaicSize {
  readonly rows: number;
  readonly columns: number;
  readonly margin: number;
}

/** The mosaic of a strip, padded, 0 to 1: [1, 1, rows, columns]. */
export function paddedMosaic(g: GraphBuilder, { rows, columns, margin }: MosaicSize): Value {
  const mosaic = g.input('mosaic', 'uint16', [1, 1, 'rows', columns], 'DN');
  const pads = g.input('pads', 'int64', [8], 'Mirrored samples');
  return g.padReflect(g.cast(mosaic, 'float32'), pads, [1, 1, rows + 2 * margin, columns + 2 * margin]);
}

/** The four positions of a mosaic's cells as planes. */
export function packed(g: GraphBuilder, mosaic: Value): Value {
  const [, , rows, columns] = mosaic.shape as [number, number, number, number];
  const positions = [0, 1, 2, 3].map((position) =>
    g.slice(mosaic, [
      { axis: 2, start: position >> 1, end: rows, step: 2 },
      { axis: 3, start: position & 1, end: columns, step: 2 },
    ]),
  );
  return g.concatenate(positions, 1);
}

/** Planes of 0 to 1 as bytes, of which four follow each other for every pixel: rows x columns x 4. */
export function pictureOf(g: GraphBuilder, planes: Value): Value {
  const [, channels, rows, columns] = planes.shape as [number, number, number, number];
  const scale = g.constant('float32', Array(channels).fill(1 / 255), [channels]);
  const bytes = g.quantizeToUint8(planes, scale, g.constant('uint8', new Uint8Array(channels), [channels]), 1);
  const side = channels === 16 ? 2 : 1;
  const pixels = g.transpose(g.reshape(bytes, [side, 4 * side, rows, columns]), [0, 2, 3, 1]);
  const inOrder = side === 1 ? pixels : g.transpose(g.reshape(pixels, [2, rows, columns * 8]), [1, 0, 2]);
  return g.reshape(inOrder, [side * rows, side * columns, 4]);
}

/** A graph from a mosaic to a picture with an operation between. */
export function pictureGraph(size: MosaicSize, operation: Operation, name = 'trial'): Graph {
  const g = new FreeGraphBuilder(name);
  const light = g.multiply(packed(g, paddedMosaic(g, size)), g.scalar(1 / 1023));
  g.output('picture', pictureOf(g, operation(g, light)), 'RGBA');
  return g.build();
}

/** Samples of 10 bits: noise on ramps, with the ends of the range among them. */
export function noisySamples(rows: number, columns: number, seed = 11): Uint16Array {
  const random = seededRandom(seed);
  return Uint16Array.from({ length: rows * columns }, (_, index) => {
    const level = random();
    if (level < 0.02) return 0;
    if (level > 0.98) return 1023;
    return Math.round(random() * 500 + 500 * (((index % columns) + Math.floor(index / columns)) / (rows + columns)));
  });
}

/** What a graph reads, by name; its shapes are those of the graph, and a mosaic has as many rows as there are samples. */
export type Feeds = Readonly<Record<string, ConstantData>>;

/** `pads` of a strip: how many rows and columns are mirrored. */
export function padsOf(
  margin: number,
  { missingAbove, missingBelow } = { missingAbove: margin, missingBelow: margin },
): BigInt64Array {
  return BigInt64Array.from([0, 0, missingAbove, margin, 0, 0, missingBelow, margin], BigInt);
}

/** What a strip of a frame's samples is made of. */
export function feedsOfStrip(samples: Uint16Array, columns: number, margin: number, strip: Strip): Feeds {
  const from = strip.inputRow * columns;
  return { mosaic: samples.subarray(from, from + strip.inputRows * columns), pads: padsOf(margin, strip) };
}

function tensorsOf({ inputs }: Graph, feeds: Feeds): Record<string, Tensor> {
  const tensors = inputs
    .filter(({ name }) => name in feeds)
    .map(({ name, type, shape }) => {
      const data = feeds[name] as ConstantData;
      const known = shape.reduce<number>((product, extent) => (typeof extent === 'number' ? product * extent : product), 1);
      const dims = shape.map((extent) => (typeof extent === 'number' ? extent : data.length / known));
      return [name, new Tensor(type as 'float32', data as Float32Array, dims)] as const;
    });
  return Object.fromEntries(tensors);
}

/** The elements of a graph's outputs, by name. */
export type Outputs = Readonly<Record<string, Uint8Array | Uint16Array>>;

/** Whatever takes feeds and writes fetches in place: a kernel, or a session. */
interface Runner {
  run(feeds: Record<string, Tensor>, fetches: Record<string, Tensor>): Promise<unknown>;
  release(): Promise<void>;
}

async function outputsBy(runner: Runner, graph: Graph, strips: readonly Feeds[]): Promise<Outputs[]> {
  try {
    const made: Outputs[] = [];
    for (const feeds of strips) {
      const tensors = graph.outputs.map(({ name, type, shape }) => {
        const dims = shape.map(Number);
        const elements = new (type === 'uint16' ? Uint16Array : Uint8Array)(
          dims.reduce((product, extent) => product * extent, 1),
        );
        return [name, new Tensor(type as 'uint8', elements as Uint8Array, dims)] as const;
      });
      await runner.run(tensorsOf(graph, feeds), Object.fromEntries(tensors));
      made.push(Object.fromEntries(tensors.map(([name, { data }]) => [name, data as Uint8Array | Uint16Array])));
    }
    return made;
  } finally {
    await runner.release();
  }
}

/** All outputs that a graph's kernel makes of several strips, one after the other in the same memory. */
export async function kernelOutputs(graph: Graph, strips: readonly Feeds[]): Promise<Outputs[]> {
  return await outputsBy(await KernelRun.open(compileKernel(graph, ['mosaic'])), graph, strips);
}

/** All outputs that ONNX Runtime makes of the same graph. */
export async function onnxOutputs(graph: Graph, strips: readonly Feeds[]): Promise<Outputs[]> {
  const options = { intraOpNumThreads: 1, logSeverityLevel: 3 } as const;
  return await outputsBy(await InferenceSession.create(writeOnnxModel(graph).bytes, options), graph, strips);
}

function picturesOf(outputs: readonly Outputs[]): Uint8Array[] {
  return outputs.map((made) => Object.values(made)[0] as Uint8Array);
}

/** As {@link kernelOutputs}, for a graph of one picture. */
export async function kernelPictures(graph: Graph, strips: readonly Feeds[]): Promise<Uint8Array[]> {
  return picturesOf(await kernelOutputs(graph, strips));
}

/** As {@link onnxOutputs}, for a graph of one picture. */
export async function onnxPictures(graph: Graph, strips: readonly Feeds[]): Promise<Uint8Array[]> {
  return picturesOf(await onnxOutputs(graph, strips));
}

/** How two pictures differ. */
export interface PictureDifference {
  /** The largest difference of two bytes. */
  readonly worst: number;
  /** Share of all bytes that differ. */
  readonly share: number;
}

/** How far two pictures of the same size are from each other. Throws for two sizes. */
export function differenceOf(one: Uint8Array | Uint16Array, other: Uint8Array | Uint16Array): PictureDifference {
  if (one.length !== other.length) throw new Error(`Expected ${one.length} bytes but received ${other.length}`);
  const differences = Array.from(one, (value, index) => Math.abs(value - (other[index] as number)));
  const differing = differences.filter((difference) => difference > 0).length;
  return { worst: differences.reduce((a, b) => Math.max(a, b), 0), share: differing / one.length };
}
