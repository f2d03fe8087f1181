import type { ChainEntry, ChainPrompt, ChainState, ParameterState, ParameterValues } from '../../../preload/contract.ts';
import type { ErrorRecord } from '../../base/errors.ts';
import { Announcer } from '../../base/lifetime.ts';
import {
  activeItems,
  type ChainDocument,
  type ChainItem,
  inPlaceOrder,
  itemOf,
  unknownProcessor,
  type WantedItem,
  withChanged,
  withItem,
  withItems,
  withMoved,
  withoutItem,
} from '../../processor/chain/chain-document.ts';
import { ParameterStore, type ParameterVersion } from '../../processor/parameter-store.ts';
import type { DeskProcessor, ProcessorDesk } from '../processor-desk.ts';
import type { Catalogue, OfferedProcessor } from './catalogue.ts';
import type { StoredChain } from './chain-file.ts';
import type { ChainMember } from './chain-member.ts';
import type { KeptFile } from './kept-file.ts';

/** What the desk of the chain stands between. */
export interface ChainDeskParts {
  readonly catalogue: Catalogue;
  readonly processors: ProcessorDesk;
  readonly file: KeptFile<StoredChain>;
}

/** What is known of an entry while its chain runs. */
export interface EntryRun {
  readonly inputSize?: number;
  readonly modelHash?: string;
  /** Why it is left out. */
  readonly failure?: ErrorRecord;
}

/** A processor of an entry with its own parameters. */
interface EntryProcessor {
  readonly offer: OfferedProcessor;
  readonly parameters: ParameterStore;
}

type Position = Parameters<typeof withItem>[2];

/**
 * The chain around the ISP as the user wants it: every command on it, its entries' parameters, and what is kept of it. What runs is
 * built from it elsewhere, whenever {@link outdated} is announced.
 */
export class ChainDesk {
  readonly changed = new Announcer<ChainState>();
  /** What runs is no longer what is wanted. */
  readonly outdated = new Announcer<void>();
  /** Key of an entry that gets another chance: it was changed, loaded anew, or the user asks for it. */
  readonly forgiven = new Announcer<string>();
  readonly #parts: ChainDeskParts;
  readonly #entries = new Map<string, EntryProcessor>();
  /** Of every entry that had parameters, so that they come back with a package. */
  readonly #versions = new Map<string, ParameterVersion>();
  readonly #suspensions = new Map<string, ErrorRecord>();
  #runs: ReadonlyMap<string, EntryRun> = new Map();
  #document: ChainDocument = [];
  #revision = 1;
  /** The last one that something had to be built for. */
  #builtRevision = 1;
  /** Of what is said now: one revision is said several times, before, while and after it is built. */
  #stateNumber = 1;
  #isBuilding = false;

  constructor(parts: ChainDeskParts) {
    this.#parts = parts;
    parts.catalogue.changed.subscribe(() => this.#follow());
    parts.processors.changed.subscribe((state) => this.#hear(state));
  }

  /** Takes up the chain that was kept. Before that it is empty. */
  async restore(): Promise<void> {
    const { entries } = await this.#parts.file.open();
    for (const { key, values } of entries) this.#versions.set(key, { version: 0, values });
    const items = entries.map(({ values: _, ...item }) => item);
    this.#document = inPlaceOrder(items);
    this.#sync();
    this.#announced();
    this.outdated.announce();
  }

  get state(): ChainState {
    const entries = this.#document.map((item) => this.#entry(item));
    return { revision: this.#revision, stateNumber: this.#stateNumber, entries, isBuilding: this.#isBuilding };
  }

  get revision(): number {
    return this.#revision;
  }

  /** What is to run now, in order: neither bypassed nor suspended nor absent. */
  members(): ChainMember[] {
    return activeItems(this.#document).flatMap((item) => {
      const entry = this.#entries.get(item.key);
      return entry && !this.#suspensions.has(item.key) ? [{ item, ...entry }] : [];
    });
  }

  /** Keys of all entries, in order. */
  get keys(): string[] {
    return this.#document.map(({ key }) => key);
  }

  isSuspended(key: string): boolean {
    return this.#suspensions.has(key);
  }

  /** Takes over load-time values of an entry: the chain is built with them. */
  setLoadTime(key: string, values: ParameterValues): ParameterState {
    return this.#parts.processors.parametersOf(key).setLoadTime(values);
  }

  /** The id of the processor behind an entry's key; other ids are their own. */
  processorIdOf(key: string): string {
    return this.#document.find((item) => item.key === key)?.processorId ?? key;
  }

  isEntry(key: string): boolean {
    return this.#document.some((item) => item.key === key);
  }

  /** Puts a processor into the chain. Throws InputError for one that there is not, and for a place that it does not have. */
  add(processorId: string, at: Position = {}): ChainState {
    return this.#accept(withItem(this.#document, this.#offered(processorId).declaration, at));
  }

  move(key: string, to: Parameters<typeof withMoved>[3]): ChainState {
    const item = itemOf(this.#document, key);
    return this.#accept(withMoved(this.#document, key, this.#parts.catalogue.find(item.processorId)?.declaration, to));
  }

  remove(key: string): ChainState {
    const document = withoutItem(this.#document, key);
    this.#forget(key);
    return this.#accept(document);
  }

  /** The whole chain anew. */
  replace(wanted: readonly WantedItem[]): ChainState {
    const find = (id: string): OfferedProcessor['declaration'] | undefined => this.#parts.catalogue.find(id)?.declaration;
    const document = withItems(this.#document, wanted, find);
    for (const { key } of this.#document) if (!document.some((item) => item.key === key)) this.#forget(key);
    return this.#accept(document);
  }

  change(key: string, change: Partial<Pick<ChainItem, 'bypass' | 'solo'>>): ChainState {
    return this.#accept(withChanged(this.#document, key, change));
  }

  /** Prompts act on the next frame: nothing is built for them. */
  setPrompts(key: string, prompts: readonly ChainPrompt[]): ChainState {
    this.#document = withChanged(this.#document, key, { prompts });
    this.#revision += 1;
    this.#keep();
    return this.#announced();
  }

  /** The revision of frames that a chain makes which was built for one: prompts have revisions of their own and nothing is built for them. */
  revisionFrom(built: number): number {
    return built >= this.#builtRevision ? this.#revision : built;
  }

  /** The prompts of an entry now. */
  promptsOf(key: string): readonly ChainPrompt[] {
    return this.#document.find((item) => item.key === key)?.prompts ?? [];
  }

  /** Gives an entry that is suspended or could not be built another chance. */
  resume(key: string): ChainState {
    itemOf(this.#document, key);
    this.#forgive(key);
    return this.#accept(this.#document);
  }

  /** Frames pass an entry by from now on. */
  suspend(key: string, reason: ErrorRecord): void {
    if (!this.isEntry(key)) return;
    this.#suspensions.set(key, reason);
    this.#accept(this.#document);
  }

  /** A build has begun or ended; with what came of each entry where it ended. */
  built(isBuilding: boolean, runs: ReadonlyMap<string, EntryRun> = this.#runs): void {
    this.#isBuilding = isBuilding;
    this.#runs = runs;
    this.#announced();
  }

  #offered(processorId: string): OfferedProcessor {
    const offer = this.#parts.catalogue.find(processorId);
    if (offer) return offer;
    throw unknownProcessor(processorId, this.#parts.catalogue.absenceOf(processorId).reason);
  }

  #accept(document: ChainDocument): ChainState {
    this.#document = document;
    this.#revision += 1;
    this.#builtRevision = this.#revision;
    this.#sync();
    this.#keep();
    const state = this.#announced();
    this.outdated.announce();
    return state;
  }

  #announced(): ChainState {
    this.#stateNumber += 1;
    const { state } = this;
    this.changed.announce(state);
    return state;
  }

  /** Packages have come, gone or been loaded anew. */
  #follow(): void {
    if (this.#sync()) this.#accept(this.#document);
    else if (this.#document.some(({ key }) => !this.#entries.has(key))) this.#announced();
  }

  /** Gives every entry the processor that there is now. True where that changed any. */
  #sync(): boolean {
    let hasChanged = false;
    for (const [key] of this.#entries) {
      if (this.isEntry(key)) continue;
      this.#entries.delete(key);
      hasChanged = true;
    }
    for (const { key, processorId } of this.#document) {
      const offer = this.#parts.catalogue.find(processorId);
      if (this.#entries.get(key)?.offer === offer) continue;
      hasChanged = true;
      // What failed with the content before may well work now.
      this.#forgive(key);
      this.#entries.delete(key);
      if (!offer) continue;
      const parameters = new ParameterStore(key, offer.declaration.params, this.#versions.get(key));
      this.#versions.set(key, parameters.current);
      this.#entries.set(key, { offer, parameters });
    }
    this.#parts.processors.setEntries(this.#document.flatMap((item) => this.#deskProcessor(item) ?? []));
    return hasChanged;
  }

  #deskProcessor(item: ChainItem): DeskProcessor | undefined {
    const entry = this.#entries.get(item.key);
    if (!entry) return undefined;
    const { offer, parameters } = entry;
    return { declaration: { ...offer.declaration, id: item.key, name: nameOf(item, offer) }, parameters };
  }

  /** A new value is kept, and another chance for what it belongs to. */
  #hear({ processorId: key, version, values }: ParameterState): void {
    if (!this.#entries.has(key)) return;
    this.#versions.set(key, { version, values });
    this.#keep();
    if (this.#forgive(key)) this.#accept(this.#document);
  }

  /** A later entry of that key begins with the defaults, but never with a version that there was already. */
  #forget(key: string): void {
    const { version } = this.#versions.get(key) ?? { version: 0 };
    this.#versions.set(key, { version, values: {} });
    this.#forgive(key);
  }

  /** True where it was suspended. */
  #forgive(key: string): boolean {
    this.forgiven.announce(key);
    return this.#suspensions.delete(key);
  }

  #keep(): void {
    const valuesOf = (key: string): ParameterValues => ({ ...this.#versions.get(key)?.values });
    const entries = this.#document.map((item) => ({ ...item, prompts: [...item.prompts], values: valuesOf(item.key) }));
    this.#parts.file.set({ schemaVersion: 1, entries });
  }

  #entry(item: ChainItem): ChainEntry {
    const entry = this.#entries.get(item.key);
    const { kind, name, supportsPrompts } = entry
      ? { kind: kindOf(entry.offer), name: nameOf(item, entry.offer), supportsPrompts: entry.offer.declaration.supportsPrompts }
      : { kind: undefined, name: item.key, supportsPrompts: false };
    const run = this.#runs.get(item.key);
    const known = { ...(kind ? { kind } : {}), ...(run?.inputSize ? { inputSize: run.inputSize } : {}) };
    const hash = run?.modelHash === undefined ? {} : { modelHash: run.modelHash };
    return { ...item, name, supportsPrompts, prompts: [...item.prompts], ...known, ...hash, ...this.#stateOf(item, run) };
  }

  #stateOf(item: ChainItem, run: EntryRun | undefined): Pick<ChainEntry, 'state' | 'reason'> {
    if (!this.#entries.has(item.key)) return this.#parts.catalogue.absenceOf(item.processorId);
    const suspension = this.#suspensions.get(item.key);
    if (suspension) return { state: 'suspended', reason: suspension };
    if (!activeItems(this.#document).includes(item)) return { state: 'bypassed' };
    return run?.failure ? { state: 'failed', reason: run.failure } : { state: 'running' };
  }
}

/** Entries of one processor are told apart by the number of their key. */
function nameOf({ key, processorId }: ChainItem, { declaration: { name } }: OfferedProcessor): string {
  return key === processorId ? name : `${name} ${key.slice(processorId.length + 1)}`;
}

function kindOf({ handle }: OfferedProcessor): 'graph' | 'call' {
  return handle.facts.functions.includes('graph') ? 'graph' : 'call';
}
