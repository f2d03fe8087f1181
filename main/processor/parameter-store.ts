import type {
  ChosenValues,
  ParameterDescription,
  ParameterState,
  ParameterValue,
  ParameterValues,
} from '../../preload/contract.ts';
import { InputError } from '../base/errors.ts';
import { Announcer } from '../base/lifetime.ts';
import { namesToOffer } from '../base/nearest-names.ts';
import { checkValue, defaultValues, describeParameters, type Parameters } from './parameters.ts';

/** One immutable set of values of one processor. Versions count up from 1. */
export interface ParameterVersion {
  readonly version: number;
  readonly values: ParameterValues;
}

/**
 * The parameters of one processor. Every accepted change makes a new version; the latest wins and the last one is never
 * lost, because a version is current until the next one is. A refused change leaves everything as it was.
 */
export class ParameterStore {
  readonly processorId: string;
  /** Announces every new version. */
  readonly changed = new Announcer<ParameterState>();
  /** Announces that the defaults have changed with the source. */
  readonly rebased = new Announcer<ParameterState>();
  readonly #parameters: Parameters;
  readonly #descriptions: Map<string, ParameterDescription>;
  readonly #schemaDefaults: ParameterValues;
  /** What the open source brought. */
  #sourceValues: ParameterValues = {};
  #current: ParameterVersion;

  /**
   * @param before what an earlier store of the same processor held: its values are kept as far as they still fit, and versions go on
   * counting from its own.
   */
  constructor(processorId: string, parameters: Parameters, before?: ParameterVersion) {
    this.processorId = processorId;
    this.#parameters = parameters;
    this.#descriptions = new Map(describeParameters(parameters).map((description) => [description.name, description]));
    this.#schemaDefaults = Object.freeze(defaultValues(parameters));
    const kept = before ? this.fitting(before.values) : {};
    this.#current = { version: (before?.version ?? 0) + 1, values: Object.freeze({ ...this.#schemaDefaults, ...kept }) };
  }

  get current(): ParameterVersion {
    return this.#current;
  }

  get state(): ParameterState {
    return { processorId: this.processorId, version: this.#current.version, values: { ...this.#current.values } };
  }

  /** Changes runtime parameters, null taking a value away; refuses load-time ones, which only take effect through {@link setLoadTime}. */
  set(values: ChosenValues): ParameterState {
    const isTaken = ([name, value]: [string, unknown]): boolean =>
      value === null && this.#descriptions.get(name)?.unset !== undefined;
    const entries = Object.entries(values);
    const given = Object.fromEntries(entries.filter((entry) => !isTaken(entry)));
    return this.#accept(this.check(given, 'runtime'), new Set(entries.filter(isTaken).map(([name]) => name)));
  }

  /** Changes load-time parameters. The caller has built what they ask for, and swaps to it with this version. */
  setLoadTime(values: ParameterValues): ParameterState {
    return this.#accept(this.check(values, 'load-time'));
  }

  /**
   * Takes over values that suit a newly opened source; they are also what "reset" leads back to. What only the source
   * before had brought returns to the default of the schema: its white balance is nothing to the next one.
   */
  rebase(values: ParameterValues): ParameterState {
    const state = this.#accept(this.#redefault(values));
    this.rebased.announce(state);
    return state;
  }

  /** As {@link rebase}, but a value that the user has moved away from its default stays: only its default changes. */
  suggest(values: ParameterValues): ParameterState {
    const before = this.#current.values;
    const moved = [...this.#descriptions.values()].filter(({ name, defaultValue }) => before[name] !== defaultValue);
    const own = Object.fromEntries(moved.map(({ name }) => [name, before[name] as ParameterValue]));
    const state = this.#accept({ ...this.#redefault(values), ...own });
    this.rebased.announce(state);
    return state;
  }

  /** Every parameter's description by order, with the defaults of the open source. */
  descriptions(): ParameterDescription[] {
    return [...this.#descriptions.values()];
  }

  /** Checks names, kinds and ranges without changing anything. */
  check(values: ChosenValues, kind: 'runtime' | 'load-time'): ParameterValues {
    const checked = Object.entries(values).map(([name, value]) => {
      const description = this.#descriptions.get(name);
      const parameter = this.#parameters[name];
      if (!description || !parameter) throw this.#unknownName(name);
      if (description.kind !== kind) throw wrongKind(description);
      return [name, checkValue(description, parameter, value)] as const;
    });
    return Object.fromEntries(checked);
  }

  /** The description of a parameter; refuses unknown names with those that may be meant. */
  describe(name: string): ParameterDescription {
    const description = this.#descriptions.get(name);
    if (!description) throw this.#unknownName(name);
    return description;
  }

  /** Those of the values that a parameter of that name still takes. */
  fitting(values: ParameterValues): ParameterValues {
    const fits = ([name, value]: [string, ParameterValue]): boolean => {
      const kind = this.#parameters[name]?.kind;
      try {
        return kind !== undefined && name in this.check({ [name]: value }, kind);
      } catch {
        return false;
      }
    };
    return Object.fromEntries(Object.entries(values).filter(fits));
  }

  /** Makes values of a source the defaults, and those of the schema again of what only the source before had brought; returns all that changes. */
  #redefault(values: ParameterValues): ParameterValues {
    const outdated = Object.keys(this.#sourceValues).map((name) => [name, this.#schemaDefaults[name] as ParameterValue]);
    const changes: ParameterValues = { ...Object.fromEntries(outdated), ...values };
    for (const [name, defaultValue] of Object.entries(changes)) {
      this.#descriptions.set(name, { ...this.describe(name), defaultValue });
    }
    this.#sourceValues = values;
    return changes;
  }

  #accept(changes: ParameterValues, taken: ReadonlySet<string> = new Set()): ParameterState {
    const kept = Object.entries({ ...this.#current.values, ...changes }).filter(([name]) => !taken.has(name));
    const values = Object.freeze(Object.fromEntries(kept));
    this.#current = { version: this.#current.version + 1, values };
    this.changed.announce(this.state);
    return this.state;
  }

  #unknownName(name: string): InputError {
    const names = namesToOffer(name, [...this.#descriptions.keys()]);
    return new InputError('parameter.unknown', `Expected a parameter of ${this.processorId} (${names}) but received ${name}`);
  }
}

function wrongKind({ name, kind }: ParameterDescription): InputError {
  return kind === 'load-time'
    ? new InputError(
        'parameter.load-time',
        `Expected a runtime parameter but received ${name}, which takes effect at load time`,
        'Use "Apply and reload".',
      )
    : new InputError(
        'parameter.runtime',
        `Expected a load-time parameter but received ${name}, which acts at once`,
        'Set it directly.',
      );
}
