import type { RasterTensor } from './raster-tensor.ts';
import { unsupported } from './unsupported.ts';

/** Pixels that one vector holds. */
export const lanes = 4;

/** How the elements of an output follow each other: rows of cells, rows of pixels in each, columns of cells, elements of each. */
export interface OutputOrder {
  readonly name: string;
  readonly kind: 'uint8' | 'uint16';
  readonly rows: number;
  readonly columns: number;
  readonly rowsPerCell: number;
  /** Elements of a cell in one row of pixels. */
  readonly cellElements: number;
  readonly isRowReversed: boolean;
  readonly isColumnReversed: boolean;
}

/** Bytes of a cell in one row of pixels. */
export function cellBytes({ kind, cellElements }: OutputOrder): number {
  return (kind === 'uint8' ? 1 : 2) * cellElements;
}

/** Bytes of a row of cells. */
export function rowBytes(order: OutputOrder): number {
  return order.columns * cellBytes(order) * order.rowsPerCell;
}

/**
 * The order of one of a graph's outputs. Throws KernelError where it is none of rows from the top and columns from the left: of pixels of four
 * bytes, one or two for each cell, or of an even number of 16-bit elements for each.
 */
export function outputOrder(name: string, { kind, dims, planes }: RasterTensor): OutputOrder {
  const factors = dims.flat().filter(({ size }) => size > 1);
  const [row, column] = (['row', 'column'] as const).map((axis) => factors.findIndex((factor) => factor.axis === axis)) as [
    number,
    number,
  ];
  const received = `${kind} of ${factors.map(({ axis, size }) => `${axis} ${size}`).join(' x ')}`;
  if (row > column) throw unsupported(name, 'a picture that is not turned by a quarter', received);
  const product = (from: number, to: number): number => factors.slice(from, to).reduce((size, factor) => size * factor.size, 1);
  const [rowsPerCell, cellElements] = [product(1, column), product(column + 1, factors.length)];
  const isWritable = kind === 'uint8' ? cellElements === 4 || cellElements === 8 : kind === 'uint16' && cellElements % 2 === 0;
  const columns = factors[column]?.size ?? 0;
  if (row !== 0 || !isWritable || columns < lanes || planes.length !== rowsPerCell * cellElements) {
    throw unsupported(name, 'rows of pixels of bytes or of 16 bits', received);
  }
  return {
    name,
    kind: kind === 'uint8' ? 'uint8' : 'uint16',
    rows: factors[0]?.size ?? 0,
    columns,
    rowsPerCell,
    cellElements,
    isRowReversed: factors[0]?.isReversed === true,
    isColumnReversed: factors[column]?.isReversed === true,
  };
}

/** Orders of all outputs, which have to have as many rows and columns of cells. */
export function outputOrders(names: readonly string[], tensors: readonly RasterTensor[]): readonly OutputOrder[] {
  const orders = tensors.map((tensor, index) => outputOrder(names[index] as string, tensor));
  const [first] = orders;
  const odd = orders.find(({ rows, columns }) => rows !== first?.rows || columns !== first.columns);
  if (odd && first) {
    const size = ({ columns, rows }: OutputOrder): string => `${columns}x${rows} cells`;
    throw unsupported(odd.name, `${size(first)}, as ${first.name} has`, size(odd));
  }
  return orders;
}
