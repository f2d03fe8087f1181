import { parameterComponents } from '../parameters.ts';
import type { ParameterFacts, ParameterSchema, ProcessorFacts } from '../processor-facts.ts';
import { type Breach, type DeclarationRule, shown } from './rule.ts';
import { expectedValue, isLimit, isNumeric, isSingle } from './schema-values.ts';

/** Names of graph ports and of call inputs that no parameter can have. */
const reservedNames = ['video', 'video_out', 'video_raw', 'video_timestamps', 'prompts', 'first_row', 'alarm'];

type ParameterBreach = Omit<Breach, 'field'>;

/** A rule that holds for every parameter; it is asked only about those with a schema, unless `withoutSchema`. */
function eachParameter(
  id: string,
  what: string,
  check: (name: string, parameter: ParameterFacts, schema: ParameterSchema, facts: ProcessorFacts) => ParameterBreach | undefined,
): DeclarationRule {
  return {
    id,
    what,
    check: (facts) =>
      Object.entries(facts.params ?? {}).flatMap(([name, parameter]) => {
        const breach = check(name, parameter, parameter.schema ?? {}, facts);
        return breach ? [{ field: `params.${name}`, ...breach }] : [];
      }),
  };
}

const typeRule = eachParameter(
  'parameter-type',
  'A parameter is a number, a whole number, a switch, a choice or a text.',
  (_, facts, schema) => {
    const isChoice =
      Array.isArray(schema.enum) && schema.enum.length > 0 && schema.enum.every((option) => typeof option === 'string');
    if (isSingle(schema) && (schema.enum === undefined || isChoice)) return undefined;
    return {
      expected: 'a schema of a number, a whole number, a switch, a choice of texts or a text',
      received: facts.schemaError ?? shown(schema),
      fix: 'Use z.number(), z.int(), z.boolean(), z.enum([…]) or z.string(); no lists, objects, unions or nullable values.',
    };
  },
);

const rangeRule = eachParameter('parameter-range', 'A number has a finite range with both ends inside.', (_, facts, schema) => {
  if (!isNumeric(schema) || facts.schemaError !== undefined) return undefined;
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  const isOpen = exclusiveMinimum !== undefined || exclusiveMaximum !== undefined;
  if (!isOpen && isLimit(minimum) && isLimit(maximum) && minimum < maximum) return undefined;
  const received = isOpen
    ? 'an open end'
    : `${isLimit(minimum) ? minimum : 'no end'} to ${isLimit(maximum) ? maximum : 'no end'}`;
  return {
    expected: 'a finite range, its ends included',
    received,
    fix: 'Add .min(…) and .max(…) to the schema, not .gt or .lt.',
  };
});

const defaultRule = eachParameter(
  'parameter-default',
  'A parameter has a default, inside its range or among its choices.',
  (_, facts, schema) => {
    const value = schema.default;
    if (facts.schemaError !== undefined || !isSingle(schema)) return undefined;
    if (value === undefined) return { expected: 'a default', received: 'none', fix: 'Add .default(…) to the schema.' };
    const fix = 'Choose a default that the schema itself would accept.';
    const expected = expectedValue(schema, value);
    return expected === undefined ? undefined : { expected: `${expected} as its default`, received: shown(value), fix };
  },
);

const orderRule: DeclarationRule = {
  id: 'parameter-order',
  what: 'Every parameter has an order of its own, a whole number.',
  check: ({ params = {} }) => {
    const seen = new Set<unknown>();
    return Object.entries(params).flatMap(([name, { ui }]) => {
      const isOwn = Number.isInteger(ui.order) && !seen.has(ui.order);
      seen.add(ui.order);
      if (isOwn) return [];
      const fix = 'Number the parameters in the order in which panels show them.';
      return [{ field: `params.${name}.order`, expected: 'a whole number that no other has', received: shown(ui.order), fix }];
    });
  },
};

const optionLabels = eachParameter(
  'parameter-option-labels',
  'A choice has a label for every option, or none.',
  (_, { ui }, schema) => {
    if (ui.optionLabels === undefined) return undefined;
    const options = Array.isArray(schema.enum) ? schema.enum.length : 0;
    if (Array.isArray(ui.optionLabels) && ui.optionLabels.length === options) return undefined;
    return {
      expected: `${options} option labels`,
      received: shown(ui.optionLabels),
      fix: 'Give one label for each option of the schema.',
    };
  },
);

/** Rules on the parameters of a processor. */
export const parameterRules: readonly DeclarationRule[] = [
  {
    id: 'parameters-declared',
    what: 'Parameters are a record, which may be empty.',
    check: ({ params }) =>
      params
        ? []
        : [
            {
              field: 'params',
              expected: 'a record of parameters',
              received: 'none',
              fix: 'Write params: {} where there are none.',
            },
          ],
  },
  eachParameter('parameter-name', 'Names are lower_snake_case with a prefix, such as lift_amount.', (name) =>
    /^[a-z][a-z0-9]*(_[a-z0-9]+)+$/.test(name)
      ? undefined
      : { expected: 'lower_snake_case with a prefix', received: name, fix: 'Write it like lift_amount.' },
  ),
  eachParameter('parameter-name-free', 'Names of the ports that every processor has are taken.', (name) =>
    reservedNames.includes(name)
      ? { expected: `a name other than ${reservedNames.join(', ')}`, received: name, fix: 'Choose another name.' }
      : undefined,
  ),
  eachParameter('parameter-kind', 'A parameter acts at run time or at load time.', (_, { kind }) =>
    kind === 'runtime' || kind === 'load-time'
      ? undefined
      : { expected: 'runtime(…) or loadTime(…)', received: shown(kind), fix: 'Wrap the schema in runtime(…) or loadTime(…).' },
  ),
  typeRule,
  rangeRule,
  defaultRule,
  eachParameter('parameter-graph-text', 'A text cannot be an input of a graph.', (_, { kind }, schema, { functions }) =>
    kind === 'runtime' && schema.type === 'string' && schema.enum === undefined && functions.includes('graph')
      ? {
          expected: 'a number, a switch or a choice',
          received: 'a text',
          fix: 'Make it a load-time parameter, or give call() in place of graph().',
        }
      : undefined,
  ),
  orderRule,
  eachParameter('parameter-label', 'A parameter has a label, a category and a line of help.', (_, { ui }) => {
    const missing = ['label', 'category', 'help'].filter((key) => typeof ui[key] !== 'string' || ui[key].trim() === '');
    return missing.length === 0
      ? undefined
      : {
          expected: 'label, category and help',
          received: `no ${missing.join(', no ')}`,
          fix: 'Say what it is, where it belongs and what it does.',
        };
  }),
  eachParameter('parameter-unit', 'A unit, where there is one, is a text.', (_, { ui }) =>
    ui.unit === undefined || typeof ui.unit === 'string'
      ? undefined
      : { expected: 'a unit such as EV or px', received: shown(ui.unit), fix: 'Write the unit as a text, or leave it out.' },
  ),
  eachParameter('parameter-step', 'A step, where there is one, is greater than 0.', (_, { ui }) =>
    ui.step === undefined || (typeof ui.step === 'number' && ui.step > 0)
      ? undefined
      : { expected: 'a step greater than 0', received: shown(ui.step), fix: 'Leave the step out for a hundredth of the range.' },
  ),
  eachParameter('parameter-component', 'A component is one that the page has.', (_, { ui }) =>
    ui.component === undefined || parameterComponents.some((component) => component === ui.component)
      ? undefined
      : {
          expected: `one of ${parameterComponents.join(', ')}`,
          received: shown(ui.component),
          fix: 'Leave the component out: a bounded number is a slider already.',
        },
  ),
  eachParameter('parameter-file-types', 'File types are a list of endings.', (_, { ui }) =>
    ui.fileTypes === undefined ||
    (Array.isArray(ui.fileTypes) && ui.fileTypes.every((type) => typeof type === 'string' && /^\w+$/.test(type)))
      ? undefined
      : {
          expected: 'endings without a dot, such as cube',
          received: shown(ui.fileTypes),
          fix: "Write them like ['cube'], or leave them out for any file.",
        },
  ),
  optionLabels,
];
