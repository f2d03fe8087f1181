import { InputError, shownText } from '../../base/errors.ts';
import { ispScopeSource, type TunedChain } from '../../export/scope/isp-source.ts';
import { processorScopeSource } from '../../export/scope/processor-source.ts';
import { scopePackage } from '../../export/scope/scope-package.ts';
import type { ScopeSource } from '../../export/scope/scope-source.ts';
import { expectNewFolder, writePackage } from '../../export/scope/write-package.ts';
import type { FrameSize } from '../../export/sized-graph.ts';
import type { SensorDescription } from '../../frame/frame-meta.ts';
import type { CfaOrder } from '../../frame/pixel-format.ts';
import { fastIsp } from '../../isp/fast-isp.ts';
import { ParameterStore } from '../../processor/parameter-store.ts';
import { daylightKelvin, tunedParameters, tunedSensor } from '../../tuning/tuned-sensor.ts';
import { readTuning } from '../../tuning/tuning-file.ts';
import { frameSizeIn, withSubjects } from './export-subjects.ts';
import type { CommandOutput } from './output.ts';
import { setFromArguments, valuesFromArguments } from './parameter-arguments.ts';

/** Arguments of `lab export-scope`; those of the sensor are for the ISP chain alone. */
export interface ExportScopeOptions {
  readonly out: string;
  readonly set: readonly string[];
  readonly size: readonly string[];
  readonly tuning?: string;
  readonly gain?: number;
  readonly cct?: number;
  readonly cfa?: CfaOrder;
  readonly json?: boolean;
}

/** `lab export-scope`: a processor or the tuned ISP chain as a Python package for Daydream Scope, in a new folder. */
export async function runExportScope(id: string, options: ExportScopeOptions, output: CommandOutput): Promise<void> {
  const sizes = options.size.map(frameSizeIn);
  // Planning takes seconds: a folder that cannot be is told of before.
  await expectNewFolder(options.out);
  const source =
    id === fastIsp.declaration.id
      ? await ispScopeSource(await tunedChain(options), sizes)
      : await processorSource(id, options, sizes);
  const files = scopePackage(source);
  await writePackage(files, options.out);
  const written = files.map((file) => ({
    path: file.path,
    bytes: 'text' in file ? Buffer.byteLength(file.text) : file.bytes.length,
  }));
  const names = (list: ScopeSource['fixed']): string[] => list.map(({ name }) => name);
  const result = {
    folder: options.out,
    id: source.id,
    files: written,
    runtime: names(source.runtime),
    loadTime: names(source.open),
    fixed: Object.fromEntries(source.fixed.map(({ name, defaultValue }) => [name, defaultValue])),
    sizes: options.size,
    sizeMultiple: source.sizeMultiple,
  };
  if (options.json) return output.result(JSON.stringify(result, null, 2));
  output.result(`Wrote ${options.out}: install it in Scope by its path.`);
  for (const { path, bytes } of written) output.result(`  ${path}, ${bytes} bytes`);
  const fixed = source.fixed.map(({ name, defaultValue }) => `${name}=${shownText(String(defaultValue))}`);
  if (fixed.length > 0) output.result(`Fixed at export: ${fixed.join(', ')}.`);
}

async function processorSource(id: string, options: ExportScopeOptions, sizes: readonly FrameSize[]): Promise<ScopeSource> {
  const given = (['tuning', 'gain', 'cct', 'cfa'] as const).filter((name) => options[name] !== undefined);
  if (given.length > 0) {
    const message = `Expected --${given[0]} with ${fastIsp.declaration.id} alone but received it with ${id}`;
    throw new InputError('cli.export-scope', message, 'Leave it out.');
  }
  return withSubjects([id], async ([subject]) => {
    if (!subject) throw new InputError('cli.processor', `Expected a processor but received ${id}`);
    const store = new ParameterStore(id, subject.params);
    setFromArguments(store, options.set, { option: '--set' });
    return processorScopeSource(subject, { values: store.current.values, sizes });
  });
}

/** A sensor of which nothing is known but the order of its filters. */
const plainSensor = { cfa: 'RGGB', bits: 12, blackLevels: [256, 256, 256, 256], whiteLevel: 4095 } as const;

async function tunedChain({ tuning: path, gain = 1, cct, cfa, set }: ExportScopeOptions): Promise<TunedChain> {
  if (!(gain > 0)) throw new InputError('cli.gain', `Expected a positive number for --gain but received ${gain}`);
  if (cct !== undefined && !(cct >= 1000 && cct <= 25_000)) {
    throw new InputError('cli.cct', `Expected 1000 to 25000 kelvin for --cct but received ${cct}`);
  }
  const known: SensorDescription = cfa === undefined ? plainSensor : { ...plainSensor, cfa };
  const tuning = path === undefined ? undefined : await readTuning(path);
  const conditions = { gain, cctKelvin: cct ?? daylightKelvin, width: 0, height: 0 };
  const sensor = tuning ? tunedSensor(tuning, known, conditions) : known;
  const suggested = tuning ? tunedParameters(tuning, gain) : {};
  return { stage: fastIsp, sensor, values: valuesFromArguments(fastIsp, sensor, set, { suggested }) };
}
