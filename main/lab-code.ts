import { basename } from 'node:path';
import type { z } from 'zod';
import type { codeCalls } from '../preload/contract/code.ts';
import type { CallResponse, CodeFile, ParameterValues, StreamState } from '../preload/contract.ts';
import { InputError } from './base/errors.ts';
import { putInFolder } from './base/free-path.ts';
import { writeNew } from './base/write-whole.ts';
import { chainModel } from './export/processor-model.ts';
import { ispScopeSource } from './export/scope/isp-source.ts';
import { processorScopeSource } from './export/scope/processor-source.ts';
import { scopePackage } from './export/scope/scope-package.ts';
import type { PackageFile, ScopeSource } from './export/scope/scope-source.ts';
import { writePackage } from './export/scope/write-package.ts';
import type { FrameSize } from './export/sized-graph.ts';
import type { SensorDescription } from './frame/frame-meta.ts';
import { type CfaOrder, cfaOrders } from './frame/pixel-format.ts';
import type { Graph } from './graph/graph.ts';
import { graphText } from './graph/graph-text.ts';
import { type OnnxModel, writeOnnxModel } from './graph/onnx-model.ts';
import type { Catalogue, OfferedProcessor } from './live/chain/catalogue.ts';
import type { ChainDesk } from './live/chain/chain-desk.ts';
import type { ProcessorDesk } from './live/processor-desk.ts';
import type { TunedStage } from './live/tuned-stage.ts';
import { textFile } from './processor/code-file.ts';
import { describeProcessor } from './processor/define-processor.ts';
import { readPackage } from './processor/packages/package-files.ts';
import type { PackageLibrary } from './processor/packages/package-library.ts';
import type { Stage } from './processor/stage.ts';

type CodeCall = keyof typeof codeCalls;
type Handlers = {
  readonly [N in CodeCall]: (request: z.output<(typeof codeCalls)[N]['request']>) => Promise<CallResponse<N>>;
};

/** What the calls of the contract about code go to. */
export interface LabCodeParts {
  readonly library: PackageLibrary;
  readonly catalogue: Catalogue;
  readonly chain: ChainDesk;
  readonly processors: ProcessorDesk;
  /** The stage that develops. */
  readonly stage: Stage;
  readonly stream: { readonly state: StreamState; readonly tuned?: Pick<TunedStage, 'newestSensor'> | undefined };
  /** Where exports are written; need not exist. */
  readonly exportsFolder: string;
}

/** The handlers of the calls about code. */
export function codeHandlers(parts: LabCodeParts): Handlers {
  return {
    'package.inspect': ({ folder }) => parts.library.inspect(folder),
    'code.get': async ({ processorId, form }) => {
      return { files: form === 'scope' ? shown(await scopeFilesOf(parts, processorId)) : await sourceOf(parts, processorId) };
    },
    'code.export': async ({ processorId, form }) => {
      const subject = subjectOf(parts, processorId);
      const id = subject.offer ? String(subject.offer.handle.facts.id) : processorId;
      if (form === 'scope') {
        const source = await scopeSourceOf(parts, subject);
        const files = scopePackage(source);
        const path = await putInFolder(parts.exportsFolder, `scope-${source.id}`, '', (free) => writePackage(files, free));
        return { path, files: shown(files) };
      }
      const { bytes } = await modelOf(parts, subject);
      const path = await putInFolder(parts.exportsFolder, id, '.onnx', (free) => writeNew(free, bytes));
      return { path, files: shown([{ path: basename(path), bytes }]) };
    },
  };
}

/** Whose code is asked for: the stage, an entry's processor, or settings without either. */
interface CodeSubject {
  readonly offer?: OfferedProcessor;
  readonly isStage: boolean;
  /** Current values of every parameter. */
  readonly values: ParameterValues;
}

function subjectOf({ chain, catalogue, processors, stage }: LabCodeParts, processorId: string): CodeSubject {
  const values = processors.parametersOf(processorId).current.values;
  const isStage = processorId === stage.declaration.id;
  if (isStage || !chain.isEntry(processorId)) return { isStage, values };
  const id = chain.processorIdOf(processorId);
  const offer = catalogue.find(id);
  if (offer) return { isStage, values, offer };
  const { message, action } = catalogue.absenceOf(id).reason;
  throw new InputError('code.absent', message, action);
}

/** What a processor is made of: a package's own files, or the declaration of one of the lab's, and the graph as it would be built now. */
async function sourceOf(parts: LabCodeParts, processorId: string): Promise<CodeFile[]> {
  const { processors, stage } = parts;
  const { offer, isStage, values } = subjectOf(parts, processorId);
  const size = frameSize(parts.stream.state);
  if (isStage) {
    const { graph } = stage.plan({ ...size, sensor: sensorOf(parts, values), values, cut: 'frame' });
    return [declarationFile(describeProcessor(stage.declaration)), graphFile(graph)];
  }
  if (!offer)
    return processors
      .list()
      .filter(({ id }) => id === processorId)
      .map(declarationFile);
  const files = offer.folder === undefined ? [declarationFile(offer.handle.facts)] : await packageFiles(offer, offer.folder);
  if (!offer.handle.facts.functions.includes('graph')) return files;
  return [...files, graphFile(await offer.handle.plan({ ...size, loadTimeValues: values }))];
}

/** The files that an export of a processor for Daydream Scope writes, with the current values as its defaults. */
async function scopeFilesOf(parts: LabCodeParts, processorId: string): Promise<readonly PackageFile[]> {
  return scopePackage(await scopeSourceOf(parts, subjectOf(parts, processorId)));
}

function scopeSourceOf(parts: LabCodeParts, subject: CodeSubject): Promise<ScopeSource> {
  return forAllSizes(parts, (sizes) => scopeSource(parts, subject, sizes));
}

/** A graph that depends on the size of its frames is exported for those that stream. */
async function forAllSizes<T>({ stream }: LabCodeParts, make: (sizes: readonly FrameSize[]) => Promise<T>): Promise<T> {
  return make([]).catch((thrown: unknown) => {
    if (!(thrown instanceof InputError && thrown.code === 'export.size')) throw thrown;
    return make([frameSize(stream.state)]);
  });
}

function shown(files: readonly PackageFile[]): CodeFile[] {
  return files.map((file) => textFile(file.path, 'text' in file ? file.text : file.bytes));
}

/** A stage as it is for the mosaics that stream; a processor for frames of any size, where it can be. */
async function modelOf(parts: LabCodeParts, { offer, isStage, values }: CodeSubject): Promise<OnnxModel> {
  if (isStage) {
    const size = frameSize(parts.stream.state);
    return writeOnnxModel(parts.stage.plan({ ...size, sensor: sensorOf(parts, values), values, cut: 'frame' }).graph);
  }
  if (!offer) throw decidesOnly();
  const member = { handle: offer.handle, params: offer.declaration.params, values };
  return forAllSizes(parts, ([size]) => chainModel([member], size));
}

async function scopeSource(
  parts: LabCodeParts,
  { offer, isStage, values }: CodeSubject,
  sizes: readonly FrameSize[],
): Promise<ScopeSource> {
  if (isStage) return ispScopeSource({ stage: parts.stage, sensor: sensorOf(parts, values), values }, sizes);
  if (offer) return processorScopeSource({ handle: offer.handle, params: offer.declaration.params }, { values, sizes });
  throw decidesOnly();
}

function decidesOnly(): InputError {
  const message = 'Expected a processor of pictures to export but received one that only decides';
  return new InputError('code.no-export', message, 'Export the stage or an entry of the chain.');
}

/** The tuned sensor of the newest frame; where no camera is open, one of which only the order of its colours is known. */
function sensorOf({ stream: { state, tuned } }: LabCodeParts, values: ParameterValues): SensorDescription {
  const mode = state.modes.find(({ id }) => id === state.modeId) ?? state.modes[0];
  if (tuned && mode) return tuned.newestSensor(mode, values);
  return { cfa: frameSize(state).cfa, bits: 16, blackLevels: [0, 0, 0, 0], whiteLevel: 65535 };
}

async function packageFiles({ hash }: OfferedProcessor, folder: string): Promise<CodeFile[]> {
  const { files, hash: present } = await readPackage(folder);
  if (present !== hash) {
    const message = `Expected the content that runs, ${hash}, in ${folder} but received ${present}`;
    throw new InputError('code.changed', message, 'Look at its packages: the new content is not loaded.');
  }
  return [...files].map(([path, bytes]) => textFile(path, bytes));
}

function declarationFile(declared: object): CodeFile {
  return textFile('declaration.json', `${JSON.stringify(declared, null, 2)}\n`);
}

function graphFile(graph: Graph): CodeFile {
  return textFile('graph.txt', graphText(graph));
}

interface StreamedSize extends FrameSize {
  readonly cfa: CfaOrder;
}

/** The size of what streams and the order of its colours; of a full HD sensor where nothing is open. */
function frameSize({ modes, modeId }: StreamState): StreamedSize {
  const mode = modes.find(({ id }) => id === modeId) ?? modes[0];
  const cfa = cfaOrders.find((order) => mode?.pixelFormat.startsWith(order)) ?? 'RGGB';
  return { width: mode?.width ?? 1920, height: mode?.height ?? 1080, cfa };
}
