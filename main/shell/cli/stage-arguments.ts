import { readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { z } from 'zod';
import { InputError, messageOf } from '../../base/errors.ts';
import { readOptionalText } from '../../camera/file/input-file.ts';
import { readOnnxGraph } from '../../graph/onnx-import.ts';
import type { UserDenoiser } from '../../isp/operators/user-denoiser.ts';
import { createSlowIsp } from '../../isp/slow-isp.ts';
import { stageNamed, stages } from '../../isp/stages.ts';
import type { Stage } from '../../processor/stage.ts';
import { numberFor } from './decimal.ts';

const layouts = ['packed', 'mosaic', 'rgb'] as const;

/** Which stage a command runs, and whose noise reduction stands in it. */
export interface StageArguments {
  readonly stage: string;
  /** Path of an ONNX model in the place of SlowISP's noise reduction. */
  readonly denoiser?: string;
  readonly denoiserLayout?: UserDenoiser['layout'];
  readonly denoiserHalo?: number;
}

/** The options of {@link StageArguments}. */
export function addStageOptions(command: Command, purpose: string): Command {
  return command
    .addOption(new Option('--stage <name>', purpose).choices(Object.keys(stages)).default('fast'))
    .option('--denoiser <file>', 'ONNX model in the place of the noise reduction of the stage slow')
    .addOption(
      new Option('--denoiser-layout <layout>', 'what the model takes and gives; that of <file>.json by default').choices(layouts),
    )
    .option(
      '--denoiser-halo <rows>',
      'rows of its input on each side that a sample of its output depends on; those of <file>.json by default',
      numberFor('--denoiser-halo'),
    );
}

/**
 * The stage that the arguments name, with the user's denoiser where there is one. Its layout and halo are those of the options, else
 * of a JSON file beside it: `{"layout": "packed", "halo": 8}` in `model.onnx.json`. Rejects with an InputError where it cannot be used.
 */
export async function stageFrom({ stage, denoiser, denoiserLayout, denoiserHalo }: StageArguments): Promise<Stage> {
  if (denoiser === undefined) {
    if (denoiserLayout === undefined && denoiserHalo === undefined) return stageNamed(stage);
    throw refused('Expected --denoiser with an ONNX model beside its layout and halo but received none');
  }
  if (stage !== 'slow') throw refused(`Expected --stage slow for a denoiser but received ${stage}`);
  const graph = readOnnxGraph(await modelBytes(denoiser));
  const beside = await declarationBeside(denoiser);
  const [layout, halo] = [denoiserLayout ?? beside?.layout, denoiserHalo ?? beside?.halo];
  if (layout === undefined || halo === undefined) {
    const missing = layout === undefined ? 'layout' : 'halo';
    throw refused(
      `Expected the ${missing} of ${denoiser} but neither --denoiser-${missing} nor ${denoiser}.json says it`,
      'A layout is one of packed, mosaic and rgb; a halo is a number of rows.',
    );
  }
  return createSlowIsp({ graph, layout, halo });
}

async function modelBytes(path: string): Promise<Uint8Array> {
  return readFile(path).catch((cause: unknown) => {
    throw new InputError(
      'cli.denoiser',
      `Expected a readable ONNX model for --denoiser but received ${path}: ${messageOf(cause)}`,
      'Choose a .onnx file.',
      cause,
    );
  });
}

const declarationSchema = z.strictObject({ layout: z.enum(layouts).optional(), halo: z.int().min(0).optional() });

async function declarationBeside(path: string): Promise<z.infer<typeof declarationSchema> | undefined> {
  const text = await readOptionalText(`${path}.json`);
  if (text === undefined) return undefined;
  const parsed = declarationSchema.safeParse(jsonIn(text));
  if (parsed.success) return parsed.data;
  const message = `Expected {"layout": "${layouts.join('" or "')}", "halo": rows} in ${path}.json but received other content`;
  throw refused(message, 'Correct or remove the file.');
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No JSON is no declaration, which the schema says.
    return undefined;
  }
}

function refused(message: string, action?: string): InputError {
  return new InputError('cli.denoiser', message, action);
}
