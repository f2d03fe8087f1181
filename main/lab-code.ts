import type { z } from 'zod';
import type { codeCalls } from '../preload/contract/code.ts';
import type { CallResponse, CodeFile, StreamState } from '../preload/contract.ts';
import { InputError } from './base/errors.ts';
import { type CfaOrder, cfaOrders } from './frame/pixel-format.ts';
import type { Graph } from './graph/graph.ts';
import { graphText } from './graph/graph-text.ts';
import type { Catalogue, OfferedProcessor } from './live/chain/catalogue.ts';
import type { ChainDesk } from './live/chain/chain-desk.ts';
import type { ProcessorDesk } from './live/processor-desk.ts';
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
  readonly stream: { readonly state: StreamState };
}

/** The handlers of the calls about code. */
export function codeHandlers(parts: LabCodeParts): Handlers {
  return {
    'package.inspect': ({ folder }) => parts.library.inspect(folder),
    'code.get': async ({ processorId }) => ({ files: await sourceOf(parts, processorId) }),
  };
}

/** What a processor is made of: a package's own files, or the declaration of one of the lab's, and the graph as it would be built now. */
async function sourceOf(parts: LabCodeParts, processorId: string): Promise<CodeFile[]> {
  const { chain, catalogue, processors, stage } = parts;
  const values = processors.parametersOf(processorId).current.values;
  const size = frameSize(parts.stream.state);
  if (processorId === stage.declaration.id) {
    const sensor = { cfa: size.cfa, bits: 16, blackLevels: [0, 0, 0, 0], whiteLevel: 65535 } as const;
    const { graph } = stage.plan({ ...size, sensor, values, cut: 'frame' });
    return [declarationFile(describeProcessor(stage.declaration)), graphFile(graph)];
  }
  const id = chain.processorIdOf(processorId);
  const offer = catalogue.find(id);
  if (!offer) {
    const own = processors.list().find((one) => one.id === processorId);
    if (own && !chain.isEntry(processorId)) return [declarationFile(own)];
    const { message, action } = catalogue.absenceOf(id).reason;
    throw new InputError('code.absent', message, action);
  }
  const files = offer.folder === undefined ? [declarationFile(offer.handle.facts)] : await packageFiles(offer, offer.folder);
  if (!offer.handle.facts.functions.includes('graph')) return files;
  return [...files, graphFile(await offer.handle.plan({ ...size, loadTimeValues: values }))];
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

/** The size of what streams and the order of its colours; of a full HD sensor where nothing is open. */
function frameSize({ modes, modeId }: StreamState): { readonly width: number; readonly height: number; readonly cfa: CfaOrder } {
  const mode = modes.find(({ id }) => id === modeId) ?? modes[0];
  const cfa = cfaOrders.find((order) => mode?.pixelFormat.startsWith(order)) ?? 'RGGB';
  return { width: mode?.width ?? 1920, height: mode?.height ?? 1080, cfa };
}
