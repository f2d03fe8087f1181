import type { Graph } from '../graph/graph.ts';
import { writeOnnxModel } from '../graph/onnx-model.ts';
import { advanceExport, chunkRows, type Kernel, type KernelMosaic } from './kernel.ts';
import { lowerGraph } from './lower-graph.ts';
import { type MemoryMap, mapMemory } from './memory-map.ts';
import { writeOutputs } from './output-code.ts';
import { outputOrders, rowBytes } from './output-order.ts';
import { type Schedule, type Step, scheduleRows } from './schedule.ts';
import { writeStep } from './step-code.ts';
import { splitUniforms } from './uniform-split.ts';
import { unsupported } from './unsupported.ts';
import { FunctionWriter } from './wasm/function-writer.ts';
import { writeModule } from './wasm/module-writer.ts';

/**
 * Compiles a graph that makes strips of pictures of a strip of a mosaic. `planes` are the inputs that hold samples; all others are the same
 * for all pixels. Pure. Throws KernelError for a graph that a kernel cannot do.
 */
export function compileKernel(graph: Graph, planes: readonly string[]): Kernel {
  const { uniforms, pixels } = splitUniforms(graph, new Set(planes));
  const { outputs, pool } = lowerGraph(pixels, planes);
  const orders = outputOrders(
    pixels.outputs.map(({ name }) => name),
    outputs,
  );
  const rows = orders[0]?.rows ?? 0;
  const schedule = scheduleRows(
    pool,
    outputs.flatMap((output) => output.planes),
  );
  const elements = new Map(
    pixels.inputs.map((port) => [port.name, port.shape.reduce<number>((all, extent) => all * Number(extent), 1)]),
  );
  const memory = mapMemory(
    schedule,
    (input) => elements.get(input) as number,
    orders.map((order) => chunkRows * rowBytes(order)),
  );
  const functions = schedule.steps.map((step) =>
    step.field ? writeStep({ ...step, field: step.field }, memory) : writeOutputs(step, orders, memory),
  );
  const advance = writeAdvance(schedule.steps, rows);
  const exported = { name: advanceExport, index: functions.length };
  const furthest = Math.max(0, ...schedule.steps.map(({ lead }) => lead));
  return {
    wasm: writeModule([...functions, advance], exported, memory.bytes),
    ...(uniforms
      ? { uniforms: { bytes: writeOnnxModel(uniforms).bytes, inputs: uniforms.inputs.map((port) => port.name) } }
      : {}),
    memoryBytes: memory.bytes,
    tables: [...memory.tables.values()],
    masks: memory.masks,
    mosaic: mosaicOf(graph, schedule, memory),
    outputs: orders.map((order, index) => ({
      name: order.name,
      offset: memory.outputOffsets[index] as number,
      rows,
      rowBytes: rowBytes(order),
      isReversed: order.isRowReversed,
    })),
    firstRow: -Math.ceil(furthest / chunkRows) * chunkRows,
  };
}

function mosaicOf(graph: Graph, { buffers }: Schedule, memory: MemoryMap): KernelMosaic {
  const mosaics = buffers.flatMap(({ field, lead }) => (field.kind === 'mosaic' ? [{ field, lead }] : []));
  const [mosaic, ...others] = mosaics;
  if (!mosaic || others.length > 0) throw unsupported(graph.name, 'one mosaic', `${mosaics.length}`);
  const { field, lead } = mosaic;
  const place = memory.buffers.get(field);
  if (!place) throw unsupported(graph.name, 'a mosaic that is read', 'none');
  const { offset, ringRows, rowBytes, planeBytes } = place;
  const { rows, margin, name, pads } = field;
  return {
    input: name,
    pads,
    offset,
    rows,
    ringRows,
    columns: 2 * field.columns,
    margin,
    rowBytes,
    mosaicRowBytes: planeBytes,
    lead,
  };
}

/** The function that makes rows of the outputs from its first parameter up to its second: every step makes the row that it is at. */
function writeAdvance(steps: readonly Step[], outputRows: number): FunctionWriter {
  const writer = new FunctionWriter(['i32', 'i32']);
  const [row, until] = [writer.parameter(0), writer.parameter(1)];
  const own = writer.local('i32');
  writer.loop(() => {
    steps.forEach(({ field, lead }, index) => {
      writer
        .get(row)
        .integer(lead)
        .do('i32.add')
        .tee(own)
        .integer(field?.rows ?? outputRows)
        .do('i32.lt_u');
      writer.when(() => writer.get(own).call(index));
    });
    writer.get(row).integer(1).do('i32.add').tee(row).get(until).do('i32.lt_s').branchWhen(0);
  });
  return writer;
}
