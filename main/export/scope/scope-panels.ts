import { scopePanel } from '../../../preload/contract/scope.ts';
import type {
  ChosenValues,
  LeftOut,
  ParameterDescription,
  ParameterState,
  ParameterValue,
  ParameterValues,
  ProcessorDescription,
  ScopePanel,
} from '../../../preload/contract.ts';
import { InputError, messageOf } from '../../base/errors.ts';
import { Announcer } from '../../base/lifetime.ts';
import { schemaFault } from '../../base/schema-fault.ts';
import { ParameterStore } from '../../processor/parameter-store.ts';
import { describeParameters, type Parameters } from '../../processor/parameters.ts';
import { type ImportedSchema, importScopeSchema } from './scope-schema.ts';

interface OpenPanel {
  readonly panel: ScopePanel;
  /** Takes load-time values like all others: nothing is built from them. */
  readonly store: ParameterStore;
  /** Names of parameters for which Scope takes null. */
  readonly nullable: readonly string[];
}

/** Values that a panel has handed on or taken, and those that it has not, each with why. */
export interface Exchanged {
  readonly values: ParameterValues;
  readonly left: readonly LeftOut[];
}

/** Pipelines of Scope that were imported by their schemas, each with values of its own. They are kept as long as the lab runs. */
export class ScopePanels {
  /** Panels have come, gone or been replaced. */
  readonly changed = new Announcer<ScopePanel[]>();
  /** A new version of a panel's values. */
  readonly parametersChanged = new Announcer<ParameterState>();
  #panels: readonly OpenPanel[] = [];

  /** In the order in which they were imported. */
  list(): ScopePanel[] {
    return this.#panels.map(({ panel }) => panel);
  }

  /**
   * Opens what a schema describes, in the place of an earlier one of the same pipeline. Throws InputError for JSON that is no schema, and
   * for one whose panel the contract does not name: what is kept here can be listed.
   */
  import(json: unknown): ScopePanel {
    const imported = importScopeSchema(json);
    const panel = listable(panelOf(imported));
    const { id } = panel.processor;
    const known = this.#panels.find((one) => one.panel.processor.id === id);
    const store = new ParameterStore(id, actingAtOnce(imported.params), known && { ...known.store.current, values: {} });
    store.changed.subscribe((state) => this.parametersChanged.announce(state));
    const opened = { panel, store, nullable: imported.nullable };
    this.#replace(known ? this.#panels.map((one) => (one === known ? opened : one)) : [...this.#panels, opened]);
    this.parametersChanged.announce(store.state);
    return panel;
  }

  /** Throws InputError for an id that no panel has. */
  close(id: string): void {
    const closed = this.#panelOf(id);
    this.#replace(this.#panels.filter((one) => one !== closed));
  }

  /** The values of a panel; undefined for an id that no panel has. */
  find(id: string): ParameterStore | undefined {
    return this.#panels.find(({ panel }) => panel.processor.id === id)?.store;
  }

  /**
   * What a user of Scope would send, as JSON: every value by order but those that are part of the model. What is not set is null where
   * Scope takes it, and left out elsewhere.
   */
  valuesText(id: string): string {
    const { panel, store, nullable } = this.#panelOf(id);
    const sent = panel.processor.parameters.filter(({ name }) => !panel.fixed.includes(name));
    const values = Object.fromEntries(
      sent.map(({ name }) => [name, ownValue(store.current.values, name) ?? (nullable.includes(name) ? null : undefined)]),
    );
    return `${JSON.stringify(values, null, 2)}\n`;
  }

  /**
   * Sets values of a panel, all or none; null is no value, where Scope takes it. Throws InputError for JSON that holds anything but these,
   * and for another value of what is fixed.
   */
  setValues(id: string, json: unknown): ParameterState {
    const { panel, store, nullable } = this.#panelOf(id);
    if (typeof json !== 'object' || json === null || Array.isArray(json)) {
      const message = `Expected values by their names for ${panel.processor.name} but received other JSON`;
      throw new InputError('scope.values', message, 'Load what "Copy values" or "Save values" gives.');
    }
    const values = json as ChosenValues;
    for (const name of panel.fixed) this.#expectFixed(store, name, ownValue(values, name));
    const isRefused = ([name, value]: [string, unknown]): boolean => value === null && !nullable.includes(name);
    store.check(Object.fromEntries(Object.entries(values).filter(isRefused)), 'runtime');
    return store.set(values);
  }

  /** The panel's values as far as `target`, a processor of the lab, has such parameters and takes them. */
  handedTo(id: string, target: ParameterStore): Exchanged {
    const { panel, store } = this.#panelOf(id);
    const theirs = new Map(target.descriptions().map((description) => [description.name, description]));
    return divided(panel, store.current.values, ({ name }) => {
      const description = theirs.get(name);
      if (!description) return `${target.processorId} has no such parameter`;
      const isPath = description.component !== undefined && ['image', 'model', 'file'].includes(description.component);
      if (isPath) return 'a file of the lab, of which the pipeline knows the name alone';
      const value = ownValue(store.current.values, name);
      return value === undefined ? 'not set' : refusal(target, description, value);
    });
  }

  /** The values of `source`, a processor of the lab, as far as the panel has such parameters, takes them and can change them. */
  takenFrom(id: string, source: ParameterStore): Exchanged {
    const { panel, store } = this.#panelOf(id);
    const theirs = source.current.values;
    return divided(panel, theirs, ({ name }) => {
      const value = ownValue(theirs, name);
      if (value === undefined) return `${source.processorId} has no such parameter`;
      if (!panel.fixed.includes(name)) return refusal(store, store.describe(name), value);
      return value === store.current.values[name] ? '' : `${String(store.current.values[name])} is part of its model`;
    });
  }

  #expectFixed(store: ParameterStore, name: string, value: unknown): void {
    const own = store.current.values[name];
    if (value === undefined || value === own) return;
    const message = `Expected ${JSON.stringify(own)} for ${name}, which is part of the model, but received ${JSON.stringify(value)}`;
    throw new InputError('scope.fixed', message, 'Export the processor again for another value.');
  }

  #panelOf(id: string): OpenPanel {
    const found = this.#panels.find(({ panel }) => panel.processor.id === id);
    if (found) return found;
    const known = this.#panels.map(({ panel }) => panel.processor.id).join(', ') || 'none';
    throw new InputError('scope.unknown', `Expected an imported pipeline (${known}) but received ${id}`);
  }

  #replace(panels: readonly OpenPanel[]): void {
    this.#panels = panels;
    this.changed.announce(this.list());
  }
}

/** A value of that name, also where objects inherit something of that name. */
function ownValue<V>(values: Readonly<Record<string, V>>, name: string): V | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

/** Why a parameter of that store does not take a value. */
function refusal(
  store: ParameterStore,
  { name, kind }: Pick<ParameterDescription, 'name' | 'kind'>,
  value: unknown,
): string | undefined {
  try {
    store.check({ [name]: value as ParameterValue }, kind);
    return undefined;
  } catch (thrown) {
    return messageOf(thrown);
  }
}

/** Values of a panel's parameters, apart from those with a reason; an empty one leaves out what need not be told. */
function divided(
  { processor }: ScopePanel,
  values: ParameterValues,
  reasonAgainst: (parameter: ProcessorDescription['parameters'][number]) => string | undefined,
): Exchanged {
  const judged = processor.parameters.map((parameter) => ({ name: parameter.name, reason: reasonAgainst(parameter) }));
  const kept = judged.filter(({ reason }) => reason === undefined);
  return {
    values: Object.fromEntries(kept.map(({ name }) => [name, values[name] as ParameterValues[string]])),
    left: judged.flatMap(({ name, reason }) => (reason ? [{ name, reason }] : [])),
  };
}

/** One panel that no page can parse would keep every page from the whole list. */
function listable(panel: ScopePanel): ScopePanel {
  const parsed = scopePanel.safeParse(panel);
  if (parsed.success) return panel;
  const { field, expected, received } = schemaFault(parsed.error, panel);
  const message = `Expected ${expected} for ${field} of the panel of ${panel.processor.id} but received ${received}`;
  throw new InputError('import.schema', message, 'Mend the schema, then import it again.');
}

function actingAtOnce(params: Parameters): Parameters {
  return Object.fromEntries(
    Object.entries(params).map(([name, parameter]) => [name, { ...parameter, kind: 'runtime' as const }]),
  );
}

/** What the schema says of the pipeline is text and lists of texts: of other places and modes than Scope's nothing is shown. */
function panelOf({ facts, processorId, params, fixed, skipped }: ImportedSchema): ScopePanel {
  const pipelineId = String(facts.id);
  const usage = facts.usage as readonly string[];
  const modes = Object.keys(facts.modes as object);
  return {
    processor: {
      id: `scope:${pipelineId || 'unnamed'}`,
      name: String(facts.name) || pipelineId || 'Unnamed pipeline',
      description: String(facts.description),
      usage: (['preprocessor', 'main', 'postprocessor'] as const).filter((place) => usage.includes(place)),
      modes: (['video', 'text'] as const).filter((mode) => modes.includes(mode)),
      supportsPrompts: facts.supportsPrompts === true,
      parameters: describeParameters(params),
    },
    pipelineId,
    exportedFrom: processorId,
    version: String(facts.version),
    ...(typeof facts.docs === 'string' ? { docs: facts.docs } : {}),
    fixed: [...fixed],
    skipped: [...skipped],
  };
}
