import { assert } from '../base/errors.ts';
import { type Expression, type Field, partsOf } from './expression.ts';
import { chunkRows, type KernelMask, type KernelTable } from './kernel.ts';
import type { Buffered, Schedule } from './schedule.ts';

/** Samples beyond the last column that a vector may touch. */
const overrun = 8;

/** Where a field lies: one row holds its planes one after the other. */
export interface BufferPlace {
  readonly offset: number;
  /** Rows that there is room for, used in turn where that is fewer than the field has; a power of two, or all rows. */
  readonly ringRows: number;
  readonly isRing: boolean;
  readonly rowBytes: number;
  /** From plane to plane; of a mosaic, from one of its rows to the next. */
  readonly planeBytes: number;
}

/** Where everything lies in a kernel's memory, in bytes. */
export interface MemoryMap {
  readonly buffers: ReadonlyMap<Field, BufferPlace>;
  readonly tables: ReadonlyMap<string, KernelTable>;
  readonly masks: readonly KernelMask[];
  /** Where the rows of each output begin. */
  readonly outputOffsets: readonly number[];
  readonly bytes: number;
}

/** Lays out the buffers of a schedule, the tables of its inputs and, for each output, `outputBytes` for the rows that it makes. */
export function mapMemory(
  { steps, buffers }: Schedule,
  elementsOf: (input: string) => number,
  outputBytes: readonly number[],
): MemoryMap {
  let end = 0;
  const take = (bytes: number): number => {
    const offset = end;
    end = Math.ceil((offset + bytes) / 64) * 64;
    return offset;
  };
  const tables = new Map(
    tableInputs(
      steps.flatMap(({ planes }) => [...planes.values()]),
      buffers,
    ).map((input) => {
      const elements = elementsOf(input);
      return [input, { input, elements, offset: take(4 * (elements + overrun)) }] as const;
    }),
  );
  const placed = new Map(
    buffers.map((buffered) => {
      const place = placeOf(buffered);
      return [buffered.field, { ...place, offset: take(place.rowBytes * place.ringRows) }] as const;
    }),
  );
  const masks = buffers.flatMap(({ field }) => (field.kind === 'mask' ? [maskAt(field, placed.get(field) as BufferPlace)] : []));
  const outputOffsets = outputBytes.map((bytes) => take(bytes + 64));
  return { buffers: placed, tables, masks, outputOffsets, bytes: end };
}

function placeOf({ field, lead, low }: Buffered): Omit<BufferPlace, 'offset'> {
  const span = lead - low + 1;
  switch (field.kind) {
    case 'mosaic': {
      const planeBytes = 2 * (2 * field.columns + 2 * overrun);
      return { ...ringOf(span + chunkRows - 1), planeBytes, rowBytes: 2 * planeBytes };
    }
    case 'mask': {
      const planeBytes = field.columns + overrun;
      return { ringRows: field.rows, isRing: false, planeBytes, rowBytes: planeBytes * field.planeCount };
    }
    default: {
      const planeBytes = 4 * (Math.ceil(field.columns / 4) * 4 + overrun);
      const count = field.kind === 'computed' ? field.planes.length : field.planeCount;
      return { ...ringOf(span), planeBytes, rowBytes: planeBytes * count };
    }
  }
}

function ringOf(rows: number): Pick<BufferPlace, 'ringRows' | 'isRing'> {
  return { ringRows: 2 ** Math.ceil(Math.log2(rows)), isRing: true };
}

function maskAt(field: Extract<Field, { kind: 'mask' }>, { offset, planeBytes }: BufferPlace): KernelMask {
  const { places, counts, planeCount, rows, columns } = field;
  return { places, counts, offset, planes: planeCount, rows, columns, stride: planeBytes };
}

/** Names of the inputs that kernels read as tables: of which single elements are used, or products made. */
function tableInputs(roots: readonly Expression[], buffers: readonly Buffered[]): readonly string[] {
  const seen = new Set<Expression>();
  const names = new Set<string>();
  const visit = (expression: Expression): void => {
    if (seen.has(expression)) return;
    seen.add(expression);
    if (expression.kind === 'uniform') names.add(expression.input);
    partsOf(expression).forEach(visit);
  };
  roots.forEach(visit);
  for (const { field } of buffers) {
    if (field.kind === 'product') names.add(field.perRow).add(field.perColumn);
  }
  return [...names];
}

/** Where the elements of an input begin. */
export function tableOffset({ tables }: MemoryMap, input: string): number {
  const table = tables.get(input);
  assert(table, `Expected a table of ${input}`);
  return table.offset;
}
