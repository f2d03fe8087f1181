import type { Expression } from './expression.ts';
import { ExpressionWriter } from './expression-writer.ts';
import { chunkRows } from './kernel.ts';
import type { MemoryMap } from './memory-map.ts';
import { cellBytes, lanes, type OutputOrder, rowBytes } from './output-order.ts';
import { PixelWriter } from './pixel-writer.ts';
import type { Step } from './schedule.ts';
import { forColumns } from './step-code.ts';
import { FunctionWriter, type Local } from './wasm/function-writer.ts';

/**
 * Writes the function that makes one row of cells of all outputs: its parameter is that row. The planes of the step are those of the outputs,
 * one after the other.
 */
export function writeOutputs({ planes }: Step, orders: readonly OutputOrder[], memory: MemoryMap): FunctionWriter {
  const writer = new FunctionWriter(['i32']);
  const expressions = new ExpressionWriter(writer, memory, [...planes.values()]);
  expressions.prologue(writer.parameter(0));
  const pixels = new PixelWriter(writer, expressions);
  const targets = orders.map((order, index) => writeTarget(writer, order, memory.outputOffsets[index] as number));
  const here = writer.local('i32');
  forColumns(writer, orders[0]?.columns ?? 0, (column) => {
    expressions.begin(column);
    let first = 0;
    orders.forEach((order, index) => {
      writePlace(writer, order, { target: targets[index] as Local, column });
      writer.set(here);
      for (let pixelRow = 0; pixelRow < order.rowsPerCell; pixelRow++) {
        const elements = Array.from({ length: order.cellElements }, (_, at) => planes.get(first + at) as Expression);
        const offset = pixelRow * order.columns * cellBytes(order);
        pixels.write(order, { elements, here, offset });
        first += order.cellElements;
      }
    });
  });
  return writer;
}

/** The address of the row at hand in an output's rows. */
function writeTarget(writer: FunctionWriter, order: OutputOrder, offset: number): Local {
  const target = writer.local('i32');
  writer
    .get(writer.parameter(0))
    .integer(chunkRows - 1)
    .do('i32.and');
  writer.integer(rowBytes(order)).do('i32.mul').integer(offset).do('i32.add').set(target);
  return target;
}

/** Leaves the address of the cells at hand on the stack. */
function writePlace(
  writer: FunctionWriter,
  order: OutputOrder,
  { target, column }: { readonly target: Local; readonly column: Local },
): void {
  writer.get(target);
  if (order.isColumnReversed)
    writer
      .integer(order.columns - lanes)
      .get(column)
      .do('i32.sub');
  else writer.get(column);
  writer.integer(cellBytes(order)).do('i32.mul', 'i32.add');
}
