import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ComputedField, Expression, Field } from '../../../main/kernel/expression.ts';
import { ExpressionPool } from '../../../main/kernel/expression-pool.ts';
import { type Schedule, samplesIn, scheduleRows } from '../../../main/kernel/schedule.ts';
import { evaluate, type ReadSample } from '../../support/evaluate-expression.ts';

const raster = { rows: 40, columns: 6 };

/** Fields in the order in which they are made. */
class Fields {
  readonly pool = new ExpressionPool();
  #made = 0;

  mosaic(): Field {
    this.#made += 1;
    return { ...raster, id: this.#made, name: 'mosaic', kind: 'mosaic', planeCount: 4, margin: 2, pads: 'pads' };
  }

  computed(planes: readonly Expression[], { isShared = false }: Partial<ComputedField> = {}): Field {
    this.#made += 1;
    return { ...raster, id: this.#made, name: `field ${this.#made}`, kind: 'computed', planes, isShared };
  }

  at(field: Field, rows = 0, columns = 0, plane = 0): Expression {
    return this.pool.sample(field, plane, { rows, columns });
  }

  /** As many operations as are said, on one value. */
  costly(of: Expression, operations: number): Expression {
    let made = of;
    for (let count = 0; count < operations; count++) {
      made = this.pool.call(count % 2 === 0 ? 'squareRoot' : 'absolute', made);
    }
    return made;
  }

  sum(...parts: readonly Expression[]): Expression {
    return parts.reduce((total, part) => this.pool.call('add', total, part));
  }
}

/** What is kept, by name, with how far it is ahead of the picture. */
function leadsOf({ buffers }: Schedule): Record<string, readonly [lead: number, low: number]> {
  return Object.fromEntries(buffers.map(({ field, lead, low }) => [field.name, [lead, low] as const]));
}

const namesOf = ({ steps }: Schedule): string[] => steps.map(({ field }) => field?.name ?? 'picture');

describe('what is kept in line buffers', () => {
  it('is the mosaic alone where everything is read once', () => {
    const fields = new Fields();
    const source = fields.mosaic();
    const field = fields.computed([fields.costly(fields.at(source, 1), 9)]);
    const schedule = scheduleRows(fields.pool, [fields.at(field, 2, 3)]);
    expect(namesOf(schedule)).toEqual(['picture']);
    expect(leadsOf(schedule)).toEqual({ mosaic: [3, 3] });
  });

  it('is what costs something and is read at several shifts', () => {
    const fields = new Fields();
    const source = fields.mosaic();
    const field = fields.computed([fields.costly(fields.at(source, 1), 3)]);
    const schedule = scheduleRows(fields.pool, [fields.sum(fields.at(field, 0), fields.at(field, 0, 1), fields.at(field, 2))]);
    expect(namesOf(schedule)).toEqual(['field 2', 'picture']);
    expect(leadsOf(schedule)).toEqual({ 'field 2': [2, 0], mosaic: [3, 3] });
    expect(schedule.steps.map(({ lead }) => lead)).toEqual([2, 0]);
  });

  it('is not what is cheap, however often it is read', () => {
    const fields = new Fields();
    const source = fields.mosaic();
    const field = fields.computed([fields.costly(fields.at(source, 1), 2)]);
    const schedule = scheduleRows(fields.pool, [fields.sum(fields.at(field, 0), fields.at(field, 3, 1), fields.at(field, 2))]);
    expect(namesOf(schedule)).toEqual(['picture']);
    expect(leadsOf(schedule)).toEqual({ mosaic: [4, 1] });
  });

  it('is what several steps read at the same place', () => {
    const fields = new Fields();
    const source = fields.mosaic();
    const common = fields.computed([fields.costly(fields.at(source), 5)]);
    const blurred = fields.computed([fields.costly(fields.at(common), 5)]);
    const spread = fields.sum(fields.at(blurred, 0), fields.at(blurred, 1));
    expect(namesOf(scheduleRows(fields.pool, [fields.sum(spread, fields.at(common))]))).toEqual([
      'field 2',
      'field 3',
      'picture',
    ]);
    expect(namesOf(scheduleRows(fields.pool, [spread]))).toEqual(['field 3', 'picture']);
  });

  it('is what is said to be worth it', () => {
    const fields = new Fields();
    const source = fields.mosaic();
    const field = fields.computed([fields.costly(fields.at(source), 1)], { isShared: true });
    expect(namesOf(scheduleRows(fields.pool, [fields.at(field, 1)]))).toEqual(['field 2', 'picture']);
  });

  it('is only those planes of a field that something reads', () => {
    const fields = new Fields();
    const source = fields.mosaic();
    const field = fields.computed([0, 1, 2].map((plane) => fields.costly(fields.at(source, 0, 0, plane), 4)));
    const schedule = scheduleRows(fields.pool, [fields.sum(fields.at(field, 0, 0, 1), fields.at(field, 1, 0, 1))]);
    expect([...(schedule.steps[0]?.planes.keys() ?? [])]).toEqual([1]);
  });
});

describe('a step', () => {
  it('is as many rows ahead as all that read it need, one after the other', () => {
    const fields = new Fields();
    const source = fields.mosaic();
    const three = (field: Field, rows: number): Expression =>
      fields.costly(fields.sum(fields.at(field, 0), fields.at(field, rows), fields.at(field, 0, 1)), 3);
    const first = fields.computed([three(source, 1)]);
    const second = fields.computed([three(first, 2)]);
    const third = fields.computed([three(second, 4)]);
    const schedule = scheduleRows(fields.pool, [fields.sum(fields.at(third, 0), fields.at(third, 8), fields.at(first, 1))]);
    expect(schedule.steps.map(({ field, lead }) => [field?.name, lead])).toEqual([
      ['field 2', 14],
      ['field 3', 12],
      ['field 4', 8],
      [undefined, 0],
    ]);
    expect(leadsOf(schedule)).toEqual({ 'field 4': [8, 0], 'field 3': [12, 8], 'field 2': [14, 1], mosaic: [15, 14] });
  });

  it('is free of what a scale costs where parameters are multiplied anyway', () => {
    const fields = new Fields();
    const source = fields.mosaic();
    const { pool } = fields;
    const mixed = fields.sum(
      ...[0, 1, 2].map((plane) => pool.call('multiply', fields.at(source, 0, 0, plane), pool.uniform('mix', plane))),
    );
    const field = fields.computed([mixed]);
    const picture = pool.call('multiply', fields.at(field), pool.constant(255));
    const [step] = scheduleRows(pool, [picture]).steps;
    const made = step?.planes.get(0) as Expression;
    expect(made.kind === 'call' && made.operation).toBe('add');
    const read: ReadSample = (_, plane) => plane + 3;
    expect(evaluate(made, read)).toBe(255 * (3 * 1 + 4 * 2 + 5 * 3));
  });
});

const place = fc.record({ field: fc.nat(), plane: fc.nat({ max: 1 }), rows: fc.nat({ max: 3 }), columns: fc.nat({ max: 2 }) });
const anyField = fc.record({
  reads: fc.array(place, { minLength: 1, maxLength: 4 }),
  operations: fc.nat({ max: 4 }),
  isChosen: fc.boolean(),
  isShared: fc.boolean(),
});

/** Two planes of every field: made of reads of those before, with a choice where it says so. */
function fieldsOf(descriptions: readonly (typeof anyField extends fc.Arbitrary<infer T> ? T : never)[]) {
  const fields = new Fields();
  const made = [fields.mosaic()];
  for (const { reads, operations, isChosen, isShared } of descriptions) {
    const samples = reads.map(({ field, plane, rows, columns }) =>
      fields.at(made[made.length - 1 - (field % made.length)] as Field, rows, columns, plane),
    );
    let value = fields.sum(...samples);
    for (let count = 0; count < operations; count++) {
      value = fields.pool.call(count % 2 === 0 ? 'absolute' : 'negate', value);
    }
    const isMore = fields.pool.call('greater', value, samples[0] as Expression);
    const chosen = isChosen ? fields.pool.choice(isMore, value, samples.at(-1) as Expression) : value;
    made.push(fields.computed([value, fields.pool.call('maximum', chosen, samples[0] as Expression)], { isShared }));
  }
  const last = made.at(-1) as Field;
  return { pool: fields.pool, picture: [fields.at(last, 0), fields.at(last, 1, 1, 1)] };
}

const source = (plane: number, row: number, column: number): number =>
  ((plane * 5 + row * 11 + column * 7 + row * column) % 19) - 8;

/** By definition: every field anew wherever it is read. */
const byDefinition: ReadSample = (field, plane, row, column) =>
  field.kind === 'computed' ? evaluate(field.planes[plane] as Expression, byDefinition, row, column) : source(plane, row, column);

/** Runs a schedule row by row with no more rows than it says, and the picture's rows. Throws for a row that is not there. */
function runSchedule({ steps, buffers }: Schedule, pictureRows: number): number[][] {
  const lines = new Map<string, number[]>();
  const keyOf = (field: Field, plane: number, row: number): string => `${field.id},${plane},${row}`;
  const read: ReadSample = (field, plane, row, column) => {
    if (field.kind === 'mosaic') return source(plane, row, column);
    const line = lines.get(keyOf(field, plane, row));
    if (!line) throw new Error(`Expected row ${row} of ${field.name} to be there`);
    // What lies beyond the last column is read by columns that no picture shows.
    return line[column] ?? Number.NaN;
  };
  const picture: number[][] = [];
  for (let at = -Math.max(...steps.map(({ lead }) => lead)); at < pictureRows; at++) {
    for (const { field, planes, lead } of steps) {
      const row = at + lead;
      if (row < 0) continue;
      for (const [plane, expression] of planes) {
        const line = Array.from({ length: field ? 40 : 6 }, (_, column) => evaluate(expression, read, row, column));
        if (field) lines.set(keyOf(field, plane, row), line);
        else picture.push(line);
      }
    }
    for (const { field, low } of buffers) for (const plane of [0, 1]) lines.delete(keyOf(field, plane, at + low));
  }
  return picture;
}

describe('any schedule', () => {
  it('makes what the expressions say by rows that are there when they are read', () => {
    fc.assert(
      fc.property(fc.array(anyField, { minLength: 1, maxLength: 5 }), (descriptions) => {
        const { pool, picture } = fieldsOf(descriptions);
        const schedule = scheduleRows(pool, picture);
        const kept = new Set(schedule.buffers.map(({ field }) => field));
        for (const { planes } of schedule.steps) {
          for (const { field } of [...planes.values()].flatMap(samplesIn)) expect(kept).toContain(field);
        }
        const expected = [0, 1, 2].flatMap((row) =>
          picture.map((plane) => Array.from({ length: 6 }, (_, column) => evaluate(plane, byDefinition, row, column))),
        );
        expect(runSchedule(schedule, 3)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });
});
