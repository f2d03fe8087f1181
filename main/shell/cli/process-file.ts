import type { ParameterValues } from '../../../preload/contract.ts';
import { millisBetween } from '../../base/clock.ts';
import { InputError } from '../../base/errors.ts';
import type { Matrix3, Triple } from '../../base/matrix3.ts';
import { writeWhole } from '../../base/write-whole.ts';
import { neutralColourMatrix, sidecarPaths } from '../../camera/file/raw-description.ts';
import { readRawFile } from '../../camera/file/raw-file.ts';
import type { SensorDescription } from '../../frame/frame-meta.ts';
import { fastIsp } from '../../isp/fast-isp.ts';
import { rawIsp } from '../../isp/raw-isp.ts';
import { fallbackText } from '../../live/provider-fallback.ts';
import { type MakeAround, type Mosaic, runStage, type StageResult } from '../../live/single-frame.ts';
import type { Stage } from '../../processor/stage.ts';
import { cctOfGains, daylightKelvin, tunedParameters, tunedSensor } from '../../tuning/tuned-sensor.ts';
import { readTuning } from '../../tuning/tuning-file.ts';
import { numbersIn } from './decimal.ts';
import type { CommandOutput } from './output.ts';
import { valuesFromArguments } from './parameter-arguments.ts';
import { expectPictureFile } from './picture-file.ts';
import { compareShared, entryTimes, hundredths, stageMillis, withChain } from './process-chain.ts';
import { descriptionOf, type RawArguments } from './raw-arguments.ts';
import { rawFindings } from './raw-findings.ts';
import { type StageArguments, stageFrom } from './stage-arguments.ts';
import { channelStatistics, pictureOf, pngOf } from './stage-picture.ts';

/** Arguments of `lab process`, as the command line hands them over. */
export interface ProcessOptions extends RawArguments, StageArguments {
  readonly input: string;
  readonly output: string;
  readonly depth?: number;
  readonly tuning?: string;
  /** Path of a chain as the lab keeps it. */
  readonly chain?: string;
  /** Times what shares a session alone as well. */
  readonly compare?: boolean;
  readonly gain: number;
  readonly cct?: number;
  readonly param: readonly string[];
  readonly wb?: string;
  readonly ccm?: string;
  readonly json?: boolean;
}

/** `lab process`: one file through the same graph, workers and strips as the live path, to a PNG that is whole or not there. */
export async function runProcess(options: ProcessOptions, output: CommandOutput): Promise<void> {
  const description = descriptionOf(options, [options.input]);
  await expectPictureFile(options.output, '--output', [options.input, ...sidecarPaths(options.input)]);
  const stage = await stageFrom(options);
  expectColourStage(stage, options);
  const image = await readRawFile(options.input, description);
  const tuned = await tunedBy(options, image);
  const sensor = options.ccm === undefined ? tuned.sensor : withMatrix(tuned.sensor, matrixIn(options.ccm));
  const balance = options.wb === undefined ? [] : balanceArguments(options.wb);
  const values = valuesFromArguments(stage, sensor, [...balance, ...options.param], { suggested: tuned.parameters });
  expectProviderOnCpu(values);
  if (options.chain !== undefined && stage !== fastIsp) {
    const message = `Expected ${fastIsp.declaration.name} inside --chain but received ${stage.declaration.name}`;
    throw new InputError('cli.chain', message, 'Leave --stage or --chain out: chains stand around the live stage.');
  }
  if (options.compare && (options.chain === undefined || !options.json)) {
    throw new InputError(
      'cli.compare',
      'Expected --chain and --json beside --compare',
      'What shares a session is compared in JSON.',
    );
  }
  const run = (around?: MakeAround): Promise<StageResult> => runStage(stage, { ...image, sensor }, values, undefined, around);
  const { made, chain, sessions } =
    options.chain === undefined
      ? { made: await run() }
      : await withChain(options.chain, output.note, async (around, members, segments) => {
          const result = await run(around);
          const compared = options.compare ? { sessions: await compareShared(segments()) } : {};
          return { made: result, chain: entryTimes(result.event, members), ...compared };
        });
  const picture = pictureOf(made, options.depth);
  await writeWhole(options.output, pngOf(picture));
  const { provider: ranBy, fallbackReason } = made.ranBy;
  if (fallbackReason !== undefined) output.note(fallbackText('kernel', fallbackReason));
  const millis = millisBetween(made.event.startedNs, made.event.finishedNs);
  const result = {
    output: options.output,
    stage: stage.declaration.id,
    width: picture.width,
    height: picture.height,
    depth: picture.depth,
    provider: ranBy,
    stageMillis: hundredths(stageMillis(made.event)),
    ...(chain ? { chain, millis: hundredths(millis) } : {}),
    ...(sessions ? { sessions } : {}),
    strips: made.event.statistics.strips,
    statistics: channelStatistics(picture),
    ...(options.json && stage === rawIsp ? { rawAlgo: rawFindings({ ...image, sensor }) } : {}),
    parameters: values,
    ...(sensor.srgbFromCamera === undefined ? {} : { srgbFromCamera: sensor.srgbFromCamera }),
  };
  output.result(
    options.json
      ? JSON.stringify(result, null, 2)
      : `Wrote ${options.output}, ${picture.width}x${picture.height}, in ${millis.toFixed(1)} ms.`,
  );
}

/** A single file asks for no device: it would be made ready for longer than it is used. */
function expectProviderOnCpu({ execution_provider: provider = 'cpu' }: ParameterValues): void {
  if (provider === 'kernel' || provider === 'cpu') return;
  const message = `Expected kernel or cpu for execution_provider of a single file but received ${String(provider)}`;
  throw new InputError('cli.provider', message);
}

/** The sensor with a matrix that takes the place of all that were measured. */
function withMatrix(sensor: SensorDescription, srgbFromCamera: Matrix3): SensorDescription {
  const { srgbFromCameraEncoded: _, ...rest } = sensor;
  return { ...rest, srgbFromCamera };
}

/** What the tuning file says of the sensor at the gain and light that were given; the light of the file's own balance by default. */
async function tunedBy(
  { tuning: path, gain, cct }: ProcessOptions,
  { sensor, width, height }: Mosaic,
): Promise<{ readonly sensor: SensorDescription; readonly parameters: ParameterValues }> {
  if (!(gain > 0)) throw new InputError('cli.gain', `Expected a positive number for --gain but received ${gain}`);
  if (cct !== undefined && !(cct >= 1000 && cct <= 25_000)) {
    throw new InputError('cli.cct', `Expected 1000 to 25000 kelvin for --cct but received ${cct}`);
  }
  if (path === undefined) {
    const useless = cct !== undefined ? `--cct ${cct}` : gain !== 1 ? `--gain ${gain}` : undefined;
    if (useless === undefined) return { sensor, parameters: {} };
    throw new InputError(
      'cli.tuning',
      `Expected --tuning beside ${useless} but received none`,
      'Only a tuning has values by gain and light.',
    );
  }
  const tuning = await readTuning(path);
  const cctKelvin = cct ?? (sensor.whiteBalance && cctOfGains(tuning, sensor.whiteBalance)) ?? daylightKelvin;
  const tuned = tunedSensor(tuning, sensor, { gain, cctKelvin, width, height });
  return { sensor: tuned, parameters: tunedParameters(tuning, gain) };
}

/** A stage without white balance gives a mosaic, and has no colours that gains or a matrix could be meant for. */
function expectColourStage({ declaration: { name, params } }: Stage, { stage, wb, ccm }: ProcessOptions): void {
  if ('wb_red_gain' in params) return;
  const refused = Object.entries({ '--wb': wb, '--ccm': ccm }).find(([, value]) => value !== undefined);
  if (refused === undefined) return;
  const [option, value] = refused;
  const what = option === '--wb' ? 'white balance' : 'colour matrix';
  const message = `Expected no ${option} with --stage ${stage} but received ${value}: ${name} has no ${what}`;
  throw new InputError('cli.stage', message, 'Leave it out, or choose --stage fast or slow.');
}

/** The gains as parameters relative to green, so that they are held to the range of the parameters. */
function balanceArguments(text: string): string[] {
  const gains = numbersIn('--wb', text, 3);
  if (!gains.every((gain) => gain > 0)) {
    throw new InputError('cli.white-balance', `Expected positive gains for --wb but received ${text}`);
  }
  const [red, green, blue] = gains as unknown as Triple;
  return [`wb_red_gain=${red / green}`, `wb_blue_gain=${blue / green}`];
}

function matrixIn(text: string): Matrix3 {
  return neutralColourMatrix(numbersIn('--ccm', text, 9) as unknown as Matrix3, '--ccm', 'the command line');
}
