import { z } from 'zod';
import type { ParameterDescription, ParameterValue, ParameterValues } from '../../preload/contract.ts';
import { assert, InputError } from '../base/errors.ts';

/** Controls that a schema alone cannot ask for; the contract says what values each takes. `image`, `model` and `file` are a path of this machine. */
export const parameterComponents = ['resolution', 'image', 'model', 'file', 'colour', 'curve'] as const;

/** One of {@link parameterComponents}. */
export type ParameterComponent = (typeof parameterComponents)[number];

/** What a control needs beside the schema: where it stands, what it is called, its unit and one line of help. */
export interface ParameterUi {
  readonly order: number;
  readonly label: string;
  readonly help: string;
  readonly category: string;
  readonly unit?: string;
  /** Slider step; a hundredth of the range where absent. */
  readonly step?: number;
  /** A control other than the one that the schema asks for, one of {@link parameterComponents}. */
  readonly component?: ParameterComponent;
  /** Endings of the files that a path may lead to, without a dot; any where absent. */
  readonly fileTypes?: readonly string[];
  /** Labels of enum values, in the order of the schema. */
  readonly optionLabels?: readonly string[];
}

/** When a parameter acts: on the next frame, or by building the graph anew. */
export type ParameterKind = 'runtime' | 'load-time';

/** A declared parameter: its zod 4 schema (with a default) and its control. */
export interface Parameter<S extends z.ZodType = z.ZodType, K extends ParameterKind = ParameterKind> {
  readonly kind: K;
  readonly schema: S;
  readonly ui: ParameterUi;
  /** It may have no value, as the contract describes it; only parameters that nothing of the lab computes with. */
  readonly unset?: 'allowed' | 'at-first';
}

/** A processor's parameters by name. */
export type Parameters = Readonly<Record<string, Parameter>>;

/** A parameter that is an input of the graph: it acts on the next frame. */
export function runtime<S extends z.ZodType>(schema: S, ui: ParameterUi): Parameter<S, 'runtime'> {
  return { kind: 'runtime', schema, ui };
}

/** A parameter that shapes the graph: a change builds a new session beside the running one. */
export function loadTime<S extends z.ZodType>(schema: S, ui: ParameterUi): Parameter<S, 'load-time'> {
  return { kind: 'load-time', schema, ui };
}

interface JsonSchema {
  readonly type?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly multipleOf?: number;
  readonly enum?: readonly (string | number)[];
  /** A choice of one. */
  readonly const?: string | number;
  readonly default?: ParameterValue;
}

/** The description that panels, exporters and documents show, derived from the schemas; by order. */
export function describeParameters(parameters: Parameters): ParameterDescription[] {
  const described = Object.entries(parameters).map(([name, parameter]) => describeParameter(name, parameter));
  return described.sort((a, b) => a.order - b.order);
}

function describeParameter(name: string, { kind, schema, ui, unset }: Parameter): ParameterDescription {
  const json = withoutWidest(z.toJSONSchema(schema, { io: 'input' }) as JsonSchema);
  assert(json.default !== undefined, `Expected a default for parameter ${name} but received none`);
  const integer = json.type === 'integer';
  const bounded = json.minimum !== undefined && json.maximum !== undefined;
  const values = json.enum ?? (json.const === undefined ? undefined : [json.const]);
  const options = values?.map((value, index) => ({ value, label: ui.optionLabels?.[index] ?? String(value) }));
  return {
    name,
    label: ui.label,
    help: ui.help,
    category: ui.category,
    kind,
    order: ui.order,
    integer,
    control: values ? 'select' : controlOf(json, bounded),
    defaultValue: json.default,
    ...(unset === undefined ? {} : { unset }),
    ...(ui.unit === undefined ? {} : { unit: ui.unit }),
    ...(ui.component === undefined ? {} : { component: ui.component }),
    ...(ui.fileTypes === undefined ? {} : { fileTypes: [...ui.fileTypes] }),
    ...(json.minimum === undefined ? {} : { minimum: json.minimum }),
    ...(json.maximum === undefined ? {} : { maximum: json.maximum }),
    ...(bounded ? { step: ui.step ?? stepOf(json, integer) } : {}),
    ...(options === undefined ? {} : { options }),
  };
}

/** The widest integers are how zod says that a whole number has no range. */
function withoutWidest({ minimum, maximum, ...json }: JsonSchema): JsonSchema {
  const isLimit = (value: number | undefined): boolean => value !== undefined && Math.abs(value) < Number.MAX_SAFE_INTEGER;
  return { ...json, ...(isLimit(minimum) ? { minimum } : {}), ...(isLimit(maximum) ? { maximum } : {}) } as JsonSchema;
}

function controlOf(json: JsonSchema, bounded: boolean): ParameterDescription['control'] {
  if (json.type === 'boolean') return 'toggle';
  if (json.type === 'string') return 'text';
  return bounded ? 'slider' : 'number';
}

function stepOf(json: JsonSchema, integer: boolean): number {
  return integer ? (json.multipleOf ?? 1) : ((json.maximum as number) - (json.minimum as number)) / 100;
}

/** Every parameter at its default; those that are not set at first are left out. */
export function defaultValues(parameters: Parameters): ParameterValues {
  const set = describeParameters(parameters).filter(({ unset }) => unset !== 'at-first');
  return Object.fromEntries(set.map((parameter) => [parameter.name, parameter.defaultValue]));
}

/** Checks one value; refuses with the range or the choices, and never clamps. */
export function checkValue(description: ParameterDescription, parameter: Parameter, value: unknown): ParameterValue {
  const parsed = parameter.schema.safeParse(value);
  if (parsed.success && value !== undefined) return parsed.data as ParameterValue;
  const [issue] = parsed.error?.issues ?? [];
  // A schema that checks more than a range says itself what it expected.
  if (issue?.code === 'custom') throw new InputError('parameter.out-of-range', issue.message);
  throw new InputError(
    'parameter.out-of-range',
    `Expected ${describeDomain({ ...description, ...limitsOf(parameter) })} for ${description.name} but received ${JSON.stringify(value)}`,
  );
}

/** The limits that are meant, which may be too far apart for a slider, so that the description leaves them out. */
function limitsOf({ schema }: Parameter): Pick<JsonSchema, 'minimum' | 'maximum'> {
  const json = z.toJSONSchema(schema, { io: 'input' }) as JsonSchema;
  const { minimum, maximum } = json.type === 'integer' ? withoutWidest(json) : json;
  return { ...(minimum === undefined ? {} : { minimum }), ...(maximum === undefined ? {} : { maximum }) };
}

function describeDomain({ options, control, minimum, maximum, step, unit, integer }: ParameterDescription): string {
  if (options) return `one of ${options.map((option) => option.value).join(', ')}`;
  if (control === 'toggle') return 'true or false';
  if (control === 'text') return 'text';
  const multiple = (step ?? 1) > 1 ? `a multiple of ${step}` : 'a whole number';
  return `${integer ? multiple : 'a number'}${describeRange(minimum, maximum)}${unit === undefined ? '' : ` ${unit}`}`;
}

function describeRange(minimum: number | undefined, maximum: number | undefined): string {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return ` of at least ${minimum}`;
  return maximum === undefined ? '' : ` of at most ${maximum}`;
}
