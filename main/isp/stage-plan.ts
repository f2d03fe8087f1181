import type { ParameterValues } from '../../preload/contract.ts';
import { assert, InputError } from '../base/errors.ts';
import type { Graph, Value } from '../graph/graph.ts';
import { GraphBuilder } from '../graph/graph-builder.ts';
import { addHalos, planStrips, type StripPlan } from '../graph/strips.ts';
import { shapesAgree } from '../graph/tensor-type.ts';
import { type PlanePort, type StagePlan, type StageRequest, stagePorts } from '../processor/stage.ts';
import { foldOperators, type Pass } from './folding.ts';
import type { Operator, OperatorContext, OutputPlane, RasterGeometry } from './operator.ts';
import { mosaicInput } from './operators/raster-input.ts';

/** What a stage's graph is made of. */
export interface StageParts {
  /** Id and name of the stage. */
  readonly id: string;
  readonly name: string;
  /** In the order in which they run; the first reads the mosaic. */
  readonly operators: readonly Operator[];
  /** Rows that one worker is to take at a time; they come to the next even height that divides the frame well. */
  readonly stripRows: number;
  /** Rows that every strip begins and ends at a multiple of; 2, a row of cells, where it is not said. */
  readonly rowMultiple?: number;
}

/**
 * Writes the operators of a stage as one graph and cuts the frame for it. Halos add up: the frame is read with the margin of all
 * operators together, and each takes its own off. Throws InputError where the frame is smaller than the margin.
 */
export function planStage({ id, name, operators, stripRows, rowMultiple }: StageParts, request: StageRequest): StagePlan {
  const { width, height, sensor, values, cut } = request;
  assert(width % 2 === 0 && height % 2 === 0, `Expected an even size for a Bayer mosaic but received ${width}x${height}`);
  const passes = foldOperators(operators, sensor.cfa);
  const halo = addHalos(...passes.map((pass) => pass.halo));
  expectRoom({ id, name }, request, halo.above);
  const strips = planStrips(height, cut === 'frame' ? height : stripRows, halo, rowMultiple);
  const whole = cut === 'frame';
  const geometry = { cfa: sensor.cfa, width, height, rows: strips.rowsPerStrip, margin: halo.above, whole };
  const context = contextOf(id, geometry, values);
  passes.reduce((x, pass) => pass.graph(context, x), mosaicInput(context));
  const graph = context.g.build();
  const scale = passes.reduce((product, pass) => product * pass.scale, 1);
  return {
    graph,
    strips,
    inputs: [mosaicPlane(strips, width)],
    outputs: outputPlanes(passes).map(({ name: port, type, channels }) => {
      const shape = shapeOf(graph, port);
      const elementsPerMosaicRow = channels * width * scale * scale;
      return {
        name: port,
        type,
        windows: strips.strips.map(({ firstRow }) => ({ offset: firstRow * elementsPerMosaicRow, shape })),
      };
    }),
    outputWidth: width * scale,
    outputHeight: height * scale,
  };
}

/** Mirroring at the edge needs one sample more than it shows. */
function expectRoom({ id, name }: Pick<StageParts, 'id' | 'name'>, { width, height }: StageRequest, margin: number): void {
  if (Math.min(width, height) > margin) return;
  const least = `${margin + 2}x${margin + 2}`;
  throw new InputError(`${id}.too-small`, `Expected a frame of at least ${least} for ${name} but received ${width}x${height}`);
}

/** The mosaic as strips read it: the rows of each, halo included as far as there are any. */
function mosaicPlane({ strips }: StripPlan, width: number): PlanePort {
  const windows = strips.map(({ inputRow, inputRows }) => ({ offset: inputRow * width, shape: [1, 1, inputRows, width] }));
  return { name: stagePorts.mosaic, type: 'uint16', windows };
}

function contextOf(id: string, geometry: RasterGeometry, values: ParameterValues): OperatorContext {
  const g = new GraphBuilder(id);
  const declared = new Map<string, Value>();
  const input: OperatorContext['input'] = (name, type, shape, help) => {
    const value = declared.get(name) ?? g.input(name, type, shape, help);
    assert(value.type === type && shapesAgree(value.shape, shape), `Expected one meaning for input ${name} of ${id}`);
    declared.set(name, value);
    return value;
  };
  return { g, geometry, values, input };
}

function outputPlanes(passes: readonly Pass[]): readonly OutputPlane[] {
  const planes = passes.flatMap((pass) => pass.outputs);
  assert(planes.length > 0, 'Expected a stage that writes something');
  return planes;
}

function shapeOf({ outputs }: Graph, name: string): number[] {
  const port = outputs.find((output) => output.name === name);
  assert(port, `Expected an output ${name} of the graph`);
  return port.shape.map(Number);
}
