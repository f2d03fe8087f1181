import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  checkValue,
  defaultValues,
  describeParameters,
  loadTime,
  type Parameter,
  runtime,
} from '../../../main/processor/parameters.ts';
import type { ParameterDescription } from '../../../preload/contract.ts';

const ui = { order: 1, label: 'Label', help: 'Help', category: 'Category' };

const parameters = {
  t_bounded: runtime(z.number().min(-1).max(3).default(0), { ...ui, order: 6 }),
  t_stepped: runtime(z.number().min(0).max(1).default(0.5), { ...ui, order: 5, step: 0.05, unit: 'EV' }),
  t_whole: loadTime(z.int().min(1).max(32).default(8), { ...ui, order: 4, unit: 'px' }),
  t_open: runtime(z.number().min(0).default(1), { ...ui, order: 3 }),
  t_flag: runtime(z.boolean().default(false), { ...ui, order: 2 }),
  t_choice: loadTime(z.enum(['full', 'half']).default('full'), { ...ui, order: 1, optionLabels: ['Full size', 'Half size'] }),
  t_text: runtime(z.string().default('none'), { ...ui, order: 7 }),
};

function described(name: keyof typeof parameters): ParameterDescription {
  const found = describeParameters(parameters).find((parameter) => parameter.name === name);
  if (!found) throw new Error(`Expected a description of ${name}`);
  return found;
}

describe('a value that does not fit', () => {
  const wrong: [keyof typeof parameters, unknown, string][] = [
    ['t_bounded', 3.01, 'Expected a number from -1 to 3 for t_bounded but received 3.01'],
    ['t_bounded', Number.NaN, 'Expected a number from -1 to 3 for t_bounded but received null'],
    ['t_bounded', '1', 'Expected a number from -1 to 3 for t_bounded but received "1"'],
    ['t_bounded', undefined, 'Expected a number from -1 to 3 for t_bounded but received undefined'],
    ['t_stepped', 2, 'Expected a number from 0 to 1 EV for t_stepped but received 2'],
    ['t_whole', 8.5, 'Expected a whole number from 1 to 32 px for t_whole but received 8.5'],
    ['t_open', -1, 'Expected a number of at least 0 for t_open but received -1'],
    ['t_flag', 1, 'Expected true or false for t_flag but received 1'],
    ['t_choice', 'quarter', 'Expected one of full, half for t_choice but received "quarter"'],
    ['t_text', 5, 'Expected text for t_text but received 5'],
  ];
  it.each(wrong)('is refused for %s: %j', (name, value, message) => {
    expect(() => checkValue(described(name), parameters[name] as Parameter, value)).toThrow(message);
  });

  it.each<[string, z.ZodType<number>, number, string]>([
    [
      'far apart',
      z.number().min(-1e300).max(1e300).default(0),
      1e301,
      'a number from -1e+300 to 1e+300 for t but received 1e+301',
    ],
    ['none', z.int().default(0), 0.5, 'a whole number for t but received 0.5'],
  ])('is refused with limits that no slider has: %s', (_, schema, value, message) => {
    const parameter = runtime(schema, ui);
    const [description] = describeParameters({ t: parameter });
    expect(() => checkValue(description as ParameterDescription, parameter, value)).toThrow(`Expected ${message}`);
  });

  it('is never clamped: the ends fit', () => {
    expect(checkValue(described('t_bounded'), parameters.t_bounded as Parameter, -1)).toBe(-1);
    expect(checkValue(described('t_bounded'), parameters.t_bounded as Parameter, 3)).toBe(3);
  });
});

describe('a description', () => {
  it('has the control that the schema asks for, by order', () => {
    const controls = describeParameters(parameters).map(({ name, control }) => [name, control]);
    expect(controls).toEqual([
      ['t_choice', 'select'],
      ['t_flag', 'toggle'],
      ['t_open', 'number'],
      ['t_whole', 'slider'],
      ['t_stepped', 'slider'],
      ['t_bounded', 'slider'],
      ['t_text', 'text'],
    ]);
  });

  it('has range, step and unit of a slider', () => {
    expect(described('t_bounded')).toMatchObject({
      kind: 'runtime',
      minimum: -1,
      maximum: 3,
      step: 0.04,
      integer: false,
      defaultValue: 0,
    });
    expect(described('t_stepped')).toMatchObject({ minimum: 0, maximum: 1, step: 0.05, unit: 'EV', defaultValue: 0.5 });
    expect(described('t_whole')).toMatchObject({
      kind: 'load-time',
      minimum: 1,
      maximum: 32,
      step: 1,
      integer: true,
      unit: 'px',
    });
  });

  it('has no range where there is none', () => {
    const open = described('t_open');
    expect([open.minimum, open.maximum, open.step]).toEqual([0, undefined, undefined]);
    expect(described('t_text')).not.toHaveProperty('unit');
  });

  it('has the options of a choice with their labels', () => {
    expect(described('t_choice').options).toEqual([
      { value: 'full', label: 'Full size' },
      { value: 'half', label: 'Half size' },
    ]);
  });

  it('says which control suits it better, and which files', () => {
    const schema = z.string().default('');
    const ui = { order: 1, label: 'Table', help: 'A table', category: 'T', component: 'file', fileTypes: ['cube'] } as const;
    expect(describeParameters({ t_file: loadTime(schema, ui) })[0]).toMatchObject({
      control: 'text',
      component: 'file',
      fileTypes: ['cube'],
    });
    expect(described('t_text')).not.toHaveProperty('fileTypes');
  });

  it('gives every default', () => {
    expect(defaultValues(parameters)).toEqual({
      t_bounded: 0,
      t_stepped: 0.5,
      t_whole: 8,
      t_open: 1,
      t_flag: false,
      t_choice: 'full',
      t_text: 'none',
    });
  });

  it('needs a default', () => {
    expect(() => describeParameters({ t_none: runtime(z.number(), ui) })).toThrow('Expected a default for parameter t_none');
  });
});
