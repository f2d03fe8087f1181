import type { ParameterState, ProcessorDescription } from '../../preload/contract.ts';
import { InputError } from '../base/errors.ts';
import { Announcer } from '../base/lifetime.ts';
import { describeProcessor, type ProcessorDeclaration } from '../processor/define-processor.ts';
import type { ParameterStore } from '../processor/parameter-store.ts';

/** A processor of the lab with the parameters that it runs with. */
export interface DeskProcessor {
  readonly declaration: ProcessorDeclaration;
  readonly parameters: ParameterStore;
}

/** The lab's processors by id: whatever has parameters that a user may set. Entries of the chain stand behind the lab's own, by their keys. */
export class ProcessorDesk {
  /** A new version of any processor's parameters. */
  readonly changed = new Announcer<ParameterState>();
  /** A processor's defaults have changed with the source. */
  readonly described = new Announcer<ProcessorDescription>();
  /** Processors have come, gone or been exchanged. */
  readonly listed = new Announcer<ProcessorDescription[]>();
  readonly #own: readonly DeskProcessor[];
  /** By the store, which is new where a processor is loaded anew: what ends its announcements. */
  readonly #heard = new Map<ParameterStore, () => void>();
  #entries: readonly DeskProcessor[] = [];

  /** The lab's own, which stay, in the order in which they are listed. */
  constructor(processors: readonly DeskProcessor[]) {
    this.#own = processors;
    for (const processor of processors) this.#hear(processor);
  }

  list(): ProcessorDescription[] {
    return [...this.#all()].map(descriptionOf);
  }

  /** Puts these behind the lab's own, in place of those that stood there. What is new announces its values. */
  setEntries(entries: readonly DeskProcessor[]): void {
    const before = this.#entries;
    this.#entries = entries;
    for (const { parameters } of before) {
      if (entries.some((entry) => entry.parameters === parameters)) continue;
      this.#heard.get(parameters)?.();
      this.#heard.delete(parameters);
    }
    const isSame = before.length === entries.length && entries.every((entry, index) => isEqual(entry, before[index]));
    if (!isSame) this.listed.announce(this.list());
    for (const entry of entries) if (!this.#heard.has(entry.parameters)) this.changed.announce(this.#hear(entry));
  }

  /** The parameters of every processor now. */
  states(): ParameterState[] {
    return this.#all().map(({ parameters }) => parameters.state);
  }

  /** The parameters of a processor. Throws InputError with the ids that there are. */
  parametersOf(id: string): ParameterStore {
    const processor = this.#all().find(({ declaration }) => declaration.id === id);
    if (processor) return processor.parameters;
    const known = this.#all()
      .map(({ declaration }) => declaration.id)
      .join(', ');
    throw new InputError('processor.unknown', `Expected a processor of the lab (${known}) but received ${id}`);
  }

  #all(): readonly DeskProcessor[] {
    return [...this.#own, ...this.#entries];
  }

  #hear(processor: DeskProcessor): ParameterState {
    const { parameters } = processor;
    const endChanges = parameters.changed.subscribe((state) => this.changed.announce(state));
    const endRebases = parameters.rebased.subscribe(() => this.described.announce(descriptionOf(processor)));
    this.#heard.set(parameters, () => {
      endChanges();
      endRebases();
    });
    return parameters.state;
  }
}

function isEqual(one: DeskProcessor, other: DeskProcessor | undefined): boolean {
  return one.parameters === other?.parameters && one.declaration.name === other.declaration.name;
}

/** With the defaults of the open source. */
function descriptionOf({ declaration, parameters }: DeskProcessor): ProcessorDescription {
  return { ...describeProcessor(declaration), parameters: parameters.descriptions() };
}
