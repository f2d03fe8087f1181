import { expect, it } from 'vitest';
import { z } from 'zod';
import { schemaFault } from '../../../main/base/schema-fault.ts';

const even = z.int().refine((count) => count % 2 === 0, { error: 'an even number' });
const schema = z.strictObject({
  id: z.string().min(1),
  count: even,
  share: z.number().positive().max(1),
  step: z.number().multipleOf(4),
  layout: z.enum(['flat', 'deep']),
  places: z.array(z.union([z.int(), z.boolean()])),
  part: z.discriminatedUnion('kind', [z.object({ kind: z.literal('a') }), z.object({ kind: z.literal('b') })]),
});
const good = { id: 'x', count: 2, share: 1, step: 8, layout: 'flat', places: [1, true], part: { kind: 'a' } };

it.each([
  ['no object', [], ['', 'an object', '[]']],
  ['a field that is missing', { ...good, id: undefined }, ['id', 'a text', 'nothing']],
  ['a text that is empty', { ...good, id: '' }, ['id', 'a length of at least 1', '""']],
  ['a field too many', { ...good, idd: 'y' }, ['idd', 'no field of that name', '"y"']],
  ['a part of a number', { ...good, count: 2.5 }, ['count', 'a whole number', '2.5']],
  ['what the schema itself refuses', { ...good, count: 3 }, ['count', 'an even number', '3']],
  ['a bound that is not meant itself', { ...good, share: 0 }, ['share', 'more than 0', '0']],
  ['a bound', { ...good, share: 1.5 }, ['share', 'at most 1', '1.5']],
  ['a number between steps', { ...good, step: 6 }, ['step', 'a multiple of 4', '6']],
  ['another choice', { ...good, layout: 'wide' }, ['layout', 'one of flat, deep', '"wide"']],
  ['no list', { ...good, places: 7 }, ['places', 'a list', '7']],
  ['an element of neither kind', { ...good, places: [1, 'x'] }, ['places.1', 'a number or a boolean', '"x"']],
  ['no kind', { ...good, part: {} }, ['part.kind', 'one of a, b', 'nothing']],
  ['a long value', { ...good, layout: 'x'.repeat(200) }, ['layout', 'one of flat, deep', `"${'x'.repeat(78)}…`]],
])('%s', (_what, data, [field, expected, received]) => {
  const { error } = schema.safeParse(data);
  expect(error && schemaFault(error, data)).toEqual({ field, expected, received });
  expect(schema.safeParse(good).success).toBe(true);
});
