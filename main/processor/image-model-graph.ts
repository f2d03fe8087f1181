import { InputError } from '../base/errors.ts';
import type { Graph, Port, Value } from '../graph/graph.ts';
import type { GraphBuilder } from '../graph/graph-builder.ts';
import { describeShape, shapesAgree } from '../graph/tensor-type.ts';
import { planesOf, videoOf } from './builtin/video-planes.ts';
import { type ImageModelOptions, imageScales } from './image-model.ts';

/** An image-to-image model that becomes a part of a processor's graph. */
export interface PictureModel {
  /** As `readOnnxGraph` reads it: its first float input of four dimensions is the picture, its first output another one. */
  readonly graph: Graph;
  /** What it is called where it is refused: its file. */
  readonly name: string;
  readonly options: ImageModelOptions;
  /** Its picture is as large as the frame, however large that is, so that nothing is resized; see {@link ofAnySize}. */
  readonly keepsSize?: true;
}

const remedy = 'Choose the layout and the size that the model was made for.';

/** A model that takes frames, and so strips of them, of any size. Throws InputError for one that has a size or is given one. */
export function ofAnySize(model: PictureModel): PictureModel {
  const { name, options } = model;
  const own = extentsOf(imageInput(model), options.layout === 'NCHW');
  const [rows, columns] = [options.height || own.rows, options.width || own.columns];
  if (rows === 0 && columns === 0) return { ...model, keepsSize: true };
  const received = `one of ${[rows || 'any', columns || 'any'].join(' x ')}`;
  const message = `Expected a model for frames of any size of ${name} with a halo but received ${received}`;
  throw new InputError('package.halo', message, 'Export it for any size, or leave model.halo out.');
}

/**
 * What `ImageModel.run` does, as a graph: `video` [1, rows, columns, 3] is resized and scaled for the model, and what it makes comes back to
 * the frame's size and to [0, 1]. `parameters` are scalars by the names of its other inputs. Throws InputError where the model wants or
 * declares something else.
 */
export function modelOnPicture(
  g: GraphBuilder,
  video: Value,
  model: PictureModel,
  parameters: Readonly<Record<string, Value>>,
): Value {
  const { graph, name, options } = model;
  const planar = options.layout === 'NCHW';
  const [, rows, columns] = video.shape as readonly number[] as [number, number, number];
  const image = imageInput(model);
  const own = extentsOf(image, planar);
  const inner = { rows: options.height || own.rows || rows, columns: options.width || own.columns || columns };
  const isSized = [options.height, options.width, own.rows, own.columns].some((extent) => extent > 0);
  const planes = planesOf(g, video);
  const resized = isSized ? g.resizeLinear(planes, inner.rows, inner.columns, 'half_pixel') : planes;
  const [scale, offset] = imageScales[options.range];
  const scaled = scale === 1 ? resized : g.add(g.multiply(resized, g.scalar(scale)), g.scalar(offset));
  const entering = planar ? scaled : videoOf(g, scaled);
  if (!shapesAgree(image.shape, entering.shape)) {
    const message = `Expected ${name} to take ${describeShape(entering.shape)} but it wants ${describeShape(image.shape)}`;
    throw new InputError('image-model.failed', message, remedy);
  }
  const output = pictureOutput(model, planar);
  // How large the picture comes back is known only when the model runs, unless it keeps its size.
  const open = planar ? [1, 3, 'made_rows', 'made_columns'] : [1, 'made_rows', 'made_columns', 3];
  const made = model.keepsSize ? entering.shape : open;
  const inputs = { [image.name]: entering, ...scalarsFor(g, model, image, parameters) };
  const result = g.inline(graph, inputs, { [output.name]: made })[output.name] as Value;
  const leaving = planar ? result : g.transpose(result, [0, 3, 1, 2]);
  const back = model.keepsSize ? leaving : g.resizeLinear(leaving, rows, columns, 'half_pixel');
  const unscaled = scale === 1 ? back : g.multiply(g.subtract(back, g.scalar(offset)), g.scalar(1 / scale));
  return videoOf(g, unscaled);
}

function imageInput({ graph, name }: PictureModel): Port {
  const image = graph.inputs.find(({ type, shape }) => type === 'float32' && shape.length === 4);
  if (image) return image;
  const message = `Expected a float picture of four dimensions as an input of ${name} but received none`;
  throw new InputError('image-model.ports', message);
}

/** Rows and columns that the model has fixed; 0 where it has not. */
function extentsOf({ shape }: Port, planar: boolean): { readonly rows: number; readonly columns: number } {
  const fixed = (axis: number): number => (typeof shape[axis] === 'number' ? (shape[axis] as number) : 0);
  return planar ? { rows: fixed(2), columns: fixed(3) } : { rows: fixed(1), columns: fixed(2) };
}

function pictureOutput({ graph, name, options }: PictureModel, planar: boolean): Port {
  const output = graph.outputs[0] as Port;
  const wanted = planar ? [1, 3, 'rows', 'columns'] : [1, 'rows', 'columns', 3];
  // A model may leave open how many dimensions it gives.
  if (output.type === 'float32' && (output.shape.length === 0 || shapesAgree(output.shape, wanted))) return output;
  const received = `${output.type} ${describeShape(output.shape)}`;
  const message = `Expected one float RGB picture as ${options.layout} from ${name} but received ${received}`;
  throw new InputError('image-model.output', message, remedy);
}

/** The other inputs, each of one element in as many dimensions as the model has there. */
function scalarsFor(
  g: GraphBuilder,
  { graph, name }: PictureModel,
  image: Port,
  parameters: Readonly<Record<string, Value>>,
): Record<string, Value> {
  const others = graph.inputs.filter((port) => port !== image);
  const textOf = (ports: readonly Port[]): string =>
    ports.map((port) => `${port.name}, ${port.type} ${describeShape(port.shape)}`).join('; ');
  const foreign = others.filter(({ type }) => type !== 'float32');
  if (foreign.length > 0) {
    const message = `Expected no inputs of ${name} but the picture and float parameters but received ${textOf(foreign)}`;
    throw new InputError('image-model.ports', message, 'Export the model with these as constants.');
  }
  const unset = others.filter((port) => !Object.hasOwn(parameters, port.name));
  if (unset.length > 0) {
    const message = `Expected a value for every input of ${name} but received none for ${textOf(unset)}`;
    const action = 'Make a package of the model, with these as parameters, or export it with these as constants.';
    throw new InputError('image-model.ports', message, action);
  }
  return Object.fromEntries(
    others.map(({ name: input, shape }) => {
      const scalar = parameters[input] as Value;
      return [input, shape.length === 0 ? scalar : g.reshape(scalar, Array<number>(shape.length).fill(1))];
    }),
  );
}
