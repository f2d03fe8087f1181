/** Nodes of a grid that is stretched over a frame. */
export interface GridSize {
  readonly columns: number;
  readonly rows: number;
}

/** Up to four nodes around a place, by index row by row, and how much each counts there; the shares sum to 1. */
export interface Bilinear {
  readonly nodes: readonly number[];
  readonly shares: readonly number[];
}

/** The nodes around a place that is given from 0 to 1 along the rows and down the columns; beyond, the edge counts. */
export function bilinearAt({ columns, rows }: GridSize, across: number, down: number): Bilinear {
  const [x, y] = [clamped(across) * (columns - 1), clamped(down) * (rows - 1)];
  const [left, top] = [Math.min(Math.floor(x), columns - 2), Math.min(Math.floor(y), rows - 2)];
  const [right, bottom] = [x - left, y - top];
  const first = top * columns + left;
  return {
    nodes: [first, first + 1, first + columns, first + columns + 1],
    shares: [(1 - right) * (1 - bottom), right * (1 - bottom), (1 - right) * bottom, right * bottom],
  };
}

/** The second differences along rows and columns and the mixed ones, as nodes and factors: all zero for a plane. */
export function secondDifferences({
  columns,
  rows,
}: GridSize): { readonly nodes: readonly number[]; readonly factors: readonly number[] }[] {
  const differences: { nodes: number[]; factors: number[] }[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const at = row * columns + column;
      if (column + 2 < columns) differences.push({ nodes: [at, at + 1, at + 2], factors: [1, -2, 1] });
      if (row + 2 < rows) differences.push({ nodes: [at, at + columns, at + 2 * columns], factors: [1, -2, 1] });
      if (column + 1 < columns && row + 1 < rows) {
        differences.push({ nodes: [at, at + 1, at + columns, at + columns + 1], factors: [1, -1, -1, 1] });
      }
    }
  }
  return differences;
}

function clamped(value: number): number {
  return Math.min(Math.max(value, 0), 1);
}
