import {
  activeItems,
  type ChainDocument,
  withChanged,
  withItem,
  withItems,
  withMoved,
  withoutItem,
} from '../../../main/processor/chain/chain-document.ts';
import type {
  CallName,
  CallRequest,
  CallResponse,
  CatalogueProcessor,
  ChainComparison,
  ChainState,
  EventName,
  EventPayload,
  ParameterState,
  Preset,
  ProcessorCatalogue,
  ProcessorDescription,
  ProcessorPackage,
} from '../../../preload/contract.ts';
import { fakePackages, fakeProcessors } from './chain-descriptions.ts';
import { fakeCode, fakeInspection } from './fake-code.ts';

type ChainCall = Extract<
  CallName,
  `code.${string}` | `catalogue.${string}` | `package.${string}` | `chain.${string}` | `preset.${string}`
>;
type Handlers = { [N in ChainCall]: (request: CallRequest<N>) => CallResponse<N> };

/** What the fake chain needs of the lab around it. */
export interface FakeChainParts {
  announce<N extends EventName>(name: N, payload: EventPayload<N>): void;
  /** Parameters of an entry or a stage. */
  parametersOf(processorId: string): ParameterState;
  setParameters(processorId: string, values: ParameterState['values']): void;
  /** Entries have come or gone: their descriptions, ids being keys. */
  entriesChanged(descriptions: readonly ProcessorDescription[]): void;
}

/** The chain, the catalogue and the presets of the fake lab: in memory, with the real lab's rules of places. */
export class FakeChain {
  readonly handlers: Handlers;
  readonly #parts: FakeChainParts;
  #document: ChainDocument = [];
  #revision = 1;
  #stateNumber = 1;
  #packages: ProcessorPackage[] = [...fakePackages];
  #folders: string[] = [];
  #presets: Preset[] = [];
  #comparisons: readonly ChainComparison[] = [];
  #failures: Record<string, { readonly failures: number; readonly suspended: boolean }> = {};

  constructor(parts: FakeChainParts) {
    this.#parts = parts;
    this.handlers = this.#makeHandlers();
  }

  get state(): ChainState {
    const active = activeItems(this.#document);
    const entries = this.#document.map((item) => {
      const processor = processorOf(item.processorId);
      const failed = this.#failures[item.key];
      const error = { code: 'fake.failed', message: `${processor.name} failed` };
      const state: ChainState['entries'][number]['state'] = failed?.suspended
        ? 'suspended'
        : active.includes(item)
          ? 'running'
          : 'bypassed';
      const name = item.key === item.processorId ? processor.name : `${processor.name} ${item.key.split('-').at(-1)}`;
      const known = { kind: processor.kind, inputSize: processor.id === 'temporal-denoise' ? 4 : 1 };
      const shared = this.#comparisons.find(({ keys }) => keys.includes(item.key));
      const hash = shared ? { modelHash: shared.modelHash } : {};
      const facts = { ...known, ...hash, supportsPrompts: processor.supportsPrompts, ...(failed ? { reason: error } : {}) };
      return { ...item, name, state, prompts: item.prompts.map((prompt) => ({ ...prompt })), ...facts };
    });
    return { revision: this.#revision, stateNumber: this.#stateNumber, entries, isBuilding: false };
  }

  /** Makes an entry fail, up to its suspension. */
  fail(key: string, failures: number): void {
    this.#failures[key] = { failures, suspended: failures >= 10 };
    this.#parts.announce('chain.measured', this.#measurements());
    this.#accept(this.#document);
  }

  /** Puts entries into one session, and says what each took alone; a frame of the stream takes a quarter of that. */
  compare(keys: readonly string[], measured: NonNullable<ChainComparison['measured']>): void {
    this.#comparisons = [{ keys: [...keys], modelHash: 'shared', measured }];
    this.#accept(this.#document);
    this.#parts.announce('chain.compared', [...this.#comparisons]);
    this.#parts.announce('chain.measured', this.#measurements());
  }

  get #catalogue(): ProcessorCatalogue {
    const userFolder = '/data/camera-lab/processors';
    return { processors: [...fakeProcessors], packages: this.#packages, userFolder, folders: this.#folders };
  }

  #makeHandlers(): Handlers {
    const { parametersOf, setParameters } = this.#parts;
    return {
      'catalogue.get': () => this.#catalogue,
      'catalogue.refresh': () => this.#catalogue,
      'catalogue.setFolder': ({ folder, included }) => {
        this.#folders = included ? [...this.#folders, folder] : this.#folders.filter((one) => one !== folder);
        return this.#catalogueChanged();
      },
      'package.inspect': ({ folder }) => fakeInspection(folder),
      'code.get': ({ processorId, form }) => ({ files: fakeCode(this.#idOf(processorId), form) }),
      'code.export': ({ processorId, form }) => {
        const id = this.#idOf(processorId);
        if (id === 'prompt-style') throw new Error('Expected a processor that is a graph but prompt-style is called');
        const path = `/data/camera-lab/exports/${form === 'scope' ? `scope-${id}` : `${id}.onnx`}`;
        return { path, files: fakeCode(id, 'scope') };
      },
      'package.trust': ({ folder }) => this.#changePackage(folder, { state: 'ready' }),
      'package.setDisabled': ({ folder, disabled }) => this.#changePackage(folder, { state: disabled ? 'disabled' : 'ready' }),
      'package.remove': ({ folder }) => {
        this.#packages = this.#packages.filter((one) => one.folder !== folder);
        return this.#catalogueChanged();
      },
      'chain.get': () => this.state,
      'chain.set': ({ entries }) => {
        const wanted = entries.map(({ bypass = false, solo = false, ...entry }) => ({ ...entry, bypass, solo }));
        return this.#accept(withItems(this.#document, wanted, (id) => fakeProcessors.find((one) => one.id === id)));
      },
      'chain.add': ({ processorId, ...at }) => this.#accept(withItem(this.#document, processorOf(processorId), at)),
      'chain.move': ({ key, ...to }) => {
        const item = this.#document.find((one) => one.key === key);
        return this.#accept(withMoved(this.#document, key, item && processorOf(item.processorId), to));
      },
      'chain.remove': ({ key }) => this.#accept(withoutItem(this.#document, key)),
      'chain.setBypass': ({ key, bypass }) => this.#accept(withChanged(this.#document, key, { bypass })),
      'chain.setSolo': ({ key, solo }) => this.#accept(withChanged(this.#document, key, { solo })),
      'chain.resume': ({ key }) => {
        delete this.#failures[key];
        return this.#accept(this.#document);
      },
      'chain.setPrompts': ({ key, prompts }) => this.#accept(withChanged(this.#document, key, { prompts })),
      'chain.measurements': () => this.#measurements(),
      'chain.comparisons': () => [...this.#comparisons],
      'preset.list': ({ processorId }) => this.#presetsOf(processorId),
      'preset.save': ({ processorId, name }) => {
        const preset = { name, processorId: this.#idOf(processorId), values: parametersOf(processorId).values };
        this.#presets = [...this.#withoutPreset(processorId, name), { ...preset, savedAt: new Date().toISOString() }];
        return this.#presetsOf(processorId);
      },
      'preset.apply': ({ processorId, name }) => {
        const preset = this.#presetsOf(processorId).find((one) => one.name === name);
        if (!preset) throw new Error(`Expected a preset of ${processorId} but received ${name}`);
        setParameters(processorId, preset.values);
        return this.#presetsOf(processorId);
      },
      'preset.rename': ({ processorId, name, newName }) => {
        const others = this.#presets.filter((one) => one.processorId !== this.#idOf(processorId) || one.name !== newName);
        this.#presets = others.map((one) =>
          one.processorId === this.#idOf(processorId) && one.name === name ? { ...one, name: newName } : one,
        );
        return this.#presetsOf(processorId);
      },
      'preset.delete': ({ processorId, name }) => {
        this.#presets = this.#withoutPreset(processorId, name);
        return this.#presetsOf(processorId);
      },
    };
  }

  #accept(document: ChainDocument): ChainState {
    this.#document = document;
    this.#revision += 1;
    this.#stateNumber += 1;
    const descriptions = this.state.entries.map(({ key, name, processorId }) => ({ ...processorOf(processorId), id: key, name }));
    this.#parts.entriesChanged(descriptions);
    this.#parts.announce('chain.changed', this.state);
    return this.state;
  }

  #changePackage(folder: string, change: Partial<ProcessorPackage>): ProcessorCatalogue {
    this.#packages = this.#packages.map((one) => (one.folder === folder ? { ...one, ...change } : one));
    return this.#catalogueChanged();
  }

  #catalogueChanged(): ProcessorCatalogue {
    this.#parts.announce('catalogue.changed', this.#catalogue);
    return this.#catalogue;
  }

  #measurements(): CallResponse<'chain.measurements'> {
    return this.#document.map(({ key }) => {
      const failures = this.#failures[key]?.failures ?? 0;
      const shared = this.#comparisons.find(({ keys }) => keys.includes(key));
      const own = { key, frames: 100, failures };
      if (!shared?.measured) return { ...own, millis: { median: 4.2, p99: 6.5 }, sharedBy: this.#document.length };
      const { togetherMillis, aloneMillis } = shared.measured;
      const share = (aloneMillis[shared.keys.indexOf(key)] as number) / aloneMillis.reduce((sum, millis) => sum + millis, 0);
      const median = togetherMillis / 4;
      return { ...own, millis: { median, p99: 2 * median }, sharedBy: shared.keys.length, shareMillis: share * median };
    });
  }

  #idOf(key: string): string {
    return this.#document.find((item) => item.key === key)?.processorId ?? key;
  }

  #presetsOf(key: string): Preset[] {
    return this.#presets.filter(({ processorId }) => processorId === this.#idOf(key));
  }

  #withoutPreset(key: string, name: string): Preset[] {
    return this.#presets.filter((one) => one.processorId !== this.#idOf(key) || one.name !== name);
  }
}

function processorOf(id: string): CatalogueProcessor {
  const processor = fakeProcessors.find((one) => one.id === id);
  if (!processor) throw new Error(`Expected a processor of the lab but received ${id}`);
  return processor;
}
