import { onTestFinished } from 'vitest';
import { Catalogue } from '../../../../main/live/chain/catalogue.ts';
import { ChainDesk } from '../../../../main/live/chain/chain-desk.ts';
import { chainKeptAt } from '../../../../main/live/chain/chain-file.ts';
import type { ComparisonOptions } from '../../../../main/live/chain/comparison-desk.ts';
import { StreamChain } from '../../../../main/live/chain/stream-chain.ts';
import { ProcessorDesk } from '../../../../main/live/processor-desk.ts';
import { PackageLibrary } from '../../../../main/processor/packages/package-library.ts';
import { PackageSettings } from '../../../../main/processor/packages/package-settings.ts';
import type { CompletionEvent } from '../../../../main/runtime/envelope.ts';
import { nextOf } from '../../../support/next-announcement.ts';
import { codeManifest, codeModule, type PackageFolders } from '../../processor/packages/package-folder.ts';
import type { ChainLab, LiveBench, liveBenches } from '../live-bench.ts';
import type { ScriptedCamera } from '../scripted-camera.ts';

/** A developed frame: the first pixel of its picture, and how it came about. */
export interface MadeFrame {
  readonly pixel: readonly number[];
  readonly event: CompletionEvent;
}

/** A live bench with a chain around its stage, and packages that the test writes. */
export interface ChainBench extends LiveBench {
  readonly chain: ChainDesk;
  readonly streamChain: StreamChain;
  readonly library: PackageLibrary;
  readonly processors: ProcessorDesk;
  /** Writes a package of code, reads the folders again, and trusts it. Returns its folder. */
  install(id: string, body: string, maximum?: number): Promise<string>;
  /** Writes the package only. */
  write(id: string, body: string, maximum?: number): Promise<string>;
  /** Resolves when the chain is on disk. */
  saved(): Promise<void>;
  /** Delivers a frame of one level and resolves with its picture. Only while no other is on its way. */
  make(camera: ScriptedCamera, level?: number): Promise<MadeFrame>;
}

/** What a test may choose. */
export interface ChainBenchOptions {
  /** When and how neighbours are compared; never by default. */
  readonly comparison?: ComparisonOptions;
  readonly callMillis?: number;
  /** The folder below which everything is kept: a second bench of the same name takes up what the first one left. */
  readonly name: string;
}

/** Opens a bench; everything is closed after the test. */
export async function openChainBench(
  open: ReturnType<typeof liveBenches>,
  folders: PackageFolders,
  { name, comparison = { timer: () => () => undefined }, ...times }: ChainBenchOptions,
): Promise<ChainBench> {
  const settings = await PackageSettings.open(folders.path(name, 'settings.json'));
  const userFolder = folders.path(name, 'own');
  const library = new PackageLibrary({ userFolder, settings, takenIds: [], watch: () => () => undefined });
  const catalogue = new Catalogue({ library, settings, userFolder });
  const processors = new ProcessorDesk([]);
  const file = chainKeptAt(folders.path(name, 'chain.json'));
  const chain = new ChainDesk({ catalogue, processors, file });
  let streamChain: StreamChain | undefined;
  const makeChain = (lab: ChainLab): StreamChain => {
    const made = new StreamChain({ ...lab, chain, comparison, ...times });
    library.lettingGo = (handle) => made.lettingGo(handle);
    streamChain = made;
    return made;
  };
  onTestFinished(async () => {
    await file.save();
    await streamChain?.comparisons.close();
    await library.close();
  });
  const bench = open({ chain: makeChain });
  chain.outdated.subscribe(() => void bench.stream.rebuildChain());
  await chain.restore();
  const write = (id: string, body: string, maximum = 4): Promise<string> =>
    folders.write(`${name}/own/${id}`, { 'processor.json': codeManifest(id), 'processor.js': codeModule(id, body, maximum) });
  const install = async (id: string, body: string, maximum?: number): Promise<string> => {
    const folder = await write(id, body, maximum);
    await library.refresh();
    const hash = library.entries.find((entry) => entry.folder === folder)?.hash;
    await library.trust(folder, String(hash));
    return folder;
  };
  const make = (camera: ScriptedCamera, level = 1000): Promise<MadeFrame> => {
    let pixel: readonly number[] = [];
    const unsubscribe = bench.dispatcher.published.subscribe(({ picture }) => {
      pixel = [...picture.bytes(4)];
    });
    const completed = nextOf(bench.dispatcher.completed, 'a frame', () => true);
    camera.deliver(level);
    return completed.then(({ event }) => ({ pixel, event })).finally(unsubscribe);
  };
  const saved = (): Promise<void> => file.save();
  return { ...bench, saved, chain, streamChain: streamChain as StreamChain, library, processors, install, write, make };
}
