import { assert } from '../base/errors.ts';
import type { ShadingGrid } from '../frame/frame-meta.ts';

/** Shading measured under one light. */
export interface LitShading {
  readonly kelvin: number;
  readonly grid: ShadingGrid;
}

/**
 * The shading under a light of `kelvin`, between the measured ones on the scale of reciprocal temperature, on which equal steps look
 * equally different; beyond the measured ones, that of the nearest. All grids have one shape, and are in ascending order of `kelvin`.
 */
export function shadingUnder(measured: readonly LitShading[], kelvin: number): ShadingGrid {
  const [first] = measured;
  assert(first, 'Expected shading under at least one light but received none');
  const upper = measured.find((lit) => lit.kelvin >= kelvin) ?? (measured.at(-1) as LitShading);
  const lower = measured.findLast((lit) => lit.kelvin <= kelvin) ?? first;
  const { rows, columns } = lower.grid;
  const isOneShape = upper.grid.rows === rows && upper.grid.columns === columns;
  assert(isOneShape, `Expected grids of one shape but received ${rows}x${columns} and ${upper.grid.rows}x${upper.grid.columns}`);
  if (upper.kelvin === lower.kelvin) return lower.grid;
  const share = (1 / lower.kelvin - 1 / kelvin) / (1 / lower.kelvin - 1 / upper.kelvin);
  const gains = lower.grid.gains.map((gain, index) => gain + share * ((upper.grid.gains[index] as number) - gain));
  return { rows, columns, gains };
}
