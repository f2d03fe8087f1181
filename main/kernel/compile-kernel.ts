import type { Graph } from '../graph/graph.ts';
import { writeOnnxModel } from '../graph/onnx-model.ts';
import type { Field } from './expression.ts';
import { advanceExport, chunkRows, type Kernel, type KernelMosaic } from './kernel.ts';
import { lowerGraph } from './lower-graph.ts';
import { type MemoryMap, mapMemory } from './memory-map.ts';
import { pictureOrder, writePicture } from './picture-code.ts';
import { type Schedule, type Step, scheduleRows } from './schedule.ts';
import { writeStep } from './step-code.ts';
import { splitUniforms } from './uniform-split.ts';
import { unsupported } from './unsupported.ts';
import { FunctionWriter } from './wasm/function-writer.ts';
import { writeModule } from './wasm/module-writer.ts';

/**
 * Compiles a graph that makes a strip of a picture of a strip of a mosaic. `planes` are the inputs that hold samples; all others are the same
 * for all pixels. Pure. Throws KernelError for a graph that a kernel cannot do.
 */
export function compileKernel(graph: Graph, planes: readonly string[]): Kernel {
  const { uniforms, pixels } = splitUniforms(graph, new Set(planes));
  const { output, pool } = lowerGraph(pixels, planes);
  const name = pixels.outputs[0]?.name ?? graph.name;
  const order = pictureOrder(name, output);
  const schedule = scheduleRows(pool, output.planes);
  const rowBytes = order.columns * order.cellBytes * order.rowsPerCell;
  const elements = new Map(
    pixels.inputs.map((port) => [port.name, port.shape.reduce<number>((all, extent) => all * Number(extent), 1)]),
  );
  const memory = mapMemory(schedule, (input) => elements.get(input) as number, rowBytes * chunkRows);
  const functions = schedule.steps.map((step) =>
    step.field ? writeStep({ ...step, field: step.field }, memory) : writePicture(step, order, memory),
  );
  const advance = writeAdvance(schedule.steps, order.rows);
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
    picture: { output: name, offset: memory.pictureOffset, rows: order.rows, rowBytes, isReversed: order.isRowReversed },
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

/** The function that makes rows of the picture from its first parameter up to its second: every step makes the row that it is at. */
function writeAdvance(steps: readonly Step[], pictureRows: number): FunctionWriter {
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
        .integer(rowsOf(field) ?? pictureRows)
        .do('i32.lt_u');
      writer.when(() => writer.get(own).call(index));
    });
    writer.get(row).integer(1).do('i32.add').tee(row).get(until).do('i32.lt_s').branchWhen(0);
  });
  return writer;
}

function rowsOf(field: Field | undefined): number | undefined {
  return field?.rows;
}
