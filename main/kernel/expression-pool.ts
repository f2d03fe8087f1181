import type { Expression, Field, Operation, Shift } from './expression.ts';

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;

/** One term of a weighted sum. */
export interface Term {
  readonly expression: Expression;
  readonly weight: number;
}

const folded: Partial<Record<Operation, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  minimum: Math.min,
  maximum: Math.max,
  negate: (a) => -a,
  absolute: Math.abs,
  squareRoot: Math.sqrt,
};

/** Makes expressions, each different one once, so that what several pixels or planes have in common is computed once. */
export class ExpressionPool {
  readonly #known = new Map<string, Expression>();

  constant(value: number): Expression {
    const single = Math.fround(value);
    return this.#intern(`c${Object.is(single, -0) ? '-0' : single}`, { kind: 'constant', value: single });
  }

  uniform(input: string, element: number): Expression {
    return this.#intern(`u${element} ${input}`, { kind: 'uniform', input, element });
  }

  sample(field: Field, plane: number, { rows, columns }: Shift): Expression {
    const shift = { rows, columns };
    return this.#intern(`s${field.id},${plane},${rows},${columns}`, { kind: 'sample', field, plane, shift });
  }

  choice(mask: Expression, yes: Expression, no: Expression): Expression {
    return this.#intern(`w${mask.id},${yes.id},${no.id}`, { kind: 'choice', mask, yes, no });
  }

  /** An operation on float values or masks; constants are folded, and what changes nothing is left out. */
  call(operation: Operation, ...operands: readonly Expression[]): Expression {
    const values = operands.map((operand) => (operand.kind === 'constant' ? operand.value : undefined));
    const fold = folded[operation];
    if (fold && values.every((value) => value !== undefined)) {
      const [a = 0, b = 0] = values as number[];
      return this.constant(fold(a, b));
    }
    const [first, second] = operands as [Expression, Expression];
    if (operation === 'multiply' && values[1] === 1) return first;
    if (operation === 'multiply' && values[0] === 1) return second;
    if ((operation === 'add' || operation === 'subtract') && values[1] === 0) return first;
    if (operation === 'add' && values[0] === 0) return second;
    if (operation === 'floor' && first.kind === 'call' && first.operation === 'round') return first;
    return this.#intern(`${operation}${operands.map(({ id }) => `,${id}`).join('')}`, { kind: 'call', operation, operands });
  }

  /**
   * A sum with constant weights: what has the same weight is added first and multiplied once, plane by plane and in an order of its own,
   * so that sums which filters have in common are one expression. Terms of weight 0 cost nothing.
   */
  weightedSum(terms: readonly Term[]): Expression {
    const groups = new Map<number, Term[]>();
    for (const term of terms.filter(({ weight }) => weight !== 0)) {
      const size = Math.fround(Math.abs(term.weight));
      groups.set(size, [...(groups.get(size) ?? []), term]);
    }
    let sum: Expression | undefined;
    for (const [size, group] of groups) {
      const { total, isNegative } = this.#signedSum(group);
      const part = this.call('multiply', total, this.constant(size));
      if (sum) sum = this.call(isNegative ? 'subtract' : 'add', sum, part);
      else sum = isNegative ? this.call('multiply', total, this.constant(-size)) : part;
    }
    return sum ?? this.constant(0);
  }

  /** The sum of terms of one absolute weight by their signs; the negative of it where the first is negative. */
  #signedSum(terms: readonly Term[]): { readonly total: Expression; readonly isNegative: boolean } {
    const byPlane = new Map<string, Term[]>();
    for (const term of terms) {
      const key = `${planeKey(term.expression)}${term.weight < 0 ? '-' : '+'}`;
      byPlane.set(key, [...(byPlane.get(key) ?? []), term]);
    }
    const parts = [...byPlane].sort(([a], [b]) => (a < b ? -1 : 1));
    const sums = parts.map(([key, group]) => ({
      isNegative: key.endsWith('-'),
      total: this.#balancedSum(group.map(({ expression }) => expression).sort((a, b) => a.id - b.id)),
    }));
    // What is added comes first, so that most sums need no negation.
    const [first, ...rest] = [...sums.filter((part) => !part.isNegative), ...sums.filter((part) => part.isNegative)];
    if (!first) return { total: this.constant(0), isNegative: false };
    const total = rest.reduce(
      (sum, part) => this.call(part.isNegative === first.isNegative ? 'add' : 'subtract', sum, part.total),
      first.total,
    );
    return { total, isNegative: first.isNegative };
  }

  #balancedSum(expressions: readonly Expression[]): Expression {
    if (expressions.length === 1) return expressions[0] as Expression;
    const half = Math.ceil(expressions.length / 2);
    return this.call('add', this.#balancedSum(expressions.slice(0, half)), this.#balancedSum(expressions.slice(half)));
  }

  #intern(key: string, parts: WithoutId<Expression>): Expression {
    const known = this.#known.get(key);
    if (known) return known;
    const made = { id: this.#known.size, ...parts } as Expression;
    this.#known.set(key, made);
    return made;
  }
}

function planeKey(expression: Expression): string {
  return expression.kind === 'sample' ? `${expression.field.id},${expression.plane}` : 'other';
}
