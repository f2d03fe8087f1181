import { InputError } from '../../base/errors.ts';
import type { Graph, Value } from '../../graph/graph.ts';
import { describeShape, type Shape, shapesAgree } from '../../graph/tensor-type.ts';
import type { GraphOperator, OperatorContext, Raster } from '../operator.ts';

/** A model that stands in the place of noise reduction, as its owner declares it. */
export interface UserDenoiser {
  /** One float32 input and one float32 output of the same size, in linear light from 0 to 1, before white balance (rgb: after it). */
  readonly graph: Graph;
  /** `packed`: [1, 4, rows / 2, columns / 2] in reading order of the cell; `mosaic`: [1, 1, rows, columns]; `rgb`: [1, 3, rows, columns]. */
  readonly layout: 'packed' | 'mosaic' | 'rgb';
  /** Rows and columns of its input that a sample of its output may depend on, on each side; what lies nearer to the edge is cut off. */
  readonly halo: number;
}

const channels = { packed: 4, mosaic: 1, rgb: 3 } as const;

/** The largest halo of a model, in its own rows: strips would do little else beyond. */
const mostHalo = 64;

function refuse(name: string, expected: string, received: string): never {
  const remedy = 'Declare the model as it is, or export it with one input and one output.';
  throw new InputError('user-denoiser.unusable', `Expected ${expected} for denoiser ${name} but received ${received}`, remedy);
}

/** Checks what can be known of a model before a frame is; throws InputError that says what it lacks. */
function expectUsable({ graph, layout, halo }: UserDenoiser): void {
  const { name, inputs, outputs } = graph;
  if (inputs.length !== 1) refuse(name, 'one input', `${inputs.length}`);
  if (outputs.length !== 1) refuse(name, 'one output', `${outputs.length}`);
  if (!(Number.isInteger(halo) && halo >= 0 && halo <= mostHalo)) refuse(name, `a halo of 0 to ${mostHalo} rows`, `${halo}`);
  for (const { name: port, type, shape } of [...inputs, ...outputs]) {
    const wanted: Shape = [1, channels[layout], 'rows', 'columns'];
    if (type !== 'float32') refuse(name, `float32 at ${port}`, type);
    if (!shapesAgree(shape, wanted)) refuse(name, `${describeShape(wanted)} at ${port}`, describeShape(shape));
  }
}

/**
 * The operator of a user's model: its nodes become a part of the stage's graph. `packed` and `mosaic` take and give packed planes,
 * `rgb` takes and gives cells of R, G, B. Light is clipped to 0 and 1 on the way in. Throws InputError for a model that does not fit.
 */
export function userDenoiser(denoiser: UserDenoiser): GraphOperator {
  expectUsable(denoiser);
  const { layout, halo } = denoiser;
  const rows = layout === 'packed' ? 2 * halo : 2 * Math.ceil(halo / 2);
  return {
    kind: 'graph',
    id: 'user-denoiser',
    params: {},
    halo: { above: rows, below: rows },
    graph: (context, x) => {
      const { g } = context;
      const [, , cellRows, cellColumns] = x.value.shape as [number, number, number, number];
      const light = g.clip(x.value, g.scalar(0), g.scalar(1));
      const made = layout === 'packed' ? runModel(context, denoiser, light) : onFullRaster(context, denoiser, light);
      const cut = rows / 2;
      const range = (axis: 2 | 3, extent: number) => ({ axis, start: cut, end: extent - cut });
      const value = g.slice(made, [range(2, cellRows), range(3, cellColumns)]);
      return { ...x, value, margin: x.margin - rows } satisfies Raster;
    },
    inputs: () => ({}),
  };
}

function runModel({ g }: OperatorContext, { graph }: UserDenoiser, light: Value): Value {
  const [input, output] = [graph.inputs[0]?.name as string, graph.outputs[0]?.name as string];
  const fits = graph.inputs[0] && shapesAgree(graph.inputs[0].shape, light.shape);
  if (!fits) refuse(graph.name, `an input that takes ${describeShape(light.shape)}`, describeShape(graph.inputs[0]?.shape ?? []));
  return g.inline(graph, { [input]: light }, { [output]: light.shape })[output] as Value;
}

/** Four positions of the cell, interleaved to whole planes and back. */
function onFullRaster(context: OperatorContext, denoiser: UserDenoiser, light: Value): Value {
  const { g } = context;
  const [, all, rows, columns] = light.shape as [number, number, number, number];
  const planes = all / 4;
  const apart = g.reshape(light, [2, 2, planes, rows, columns]);
  const whole = g.reshape(g.transpose(apart, [2, 3, 0, 4, 1]), [1, planes, 2 * rows, 2 * columns]);
  const made = g.reshape(runModel(context, denoiser, whole), [planes, rows, 2, columns, 2]);
  return g.reshape(g.transpose(made, [2, 4, 0, 1, 3]), [1, all, rows, columns]);
}
