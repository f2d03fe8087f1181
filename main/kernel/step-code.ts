import { assert } from '../base/errors.ts';
import type { Expression, Field } from './expression.ts';
import { ExpressionWriter, writeRowAddress } from './expression-writer.ts';
import { type MemoryMap, tableOffset } from './memory-map.ts';
import { lanes } from './output-order.ts';
import type { Step } from './schedule.ts';
import { FunctionWriter, type Local } from './wasm/function-writer.ts';

/** Writes the function of a step that fills a field: its parameter is the row to make. */
export function writeStep(step: Step & { readonly field: Field }, memory: MemoryMap): FunctionWriter {
  return step.field.kind === 'product' ? writeProduct(step.field, memory) : writeComputed(step, memory);
}

function writeComputed({ field, planes }: Step & { readonly field: Field }, memory: MemoryMap): FunctionWriter {
  const writer = new FunctionWriter(['i32']);
  const row = writer.parameter(0);
  const expressions = new ExpressionWriter(writer, memory, [...planes.values()]);
  expressions.prologue(row);
  const target = writer.local('i32');
  writeRowAddress(writer, memory, field, { row, shift: 0 });
  writer.set(target);
  forColumns(writer, Math.ceil(field.columns / lanes) * lanes, (column) => {
    expressions.begin(column);
    storePlanes(writer, expressions, { planes, target, column, planeBytes: planeBytesOf(field, memory) });
  });
  return writer;
}

interface Stores {
  readonly planes: ReadonlyMap<number, Expression>;
  readonly target: Local;
  readonly column: Local;
  readonly planeBytes: number;
}

function storePlanes(
  writer: FunctionWriter,
  expressions: ExpressionWriter,
  { planes, target, column, planeBytes }: Stores,
): void {
  const here = writer.local('i32');
  writer.get(target).get(column).integer(2).do('i32.shl', 'i32.add').set(here);
  for (const [plane, expression] of planes) {
    writer.get(here);
    expressions.write(expression);
    writer.access('v128.store', plane * planeBytes);
  }
}

function planeBytesOf(field: Field, { buffers }: MemoryMap): number {
  const place = buffers.get(field);
  assert(place, `Expected ${field.name} in memory`);
  return place.planeBytes;
}

/**
 * Repeats `body` for every `lanes`-th column up to `columns`, which are at least as many. Where the number is no multiple of it, the last
 * columns are made together with some before them once more.
 */
export function forColumns(writer: FunctionWriter, columns: number, body: (column: Local) => void): void {
  const column = writer.local('i32');
  const next = writer.local('i32');
  const last = columns - lanes;
  writer.integer(0).set(column);
  writer.loop(() => {
    body(column);
    // The lesser of the next column and the last: until that one is done.
    writer.get(column).integer(lanes).do('i32.add').set(next);
    writer.get(next).integer(last).get(next).integer(last).do('i32.lt_s', 'select').set(next);
    writer.get(column).integer(last).do('i32.lt_s').get(next).set(column);
    writer.branchWhen(0);
  });
}

/** Adds up the points of a product that count for the row, which are few: the others have a weight of 0. */
function writeProduct(field: Extract<Field, { kind: 'product' }>, memory: MemoryMap): FunctionWriter {
  const writer = new FunctionWriter(['i32']);
  const row = writer.parameter(0);
  const target = writer.local('i32');
  const weight = writer.local('f32');
  writeRowAddress(writer, memory, field, { row, shift: 0 });
  writer.set(target);
  const columns = Math.ceil(field.columns / lanes) * lanes;
  for (let plane = 0; plane < field.planeCount; plane++) {
    const offset = plane * planeBytesOf(field, memory);
    forColumns(writer, columns, (column) => {
      writer.get(target).get(column).integer(2).do('i32.shl', 'i32.add').splat(0).access('v128.store', offset);
    });
    for (let point = 0; point < field.points; point++) {
      const perRow = tableOffset(memory, field.perRow) + 4 * (plane * field.rows * field.points + point);
      const perColumn = tableOffset(memory, field.perColumn) + 4 * (plane * field.points + point) * field.columns;
      writer
        .get(row)
        .integer(4 * field.points)
        .do('i32.mul')
        .access('f32.load', perRow)
        .tee(weight)
        .zero()
        .do('f32.ne');
      writer.when(() => addPoint(writer, { target, weight, offset, perColumn, columns }));
    }
  }
  return writer;
}

interface Point {
  readonly target: Local;
  readonly weight: Local;
  readonly offset: number;
  readonly perColumn: number;
  readonly columns: number;
}

function addPoint(writer: FunctionWriter, { target, weight, offset, perColumn, columns }: Point): void {
  const factor = writer.local('v128');
  const [bytes, here] = [writer.local('i32'), writer.local('i32')];
  writer.get(weight).do('f32x4.splat').set(factor);
  forColumns(writer, columns, (column) => {
    writer.get(column).integer(2).do('i32.shl').tee(bytes).get(target).do('i32.add').tee(here);
    writer.get(here).access('v128.load', offset);
    writer.get(bytes).access('v128.load', perColumn).get(factor).do('f32x4.mul', 'f32x4.add').access('v128.store', offset);
  });
}
