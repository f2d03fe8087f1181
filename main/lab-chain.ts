import { mkdir } from 'node:fs/promises';
import { chainFile, packageSettingsFile, presetsFile, processorsFolder } from './base/data-folder.ts';
import type { ErrorRecord } from './base/errors.ts';
import { Announcer, reportFault } from './base/lifetime.ts';
import { ScopePanels } from './export/scope/scope-panels.ts';
import { stages } from './isp/stages.ts';
import { Catalogue } from './live/chain/catalogue.ts';
import { ChainDesk } from './live/chain/chain-desk.ts';
import { chainKeptAt } from './live/chain/chain-file.ts';
import { Presets } from './live/chain/presets.ts';
import type { ProcessorDesk } from './live/processor-desk.ts';
import { builtinProcessors } from './processor/builtin/builtin-processors.ts';
import { PackageLibrary } from './processor/packages/package-library.ts';
import { PackageSettings } from './processor/packages/package-settings.ts';

/** The parts of a lab that concern processors of pictures. */
export interface LabChain {
  readonly library: PackageLibrary;
  readonly catalogue: Catalogue;
  readonly chain: ChainDesk;
  readonly presets: Presets;
  /** Pipelines of Scope that were imported by their schemas. */
  readonly scope: ScopePanels;
  /** What the user should know of the files that these are kept in. */
  readonly noticed: Announcer<ErrorRecord>;
  /** Reads the kept chain and presets: before that no command may be taken. Packages are read on, and join when they are there. */
  restore(): Promise<void>;
  /** Ends the threads of packages and writes what has changed. */
  close(): Promise<void>;
}

/** Makes them, joined to each other. Nothing is read yet but what the user has said of packages. */
export async function makeLabChain(dataFolder: string, processors: ProcessorDesk): Promise<LabChain> {
  const noticed = new Announcer<ErrorRecord>();
  const early: ErrorRecord[] = [];
  const settings = await PackageSettings.restore(packageSettingsFile(dataFolder), (record) => early.push(record));
  const userFolder = processorsFolder(dataFolder);
  const takenIds = [...Object.values(stages).map(({ declaration }) => declaration.id), ...builtinProcessors.map(({ id }) => id)];
  const library = new PackageLibrary({ userFolder, settings, takenIds });
  const catalogue = new Catalogue({ library, settings, userFolder });
  const file = chainKeptAt(chainFile(dataFolder));
  const chain = new ChainDesk({ catalogue, processors, file });
  const presets = new Presets(presetsFile(dataFolder));
  for (const { faults } of [file, presets.file]) faults.subscribe((record) => noticed.announce(record));
  return {
    library,
    catalogue,
    chain,
    presets,
    scope: new ScopePanels(),
    noticed,
    restore: async () => {
      for (const record of early.splice(0)) noticed.announce(record);
      // Only a folder that is there can be watched, and the first package is often written beside a running lab.
      await mkdir(userFolder).catch(() => undefined);
      await Promise.all([chain.restore(), presets.file.open()]);
      library.refresh().catch(reportFault);
    },
    close: async () => {
      await library.close();
      await Promise.all([file.save(), presets.file.save()]);
    },
  };
}
