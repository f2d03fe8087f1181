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

/** The lab's processors by id: whatever has parameters that a user may set. */
export class ProcessorDesk {
  /** A new version of any processor's parameters. */
  readonly changed = new Announcer<ParameterState>();
  /** A processor's defaults have changed with the source. */
  readonly described = new Announcer<ProcessorDescription>();
  readonly #processors: ReadonlyMap<string, DeskProcessor>;

  /** In the order in which they are listed. */
  constructor(processors: readonly DeskProcessor[]) {
    this.#processors = new Map(processors.map((processor) => [processor.declaration.id, processor]));
    for (const processor of processors) {
      processor.parameters.changed.subscribe((state) => this.changed.announce(state));
      processor.parameters.rebased.subscribe(() => this.described.announce(descriptionOf(processor)));
    }
  }

  list(): ProcessorDescription[] {
    return [...this.#processors.values()].map(descriptionOf);
  }

  /** The parameters of every processor now. */
  states(): ParameterState[] {
    return [...this.#processors.values()].map(({ parameters }) => parameters.state);
  }

  /** The parameters of a processor. Throws InputError with the ids that there are. */
  parametersOf(id: string): ParameterStore {
    const processor = this.#processors.get(id);
    if (processor) return processor.parameters;
    const known = [...this.#processors.keys()].join(', ');
    throw new InputError('processor.unknown', `Expected a processor of the lab (${known}) but received ${id}`);
  }
}

/** With the defaults of the open source. */
function descriptionOf({ declaration, parameters }: DeskProcessor): ProcessorDescription {
  return { ...describeProcessor(declaration), parameters: parameters.descriptions() };
}
