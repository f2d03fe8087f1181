/** Most rows that a processor may depend on above and below a row: more than that, and strips are all halo. */
const mostRows = 256;

/** What a processor's halo may be, for people. */
export const haloRange = `a whole number of rows from 0 to ${mostRows}`;

/** Whether what a processor gave as its halo is one. */
export function isHalo(halo: unknown): halo is number {
  return Number.isInteger(halo) && (halo as number) >= 0 && (halo as number) <= mostRows;
}
