import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fastIsp } from '../../../main/isp/fast-isp.ts';
import { defineProcessor, describeProcessor, type ProcessorDeclaration } from '../../../main/processor/define-processor.ts';
import { type Parameters, runtime } from '../../../main/processor/parameters.ts';

const ui = { order: 1, label: 'Amount', help: 'How much', category: 'Test' };
const amount = runtime(z.number().min(0).max(1).default(0.2), ui);

function declared(changes: Partial<ProcessorDeclaration>): ProcessorDeclaration {
  return {
    id: 'exposure-lift',
    name: 'Exposure lift',
    description: 'Lifts shadows before tone mapping',
    supportsPrompts: false,
    modes: { video: { default: true } },
    usage: ['postprocessor'],
    params: { lift_amount: amount } as Parameters,
    ...changes,
  };
}

describe('a declaration that breaks a rule', () => {
  const broken: Record<string, [Partial<ProcessorDeclaration>, string]> = {
    'an id with capitals': [
      { id: 'ExposureLift' },
      'lower-case words joined by hyphens for id of processor ExposureLift but received ExposureLift',
    ],
    'an id with a trailing hyphen': [{ id: 'lift-' }, 'lower-case words joined by hyphens for id of processor lift-'],
    'no place in the chain': [
      { usage: [] },
      'at least one place in the chain for usage of processor exposure-lift but received none',
    ],
    'no default mode': [{ modes: { video: {} } }, 'exactly one default mode for modes of processor exposure-lift but received 0'],
    'two default modes': [
      { modes: { video: { default: true }, text: { default: true } } },
      'exactly one default mode for modes of processor exposure-lift but received 2',
    ],
    'a parameter without prefix': [{ params: { amount } as Parameters }, 'lower_snake_case with a prefix for params.amount'],
    'a parameter in camel case': [
      { params: { liftAmount: amount } as Parameters },
      'lower_snake_case with a prefix for params.liftAmount',
    ],
    'a parameter without default': [
      { params: { lift_amount: runtime(z.number(), ui) } as Parameters },
      'a schema with a default for params.lift_amount of processor exposure-lift but received none',
    ],
  };
  for (const [name, [changes, message]] of Object.entries(broken)) {
    it(`is refused: ${name}`, () => {
      expect(() => defineProcessor(declared(changes))).toThrow(`Expected ${message}`);
    });
  }
});

describe('a good declaration', () => {
  it('comes back unchanged', () => {
    const declaration = declared({});
    expect(defineProcessor(declaration)).toBe(declaration);
  });

  it('is described with its modes in order and its parameters', () => {
    const description = describeProcessor(declared({ modes: { text: {}, video: { default: true } } }));
    expect(description.modes).toEqual(['video', 'text']);
    expect(description.parameters.map(({ name }) => name)).toEqual(['lift_amount']);
  });

  it('describes FastISP completely: every parameter with label, help, category and a distinct order', () => {
    const { parameters } = describeProcessor(fastIsp.declaration);
    expect(parameters.length).toBeGreaterThanOrEqual(10);
    expect(new Set(parameters.map(({ order }) => order)).size).toBe(parameters.length);
    expect(parameters.filter(({ label, help, category }) => !label || !help || !category)).toEqual([]);
    const loadTime = parameters.filter(({ kind }) => kind === 'load-time').map(({ name }) => name);
    expect(loadTime.slice(loadTime.indexOf('output_resolution'))).toEqual([
      'output_resolution',
      'demosaic_method',
      'colour_domain',
      'tone_curve',
      'chroma_enabled',
      'sharpen_coring',
      'picture_orientation',
      'crop_left',
      'crop_top',
      'crop_width',
      'crop_height',
      'strip_rows',
      'execution_provider',
    ]);
  });
});
