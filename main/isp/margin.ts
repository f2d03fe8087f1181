import { assert } from '../base/errors.ts';
import type { AxisRange } from '../graph/window-inference.ts';
import type { OperatorContext, Raster } from './operator.ts';

/** A mosaic or packed planes, four-dimensional, without the samples beyond `margin`: one copy, and none where there are no more. */
export function withMargin({ g, geometry }: OperatorContext, x: Raster, margin: number): Raster {
  assert(margin <= x.margin, `Expected a margin of at least ${margin} samples but received ${x.margin}`);
  const [channels, step] = x.layout === 'packed' ? [4, 2] : [1, 1];
  const [rows, columns] = [geometry.rows, geometry.width].map((extent) => (extent + 2 * x.margin) / step) as [number, number];
  const value = g.reshape(x.value, [1, channels, rows, columns]);
  const cut = (x.margin - margin) / step;
  if (cut === 0) return { ...x, value };
  const inside = (axis: number, extent: number): AxisRange => ({ axis, start: cut, end: extent - cut });
  return { ...x, value: g.slice(value, [inside(2, rows), inside(3, columns)]), margin };
}
