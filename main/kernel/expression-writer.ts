import { assert } from '../base/errors.ts';
import { type Expression, type Field, type Operation, partsOf } from './expression.ts';
import { type MemoryMap, tableOffset } from './memory-map.ts';
import { isFixed } from './schedule.ts';
import type { FunctionWriter, Local, PlainInstruction } from './wasm/function-writer.ts';

const instructions: Readonly<Record<Exclude<Operation, 'toFloat'>, PlainInstruction>> = {
  add: 'f32x4.add',
  subtract: 'f32x4.sub',
  multiply: 'f32x4.mul',
  divide: 'f32x4.div',
  minimum: 'f32x4.pmin',
  maximum: 'f32x4.pmax',
  negate: 'f32x4.neg',
  absolute: 'f32x4.abs',
  squareRoot: 'f32x4.sqrt',
  round: 'f32x4.nearest',
  floor: 'f32x4.floor',
  greater: 'f32x4.gt',
  less: 'f32x4.lt',
  equal: 'f32x4.eq',
  both: 'v128.and',
  either: 'v128.or',
};

/** What reads a sample: the field's row, and what has been computed of it at the place at hand. */
interface RowPointer {
  /** Address of the row. */
  readonly row: Local;
  /** Address of the place at hand in it. */
  readonly here: Local;
  /** A column has one byte, and not four. */
  readonly isBytes: boolean;
}

/**
 * Writes expressions as code for four pixels side by side. What is used more than once is kept in a local; what only a choice needs is
 * computed inside it.
 */
export class ExpressionWriter {
  readonly #writer: FunctionWriter;
  readonly #memory: MemoryMap;
  readonly #uses: ReadonlyMap<Expression, number>;
  readonly #pointers = new Map<string, RowPointer>();
  readonly #fixed = new Map<Expression, Local>();
  #lowHalves: Local | undefined;
  /** Values at hand, the innermost choice last. */
  readonly #scopes: Map<Expression | string, Local>[] = [new Map()];

  /** `roots` are all expressions that will be written. */
  constructor(writer: FunctionWriter, memory: MemoryMap, roots: readonly Expression[]) {
    this.#writer = writer;
    this.#memory = memory;
    this.#uses = countUses(roots);
  }

  /** Writes what is the same for the whole row: addresses of rows, constants and uniforms. `row` is the row that is made. */
  prologue(row: Local): void {
    for (const expression of this.#uses.keys()) {
      if (expression.kind === 'sample') this.#pointer(expression.field, expression.shift.rows, row);
      else if (isFixed(expression)) this.#fix(expression);
    }
    this.#lowHalves = this.fixed((writer) => writer.splatInteger(0xffff));
  }

  /** Writes the addresses of the place at hand: `column` is that of its first pixel. */
  begin(column: Local): void {
    this.#scopes.splice(0, this.#scopes.length, new Map());
    for (const { row, here, isBytes } of this.#pointers.values()) {
      this.#writer.get(row).get(column);
      if (!isBytes) this.#writer.integer(2).do('i32.shl');
      this.#writer.do('i32.add').set(here);
    }
  }

  /** A vector of one number for the whole row, which code beside the expressions needs. Only in the prologue. */
  fixed(write: (writer: FunctionWriter) => void): Local {
    const local = this.#writer.local('v128');
    write(this.#writer);
    this.#writer.set(local);
    return local;
  }

  /** Leaves the value of an expression on the stack. */
  write(expression: Expression): void {
    const fixed = this.#fixed.get(expression) ?? this.#known(expression);
    if (fixed) {
      this.#writer.get(fixed);
      return;
    }
    this.#compute(expression);
    if ((this.#uses.get(expression) ?? 0) > 1) this.#writer.tee(this.#keep(expression));
  }

  #fix(expression: Expression): Local {
    const known = this.#fixed.get(expression);
    if (known) return known;
    const local = this.fixed((writer) => {
      if (expression.kind === 'constant') writer.splat(expression.value);
      if (expression.kind === 'uniform') {
        const offset = tableOffset(this.#memory, expression.input) + 4 * expression.element;
        writer.integer(0).access('v128.load32_splat', offset);
      }
      if (expression.kind === 'call') {
        for (const operand of expression.operands) writer.get(this.#fix(operand));
        writer.do(instructions[expression.operation as keyof typeof instructions]);
      }
    });
    this.#fixed.set(expression, local);
    return local;
  }

  #pointer(field: Field, rowShift: number, row: Local): void {
    const key = pointerKey(field, rowShift);
    if (this.#pointers.has(key)) return;
    const isBytes = field.kind === 'mask';
    const pointer = { row: this.#writer.local('i32'), here: this.#writer.local('i32'), isBytes };
    this.#pointers.set(key, pointer);
    writeRowAddress(this.#writer, this.#memory, field, { row, shift: rowShift });
    this.#writer.set(pointer.row);
  }

  #known(key: Expression | string): Local | undefined {
    for (const scope of this.#scopes.toReversed()) {
      const local = scope.get(key);
      if (local) return local;
    }
    return undefined;
  }

  #keep(key: Expression | string): Local {
    const local = this.#writer.local('v128');
    this.#scopes.at(-1)?.set(key, local);
    return local;
  }

  #compute(expression: Expression): void {
    switch (expression.kind) {
      case 'sample':
        this.#sample(expression);
        break;
      case 'call':
        if (this.#fused(expression)) break;
        for (const operand of expression.operands) this.write(operand);
        if (expression.operation === 'toFloat') this.#writer.splat(1).do('v128.and');
        else this.#writer.do(instructions[expression.operation]);
        break;
      case 'choice':
        this.#choice(expression);
        break;
      default:
        assert(false, `Expected a fixed value for ${expression.kind}`);
    }
  }

  /** Writes a sum with a product that nothing else needs as one instruction, rounded once. */
  #fused({ operation, operands }: Extract<Expression, { kind: 'call' }>): boolean {
    if (operation !== 'add' && operation !== 'subtract') return false;
    const [first, second] = operands as [Expression, Expression];
    const [product, rest] = this.#isProduct(second) || operation === 'subtract' ? [second, first] : [first, second];
    if (!this.#isProduct(product) || product.kind !== 'call') return false;
    for (const factor of product.operands) this.write(factor);
    this.write(rest);
    this.#writer.do(operation === 'add' ? 'f32x4.relaxed_madd' : 'f32x4.relaxed_nmadd');
    return true;
  }

  #isProduct(expression: Expression): boolean {
    return expression.kind === 'call' && expression.operation === 'multiply' && this.#uses.get(expression) === 1;
  }

  #choice({ mask, yes, no }: Extract<Expression, { kind: 'choice' }>): void {
    const [chosen, other] = [this.#writer.local('v128'), this.#writer.local('v128')];
    this.write(no);
    this.#writer.set(other);
    this.write(mask);
    this.#writer.tee(chosen).do('v128.any_true');
    this.#writer.choose(
      () => {
        this.#scopes.push(new Map());
        this.write(yes);
        this.#scopes.pop();
        this.#writer.get(other).get(chosen).do('v128.bitselect');
      },
      () => this.#writer.get(other),
    );
  }

  #sample({ field, plane, shift }: Extract<Expression, { kind: 'sample' }>): void {
    const place = this.#memory.buffers.get(field);
    const pointer = this.#pointers.get(pointerKey(field, shift.rows));
    assert(place && pointer, `Expected ${field.name} in memory`);
    switch (field.kind) {
      case 'mosaic':
        this.#mosaic(pointer.here, (plane >> 1) * place.planeBytes + 4 * shift.columns, plane & 1, `${shift.rows}`);
        break;
      case 'mask':
        this.#writer.get(pointer.here).access('v128.load32_zero', plane * place.planeBytes + shift.columns);
        this.#writer.do('i16x8.extend_low_i8x16_s', 'i32x4.extend_low_i16x8_s');
        break;
      default:
        this.#writer.get(pointer.here).access('v128.load', plane * place.planeBytes + 4 * shift.columns);
    }
  }

  /** Four cells of a mosaic row are eight samples of 16 bits, of two positions by turns. */
  #mosaic(address: Local, offset: number, position: number, row: string): void {
    const key = `mosaic ${row} ${offset}`;
    const pairs = this.#known(key);
    if (pairs) this.#writer.get(pairs);
    else this.#writer.get(address).access('v128.load', offset).tee(this.#keep(key));
    if (position === 0) this.#writer.get(this.#lowHalves as Local).do('v128.and');
    else this.#writer.integer(16).do('i32x4.shr_u');
    this.#writer.do('f32x4.convert_i32x4_s');
  }
}

function pointerKey(field: Field, rowShift: number): string {
  return `${field.kind} ${field.id} ${rowShift}`;
}

/** Leaves the address of a field's row on the stack: the row at hand, `shift` rows further on. */
export function writeRowAddress(
  writer: FunctionWriter,
  { buffers }: MemoryMap,
  field: Field,
  { row, shift }: { readonly row: Local; readonly shift: number },
): void {
  const place = buffers.get(field);
  assert(place, `Expected ${field.name} in memory`);
  writer.get(row).integer(shift).do('i32.add');
  if (place.isRing) writer.integer(place.ringRows - 1).do('i32.and');
  writer.integer(place.rowBytes).do('i32.mul').integer(place.offset).do('i32.add');
}

/** How often each expression is read by the others and as a root. */
function countUses(roots: readonly Expression[]): ReadonlyMap<Expression, number> {
  const uses = new Map<Expression, number>();
  const visit = (expression: Expression): void => {
    const before = uses.get(expression) ?? 0;
    uses.set(expression, before + 1);
    if (before === 0) partsOf(expression).forEach(visit);
  };
  roots.forEach(visit);
  return uses;
}
