import { type Expression, type Field, partsOf, type Shift } from './expression.ts';
import type { ExpressionPool } from './expression-pool.ts';

/** Operations per sample up to which it is cheaper to compute it again than to keep it in a line buffer. */
const cheapOperations = 2;

/** One step of a row: computes the planes of a field, or of the outputs, from what is in memory. */
export interface Step {
  /** What it fills; the outputs where there is none. */
  readonly field: Field | undefined;
  /** Planes by their numbers; every sample that they read is in memory. */
  readonly planes: ReadonlyMap<number, Expression>;
  /** Rows that it is ahead of the outputs. */
  readonly lead: number;
}

/** A field that is in memory. */
export interface Buffered {
  readonly field: Field;
  /** Rows that it is filled ahead of the outputs, and the least that any step reads. */
  readonly lead: number;
  readonly low: number;
}

/** How rows are made: steps in their order, and the fields that they share. */
export interface Schedule {
  readonly steps: readonly Step[];
  readonly buffers: readonly Buffered[];
}

/** A place at which a field is read: by the step that fills a field, or the outputs, and where from there. */
interface Use {
  readonly by: Field | undefined;
  readonly shift: Shift;
}

/**
 * Decides which fields are kept in line buffers. A field that is read at one place only is computed where it is read; one that is
 * read at several shifts, or by several steps, is computed once and kept, unless it is cheap. Steps run from the source to the outputs, each
 * as many rows ahead as those behind it read.
 */
export function scheduleRows(pool: ExpressionPool, outputs: readonly Expression[]): Schedule {
  const needed = neededPlanes(outputs);
  const computed = [...needed.keys()].sort((a, b) => b.id - a.id);
  const everyShared = chooseBuffers(outputs, computed, needed, () => true);
  const isWorth = (field: Field): boolean => {
    const definitions = definitionsOf(field, needed);
    const isFromMemory = definitions.flatMap(samplesIn).every(({ field: source }) => everyShared.has(source));
    return !isFromMemory || operationsIn(definitions) > cheapOperations * definitions.length;
  };
  const kept = chooseBuffers(outputs, computed, needed, isWorth);
  const expander = new Expander(pool, kept);
  const stepOf = (field: Field): Step[] => {
    if (field.kind === 'mosaic' || field.kind === 'mask') return [];
    const planes = new Map<number, Expression>();
    if (field.kind === 'computed') {
      for (const plane of needed.get(field) ?? []) planes.set(plane, expander.expand(field.planes[plane] as Expression, noShift));
    }
    return [{ field, planes, lead: 0 }];
  };
  const made = computed.filter((field) => kept.has(field)).flatMap(stepOf);
  const last: Step = {
    field: undefined,
    planes: new Map(outputs.map((plane, at) => [at, expander.expand(plane, noShift)])),
    lead: 0,
  };
  return withLeads([last, ...made]);
}

/** More columns than any sample is read further on. */
const mostColumns = 2 ** 20;

const noShift: Shift = { rows: 0, columns: 0 };

/** Planes that the outputs are made of, directly or not, by field. */
function neededPlanes(outputs: readonly Expression[]): ReadonlyMap<Field, ReadonlySet<number>> {
  const needed = new Map<Field, Set<number>>();
  const open = outputs.flatMap(samplesIn);
  for (let sample = open.pop(); sample; sample = open.pop()) {
    const { field, plane } = sample;
    const planes = needed.get(field) ?? new Set();
    if (planes.has(plane)) continue;
    needed.set(field, planes.add(plane));
    if (field.kind === 'computed') open.push(...samplesIn(field.planes[plane] as Expression));
  }
  return needed;
}

type Sample = Extract<Expression, { kind: 'sample' }>;

const knownSamples = new WeakMap<Expression, readonly Sample[]>();

/** Samples that an expression reads, each once. Found once for each expression, which is asked for again and again. */
export function samplesIn(expression: Expression): readonly Sample[] {
  const known = knownSamples.get(expression) ?? findSamples(expression);
  knownSamples.set(expression, known);
  return known;
}

function findSamples(expression: Expression): readonly Sample[] {
  const seen = new Set([expression]);
  const samples: Sample[] = [];
  // A set goes on over what is added to it on the way.
  for (const next of seen) {
    if (next.kind === 'sample') samples.push(next);
    for (const part of partsOf(next)) seen.add(part);
  }
  return samples;
}

function operationsIn(expressions: readonly Expression[]): number {
  const seen = new Set<Expression>();
  const visit = (expression: Expression): void => {
    if (seen.has(expression)) return;
    seen.add(expression);
    partsOf(expression).forEach(visit);
  };
  expressions.forEach(visit);
  return [...seen].filter(({ kind }) => kind === 'call' || kind === 'choice').length;
}

function definitionsOf(field: Field, needed: ReadonlyMap<Field, ReadonlySet<number>>): readonly Expression[] {
  if (field.kind !== 'computed') return [];
  return [...(needed.get(field) ?? [])].map((plane) => field.planes[plane] as Expression);
}

/** Fields to keep, from the outputs backwards: sources, and what is read more than once where `isWorth` says so. */
function chooseBuffers(
  outputs: readonly Expression[],
  fields: readonly Field[],
  needed: ReadonlyMap<Field, ReadonlySet<number>>,
  isWorth: (field: Field) => boolean,
): ReadonlySet<Field> {
  const uses = new Map<Field, Map<string, Use>>();
  const use = (field: Field, { by, shift }: Use): void => {
    const own = uses.get(field) ?? new Map<string, Use>();
    uses.set(field, own.set(`${by?.id},${shift.rows},${shift.columns}`, { by, shift }));
  };
  for (const { field, shift } of outputs.flatMap(samplesIn)) use(field, { by: undefined, shift });
  const kept = new Set<Field>();
  for (const field of fields) {
    const own = uses.get(field) ?? new Map<string, Use>();
    const isKept = field.kind !== 'computed' || field.isShared || (own.size > 1 && isWorth(field));
    if (isKept) kept.add(field);
    for (const { field: source, shift } of definitionsOf(field, needed).flatMap(samplesIn)) {
      if (isKept) use(source, { by: field, shift });
      else for (const at of own.values()) use(source, { by: at.by, shift: added(at.shift, shift) });
    }
  }
  return kept;
}

function added(a: Shift, b: Shift): Shift {
  return { rows: a.rows + b.rows, columns: a.columns + b.columns };
}

/**
 * Puts what is not kept in the place of the samples that read it. A constant factor of a sum of products is multiplied into their own factors, where
 * those are parameters: a picture's scale costs nothing then. Constant weights are left alone, since what they weigh is often shared.
 */
class Expander {
  readonly #pool: ExpressionPool;
  readonly #kept: ReadonlySet<Field>;
  /** By the expression before, and its shift as one number. */
  readonly #known = new Map<Expression, Map<number, Expression>>();

  constructor(pool: ExpressionPool, kept: ReadonlySet<Field>) {
    this.#pool = pool;
    this.#kept = kept;
  }

  expand(expression: Expression, shift: Shift): Expression {
    const shifts = this.#known.get(expression) ?? new Map<number, Expression>();
    this.#known.set(expression, shifts);
    const at = shift.rows * mostColumns + shift.columns;
    const known = shifts.get(at) ?? this.#expanded(expression, shift);
    shifts.set(at, known);
    return known;
  }

  /** A sum of products with parameters, times a constant; nothing for any other value. */
  #scaled(value: Expression, factor: Expression): Expression | undefined {
    if (value.kind !== 'call') return undefined;
    const [first, second] = value.operands as [Expression, Expression];
    if (value.operation === 'multiply' && second.kind !== 'constant' && isFixed(second)) {
      return this.#pool.call('multiply', first, this.#pool.call('multiply', second, factor));
    }
    if (value.operation !== 'add') return undefined;
    const [left, right] = [this.#scaled(first, factor), this.#scaled(second, factor)];
    return left && right && this.#pool.call('add', left, right);
  }

  #expanded(expression: Expression, by: Shift): Expression {
    const pool = this.#pool;
    switch (expression.kind) {
      case 'sample': {
        const { field, plane } = expression;
        const shift = added(expression.shift, by);
        if (field.kind !== 'computed' || this.#kept.has(field)) return pool.sample(field, plane, shift);
        return this.expand(field.planes[plane] as Expression, shift);
      }
      case 'call': {
        const operands = expression.operands.map((operand) => this.expand(operand, by));
        const [value, factor] = operands as [Expression, Expression];
        const scaled =
          expression.operation === 'multiply' && factor?.kind === 'constant' ? this.#scaled(value, factor) : undefined;
        return scaled ?? pool.call(expression.operation, ...operands);
      }
      case 'choice': {
        const [mask, yes, no] = partsOf(expression).map((part) => this.expand(part, by)) as [Expression, Expression, Expression];
        return pool.choice(mask, yes, no);
      }
      default:
        return expression;
    }
  }
}

/** Whether an expression is the same for all pixels, so that it costs them nothing. */
export function isFixed(expression: Expression): boolean {
  if (expression.kind === 'constant' || expression.kind === 'uniform') return true;
  return expression.kind === 'call' && expression.operands.every(isFixed);
}

/** Steps, given from the outputs to the source, by the rows that each has to be ahead; in the order in which they run. */
function withLeads(steps: readonly Step[]): Schedule {
  const ranges = new Map<Field, { lead: number; low: number }>();
  const ahead = steps.map((step): Step => {
    const lead = step.field ? (ranges.get(step.field)?.lead ?? 0) : 0;
    for (const { field, shift } of [...step.planes.values()].flatMap(samplesIn)) {
      const at = lead + shift.rows;
      const range = ranges.get(field) ?? { lead: at, low: at };
      ranges.set(field, { lead: Math.max(range.lead, at), low: Math.min(range.low, at) });
    }
    return { ...step, lead };
  });
  return { steps: ahead.toReversed(), buffers: [...ranges].map(([field, range]) => ({ field, ...range })) };
}
