import type { ParameterValues } from '../../../preload/contract.ts';
import type { Triple } from '../../base/matrix3.ts';
import { productVersion } from '../../base/product.ts';
import type { SensorDescription } from '../../frame/frame-meta.ts';
import { compose } from '../../graph/composition.ts';
import type { Graph } from '../../graph/graph.ts';
import { GraphBuilder } from '../../graph/graph-builder.ts';
import { numberIn } from '../../isp/operator.ts';
import { processorPorts } from '../../processor/processor-plan.ts';
import { type Stage, type StageRequest, stagePorts } from '../../processor/stage.ts';
import { type ExportParameter, exportParameters } from '../export-parameter.ts';
import { type ParametricInputs, withParameterInputs } from '../parameter-inputs.ts';
import { idealSensor, sceneMosaic } from '../scene-mosaic.ts';
import { type FrameSize, graphsForFrames } from '../sized-graph.ts';
import type { ScopeSource } from './scope-source.ts';

/** A stage as it is tuned: for which sensor, and with which values. */
export interface TunedChain {
  /** One with RGBA8 pictures, as FastISP is. */
  readonly stage: Stage;
  readonly sensor: SensorDescription;
  /** A value for every parameter of the stage. */
  readonly values: ParameterValues;
}

/** Parameters of where and how a graph runs: nothing of what it computes. */
const ofTheLab = new Set(['strip_rows', 'execution_provider']);

/**
 * Reads a tuned ISP chain as one pipeline, which shows what the chain makes of any video. Its frames are finished pictures and no
 * mosaics, so each is taken for the scene and cut into the mosaic that the tuned sensor would have recorded, without noise, shading
 * and defects; the chain develops that. Runtime parameters stay, as far as they have an effect in this chain; what shapes its graph
 * is fixed. Rejects with what planning throws.
 */
export async function ispScopeSource(chain: TunedChain, sizes: readonly FrameSize[]): Promise<ScopeSource> {
  const { stage, values } = chain;
  const sensor = idealSensor(chain.sensor);
  const parameters = exportParameters(stage.declaration.params, values);
  const inputs: ParametricInputs = {
    parameters: parameters.filter(isAdjustable),
    values,
    inputsOf: (changed) => stage.inputs(changed, sensor),
  };
  const planned = await graphsForFrames((size) => onFrames({ stage, sensor, values }, size), sizes);
  const graphs = planned.map((one) => ({ ...one, made: withParameterInputs(one.graph, inputs) }));
  const used = graphs[0]?.made.parameters ?? [];
  const { id, name, usage } = stage.declaration;
  return {
    id,
    name: `${name}, tuned`,
    description: 'Shows any video as a tuned camera would develop it, from a mosaic that its sensor would have recorded',
    version: productVersion,
    usage,
    modes: ['video'],
    inputSize: 1,
    sizeMultiple: Math.max(...graphs.map(({ multiple }) => multiple)),
    runtime: used,
    open: [],
    fixed: parameters.filter((parameter) => parameter.kind === 'load-time' && !ofTheLab.has(parameter.name)),
    graphs: graphs.map(({ made, size }) => ({ values: [], graph: made.graph, ...(size ? { size } : {}) })),
    remarks: remarksOf(sensor, parameters, used),
  };
}

function isAdjustable({ kind, minimum, maximum, options }: ExportParameter): boolean {
  return kind === 'runtime' && !options && minimum !== undefined && maximum !== undefined;
}

function remarksOf(sensor: SensorDescription, all: readonly ExportParameter[], used: readonly ExportParameter[]): string[] {
  const idle = all
    .filter(({ kind, name }) => kind === 'runtime' && !used.some((one) => one.name === name))
    .map(({ name }) => name);
  const levels = [...new Set(sensor.blackLevels)].join(', ');
  return [
    `Every frame is taken for the scene: it is decoded from sRGB to light, taken back through the camera's colour matrix and white balance, and cut into a ${sensor.cfa} mosaic from black at ${levels} to white at ${sensor.whiteLevel} DN, which the chain then develops.`,
    'The mosaic has no noise, lens shading or defects, so nothing of the chain corrects any; linearisation is left out for the same reason.',
    ...(idle.length > 0
      ? [`These parameters have no effect in this chain or are no numbers, and are left out: ${idle.join(', ')}.`]
      : []),
  ];
}

/** The stage between frames as Scope has them: the scene's mosaic in front, RGB without alpha behind. */
function onFrames({ stage, sensor, values }: TunedChain, size: FrameSize): Graph {
  const request: StageRequest = { ...size, sensor, values, cut: 'frame' };
  const { graph, outputWidth, outputHeight } = stage.plan(request);
  const scene = sceneMosaic(size, sensor, balanceOf(values));
  const developed = compose(scene, graph, { [stagePorts.mosaic]: stagePorts.mosaic });
  const shown = compose(developed, withoutAlpha(outputHeight, outputWidth), { [stagePorts.picture]: pictureIn });
  return { ...shown, name: stage.declaration.id };
}

function balanceOf(values: ParameterValues): Triple {
  return [numberIn(values, 'wb_red_gain'), 1, numberIn(values, 'wb_blue_gain')];
}

const pictureIn = 'picture_in';

function withoutAlpha(rows: number, columns: number): Graph {
  const g = new GraphBuilder('without-alpha');
  const picture = g.input(pictureIn, 'uint8', [rows, columns, 4], 'The developed picture, RGBA');
  const samples = g.reshape(g.cast(picture, 'float32'), [rows * columns, 4]);
  const matrix = Array.from({ length: 12 }, (_, index) => (index % 3 === Math.floor(index / 3) ? 1 / 255 : 0));
  const colours = g.matrixMultiply(samples, g.constant('float32', matrix, [4, 3]));
  g.output(processorPorts.result, g.reshape(colours, [1, rows, columns, 3]), 'RGB in [0, 1]: one frame, rows, columns, channels');
  return g.build();
}
