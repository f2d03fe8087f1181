import { dirname } from 'node:path';
import type { CatalogueProcessor, ProcessorCatalogue, ProcessorPackage } from '../../../preload/contract.ts';
import type { ErrorRecord } from '../../base/errors.ts';
import { Announcer } from '../../base/lifetime.ts';
import { builtinProcessors } from '../../processor/builtin/builtin-processors.ts';
import type { CallSource } from '../../processor/chain/call-source.ts';
import { describeProcessor, type ProcessorDeclaration } from '../../processor/define-processor.ts';
import type { PackageEntry, PackageLibrary } from '../../processor/packages/package-library.ts';
import type { PackageSettings } from '../../processor/packages/package-settings.ts';
import type { Parameters } from '../../processor/parameters.ts';
import type { ProcessorFacts } from '../../processor/processor-facts.ts';
import { inlineHandle, type ProcessorHandle } from '../../processor/processor-handle.ts';

/** A processor that the chain can be made of: checked by all rules, so that its declaration can be relied on. */
export interface OfferedProcessor {
  readonly declaration: ProcessorDeclaration;
  readonly handle: ProcessorHandle;
  /** Where calls may run in a lane; absent for graphs, and for code that has a thread of its own. */
  readonly source?: CallSource;
  /** What runs: the package's content hash, or the version of a processor of the lab. */
  readonly hash: string;
  /** The folder of its package. */
  readonly folder?: string;
}

/** Why there is no processor of an id now. */
export interface Absence {
  readonly state: 'waiting-for-trust' | 'missing';
  readonly reason: ErrorRecord;
}

/** What a catalogue is made of: the lab's own processors are always in it. */
export interface CatalogueParts {
  readonly library: PackageLibrary;
  readonly settings: PackageSettings;
  readonly userFolder: string;
}

/** Every processor of pictures of the lab, its own and those of packages. */
export class Catalogue {
  /** Something has come, gone, or been loaded anew. */
  readonly changed = new Announcer<void>();
  readonly #parts: CatalogueParts;
  readonly #own: ReadonlyMap<string, OfferedProcessor>;
  /** By what runs: as long as a package's processor stays, so does its offer. */
  readonly #offers = new WeakMap<object, OfferedProcessor>();

  constructor(parts: CatalogueParts) {
    this.#parts = parts;
    this.#own = new Map(builtinProcessors.map((processor) => [processor.id, ownOffer(processor)]));
    parts.library.changed.subscribe(() => this.changed.announce());
  }

  /** The processor of an id; the same object for as long as the same content runs. */
  find(id: string): OfferedProcessor | undefined {
    const own = this.#own.get(id);
    if (own) return own;
    const entry = this.#parts.library.entries.find((one) => one.id === id && one.ready);
    return entry && this.#offerOf(entry);
  }

  /** Why {@link find} has nothing for an id. */
  absenceOf(id: string): Absence {
    const entry = this.#parts.library.entries.find((one) => one.id === id);
    const missing = (message: string, action: string): Absence => {
      return { state: 'missing', reason: { code: 'chain.no-processor', message, action } };
    };
    if (!entry)
      return missing(`Expected a processor ${id} but there is none now`, 'Bring its package back, or remove the entry.');
    if (entry.state === 'disabled') return missing(`The package of ${id} is switched off`, 'Switch it on again.');
    if (entry.state !== 'untrusted') {
      const reason = entry.error ?? { code: 'chain.no-processor', message: `The package of ${id} cannot be loaded` };
      return { state: 'missing', reason };
    }
    const message = `Expected code that you trust in ${entry.folder} but you have not said so yet`;
    const reason = { code: 'package.untrusted', message, action: 'Read it, then trust it.' };
    return { state: 'waiting-for-trust', reason };
  }

  describe(): ProcessorCatalogue {
    const { library, settings, userFolder } = this.#parts;
    const offered = library.entries.flatMap((entry) => this.#offerOf(entry) ?? []);
    const processors = [...this.#own.values(), ...offered].map(descriptionOf);
    const packages = library.entries.map((entry) => packageOf(entry, userFolder));
    return { processors, packages, userFolder, folders: [...settings.folders] };
  }

  #offerOf({ ready, folder }: PackageEntry): OfferedProcessor | undefined {
    if (!ready) return undefined;
    const known = this.#offers.get(ready);
    if (known) return known;
    const { handle, hash, params } = ready;
    const { source } = handle;
    const offer = { declaration: declarationOf(handle.facts, params), handle, hash, folder, ...(source ? { source } : {}) };
    this.#offers.set(ready, offer);
    return offer;
  }
}

function ownOffer(processor: (typeof builtinProcessors)[number]): OfferedProcessor {
  const { id, version } = processor;
  const source: CallSource | undefined = processor.call && { kind: 'built-in', id };
  const handle = inlineHandle(processor, source);
  return { declaration: processor, handle, hash: `built-in ${version}`, ...(source ? { source } : {}) };
}

/** The rules have made sure that the facts are of the declared types. */
function declarationOf(facts: ProcessorFacts, params: Parameters): ProcessorDeclaration {
  return { ...(facts as unknown as ProcessorDeclaration), params };
}

function descriptionOf({ declaration, handle, hash, folder }: OfferedProcessor): CatalogueProcessor {
  const { version, docs, functions, params } = handle.facts;
  const schemas = Object.entries(params ?? {}).map(([name, { schema }]) => [name, { ...schema }] as const);
  return {
    ...describeProcessor(declaration),
    version: String(version),
    ...(typeof docs === 'string' ? { docs } : {}),
    origin: folder === undefined ? 'built-in' : 'package',
    kind: functions.includes('graph') ? 'graph' : 'call',
    schemas: Object.fromEntries(schemas),
    ...(folder === undefined ? {} : { folder, hash }),
  };
}

function packageOf({ folder, id, hash, state, error, report, ready }: PackageEntry, userFolder: string): ProcessorPackage {
  const findings = [
    ...(report?.errors ?? []).map((finding) => ({ level: 'error' as const, ...finding })),
    ...(report?.warnings ?? []).map((finding) => ({ level: 'warning' as const, ...finding })),
  ];
  const facts = { ...(id === undefined ? {} : { id }), ...(hash === undefined ? {} : { hash }), ...(error ? { error } : {}) };
  const isOwn = dirname(folder) === userFolder;
  return { folder, state, isOutdated: ready !== undefined && ready.hash !== hash, isOwn, findings, ...facts };
}
