import type { ProcessorHandle } from '../processor-handle.ts';
import { declarationRules } from './declaration-rules.ts';
import { tryHalo } from './halo-trial.ts';
import { parameterRules } from './parameter-rules.ts';
import { type DeclarationRule, findingOf, type RuleReport, shown } from './rule.ts';
import { tryProcessor } from './trial.ts';

/** Every rule that the declaration alone decides, in the order in which a report lists them. */
export const allDeclarationRules: readonly DeclarationRule[] = [...declarationRules, ...parameterRules];

/** Rules that only building and running a processor decides, by their ids, each in one sentence. */
export const trialRules = {
  'prepare-requirements': '`prepare` asks for 1 to 16 frames.',
  'prepare-pure': '`prepare` gives the same for the same values.',
  'graph-builds': 'The graph can be written for frames of any size, odd ones too.',
  'graph-inputs': 'Frames and runtime parameters are the inputs of the graph, and nothing else is.',
  'graph-loads': 'ONNX Runtime accepts the graph.',
  'output-shape': 'The result is one frame of the size that entered.',
  'output-finite': 'The result has finite samples at the defaults and at both ends of all ranges.',
  'halo-range': 'The halo, where there is one, is a whole number of rows from 0 to 256, the same for the same values.',
  'halo-true': 'In strips with as many rows around them as the halo says, the graph makes what it makes of the whole frame.',
  runs: 'The processor runs on four synthetic frames.',
  'runtime-influence': 'Every runtime parameter has a way to the result (a warning).',
  'video-influence': 'The result is made from the frames (a warning).',
} as const;

/**
 * Checks a processor by all rules: first what it declares, then, where that holds, what it does. Takes as long as its trial runs and
 * never rejects: whatever the processor throws is an error of the report.
 */
export async function checkProcessor(handle: ProcessorHandle, knownIds: readonly string[]): Promise<RuleReport> {
  const { facts } = handle;
  const id = shown(facts.id);
  const errors = allDeclarationRules.flatMap((rule) =>
    rule.check(facts, { knownIds }).map((breach) => findingOf(rule.id, breach)),
  );
  if (errors.length > 0) return { id, errors, warnings: [], ranges: [] };
  const tried = await tryProcessor(handle);
  const halo = tried.errors.length > 0 ? [] : await tryHalo(handle);
  return { id, ...tried, errors: [...tried.errors, ...halo] };
}
