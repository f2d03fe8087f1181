import type { Expression, Field, Operation } from '../../main/kernel/expression.ts';

/** The sample of a field's plane at a row and a column. */
export type ReadSample = (field: Field, plane: number, row: number, column: number) => number;

const results: Readonly<Record<Operation, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  minimum: Math.min,
  maximum: Math.max,
  negate: (a) => -a,
  absolute: Math.abs,
  squareRoot: Math.sqrt,
  round: Math.round,
  floor: Math.floor,
  greater: (a, b) => Number(a > b),
  less: (a, b) => Number(a < b),
  equal: (a, b) => Number(a === b),
  both: (a, b) => a && b,
  either: (a, b) => a || b,
  toFloat: (a) => a,
};

/** What an expression is at one place, in double precision; masks are 1 or 0, and uniforms are 1 plus their element. */
export function evaluate(expression: Expression, read: ReadSample, row = 0, column = 0): number {
  const of = (part: Expression): number => evaluate(part, read, row, column);
  switch (expression.kind) {
    case 'constant':
      return expression.value;
    case 'uniform':
      return 1 + expression.element;
    case 'sample':
      return read(expression.field, expression.plane, row + expression.shift.rows, column + expression.shift.columns);
    case 'choice':
      return of(expression.mask) ? of(expression.yes) : of(expression.no);
    case 'call': {
      const [a, b = 0] = expression.operands.map(of) as [number, number?];
      return results[expression.operation](a, b);
    }
  }
}
