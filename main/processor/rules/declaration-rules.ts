import type { ProcessorFacts } from '../processor-facts.ts';
import { type Breach, type DeclarationRule, shown } from './rule.ts';
import { expectedValue } from './schema-values.ts';

const places = ['preprocessor', 'main', 'postprocessor'];
const knownModes = ['video', 'text'];

/** A rule on one field that holds or does not. */
function fieldRule(
  id: string,
  what: string,
  field: keyof ProcessorFacts,
  holds: (value: unknown, facts: ProcessorFacts) => boolean,
  texts: { readonly expected: string; readonly fix: string },
): DeclarationRule {
  return {
    id,
    what,
    check: (facts) => (holds(facts[field], facts) ? [] : [{ field, ...texts, received: shown(facts[field]) }]),
  };
}

const isText = (value: unknown, most: number): boolean =>
  typeof value === 'string' && value.trim() !== '' && value.length <= most;
const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};

const uniqueId: DeclarationRule = {
  id: 'id-unique',
  what: 'No other processor has the id.',
  check: ({ id }, { knownIds }) =>
    typeof id === 'string' && knownIds.includes(id)
      ? [{ field: 'id', expected: 'an id that no other processor has', received: id, fix: 'Choose another id.' }]
      : [],
};

const modeNames: DeclarationRule = {
  id: 'modes-known',
  what: 'Modes are `video` and `text`, at least one of them.',
  check: ({ modes }) => {
    const names = Object.keys(recordOf(modes));
    const unknown = names.filter((name) => !knownModes.includes(name));
    if (names.length > 0 && unknown.length === 0) return [];
    const received = unknown.length > 0 ? unknown.join(', ') : shown(modes);
    return [
      { field: 'modes', expected: 'modes among video and text', received, fix: 'Declare modes: { video: { default: true } }.' },
    ];
  },
};

const defaultMode: DeclarationRule = {
  id: 'modes-default',
  what: 'Exactly one mode is the default.',
  check: ({ modes }) => {
    const declared = Object.values(recordOf(modes));
    const defaults = declared.filter((mode) => recordOf(mode).default === true);
    // Without any mode, that is what is missing.
    if (declared.length === 0 || defaults.length === 1) return [];
    return [
      {
        field: 'modes',
        expected: 'exactly one default mode',
        received: String(defaults.length),
        fix: 'Mark one with default: true.',
      },
    ];
  },
};

const modeDefaults: DeclarationRule = {
  id: 'modes-defaults',
  what: "A mode's defaults are values of the processor's parameters that their schemas accept.",
  check: ({ modes, params = {} }) =>
    Object.entries(recordOf(modes)).flatMap(([mode, options]) =>
      Object.entries(recordOf(recordOf(options).defaults)).flatMap(([name, value]): Breach[] => {
        const field = `modes.${mode}.defaults.${name}`;
        const parameter = Object.hasOwn(params, name) ? params[name] : undefined;
        const expected = parameter ? expectedValue(parameter.schema ?? {}, value) : 'the name of a parameter';
        const fix = parameter ? 'Choose a value that the schema accepts.' : `Declare ${name} in params or leave it out.`;
        return expected === undefined ? [] : [{ field, expected, received: parameter ? shown(value) : name, fix }];
      }),
    ),
};

const oneWayToRun: DeclarationRule = {
  id: 'one-way-to-run',
  what: 'A processor has `graph` or `call`, and not both.',
  check: ({ functions }) => {
    const found = functions.filter((name) => name === 'graph' || name === 'call');
    if (found.length === 1) return [];
    const received = found.length === 0 ? 'neither' : 'both';
    return [{ field: 'graph', expected: 'either graph() or call()', received, fix: 'Keep the one that makes the picture.' }];
  },
};

const preparing: DeclarationRule = {
  id: 'prepare-present',
  what: 'A processor has `prepare`, which tells how many frames it needs.',
  check: ({ functions }) =>
    functions.includes('prepare')
      ? []
      : [
          {
            field: 'prepare',
            expected: 'a function that gives { inputSize }',
            received: 'none',
            fix: 'Add prepare: () => ({ inputSize: 1 }).',
          },
        ],
};

const functionsAre: DeclarationRule = {
  id: 'functions',
  what: '`prepare`, `halo`, `graph`, `call` and `shutdown` are functions, where they are there.',
  check: ({ notFunctions }) =>
    Object.entries(notFunctions).map(([field, value]) => ({
      field,
      expected: 'a function',
      received: shown(value),
      fix: field === 'halo' ? `Write halo: () => ${shown(value)}.` : `Write ${field} as a function or leave it out.`,
    })),
};

const haloOfGraph: DeclarationRule = {
  id: 'halo-graph',
  what: '`halo` is for processors with a graph: calls take whole frames.',
  check: ({ functions }) =>
    functions.includes('halo') && !functions.includes('graph')
      ? [
          {
            field: 'halo',
            expected: 'no halo without a graph',
            received: 'one',
            fix: 'Leave halo out, or give graph() in place of call().',
          },
        ]
      : [],
};

/** Rules on what a processor says of itself. */
export const declarationRules: readonly DeclarationRule[] = [
  fieldRule(
    'id-form',
    'The id is lower-case words joined by hyphens.',
    'id',
    (value) => typeof value === 'string' && value.length <= 64 && /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(value),
    { expected: 'lower-case words joined by hyphens, at most 64 characters', fix: 'Write it like exposure-lift.' },
  ),
  uniqueId,
  fieldRule('name-present', 'The name is for people.', 'name', (value) => isText(value, 60), {
    expected: 'a name of 1 to 60 characters',
    fix: 'Give it a short name.',
  }),
  fieldRule(
    'description-present',
    'The description is one line.',
    'description',
    (value) => isText(value, 200) && !/\n/.test(String(value)),
    {
      expected: 'one line of 1 to 200 characters',
      fix: 'Say in one line what it does to the picture.',
    },
  ),
  fieldRule(
    'version-form',
    'The version is semantic.',
    'version',
    (value) => typeof value === 'string' && /^\d+\.\d+\.\d+(-[\w.]+)?$/.test(value),
    {
      expected: 'a semantic version',
      fix: 'Write it like 1.0.0.',
    },
  ),
  fieldRule(
    'docs-link',
    'The docs link, where there is one, is an https address.',
    'docs',
    (value) => value === undefined || isHttps(value),
    {
      expected: 'an https address',
      fix: 'Give the address of a page, or leave docs out.',
    },
  ),
  fieldRule(
    'prompts-declared',
    'A processor says whether prompts reach it.',
    'supportsPrompts',
    (value) => typeof value === 'boolean',
    {
      expected: 'true or false',
      fix: 'Write supportsPrompts: false where it needs no prompts.',
    },
  ),
  fieldRule(
    'prompts-called',
    'Prompts reach calls: texts cannot be inputs of a graph.',
    'supportsPrompts',
    (value, { functions }) => value !== true || functions.includes('call') || !functions.includes('graph'),
    { expected: 'false for a processor with a graph', fix: 'Give call() in place of graph(), or write supportsPrompts: false.' },
  ),
  modeNames,
  defaultMode,
  fieldRule(
    'modes-text',
    'The mode `text` is for processors that support prompts.',
    'modes',
    (value, { supportsPrompts }) => !('text' in recordOf(value)) || supportsPrompts === true,
    { expected: 'no mode text without prompts', fix: 'Write supportsPrompts: true or leave the mode text out.' },
  ),
  modeDefaults,
  fieldRule(
    'usage-places',
    'Usage names places in the chain, each once.',
    'usage',
    (value) =>
      Array.isArray(value) &&
      value.length > 0 &&
      value.every((place) => places.includes(place)) &&
      new Set(value).size === value.length,
    {
      expected: `some of ${places.join(', ')}, each once`,
      fix: "Write usage: ['postprocessor'] for one that finishes a picture.",
    },
  ),
  preparing,
  oneWayToRun,
  functionsAre,
  haloOfGraph,
];

function isHttps(value: unknown): boolean {
  return typeof value === 'string' && URL.canParse(value) && new URL(value).protocol === 'https:';
}
