import { expectProvider } from '../../runtime/execution-providers.ts';
import type { ExecutionProvider } from '../../runtime/lane-protocol.ts';
import type { ModelProfile, ProfileRow } from '../../runtime/model-profile.ts';
import { profiledProvider, profileModel } from '../../runtime/model-profiler.ts';
import { mosaicSizeIn } from './mosaic-size.ts';
import { type CommandOutput, listingText } from './output.ts';
import { valuesFromArguments } from './parameter-arguments.ts';
import { type StageArguments, stageFrom } from './stage-arguments.ts';

/** Arguments of `lab profile`. */
export interface ProfileOptions extends StageArguments {
  readonly size: string;
  readonly frames: number;
  readonly model?: string;
  readonly param: readonly string[];
  readonly json?: boolean;
}

/**
 * `lab profile`: the time of every node of a stage as ONNX Runtime runs it in the lanes, the dearest first, then by operator. Row kernels have no
 * such times: where they are chosen, ONNX Runtime on the CPU is timed, as is said.
 */
export async function runProfile(options: ProfileOptions, output: CommandOutput): Promise<void> {
  const [width, height] = mosaicSizeIn(options.size);
  const stage = await stageFrom(options);
  const values = valuesFromArguments(stage, undefined, options.param);
  const sensor = { cfa: 'RGGB', bits: 10, blackLevels: [64, 64, 64, 64], whiteLevel: 1023 } as const;
  const chosen = (values['execution_provider'] ?? 'cpu') as ExecutionProvider;
  const provider = profiledProvider(chosen);
  const file = options.model === undefined ? {} : { file: options.model };
  const request = { stage, width, height, sensor, values, provider, ...file };
  await expectProvider(provider);
  const profile = await profileModel(request, options.frames);
  if (options.json) return output.result(JSON.stringify(profile, null, 2));
  const hasNoTimes = provider !== chosen && options.model === undefined;
  output.result(
    profileText(profile, `${width}x${height}`, hasNoTimes ? ' Row kernels, which are chosen, have no times by node.' : ''),
  );
}

function profileText(profile: ModelProfile, size: string, remark: string): string {
  const { nodes, operators, frames, strips, provider, medianFrameMicros } = profile;
  const pieces = strips === 1 ? 'the frame whole' : `${strips} strips`;
  const summary = `${size} on ${provider}, ${pieces}, one thread: ${millis(medianFrameMicros)} ms a frame (median of ${frames}).${remark}`;
  return [summary, listingText(nodes.map(nodeRow), { emptyText: '' }), listingText(operators.map(operatorRow), { emptyText: '' })]
    .filter((text) => text !== '')
    .join('\n\n');
}

function nodeRow({ name, operator, ...row }: ProfileRow): object {
  return { share: percent(row.share), 'ms/frame': millis(row.microsPerFrame), runs: row.runsPerFrame, operator, node: name };
}

function operatorRow({ operator, ...row }: ProfileRow): object {
  return { share: percent(row.share), 'ms/frame': millis(row.microsPerFrame), runs: row.runsPerFrame, operator };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function millis(micros: number): string {
  return (micros / 1000).toFixed(3);
}
