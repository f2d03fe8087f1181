import { assert } from '../base/errors.ts';
import type { OperatorContext, Raster } from './operator.ts';
import { windowOf } from './operators/demosaic-residual/cell-field.ts';

/** A mosaic or packed planes, four-dimensional, without the samples beyond `margin`: one copy, and none where there are no more. */
export function withMargin({ g, geometry }: OperatorContext, x: Raster, margin: number): Raster {
  assert(margin <= x.margin, `Expected a margin of at least ${margin} samples but received ${x.margin}`);
  const [channels, step] = x.layout === 'packed' ? [4, 2] : [1, 1];
  const [rows, columns] = [geometry.rows, geometry.width].map((extent) => (extent + 2 * x.margin) / step) as [number, number];
  const value = g.reshape(x.value, [1, channels, rows, columns]);
  return { ...x, value: windowOf(g, { value, margin: x.margin / step }, margin / step), margin };
}
