import { describe, expect, it } from 'vitest';
import { importScopeSchema } from '../../../../main/export/scope/scope-schema.ts';
import { builtinProcessors } from '../../../../main/processor/builtin/builtin-processors.ts';
import { unsharpMask } from '../../../../main/processor/builtin/unsharp-mask.ts';
import { defaultValues, describeParameters } from '../../../../main/processor/parameters.ts';
import { chromaticShift, fiftyParameters } from './example-exports.ts';
import { exportBench, pythonAbsence, sourceOf, withoutPython } from './exported.ts';

const bench = exportBench();

/** A configuration as a plug-in of somebody else might have it, with what pydantic makes of each kind of annotation. */
const foreign = {
  id: 'glow',
  name: 'Glow',
  description: 'Lets lights glow',
  version: '0.3.0',
  docs_url: null,
  supported_modes: ['text', 'video'],
  default_mode: 'video',
  supports_prompts: true,
  usage: [],
  mode_defaults: { text: { glow_amount: 0.1 } },
  config_schema: {
    $defs: { Shape: { enum: ['round', 'star'], title: 'Shape', type: 'string' } },
    properties: {
      height: { default: 512, minimum: 1, title: 'Height', type: 'integer' },
      glow_zeta: { default: 1, type: 'integer', ui: { category: 'configuration', is_load_param: false } },
      glow_alpha: { default: 'x', type: 'string', title: 'Alpha', ui: {} },
      glow_amount: {
        default: 0.5,
        minimum: 0,
        maximum: 2,
        type: 'number',
        description: 'How much light',
        ui: { order: 2, category: 'input', is_load_param: false, label: 'Amount' },
      },
      glow_shape: {
        $ref: '#/$defs/Shape',
        default: 'round',
        description: 'Form of a light',
        ui: { order: 1, is_load_param: true },
      },
      glow_radius: {
        anyOf: [{ minimum: 0, maximum: 9, type: 'integer' }, { type: 'null' }],
        default: null,
        ui: { order: 3, is_load_param: false },
      },
      glow_tint: { allOf: [{ $ref: '#/$defs/Shape' }], default: 'star', ui: { order: 4, is_load_param: false } },
      glow_kind: { const: 'only', default: 'only', type: 'string', ui: { order: 5, is_load_param: false } },
      glow_above: { default: 1, exclusiveMinimum: 0, maximum: 4, type: 'number', ui: { order: 6, is_load_param: false } },
      glow_mask: { default: '', type: 'string', ui: { order: 7, component: 'image', is_load_param: false } },
      glow_loras: { default: null, type: 'string', ui: { order: 8, component: 'lora', is_load_param: true } },
      glow_name: { default: 'abc', pattern: '^a', type: 'string', ui: { order: 10, is_load_param: true } },
      glow_steps: { default: [], type: 'array', items: { type: 'integer' }, ui: { order: 9, is_load_param: true } },
    },
  },
};

describe('JSON that is no schema of Scope', () => {
  it.each([[null], [[]], ['text'], [{}], [{ config_schema: {} }], [{ config_schema: { properties: [] } }], [{ properties: 3 }]])(
    '%j is refused',
    (json) => {
      expect(() => importScopeSchema(json)).toThrow('Expected the schema of a pipeline of Scope, with config_schema.properties');
    },
  );
});

describe('the schema of a foreign pipeline', () => {
  it('becomes parameters as Scope shows them, in its order', () => {
    const parameters = describeParameters(importScopeSchema(foreign).params);
    const shown = parameters.map(({ name, kind, control, label, minimum, maximum, defaultValue, unset }) => {
      return [name, kind, control, label, minimum, maximum, defaultValue, ...(unset ? [unset] : [])];
    });
    expect(shown).toEqual([
      ['glow_shape', 'load-time', 'select', 'Form of a light', undefined, undefined, 'round'],
      ['glow_amount', 'runtime', 'slider', 'Amount', 0, 2, 0.5],
      ['glow_radius', 'runtime', 'slider', 'glow radius', 0, 9, 0, 'at-first'],
      ['glow_tint', 'runtime', 'select', 'glow tint', undefined, undefined, 'star'],
      ['glow_kind', 'runtime', 'select', 'glow kind', undefined, undefined, 'only'],
      ['glow_above', 'runtime', 'number', 'glow above', undefined, 4, 1],
      ['glow_mask', 'runtime', 'text', 'glow mask', undefined, undefined, ''],
      ['glow_alpha', 'load-time', 'text', 'glow alpha', undefined, undefined, 'x'],
      ['glow_zeta', 'runtime', 'number', 'glow zeta', undefined, undefined, 1],
    ]);
    expect(parameters.find(({ name }) => name === 'glow_shape')?.options?.map(({ value }) => value)).toEqual(['round', 'star']);
    expect(parameters.find(({ name }) => name === 'glow_mask')?.component).toBe('image');
  });

  it('says what it has no parameter for, and keeps what the pipeline says of itself', () => {
    const { facts, skipped } = importScopeSchema(foreign);
    expect(skipped).toEqual([
      { name: 'glow_loras', reason: "Scope's own control lora" },
      { name: 'glow_steps', reason: 'no number, switch, choice or text but array' },
      { name: 'glow_name', reason: 'a text with pattern ^a, which no control checks' },
    ]);
    expect(facts).toMatchObject({
      id: 'glow',
      name: 'Glow',
      version: '0.3.0',
      supportsPrompts: true,
      usage: ['main'],
      functions: [],
    });
    expect(facts.modes).toEqual({ text: { defaults: { glow_amount: 0.1 } }, video: { default: true } });
  });

  it('may have choices of numbers, and is told of fields whose default they do not take', () => {
    const ui = { is_load_param: false };
    const properties = {
      a_steps: { enum: [1, 2, 4], type: 'integer', default: 2, ui },
      b_share: { enum: [0.5, 'all'], default: 'all', ui },
      c_range: { type: 'number', minimum: 0, maximum: 1, default: 7, ui },
      d_text: { type: 'string', default: 5, ui },
      e_flag: { enum: [true, false], default: true, ui },
      f_none: { enum: [], default: 1, ui },
    };
    const { params, skipped } = importScopeSchema({ properties });
    const choices = describeParameters(params).map(({ name, control, options }) => [
      name,
      control,
      options?.map(({ value }) => value),
    ]);
    expect(choices).toEqual([
      ['a_steps', 'select', [1, 2, 4]],
      ['b_share', 'select', [0.5, 'all']],
    ]);
    expect(skipped).toEqual([
      { name: 'c_range', reason: 'its default 7 is none of its own values' },
      { name: 'd_text', reason: 'its default 5 is none of its own values' },
      { name: 'e_flag', reason: 'a choice of other things than texts and numbers' },
      { name: 'f_none', reason: 'a choice of other things than texts and numbers' },
    ]);
  });

  it('may come without what surrounds it', () => {
    const { facts, params } = importScopeSchema(foreign.config_schema);
    expect(Object.keys(params)).toEqual(Object.keys(importScopeSchema(foreign).params));
    expect(facts.id).toBe('');
  });
});

it('shows fields that do not say their place behind all others, however large the places of these are', () => {
  const field = (ui: object): object => ({ type: 'boolean', default: true, ui });
  const properties = { d: field({ order: 20 }), b: field({ order: 10 }), f: field({}), a: field({}), c: field({ order: 20 }) };
  const names = describeParameters(importScopeSchema({ properties }).params).map(({ name }) => name);
  expect(names).toEqual(['b', 'c', 'd', 'a', 'f']);
});

const exported = [...builtinProcessors.filter(({ graph }) => graph), chromaticShift, fiftyParameters];

describe.skipIf(pythonAbsence !== undefined)(`what was exported comes back${withoutPython}`, () => {
  it.each(exported)('as $id has it', async (processor) => {
    const source = await sourceOf(processor);
    const { schema } = await bench.load(source);
    const { facts, params, fixed, skipped } = importScopeSchema(JSON.parse(JSON.stringify(schema)));
    expect(describeParameters(params)).toEqual(describeParameters(processor.params));
    expect([...fixed].sort()).toEqual(source.fixed.map(({ name }) => name).sort());
    // Scope itself has no control for what is part of the model.
    expect(fixed.filter((one) => one in schema.config_schema.properties)).toEqual([]);
    const { id, name, description, version } = processor;
    expect(facts).toMatchObject({ id, name, description, version, supportsPrompts: false, modes: { video: { default: true } } });
    expect(skipped).toEqual([]);
  });

  it('with the values that it was exported with, also of what is part of its model', async () => {
    const exportedWith = { unsharp_amount: 1.25, unsharp_sigma: 2.5 };
    const { schema } = await bench.load(await sourceOf(unsharpMask, exportedWith));
    const { params, fixed } = importScopeSchema(JSON.parse(JSON.stringify(schema)));
    expect(defaultValues(params)).toEqual({ ...defaultValues(unsharpMask.params), ...exportedWith });
    expect(fixed).toEqual(['unsharp_sigma']);
  });
});
