import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ScopePanels } from '../../../../main/export/scope/scope-panels.ts';
import { lutProcessor } from '../../../../main/processor/builtin/lut.ts';
import { unsharpMask } from '../../../../main/processor/builtin/unsharp-mask.ts';
import { ParameterStore } from '../../../../main/processor/parameter-store.ts';
import { runtime } from '../../../../main/processor/parameters.ts';
import { scopeCalls } from '../../../../preload/contract/scope.ts';
import type { ParameterState, ScopePanel } from '../../../../preload/contract.ts';

const ui = (order: number, isLoad = false): object => ({ order, is_load_param: isLoad });
const schema = {
  id: 'unsharp-mask',
  name: 'Sharp',
  description: 'Sharpens',
  version: '2.1.0',
  supported_modes: ['video', 'audio'],
  usage: ['postprocessor', 'elsewhere'],
  config_schema: {
    camera_lab: { fixed: { unsharp_sigma: { type: 'number', minimum: 0.3, maximum: 8, default: 2.5, ui: ui(4, true) } } },
    properties: {
      unsharp_amount: { type: 'number', minimum: 0, maximum: 3, default: 0.6, ui: ui(2) },
      sharp_passes: { enum: [1, 2], default: 1, ui: ui(3, true) },
      sharp_on: { type: 'boolean', default: true, ui: ui(1) },
      sharp_list: { type: 'array', ui: ui(5) },
    },
  },
};
const id = 'scope:unsharp-mask';

function opened(): ScopePanels {
  const panels = new ScopePanels();
  panels.import(schema);
  return panels;
}

describe('what a panel refuses', () => {
  it('is told with the range, the kind and what is there, and leaves its values as they are', () => {
    const panels = opened();
    for (const [json, message] of [
      [[1], 'Expected values by their names for Sharp but received other JSON'],
      [null, 'Expected values by their names for Sharp but received other JSON'],
      [{ unsharp_amount: 4 }, 'Expected a number from 0 to 3 for unsharp_amount but received 4'],
      [{ unsharp_amount: 1, sharp_passes: 3 }, 'Expected one of 1, 2 for sharp_passes but received 3'],
      [{ sharp_on: 1 }, 'Expected true or false for sharp_on but received 1'],
      [{ sharp_other: 1 }, 'Expected a parameter of scope:unsharp-mask (sharp_on, unsharp_amount, sharp_passes, unsharp_sigma)'],
      [{ unsharp_sigma: 3 }, 'Expected 2.5 for unsharp_sigma, which is part of the model, but received 3'],
    ] as const) {
      expect(() => panels.setValues(id, json)).toThrow(message);
    }
    expect(panels.find(id)?.current.version).toBe(1);
    expect(() => panels.close('scope:other')).toThrow(
      'Expected an imported pipeline (scope:unsharp-mask) but received scope:other',
    );
    expect(() => panels.import({ id: 'x' })).toThrow('Expected the schema of a pipeline of Scope');
    expect(panels.list()).toHaveLength(1);
  });
});

describe('what stands beside the schemas of fields', () => {
  const number = { type: 'number', minimum: 0, maximum: 1, default: 0.5, ui: ui(1) };
  const choice = { enum: ['a', 'b'], default: 'a', ui: ui(1) };
  const path = { type: 'string', default: '', ui: ui(1) };

  it.each([
    ['a unit that is an object', { ...number, camera_lab: { unit: { of: 'px' } } }, 'its unit is {"of":"px"} and not a text'],
    ['a step that is a text', { ...number, camera_lab: { step: '0.1' } }, 'its step is "0.1" and not a number'],
    [
      'a label that is a number',
      { ...choice, camera_lab: { option_labels: ['A', 2] } },
      'its options.1.label is 2 and not a text',
    ],
    ['an ending that is a number', { ...path, camera_lab: { file_types: [3] } }, 'its fileTypes.0 is 3 and not a text'],
    ['an order between places', { ...number, ui: { order: 1.5 } }, 'its order is 1.5 and not a whole number'],
    ['an order without end', { ...number, ui: { order: Number('1e400') } }, 'its order is Infinity and not a number'],
    [
      'a choice without end',
      { enum: [1, Number('1e400')], default: 1, ui: ui(1) },
      'its options.1.value is null and not a text or a number',
    ],
  ])('(%s) leaves that field out with why, and the list is one that pages take', (_what, spoiled, reason) => {
    const panels = new ScopePanels();
    panels.import({ config_schema: { properties: { spoiled, whole: number } } });
    const [panel] = scopeCalls['scope.list'].response.parse(JSON.parse(JSON.stringify(panels.list())));
    expect(panel?.skipped).toEqual([{ name: 'spoiled', reason }]);
    expect(panel?.processor.parameters.map(({ name }) => name)).toEqual(['whole']);
  });
});

describe('an imported pipeline', () => {
  it('says of itself what the lab can show, and what it has left out', () => {
    const [panel] = opened().list() as [ScopePanel];
    expect(panel).toMatchObject({
      pipelineId: 'unsharp-mask',
      exportedFrom: 'unsharp-mask',
      version: '2.1.0',
      fixed: ['unsharp_sigma'],
    });
    expect(panel.skipped).toEqual([{ name: 'sharp_list', reason: 'no number, switch, choice or text but array' }]);
    expect(panel.processor).toMatchObject({ id, name: 'Sharp', usage: ['postprocessor'], modes: ['video'] });
    expect(panel.processor.parameters.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'sharp_on runtime',
      'unsharp_amount runtime',
      'sharp_passes load-time',
      'unsharp_sigma load-time',
    ]);
    const bare = new ScopePanels().import(schema.config_schema);
    expect(bare.processor).toMatchObject({ id: 'scope:unnamed', name: 'Unnamed pipeline' });
  });

  it('gives its values as a user of Scope would send them, and takes them again', () => {
    const panels = opened();
    panels.setValues(id, { sharp_passes: 2, unsharp_amount: 1.25, unsharp_sigma: 2.5 });
    const text = panels.valuesText(id);
    expect(text).toBe('{\n  "sharp_on": true,\n  "unsharp_amount": 1.25,\n  "sharp_passes": 2\n}\n');
    const other = opened();
    other.setValues(id, JSON.parse(text));
    expect(other.find(id)?.current.values).toEqual(panels.find(id)?.current.values);
  });

  it('announces what has come, changed and gone, and begins anew when it is imported again', () => {
    const panels = new ScopePanels();
    const lists: string[][] = [];
    const states: ParameterState[] = [];
    panels.changed.subscribe((list) => lists.push(list.map(({ version }) => version)));
    panels.parametersChanged.subscribe((state) => states.push(state));
    panels.import(schema);
    panels.find(id)?.set({ unsharp_amount: 2 });
    panels.import({ ...schema, version: '3.0.0' });
    panels.close(id);
    expect(lists).toEqual([['2.1.0'], ['3.0.0'], []]);
    // Versions go on counting, so that an answer that is late cannot win.
    expect(states.map(({ version, values }) => [version, values.unsharp_amount])).toEqual([
      [1, 0.6],
      [2, 2],
      [3, 0.6],
    ]);
    expect(panels.find(id)).toBeUndefined();
  });
});

describe('values between a pipeline and the processor that it was exported from', () => {
  it('go over as far as there are such parameters, also those that are part of the model', () => {
    const panels = opened();
    panels.setValues(id, { unsharp_amount: 1.5 });
    const store = new ParameterStore('unsharp-mask', unsharpMask.params);
    expect(panels.handedTo(id, store)).toEqual({
      values: { unsharp_amount: 1.5, unsharp_sigma: 2.5 },
      left: [
        { name: 'sharp_on', reason: 'unsharp-mask has no such parameter' },
        { name: 'sharp_passes', reason: 'unsharp-mask has no such parameter' },
      ],
    });
  });

  it('come back but for what is part of the model, which is told where it differs', () => {
    const panels = opened();
    const store = new ParameterStore('unsharp-mask', unsharpMask.params);
    store.set({ unsharp_amount: 0.25 });
    const { values, left } = panels.takenFrom(id, store);
    expect(values).toEqual({ unsharp_amount: 0.25 });
    expect(left.at(-1)).toEqual({ name: 'unsharp_sigma', reason: '2.5 is part of its model' });
    store.setLoadTime({ unsharp_sigma: 2.5 });
    expect(panels.takenFrom(id, store).left.map(({ name }) => name)).toEqual(['sharp_on', 'sharp_passes']);
  });

  it('stay as they are where they are out of the range of the other, and the rest goes over', () => {
    const wide = { type: 'number', minimum: -9, maximum: 9, default: 8, ui: ui(1) };
    const narrow = { type: 'number', minimum: 4, maximum: 8, default: 5, ui: ui(2, true) };
    const panels = new ScopePanels();
    panels.import({ id: 'unsharp-mask', config_schema: { properties: { unsharp_amount: wide, unsharp_sigma: narrow } } });
    const store = new ParameterStore('unsharp-mask', unsharpMask.params);
    expect(panels.handedTo(id, store)).toEqual({
      values: { unsharp_sigma: 5 },
      left: [{ name: 'unsharp_amount', reason: expect.stringMatching(/^Expected a number from 0 to \d.* but received 8$/) }],
    });
    store.set({ unsharp_amount: 0.25 });
    store.setLoadTime({ unsharp_sigma: 1 });
    expect(panels.takenFrom(id, store)).toEqual({
      values: { unsharp_amount: 0.25 },
      left: [{ name: 'unsharp_sigma', reason: 'Expected a number from 4 to 8 for unsharp_sigma but received 1' }],
    });
  });

  it('leave the files of the lab alone', () => {
    const panels = new ScopePanels();
    const properties = { lut_strength: { type: 'number', minimum: 0, maximum: 1, default: 0.5, ui: ui(1) } };
    const fixed = { lut_path: { type: 'string', default: 'look.cube', ui: ui(2, true), camera_lab: { component: 'file' } } };
    panels.import({ id: 'lut', config_schema: { properties, camera_lab: { fixed } } });
    const handed = panels.handedTo('scope:lut', new ParameterStore('lut', lutProcessor.params));
    expect(handed.values).toEqual({ lut_strength: 0.5 });
    expect(handed.left.map(({ name }) => name)).toEqual(['lut_path']);
  });
});

describe('fields that may have no value', () => {
  const orNull = { anyOf: [{ type: 'integer', minimum: 0, maximum: 9 }, { type: 'null' }] };
  const properties = {
    a_seed: { ...orNull, default: null, ui: ui(1) },
    b_steps: { ...orNull, default: 4, ui: ui(2) },
    c_needed: { type: 'string', ui: ui(3, true) },
    d_plain: { type: 'number', minimum: 0, maximum: 1, default: 0.5, ui: ui(4) },
    constructor: { type: 'boolean', default: true, ui: ui(5) },
  };
  const opening = (): ScopePanels => {
    const panels = new ScopePanels();
    panels.import({ id: 'unsharp-mask', config_schema: { properties } });
    return panels;
  };
  const sent = (panels: ScopePanels): unknown => JSON.parse(panels.valuesText(id));
  const first = { a_seed: null, b_steps: 4, d_plain: 0.5, constructor: true };

  it('are null where the schema takes null and left out elsewhere, until they are set and after they are reset', () => {
    const panels = opening();
    expect(sent(panels)).toEqual(first);
    panels.find(id)?.set({ a_seed: 0, c_needed: '', constructor: false });
    expect(sent(panels)).toEqual({ ...first, a_seed: 0, c_needed: '', constructor: false });
    panels.find(id)?.set({ a_seed: null, c_needed: null });
    expect(sent(panels)).toEqual({ ...first, constructor: false });
  });

  it('take null from JSON where Scope does, and nothing else does', () => {
    const panels = opening();
    panels.setValues(id, { a_seed: 3, b_steps: null });
    expect(sent(panels)).toEqual({ ...first, a_seed: 3, b_steps: null });
    panels.setValues(id, first);
    expect(sent(panels)).toEqual(first);
    for (const [json, message] of [
      [{ c_needed: null }, 'Expected text for c_needed but received null'],
      [{ d_plain: null }, 'Expected a number from 0 to 1 for d_plain but received null'],
      [{ a_seed: null, d_none: null }, 'Expected a parameter of scope:unsharp-mask'],
    ] as const) {
      expect(() => panels.setValues(id, json)).toThrow(message);
    }
    expect(sent(panels)).toEqual(first);
  });

  it('hand nothing over while they are not set, and say so', () => {
    const target = new ParameterStore('target', {
      a_seed: runtime(z.int().min(0).max(9).default(7), { order: 1, label: 'Seed', help: 'Seed', category: 'Chance' }),
    });
    const panels = opening();
    expect(panels.handedTo(id, target)).toMatchObject({
      values: {},
      left: [
        { name: 'a_seed', reason: 'not set' },
        { name: 'b_steps', reason: 'target has no such parameter' },
        ...['c_needed', 'd_plain', 'constructor'].map((name) => ({ name })),
      ],
    });
    expect(panels.takenFrom(id, target).values).toEqual({ a_seed: 7 });
    panels.setValues(id, { a_seed: 2 });
    expect(panels.handedTo(id, target).values).toEqual({ a_seed: 2 });
  });

  it('are told of by name where no record can hold it', () => {
    const json = JSON.parse('{ "properties": { "__proto__": { "type": "boolean", "default": true, "ui": {} } } }');
    expect(new ScopePanels().import(json).skipped.map(({ name }) => name)).toEqual(['__proto__']);
    // Scope shows no field without `ui`.
    const hidden = JSON.parse('{ "properties": { "__proto__": { "type": "boolean", "default": true } } }');
    expect(new ScopePanels().import(hidden).skipped).toEqual([]);
  });
});
