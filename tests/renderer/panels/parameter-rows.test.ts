import { expect, test } from 'vitest';
import type { ParameterDescription } from '../../../preload/contract.ts';
import { offeredResolutions, parameterRows } from '../../../renderer/panels/parameters/parameter-rows.ts';

function side(name: string, change: Partial<ParameterDescription> = {}): ParameterDescription {
  return {
    name,
    label: name,
    help: '',
    category: 'Graph',
    kind: 'load-time',
    control: 'slider',
    component: 'resolution',
    order: 1,
    integer: true,
    minimum: 64,
    maximum: 2048,
    step: 1,
    defaultValue: 512,
    ...change,
  };
}

const namesOf = (parameters: readonly ParameterDescription[]) =>
  parameterRows(parameters).map((row) => ('pair' in row ? [row.pair.width.name, row.pair.height.name] : row.parameter.name));

test('a lone side, and one that is no whole number, stay lines of their own', () => {
  expect(namesOf([side('width')])).toEqual(['width']);
  expect(namesOf([side('width', { integer: false }), side('height')])).toEqual(['width', 'height']);
  expect(namesOf([side('width'), side('other', { component: 'file' }), side('height')])).toEqual(['width', 'other', 'height']);
});

test('two sides that follow each other are one line, whichever comes first', () => {
  expect(namesOf([side('height'), side('width')])).toEqual([['width', 'height']]);
  expect(namesOf([side('model_width'), side('model_height'), side('strip_rows', { component: undefined as never })])).toEqual([
    ['model_width', 'model_height'],
    'strip_rows',
  ]);
  expect(namesOf([side('columns'), side('rows')])).toEqual([['columns', 'rows']]);
});

test('only sizes that both sides take are offered, the default first and once', () => {
  const [row] = parameterRows([side('width', { step: 64 }), side('height', { maximum: 720, step: 8 })]);
  if (!row || !('pair' in row)) throw new Error('Expected a pair');
  expect(offeredResolutions(row.pair).map(({ width, height }) => `${width}x${height}`)).toEqual([
    '512x512',
    '1280x720',
    '640x360',
    '256x256',
  ]);
});
