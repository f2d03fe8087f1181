import type { ParameterValues } from '../../preload/contract.ts';
import { InputError } from '../base/errors.ts';
import type { StageRequest } from '../processor/stage.ts';
import { numberIn, type Region } from './operator.ts';
import { type Orientation, orientations } from './orientation.ts';

/**
 * The part of the frame that the `crop_…` values name, in multiples of `cell`. An extent of 0 reaches to the edge, less what makes no
 * whole cell there. Throws InputError beyond the frame, and for a crop that cuts cells.
 */
export function regionIn({ values, width, height }: StageRequest, cell: number): Region {
  if (!('crop_left' in values)) return { left: 0, top: 0, width, height };
  const [left, top] = [numberIn(values, 'crop_left'), numberIn(values, 'crop_top')];
  const region = {
    left,
    top,
    width: numberIn(values, 'crop_width') || wholeCells(width - left, cell),
    height: numberIn(values, 'crop_height') || wholeCells(height - top, cell),
  };
  const isWhole = Object.values(region).every((extent) => extent % cell === 0);
  const isWithin = left + region.width <= width && top + region.height <= height && region.width > 0 && region.height > 0;
  if (isWhole && isWithin) return region;
  const expected = `a crop within ${width}x${height} in multiples of ${cell}`;
  const received = `${region.width}x${region.height} at (${left}, ${top})`;
  throw new InputError('crop.invalid', `Expected ${expected} but received ${received}`);
}

function wholeCells(extent: number, cell: number): number {
  return extent - (((extent % cell) + cell) % cell);
}

/** The orientation in a stage's values; upright where the stage has none. */
export function orientationIn(values: ParameterValues): Orientation {
  return orientations.find((orientation) => orientation === values['picture_orientation']) ?? 'upright';
}
