import { stat } from 'node:fs/promises';
import { InputError } from '../../base/errors.ts';
import { writeWhole } from '../../base/write-whole.ts';
import type { CfaOrder } from '../../frame/pixel-format.ts';
import type { Graph } from '../../graph/graph.ts';
import { type OnnxModel, writeOnnxModel } from '../../graph/onnx-model.ts';
import { describeShape } from '../../graph/tensor-type.ts';
import { modelOfProcessors } from './export-processors.ts';
import { mosaicSizeIn } from './mosaic-size.ts';
import type { CommandOutput } from './output.ts';
import { valuesFromArguments } from './parameter-arguments.ts';
import { type StageArguments, stageFrom } from './stage-arguments.ts';

/** Arguments of `lab export-onnx`. */
export interface ExportOnnxOptions extends StageArguments {
  /** Names of the options that the command line has, without those that stand by default. */
  readonly given: readonly string[];
  readonly output: string;
  /** Ids of processors with commas between, in place of a stage. */
  readonly processor?: string;
  /** Of the mosaic, 1920x1080 where it is not said; of the frames of processors, every one where it can be. */
  readonly size?: string;
  readonly cfa: CfaOrder;
  readonly param: readonly string[];
  readonly json?: boolean;
}

/** `lab export-onnx`: a stage or processors as a model for whole frames, whose inputs are documented in the model itself. */
export async function runExportOnnx(options: ExportOnnxOptions, output: CommandOutput): Promise<void> {
  expectNoStage(options);
  await expectModelFile(options.output);
  const { processor, param, size } = options;
  const graph = processor === undefined ? await stageModel(options) : await modelOfProcessors(processor, param, size);
  const { bytes, hash } = graph;
  await writeWhole(options.output, bytes);
  const ports = (list: typeof graph.inputs): { name: string; type: string; shape: string; help: string }[] =>
    list.map(({ name, type, shape, help }) => ({ name, type, shape: describeShape(shape), help }));
  const result = {
    output: options.output,
    bytes: bytes.length,
    sha256: hash,
    inputs: ports(graph.inputs),
    outputs: ports(graph.outputs),
  };
  if (options.json) return output.result(JSON.stringify(result, null, 2));
  output.result(`Wrote ${options.output}, ${bytes.length} bytes, SHA-256 ${hash}.`);
  for (const { name, type, shape, help } of [...result.inputs, ...result.outputs])
    output.result(`  ${name}: ${type} ${shape}, ${help}`);
}

/** Options that say which stage is written, and for which mosaics. */
const ofStages = ['stage', 'denoiser', 'denoiser-layout', 'denoiser-halo', 'cfa'];

function expectNoStage({ processor, given }: ExportOnnxOptions): void {
  const idle = ofStages.find((name) => given.includes(name));
  if (processor === undefined || idle === undefined) return;
  const message = `Expected --${idle} with a stage alone but received it with --processor ${processor}`;
  throw new InputError('cli.export-onnx', message, 'Leave one of them out.');
}

async function stageModel(options: ExportOnnxOptions): Promise<OnnxModel & Pick<Graph, 'inputs' | 'outputs'>> {
  const { size = '1920x1080', cfa, param } = options;
  const [width, height] = mosaicSizeIn(size);
  const stage = await stageFrom(options);
  const values = valuesFromArguments(stage, undefined, param, { kind: 'load-time' });
  const sensor = { cfa, bits: 16, blackLevels: [0, 0, 0, 0], whiteLevel: 65535 } as const;
  const { graph } = stage.plan({ width, height, sensor, values, cut: 'frame' });
  return { ...writeOnnxModel(graph), inputs: graph.inputs, outputs: graph.outputs };
}

/** What stands at the path already is replaced only where its name says that it is a model. */
async function expectModelFile(path: string): Promise<void> {
  const there = await stat(path).catch(() => undefined);
  if (!there?.isFile() || /\.onnx$/i.test(path)) return;
  const message = `Expected a model or a new file for --output but ${path} is another file`;
  throw new InputError('cli.model', message, 'Give another name.');
}
