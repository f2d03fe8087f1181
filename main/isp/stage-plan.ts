import type { ParameterValues } from '../../preload/contract.ts';
import { assert, InputError } from '../base/errors.ts';
import type { Graph, Value } from '../graph/graph.ts';
import { GraphBuilder } from '../graph/graph-builder.ts';
import { addHalos, planStrips, type Strip, type StripPlan, withinFrame } from '../graph/strips.ts';
import { shapesAgree } from '../graph/tensor-type.ts';
import { type PlanePort, type StagePlan, type StageRequest, stagePorts } from '../processor/stage.ts';
import { foldOperators, type Pass } from './folding.ts';
import { orientationIn, regionIn } from './frame-cut.ts';
import type { Operator, OperatorContext, OutputPlane, RasterGeometry } from './operator.ts';
import { mosaicInput } from './operators/raster-input.ts';
import { reversesRows, transposes } from './orientation.ts';

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
export function planStage({ id, name, operators, stripRows, rowMultiple = 2 }: StageParts, request: StageRequest): StagePlan {
  const { width, height, sensor, values, cut } = request;
  assert(width % 2 === 0 && height % 2 === 0, `Expected an even size for a Bayer mosaic but received ${width}x${height}`);
  const passes = foldOperators(operators, sensor.cfa);
  const halo = addHalos(...passes.map((pass) => pass.halo));
  const scale = passes.reduce((product, pass) => product * pass.scale, 1);
  // The mosaic rows and columns that become whole pixels together, which keep their phase as well.
  const cell = Math.max(rowMultiple, 1 / scale);
  const region = regionIn(request, cell);
  const orientation = orientationIn(values);
  expectRoom({ id, name }, request, halo.above);
  const whole = cut === 'frame';
  const isOnePiece = whole || transposes(orientation);
  const inRegion = planStrips(region.height, isOnePiece ? region.height : stripRows, halo, cell);
  const strips = withinFrame(inRegion, region.top, height);
  const extents = { width, height, rows: whole ? height : strips.rowsPerStrip, margin: halo.above };
  const geometry = { cfa: sensor.cfa, ...extents, region, orientation, whole, dense: cut === 'rows' };
  const context = contextOf(id, geometry, values);
  passes.reduce((x, pass, index) => {
    context.g.beginSection(pass.id);
    const { above: marginAfter } = addHalos(...passes.slice(index + 1).map((later) => later.halo));
    return pass.graph({ ...context, marginAfter }, x);
  }, mosaicInput(context));
  const graph = context.g.build();
  const size = [region.width * scale, region.height * scale] as const;
  const [outputWidth, outputHeight] = transposes(orientation) ? size.toReversed() : size;
  return {
    graph,
    strips,
    inputs: [whole ? wholeMosaic(width, height) : mosaicPlane(strips, width)],
    outputs: outputPlanes(passes).map((plane) => {
      const elementsPerRow = plane.channels * region.width * scale * scale;
      const rowOf = ({ firstRow }: Strip): number =>
        reversesRows(orientation) ? region.top + region.height - firstRow - strips.rowsPerStrip : firstRow - region.top;
      const shape = shapeOf(graph, plane.name);
      const windows = strips.strips.map((strip) => ({ offset: isOnePiece ? 0 : rowOf(strip) * elementsPerRow, shape }));
      return { name: plane.name, type: plane.type, windows };
    }),
    outputWidth: outputWidth as number,
    outputHeight: outputHeight as number,
  };
}

/** Mirroring at the edge needs one sample more than it shows. */
function expectRoom({ id, name }: Pick<StageParts, 'id' | 'name'>, { width, height }: StageRequest, margin: number): void {
  if (Math.min(width, height) > margin) return;
  const least = `${margin + 2}x${margin + 2}`;
  throw new InputError(`${id}.too-small`, `Expected a frame of at least ${least} for ${name} but received ${width}x${height}`);
}

function wholeMosaic(width: number, height: number): PlanePort {
  return { name: stagePorts.mosaic, type: 'uint16', windows: [{ offset: 0, shape: [1, 1, height, width] }] };
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
  return { g, geometry, values, marginAfter: geometry.margin, input };
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
