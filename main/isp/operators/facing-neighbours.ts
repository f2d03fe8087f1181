/** Neighbours of one colour as pairs that face each other across the sample: rows and columns of the first of each. */
export const facing = [
  [0, 2],
  [2, 0],
  [2, 2],
  [2, -2],
] as const;
