import type { ParameterValue, ParameterValues } from '../../../preload/contract.ts';
import { InputError } from '../../base/errors.ts';
import type { Parameters } from '../../processor/parameters.ts';
import type { ProcessorHandle } from '../../processor/processor-handle.ts';
import { processorInputs } from '../../processor/processor-plan.ts';
import { exportGraphs, runnableGraph } from '../export-graphs.ts';
import { type ExportParameter, exportParameters } from '../export-parameter.ts';
import { combinationsOf, loadTimeChoices, mostGraphs } from '../load-time-choices.ts';
import { type FrameSize, graphsForFrames } from '../sized-graph.ts';
import { identityOfModel } from './model-identity.ts';
import type { ScopeGraph, ScopeSource } from './scope-source.ts';

/** A processor to export: wherever its code runs, with its parameters. */
export interface ExportSubject {
  readonly handle: ProcessorHandle;
  readonly params: Parameters;
}

/** What an export is told beside the processor. */
export interface ExportRequest {
  /** Values that become the defaults; fixed load-time parameters keep them. Checked by the caller. */
  readonly values: ParameterValues;
  /** The only sizes of frames to export for; empty for all sizes, where the graph can be written so. */
  readonly sizes: readonly FrameSize[];
}

/**
 * Reads a processor that is a graph, or is called around a model, as a {@link ScopeSource}, building its graph for every combination of the
 * load-time values that stay open; a model is what it was when it was exported. Rejects with an InputError for code that is called, and
 * with what the processor's own code throws.
 */
export async function processorScopeSource({ handle, params }: ExportSubject, request: ExportRequest): Promise<ScopeSource> {
  const { facts } = handle;
  const id = String(facts.id);
  const source = exportGraphs(handle);
  if (!source) {
    const message = `Expected a processor that is a graph but ${id} is called, and what it calls would not run in Python`;
    throw new InputError('export.no-graph', message, 'Choose a processor that gives graph(), or one that runs a model.');
  }
  const parameters = exportParameters(params, request.values);
  const choices = loadTimeChoices(parameters, source.isModel ? 1 : mostGraphs);
  const fixed = Object.fromEntries(choices.fixed.map(({ name, defaultValue }) => [name, defaultValue]));
  const defaults = Object.fromEntries(choices.open.map(({ parameter }) => [parameter.name, parameter.defaultValue]));
  const inputSize = await inputSizeOf(handle, { ...fixed, ...defaults });
  const graphs: ScopeGraph[] = [];
  let sizeMultiple = 1;
  for (const values of combinationsOf(choices)) {
    const loadTimeValues = { ...fixed, ...namedBy(choices.open, values) };
    if ((await inputSizeOf(handle, loadTimeValues)) !== inputSize) throw changingInputSize(id);
    const made = await graphsForFrames((size) => source.plan({ ...size, loadTimeValues }), request.sizes);
    for (const planned of made) {
      const runnable = source.isModel ? runnableGraph(planned, processorInputs(params, request.values)) : planned;
      const { graph, size, multiple } = await runnable;
      graphs.push({ values, graph, ...(size ? { size } : {}) });
      sizeMultiple = Math.max(sizeMultiple, multiple);
    }
  }
  return {
    ...declared(handle),
    ...(source.isModel ? identityOfModel(id, String(facts.name), parameters) : {}),
    inputSize,
    sizeMultiple,
    runtime: parameters.filter(({ kind }) => kind === 'runtime'),
    open: choices.open.map(({ parameter }) => parameter),
    fixed: choices.fixed.map(withoutFolder),
    graphs,
    remarks: remarksOf(handle),
  };
}

/** The path of a file is the exporter's own; what it held is in the graph. */
function withoutFolder(parameter: ExportParameter): ExportParameter {
  const { component, defaultValue } = parameter;
  const isPath = component !== undefined && component !== 'resolution';
  return isPath ? { ...parameter, defaultValue: String(defaultValue).replace(/^.*[/\\]/, '') } : parameter;
}

function namedBy(open: ReturnType<typeof loadTimeChoices>['open'], values: readonly ParameterValue[]): ParameterValues {
  return Object.fromEntries(open.map(({ parameter }, index) => [parameter.name, values[index] as ParameterValue]));
}

async function inputSizeOf(handle: ProcessorHandle, loadTimeValues: ParameterValues): Promise<number> {
  const { inputSize } = (await handle.prepare(loadTimeValues)) as { readonly inputSize: number };
  return inputSize;
}

function changingInputSize(id: string): InputError {
  const message = `Expected ${id} to see as many frames whatever its load-time values but received different numbers`;
  return new InputError('export.input-size', message, 'Fix the number of frames in prepare().');
}

/** What the rules have checked already, when the processor was opened. */
function declared({ facts }: ProcessorHandle): Pick<ScopeSource, 'id' | 'name' | 'description' | 'version' | 'usage' | 'modes'> {
  const modes = Object.entries(facts.modes as Record<string, { readonly default?: boolean }>);
  const sorted = modes.sort(([, a], [, b]) => Number(b.default === true) - Number(a.default === true));
  return {
    id: String(facts.id),
    name: String(facts.name),
    description: String(facts.description),
    version: String(facts.version),
    usage: (facts.usage as string[]).map(String),
    modes: sorted.map(([name]) => name),
    ...(typeof facts.docs === 'string' ? { docs: facts.docs } : {}),
  };
}

function remarksOf({ facts }: ProcessorHandle): string[] {
  const modes = Object.entries(facts.modes as Record<string, { readonly defaults?: object }>);
  const withDefaults = modes.filter(([, { defaults }]) => defaults && Object.keys(defaults).length > 0).map(([name]) => name);
  return withDefaults.map(
    (name) => `The defaults of the mode ${name} are left out: Scope knows none for parameters of plug-ins.`,
  );
}
