import { z } from 'zod';
import { parameterDescription } from '../../../preload/contract/parameters.ts';
import { InputError, messageOf } from '../../base/errors.ts';
import { schemaFault } from '../../base/schema-fault.ts';
import { parametersFrom } from '../../processor/packages/declared-parameters.ts';
import { describeParameters, type ParameterComponent, type Parameters, parameterComponents } from '../../processor/parameters.ts';
import type { ParameterFacts, ParameterSchema, ProcessorFacts } from '../../processor/processor-facts.ts';

/** What a configuration of Scope becomes in the lab. */
export interface ImportedSchema {
  /** As of any processor, unchecked: the rules say what keeps it from being one of the lab's. It has no functions. */
  readonly facts: ProcessorFacts;
  /** Of the lab's processor that it was exported from; that of the pipeline where the schema names no other. */
  readonly processorId: string;
  /** Its parameters as panels take them, by order. */
  readonly params: Parameters;
  /** Names of parameters that are part of an exported model with their defaults: any other value needs another export. */
  readonly fixed: readonly string[];
  /** Names of parameters for which Scope takes null, which stands for no value. */
  readonly nullable: readonly string[];
  /** Fields that Scope shows and the lab has no parameter for, each with why. */
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
}

const looseText = z.string().catch('');

/** What `get_schema_with_metadata` gives, as far as it is read; a bare configuration schema is taken as one without metadata. */
const pipelineSchema = z.looseObject({
  id: looseText,
  name: looseText,
  description: looseText,
  version: looseText,
  docs_url: z.string().nullish().catch(undefined),
  supported_modes: z.array(z.string()).catch([]),
  default_mode: looseText,
  supports_prompts: z.boolean().catch(false),
  usage: z.array(z.string()).catch([]),
  mode_defaults: z.record(z.string(), z.record(z.string(), z.unknown())).catch({}),
  config_schema: z.looseObject({
    properties: z.record(z.string(), z.record(z.string(), z.unknown())),
    $defs: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
    camera_lab: z
      .looseObject({ processor: looseText, fixed: z.record(z.string(), z.record(z.string(), z.unknown())).catch({}) })
      .catch({ processor: '', fixed: {} }),
  }),
});

type Property = Readonly<Record<string, unknown>>;

/** Where and how Scope shows a field, and what the lab's own exports keep beside it. */
interface FieldPlace {
  readonly order?: number;
  readonly label?: string;
  readonly category?: string;
  readonly component?: string;
  readonly isLoadTime: boolean;
  readonly lab: Readonly<Record<string, unknown>>;
}

/**
 * Reads the JSON schema of a pipeline of Scope as the lab's parameters. As on Scope's page, only fields with `ui` metadata count, in the
 * order that it gives, then by name; a field that does not say when it acts, acts at loading, and one without a default has no value at
 * first. Pure. Throws InputError for JSON that is no such schema.
 */
export function importScopeSchema(json: unknown): ImportedSchema {
  const isBare = typeof json === 'object' && json !== null && 'properties' in json && !('config_schema' in json);
  const parsed = pipelineSchema.safeParse(isBare ? { config_schema: json } : json);
  if (!parsed.success) {
    const message = 'Expected the schema of a pipeline of Scope, with config_schema.properties, but received other JSON';
    throw new InputError('import.schema', message, 'Save what get_schema_with_metadata() gives as JSON.');
  }
  const { config_schema: config, ...pipeline } = parsed.data;
  const fields: [string, ParameterFacts, Parameters[string]][] = [];
  const skipped: { name: string; reason: string }[] = [];
  const nullable: string[] = [];
  const { fixed, processor } = config.camera_lab;
  for (const [name, property, place] of shownFields({ ...fixed, ...config.properties })) {
    const resolved = resolve(property, config.$defs ?? {});
    const declared = factsOf({ name, property, resolved, place });
    const made = reasonAgainst(resolved, place) ?? parameterOf(name, declared);
    if (typeof made === 'string') {
      skipped.push({ name, reason: made });
      continue;
    }
    const [isUnset, takesNull] = [(resolved.default ?? null) === null, mayBeNull(property)];
    fields.push([name, declared, isUnset || takesNull ? { ...made, unset: isUnset ? 'at-first' : 'allowed' } : made]);
    if (takesNull) nullable.push(name);
  }
  if (isShown(json, unspeakable)) skipped.push({ name: unspeakable, reason: 'a name that no value in JSON can safely have' });
  const params = Object.fromEntries(fields.map(([name, , parameter]) => [name, parameter]));
  const modes = pipeline.supported_modes.map((mode) => {
    const defaults = pipeline.mode_defaults[mode];
    return [mode, { ...(mode === pipeline.default_mode ? { default: true } : {}), ...(defaults ? { defaults } : {}) }] as const;
  });
  const facts: ProcessorFacts = {
    id: pipeline.id,
    name: pipeline.name,
    description: pipeline.description,
    version: pipeline.version,
    docs: pipeline.docs_url ?? undefined,
    supportsPrompts: pipeline.supports_prompts,
    modes: Object.fromEntries(modes),
    // A pipeline that is neither before nor behind another one stands in the main place.
    usage: pipeline.usage.length > 0 ? pipeline.usage : ['main'],
    params: Object.fromEntries(fields.map(([name, declared]) => [name, declared])),
    functions: [],
    notFunctions: {},
  };
  const isFixed = (name: string): boolean => Object.hasOwn(fixed, name) && !Object.hasOwn(config.properties, name);
  return { facts, processorId: processor || pipeline.id, params, fixed: Object.keys(params).filter(isFixed), nullable, skipped };
}

/** The one name that records leave out when they are checked. */
const unspeakable = '__proto__';

/** Whether a field of that name would be shown, whatever a check of the schema has left of it. */
function isShown(json: unknown, name: string): boolean {
  const schema = recordOf(json) ?? {};
  const properties = recordOf((recordOf(schema.config_schema) ?? schema).properties) ?? {};
  return Object.hasOwn(properties, name) && recordOf(recordOf(properties[name])?.ui) !== undefined;
}

/** The parameter of a field, or why it can be none. */
function parameterOf(name: string, facts: ParameterFacts): Parameters[string] | string {
  try {
    const parameter = parametersFrom({ [name]: facts })[name] as Parameters[string];
    const { default: first } = facts.schema as { readonly default: unknown };
    if (!parameter.schema.safeParse(first).success) return `its default ${JSON.stringify(first)} is none of its own values`;
    return reasonAgainstControl({ [name]: parameter }) ?? parameter;
  } catch (thrown) {
    return messageOf(thrown);
  }
}

/** Why no control can be made of a parameter: what stands beside its schema comes from outside too, and pages take only what the contract names. */
function reasonAgainstControl(parameters: Parameters): string | undefined {
  const [description] = describeParameters(parameters);
  const parsed = parameterDescription.safeParse(description);
  if (parsed.success) return undefined;
  const { field, expected, received } = schemaFault(parsed.error, description);
  return `its ${field} is ${received} and not ${expected}`;
}

/** Where Scope shows a field that does not say it. */
const lastPlace = 999;

function shownFields(properties: Readonly<Record<string, Property>>): [string, Property, FieldPlace][] {
  const shown = Object.entries(properties).flatMap(([name, property]): [string, Property, FieldPlace][] => {
    const ui = recordOf(property.ui);
    return ui ? [[name, property, placeOf(ui, recordOf(property.camera_lab) ?? {})]] : [];
  });
  return shown.sort(
    ([a, , first], [b, , second]) => (first.order ?? lastPlace) - (second.order ?? lastPlace) || a.localeCompare(b),
  );
}

function placeOf(ui: Property, lab: Property): FieldPlace {
  const textAt = (key: 'label' | 'category' | 'component'): Partial<FieldPlace> =>
    typeof ui[key] === 'string' ? { [key]: ui[key] } : {};
  const order = typeof ui.order === 'number' ? { order: ui.order } : {};
  return {
    ...order,
    ...textAt('label'),
    ...textAt('category'),
    ...textAt('component'),
    isLoadTime: ui.is_load_param !== false,
    lab,
  };
}

/** The schema of a value: references are followed, and what may be null is read as what it is otherwise. */
function resolve(property: Property, definitions: Readonly<Record<string, Property>>): Property {
  const [alternative] = (['anyOf', 'allOf', 'oneOf'] as const).flatMap((key) => {
    const list = Array.isArray(property[key]) ? (property[key] as Property[]) : [];
    return list.filter(({ type }) => type !== 'null');
  });
  const reference = typeof property.$ref === 'string' ? definitions[property.$ref.replace(/^#\/\$defs\//, '')] : undefined;
  const inner = alternative ? resolve(alternative, definitions) : reference;
  const { const: only, ...merged } = { ...inner, ...property };
  return only === undefined ? merged : { ...merged, enum: [only] };
}

/** Whether a schema says that null is one of its values. */
function mayBeNull(property: Property): boolean {
  const alternatives = [property.anyOf, property.oneOf].filter(Array.isArray).flat();
  return alternatives.some((alternative) => recordOf(alternative)?.type === 'null');
}

/** Components that stand for one text; the others draw several fields together or want a list. */
const plainComponents = ['image', 'resolution'];

function isOfTheLab(component: unknown): component is ParameterComponent {
  return parameterComponents.some((known) => known === component);
}

/** What texts have to be like; a control takes any text. */
const textRules = ['pattern', 'minLength', 'maxLength', 'format'] as const;

function reasonAgainst(resolved: Property, { component }: FieldPlace): string | undefined {
  const { type, enum: options } = resolved;
  const rule = type === 'string' ? textRules.find((key) => resolved[key] !== undefined) : undefined;
  if (rule !== undefined) return `a text with ${rule} ${String(resolved[rule])}, which no control checks`;
  if (component !== undefined && !plainComponents.includes(component)) return `Scope's own control ${component}`;
  if (Array.isArray(options)) {
    const isPlain = options.length > 0 && options.every((option) => typeof option === 'string' || typeof option === 'number');
    return isPlain ? undefined : 'a choice of other things than texts and numbers';
  }
  const isSingle = ['number', 'integer', 'boolean', 'string'].includes(String(type));
  return isSingle ? undefined : `no number, switch, choice or text but ${String(type ?? 'of no type')}`;
}

interface Field {
  readonly name: string;
  readonly property: Property;
  readonly resolved: Property;
  readonly place: FieldPlace;
}

const schemaKeys = [
  'type',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'enum',
  'default',
] as const;

function factsOf({ name, property, resolved, place }: Field): ParameterFacts {
  const { lab, isLoadTime } = place;
  const shownComponent = isOfTheLab(lab.component) ? lab.component : place.component;
  const known = schemaKeys.filter((key) => resolved[key] !== undefined && resolved[key] !== null);
  const schema: ParameterSchema = Object.fromEntries(known.map((key) => [key, resolved[key]]));
  const help = typeof property.description === 'string' ? property.description : undefined;
  const label = place.label ?? help ?? name.replaceAll('_', ' ');
  const kept = ['unit', 'step'].filter((key) => lab[key] !== undefined).map((key) => [key, lab[key]] as const);
  const ui = {
    order: place.order ?? lastPlace,
    label: typeof lab.name === 'string' ? lab.name : label,
    help: help ?? label,
    category: typeof lab.category === 'string' ? lab.category : place.category === 'input' ? 'Input' : 'Settings',
    ...Object.fromEntries(kept),
    ...(Array.isArray(lab.option_labels) ? { optionLabels: lab.option_labels } : {}),
    ...(Array.isArray(lab.file_types) ? { fileTypes: lab.file_types } : {}),
    ...(shownComponent === undefined ? {} : { component: shownComponent }),
  };
  return { kind: isLoadTime ? 'load-time' : 'runtime', schema: withDefault(schema), ui };
}

/** Every schema of the lab has a default; where the field has none, it is nothing but where its control begins. */
function withDefault(schema: ParameterSchema): ParameterSchema {
  if (schema.default !== undefined) return schema;
  const { type, minimum } = schema;
  const [first] = Array.isArray(schema.enum) ? schema.enum : [];
  const empty = type === 'boolean' ? false : type === 'string' ? '' : (minimum ?? 0);
  return { ...schema, default: first ?? empty };
}

function recordOf(value: unknown): Property | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Property) : undefined;
}
